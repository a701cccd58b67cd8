"""A supervisor gives a request to a certain volunteer, or has another team asked.

dina: [Give it to…]
desk: Who shall look after it? [Ben] [Cleo] [Team: Donggang Care Team]
dina: [Ben]
desk: Ben has it now.
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Choice, Flow
from bot.flows.steps import Choose
from desk import orders
from desk.alert_views import could_take, other_teams
from desk.escalation import check_in_charge
from desk.front import Desk
from desk.order_views import category_of, get_order
from desk.queue import may_see_queue, queue
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _, plain

MOST = 20


def what_waits(flow: Flow, desk: Desk) -> list[Choice]:
    label = _("{category} · {reference}")
    return [
        Choice(
            str(each.order.id),
            label(category=category_of(desk, each.order).name, reference=each.order.reference),
        )
        for each in queue(desk, flow.person)[:MOST]
    ]


def takers(flow: GiveTo, desk: Desk) -> list[Choice]:
    order = get_order(desk, int(flow.order))
    volunteers = [Choice(f"p{each.id}", plain(each.called)) for each in could_take(desk, order)]
    teams = [Choice(f"t{each.id}", _("Team: {team}")(team=each.title)) for each in other_teams(desk, order)]
    return [*volunteers, *teams][:MOST]


class Which(Choose):
    """A request of the queue; one that a button named stays named, also when it has left the queue."""

    def still_true(self, stored: Any, flow: Flow, desk: Desk) -> bool:
        return True


class OfOneOrder(Flow):
    """About one request that this person answers for."""

    can_call = False

    @classmethod
    def may_open(cls, person: Person, desk: Desk) -> bool:
        return may_see_queue(desk, person)

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            return {}
        check_in_charge(desk, person, get_order(desk, subject_id))
        return {"order": str(subject_id)}


class GiveTo(OfOneOrder):
    name = "give_to"
    title = _("Give it to…")

    order = Which(_("Which request?"), among=what_waits)
    to = Choose(_("Who shall look after it?"), among=takers)

    def finish(self, desk: Desk) -> Text | None:
        order_id, to = int(self.order), int(self.to[1:])
        check_in_charge(desk, self.person, get_order(desk, order_id))
        match self.to[0]:
            case "p":
                return orders.assign(desk, self.person, order_id, to)
            case "t":
                return orders.offer_to(desk, self.person, order_id, to)
        raise NotFound

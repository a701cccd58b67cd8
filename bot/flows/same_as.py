"""A supervisor finds that a report is about the same thing as another one.

dina: [Same as…]
desk: Which one is it the same as?
dina: [since 10:00]
desk: Noted. Whoever reported it follows
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Choice, Flow
from bot.flows.steps import Choose
from desk import merging
from desk.front import Desk
from desk.order_views import get_order
from domain.people import Person
from domain.refusals import NotFound, Refusal
from domain.words import Text, _


class NothingAlike(Refusal):
    text = _("There is no other open report of this kind here. Please judge this one by itself.")
    final = True


def alike(flow: SameAs, desk: Desk) -> list[Choice]:
    near = _("{reference} · {metres} m away · since {since}")
    here = _("{reference} · since {since}")
    return [
        Choice(
            str(each.order.id),
            (here if each.metres is None else near)(
                reference=each.order.reference, metres=each.metres, since=each.order.made_at
            ),
        )
        for each in merging.alike(desk, flow.person, get_order(desk, flow.answers["order"]))
    ]


class SameAs(Flow):
    name = "same_as"
    title = _("Same as…")
    can_call = False
    needs_consent = False

    other = Choose(_("Which one is it the same as?"), among=alike)

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            raise NotFound
        order, report = merging.get_mergeable(desk, person, subject_id)
        if not merging.alike(desk, person, order):
            raise NothingAlike
        return {"order": order.id, "was": report.verdict}

    def finish(self, desk: Desk) -> Text | None:
        return merging.merge(desk, self.person, self.answers["order"], int(self.other), self.answers.get("was"))

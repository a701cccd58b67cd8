"""An order comes into being and finds somebody: made, shown to a team, taken by the first, given to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from desk import escalation
from desk.closing import close_by_itself
from desk.front import Desk
from desk.giving import assign, hand_over, offer_to
from desk.holding import fall_back, settle
from desk.order_views import (
    askers_of,
    get_order,
    name_of,
    path_of,
    show_askers,
    show_group,
    show_holder,
    show_order,
    team_of,
)
from desk.people import roles_of
from desk.pictures import want_evidence
from desk.promises import promise
from desk.report_ladders import report_of, waits_for_judging
from desk.roles import may_volunteer
from domain import orders as rules
from domain.desk_file import Category
from domain.judging import NotJudgedYet
from domain.orders import NewOrder, Order
from domain.people import Person
from domain.references import new_door_word, new_reference
from domain.refusals import NotFound, Refusal
from domain.teams import Team
from domain.words import Text, _
from storage import orders as rows
from storage.deadlines import set_deadline
from storage.people import get_person
from storage.teams import find_team

__all__ = [
    "Claimed",
    "NewOrder",
    "announce",
    "assign",
    "claim",
    "close_by_itself",
    "fall_back",
    "get_order",
    "hand_over",
    "make_order",
    "offer_to",
    "started",
]


def make_order(desk: Desk, new: NewOrder) -> Order:
    """What somebody asked for becomes an order, once for each conversation.

    1. The row, unless this conversation has made it already. 2. Its story. 3. The promise. 4. The cards. 5. The ladder.
    """
    category = desk.file.categories[new.category]
    if category.confidential or category.report:
        raise NotFound  # goes through the private door, never to a group; or is told as a report
    order = rows.find_by_once(desk.conn, new.once)
    while order is None:
        team = find_team(desk.conn, desk.file, category.team, new.unit) if category.team else None
        made = add(desk, new, category, team)
        order = begin(desk, made, new) if made else rows.find_by_once(desk.conn, new.once)
    return order


def begin(desk: Desk, order_id: int, new: NewOrder) -> Order:
    """Its row is there: what was told, the promise, the cards and the ladder follow."""
    order = get_order(desk, order_id)
    rows.add_parts(desk.conn, order_id, new.asked_by, "story", new.parts, desk.now)
    if order.asked_by is not None:
        want_evidence(desk, order, get_person(desk.conn, order.asked_by), "story")
    rows.remember(desk.conn, order_id, "made", desk.heard_at or desk.now, new.asked_by)
    promise(desk, order)
    escalation.start_run(desk, order)
    show_group(desk, order, anew=True)
    show_askers(desk, order, anew=True)
    return order


def add(desk: Desk, new: NewOrder, category: Category, team: Team | None, **more: Any) -> int | None:
    """The row alone. None: this conversation has made one, or the reference is taken."""
    return rows.add_order(
        desk.conn,
        once=new.once,
        reference=new_reference(desk.chance),
        category=new.category,
        unit=new.unit,
        team_id=team.id if team else None,
        state="offered" if team else "new",
        asked_by=new.asked_by,
        requester_id=new.requester_id,
        for_name=new.for_name,
        for_phone=new.for_phone,
        place=new.place,
        latitude=new.latitude,
        longitude=new.longitude,
        wanted=new.wanted,
        speaks=new.speaks,
        discreet=category.discreet,
        call_back=new.call_back or category.call_me,
        door_word=new_door_word(desk.chance),
        made_at=desk.heard_at or desk.now,
        **more,
    )


# ── the first takes it ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Claimed:
    """It is theirs. `link`: they have to open the chat with the desk first, and it is kept for them until then."""

    order: Order
    said: Text
    link: str | None = None


class YouReportedIt(Refusal):
    text = _("You told us about this one, so somebody else will go. Thank you for offering!")


class YoursAlready(Refusal):
    text = _("You have it already. Everything about it is in our private chat.")


def claim(desk: Desk, person: Person, order_id: int, tapped_in: int | None = None) -> Claimed:
    """The first takes it.

    1. May they? 2. Not their own, and not too many. 3. Compete: one row changes, or somebody was faster.
    4. Everything about it goes to them alone, and the cards of the others show who has it.
    """
    order = get_order(desk, order_id)
    in_charge = rules.is_in_charge(roles_of(desk, person), path_of(desk, order))
    _check_may_claim(desk, person, order, tapped_in, in_charge)
    if not order.is_open:
        raise _too_late(desk, order, person)
    if order.state == "new" and waits_for_judging(desk, order):
        raise NotJudgedYet
    in_hand = rows.count_held(desk.conn, person.id)
    if in_hand >= desk.file.orders.open_per_volunteer and not in_charge:
        raise rules.EnoughInHand(count=in_hand)
    provisional = person.reach != "open"
    if not rows.move(desk.conn, order, "claim", holder_id=person.id, claimed_at=desk.now, provisional=provisional):
        raise _too_late(desk, get_order(desk, order_id), person)
    rows.remember(desk.conn, order_id, "claim", desk.now, person.id)
    order = get_order(desk, order_id)
    if provisional:
        set_deadline(desk.conn, order_id, "fall_back", desk.now + desk.file.orders.claim_waits_for_start)
        show_order(desk, order)
        said = _("Nearly yours. Please open the chat with me, so that I can tell you where to go.")
        return Claimed(order, said, desk.link(f"c_{order_id}"))
    settle(desk, order, person)
    return Claimed(order, _("It's yours, thank you! Everything about it is in our private chat."))


def _check_may_claim(desk: Desk, person: Person, order: Order, tapped_in: int | None, in_charge: bool) -> None:
    team = team_of(desk, order)
    of_team = team is not None and may_volunteer(desk, person, team, tapped_in)
    if not of_team and not in_charge:
        if team is not None and tapped_in is not None and tapped_in == team.chat_id:
            raise rules.NotOfThisTeam(team=team.title)
        raise NotFound  # for whoever cannot even see its card, it is not there
    asked_for_others = in_charge and person.id != order.requester_id and order.asked_by == person.id
    if not asked_for_others and rules.is_own(order, person, askers_of(desk, order)):
        if (order.discreet or report_of(desk, order)) and person.id not in order.askers:
            raise NotFound  # whoever lives with them is not told that it is about their home, or who reported it
        if report_of(desk, order):
            raise YouReportedIt
        raise rules.YourOwn


def _too_late(desk: Desk, order: Order, person: Person) -> Refusal:
    if order.is_held and order.holder_id == person.id:
        return YoursAlready()
    name = name_of(desk, order.holder_id)
    return rules.AlreadyClaimed(name=name) if order.is_held else rules.Changed(stands=rules.stands(order, name))


def started(desk: Desk, person: Person) -> list[Order]:
    """They have opened the chat: what was kept for them is theirs for certain now."""
    theirs = []
    for order in rows.held_by(desk.conn, person.id):
        if order.provisional and rows.change(desk.conn, order, provisional=False):
            theirs.append(get_order(desk, order.id))
            settle(desk, theirs[-1], person)
    return theirs


def announce(desk: Desk, order_id: int) -> None:
    """Every card that shows it may look different now."""
    order = get_order(desk, order_id)
    show_order(desk, order)
    if order.holder_id is not None:
        show_holder(desk, order, order.holder_id)

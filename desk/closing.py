"""How an order ends: done and confirmed, rated, not done after all, or called off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from desk import co_volunteers, escalation, pausing
from desk.deadlines import meet_deadline, set_deadline
from desk.front import Desk
from desk.holding import FREE, get_held, stop_watching, take_back
from desk.order_views import (
    category_of,
    get_order,
    name_of,
    show_askers,
    show_holder,
    show_order,
    tell_person,
    watchers_of,
)
from desk.pictures import want_evidence
from desk.points import award
from desk.promises import promise
from desk.proof import MENDED, NOT_MENDED, hand_proof, tell_others, thank_reporter
from desk.report_ladders import report_of, waits_for_judging
from domain import orders as rules
from domain.judging import NotJudgedYet
from domain.orders import WAITING, Order
from domain.people import Person
from domain.refusals import AlreadyDone, NotFound, Refusal
from domain.words import Text, _
from storage import orders as rows


def resolve(desk: Desk, person: Person, order_id: int, parts: list[dict[str, Any]], along: Sequence[int] = ()) -> Text:
    """The work is done, with a note, and a picture where the category asks for one. Now the requester says.

    `along`: who came along; each of them is asked.
    """
    order = get_held(desk, person, order_id)
    co_volunteers.check_named(desk, order, person, along)
    match evidence_missing(desk, order_id, parts):
        case "photo":
            raise rules.PictureNeeded
        case "note":
            raise rules.NoteNeeded
    if not rows.move(desk.conn, order, "resolve", resolved_at=desk.now):
        raise rules.NotInYourHands
    rows.add_parts(desk.conn, order_id, person.id, "done", parts, desk.now)
    want_evidence(desk, order, person, "done")
    rows.remember(desk.conn, order_id, "resolve", desk.now, person.id)
    co_volunteers.name(desk, order, person, along)
    take_back(desk, order, person.id)
    meet_deadline(desk, order_id, "resolution")
    set_deadline(desk, order_id, "closing", desk.now + desk.file.orders.closes_by_itself)
    show_order(desk, get_order(desk, order_id))
    hand_proof(desk, order)
    show_askers(desk, order, anew=True)  # it asks them something now
    return _("Thank you! I'm asking whether everything is all right now.")


def evidence_missing(desk: Desk, order_id: int, parts: list[dict[str, Any]]) -> str | None:
    """What its category asks for when it is done, and is not there yet: a picture, or a note."""
    needs = category_of(desk, get_order(desk, order_id)).done_needs
    if "photo" in needs and not any(part["kind"] == "photo" for part in parts):
        return "photo"
    return "note" if "note" in needs and not any(part.get("words") for part in parts) else None


def get_asked(desk: Desk, person: Person, order_id: int) -> Order:
    """The order, if this person is who says whether it is done."""
    order = rows.find_order(desk.conn, order_id)
    if order is None or not rules.may_answer(order, person):
        raise NotFound
    return order


def _changed(desk: Desk, order_id: int) -> Refusal:
    now = get_order(desk, order_id)
    return rules.Changed(stands=rules.stands(now, name_of(desk, now.holder_id)))


def close(desk: Desk, person: Person, order_id: int, *, alone: bool = False) -> Text:
    """Yes, it's done: accepted, and the points are posted. `alone`: nobody came along with whoever had it."""
    order = get_asked(desk, person, order_id)
    if order.state == "closed":
        raise AlreadyDone
    if not _close(desk, order, person, alone):
        raise _changed(desk, order_id)
    return _("I'm glad. Thank you for telling me!")


def close_by_itself(desk: Desk, order_id: int) -> bool:
    """The requester has said nothing for long enough. Did it happen?"""
    order = rows.find_order(desk.conn, order_id)
    return order is not None and _close(desk, order, None)


def _close(desk: Desk, order: Order, person: Person | None, alone: bool = False) -> bool:
    if not rows.move(desk.conn, order, "close", closed_at=desk.now):
        return False
    rows.remember(desk.conn, order.id, "close", desk.now, person.id if person else None)
    meet_deadline(desk, order.id, "closing")
    order = get_order(desk, order.id)
    if alone:
        co_volunteers.came_alone(desk, order)
    others, came = co_volunteers.fix_shares(desk, order)
    award(desk, order, others)
    co_volunteers.share_out(desk, order, came)
    thank_reporter(desk, order)
    tell_others(desk, order, MENDED, person)
    show_order(desk, order)
    if order.holder_id is not None:
        show_holder(desk, order, order.holder_id)
    return True


def reopen(desk: Desk, person: Person, order_id: int) -> Text:
    """Not yet: the same people are asked again, whoever had it among them.

    What was reported, anybody who has seen it may open again for a while, also after its reporter was content.
    """
    order = rows.find_order(desk.conn, order_id)
    verb = "not_mended" if order is not None and may_find_unmended(desk, person, order) else "reopen"
    if verb == "reopen":
        order = get_asked(desk, person, order_id)
    assert order is not None
    if not rows.move(desk.conn, order, verb, resolved_at=None, closed_at=None, **FREE):
        raise _changed(desk, order_id)
    rows.remember(desk.conn, order_id, "reopen", desk.now, person.id)
    meet_deadline(desk, order_id, "closing")
    promise(desk, order)
    escalation.restart(desk, order_id)
    if order.holder_id is not None:
        show_holder(desk, order, order.holder_id)
        tell = _("{category} ({reference}) is not quite done yet. I'm asking the team again; could you look once more?")
        tell_person(desk, order.holder_id, tell(category=category_of(desk, order).name, reference=order.reference))
    tell_others(desk, order, NOT_MENDED, person)
    show_order(desk, get_order(desk, order_id), anew=True)
    return _("Thank you for telling me. I'm asking them again.")


def may_find_unmended(desk: Desk, person: Person, order: Order) -> bool:
    """Of a report that is said to be mended: has this person seen it, and is it not long ago?"""
    if order.state not in ("resolved", "closed") or order.resolved_at is None:
        return False
    if desk.now > order.resolved_at + desk.file.orders.closes_by_itself:
        return False
    return report_of(desk, order) is not None and any(each.id == person.id for each in watchers_of(desk, order))


def rate(desk: Desk, person: Person, order_id: int, what: str, given: int | str) -> Text:
    """Speed and quality from 1 to 5, and a word: each said once, after it is closed."""
    order = get_asked(desk, person, order_id)
    if order.state != "closed":
        raise _changed(desk, order_id)
    sound = str(given).strip() if what == "words" else given in range(1, 6)
    if what not in ("speed", "quality", "words") or not sound:
        raise NotFound
    if not rows.rate(desk.conn, order_id, what, given, desk.now):
        raise AlreadyDone
    show_askers(desk, order)
    return _("Noted, thank you!")


def get_cancellable(desk: Desk, person: Person, order_id: int) -> Order:
    """The order, if this person may call it off and it still can be."""
    order = rows.find_order(desk.conn, order_id)
    if order is None or not (rules.may_answer(order, person) or escalation.answers_for(desk, person, order)):
        raise NotFound
    if order.state == "cancelled":
        raise AlreadyDone
    if rules.after("cancel", order.state) is None:
        raise _changed(desk, order_id)
    if not rules.may_answer(order, person) and waits_for_judging(desk, order):
        raise NotJudgedYet
    return order


def cancel(desk: Desk, person: Person, order_id: int, reason: str | None = None) -> Text:
    """Called off, by whoever needs it, whoever asked, or somebody in charge."""
    order = get_cancellable(desk, person, order_id)
    if not rows.move(desk.conn, order, "cancel", as_read=True, closed_at=desk.now):
        raise _changed(desk, order_id)
    rows.remember(desk.conn, order_id, "cancel", desk.now, person.id, reason)
    if order.state == WAITING:
        pausing.drop(desk, order_id)
    for metric in ("first_response", "resolution"):
        meet_deadline(desk, order_id, metric)
    stop_watching(desk, order)
    escalation.cancelled(desk, order_id)
    if order.holder_id is not None:
        take_back(desk, order, order.holder_id)
        gone = _("{category} ({reference}) was called off, so you need not go. Thank you for being ready!")
        tell_person(desk, order.holder_id, gone(category=category_of(desk, order).name, reference=order.reference))
    told = None if rules.may_answer(order, person) else _("{name} has called it off.")(name=person.called)
    show_order(desk, get_order(desk, order_id), tell=told)
    return _("All right, I've called it off and told everybody who knew of it.")

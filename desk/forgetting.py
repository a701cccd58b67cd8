"""To be forgotten: what is open is settled first, then everything goes by which the person could be known.

What stays has no name in it: points, which are postings that sum to zero, and that something was asked for and done.
"""

from __future__ import annotations

from dataclasses import dataclass

from desk import cases, closing, good_deeds, her_side, holding, problems
from desk.alerts import refresh_alerts
from desk.front import Call, CardRefresh, Desk
from desk.honour_ties import changed
from desk.households import CARD as HOUSEHOLD_ASK
from desk.order_views import get_order, show_askers
from desk.people import roles_of
from desk.pictures import forget_pictures
from domain.cases import DELETABLE, is_deletable
from domain.people import Person, is_officer
from domain.refusals import AlreadyDone
from domain.words import in_language
from storage import co_volunteers, honours, household_cards
from storage import forgetting as rows
from storage.escalation import end_runs
from storage.forgetting import Theirs
from storage.households import chats_with, count_members
from storage.reports import followed_by

MOST_FOLLOWED = 1000
ASKED_BY_CARD = {"household": HOUSEHOLD_ASK, "volunteer": "application"}


@dataclass(frozen=True, slots=True)
class Open:
    """What would be settled first: requests called off, and work given back."""

    asked: int
    held: int


def what_is_open(desk: Desk, person: Person) -> Open:
    theirs = _orders_of(desk, person)
    return Open(len(theirs.own_alive), len(theirs.held))


def _orders_of(desk: Desk, person: Person) -> Theirs:
    held = roles_of(desk, person)
    in_office = is_officer(held) or any(role.role == "supervisor" for role in held)
    return rows.orders_of(desk.conn, person.id, in_office=in_office)


def forget(desk: Desk, person: Person) -> None:
    """1. Settle what is open. 2. Clear the private chat. 3. Empty everything. 4. Cards elsewhere show it no more."""
    if person.telegram_id is None and person.name is None:
        raise AlreadyDone
    theirs = _orders_of(desk, person)
    said_before = len(desk.said)
    _settle(desk, person, theirs)
    good_deeds.forget(desk, person)
    problems.forget(desk, person)
    elsewhere = [saying for saying in desk.said[said_before:] if _chat_of(saying) != person.telegram_id]
    del desk.said[said_before:]
    _clear_chat(desk, person)
    about = rows.cards_about(desk.conn, [*theirs.own, *theirs.held, *theirs.done], person.telegram_id)
    _empty(desk, person, theirs)
    desk.say(*elsewhere)
    desk.say(*(CardRefresh(chat_id, subject, order_id, silent=True) for chat_id, subject, order_id in about))


def _chat_of(saying: object) -> int | None:
    return getattr(saying, "chat_id", None)


def _settle(desk: Desk, person: Person, theirs: Theirs) -> None:
    """Requests are called off, what was done is accepted, and what they had taken goes back to the others."""
    for order_id in theirs.own_alive:
        closing.cancel(desk, person, order_id)
    for order_id in theirs.own_resolved:
        closing.close(desk, person, order_id)
    for order_id in theirs.held:
        order = get_order(desk, order_id)
        if order.is_held and order.holder_id == person.id:  # not one of their own that was just called off
            holding.let_go(desk, order, "release", person, None)


def _clear_chat(desk: Desk, person: Person) -> None:
    """What the desk has said in two days is deleted; of cards older than that only the desk's name is left."""
    if person.telegram_id is None:
        return
    her_side.clear(desk, person)
    standing = rows.cards_in(desk.conn, person.telegram_id)
    young = {message_id for message_id, at, _drawn in standing if is_deletable(at, desk.now)}
    young |= set(rows.sent_to(desk.conn, person.telegram_id, desk.now - DELETABLE))
    for start in range(0, len(young), 100):
        together = sorted(young)[start : start + 100]
        desk.say(Call(person.telegram_id, "deleteMessages", {"message_ids": together}))
    harmless = in_language(desk.file.name, person.language or desk.file.default_language)
    for message_id, _at, drawn in standing:
        if message_id not in young:
            verb, words = ("editMessageCaption", "caption") if drawn else ("editMessageText", "text")
            desk.say(Call(person.telegram_id, verb, {"message_id": message_id, words: harmless}))


def _empty(desk: Desk, person: Person, theirs: Theirs) -> None:
    who = her_side.who(desk, person)
    for case_id in rows.cases_of(desk.conn, who):
        _end_case(desk, case_id)
    asked = rows.applications_of(desk.conn, person.id)
    shown = [
        CardRefresh(chat_id, ASKED_BY_CARD[kind], application_id, silent=True)
        for kind, application_id, _household in asked
        for chat_id in chats_with(desk.conn, ASKED_BY_CARD[kind], application_id)
    ]
    rows.end_roles(desk.conn, desk.now, person.id)
    cases.sweep_orphaned(desk)  # a case of somebody else's that they held waits again
    forget_pictures(desk, person, theirs.own)
    followed = followed_by(desk.conn, person.id, MOST_FOLLOWED)
    rows.empty_orders(desk.conn, person.id, theirs)
    for order_id in followed:
        show_askers(desk, get_order(desk, order_id))  # the others read that there is one less
        refresh_alerts(desk, order_id)
    rows.drop_notes(desk.conn, person.id)
    co_volunteers.forget(desk.conn, person.id)
    rows.empty_person(desk.conn, desk.now, person.id, person.telegram_id, who)
    honours.forget(desk.conn, person.id, person.household_id)
    if person.household_id is not None:
        changed(desk, person.household_id)
    if person.household_id is not None and count_members(desk.conn, person.household_id) == 0:
        household_cards.change(desk.conn, person.household_id, name=None)  # nobody goes by it any more
    desk.talks.pop(person.id, None)
    rows.drop_unconfirmed(desk.conn, [household for _kind, _id, household in asked])
    desk.say(*(each for each in shown if each.chat_id != person.telegram_id))


def _end_case(desk: Desk, case_id: int) -> None:
    """Whoever was reached sees that it is over; what was told is gone at once."""
    end_runs(desk.conn, "cancelled", case_id=case_id)
    rows.empty_case(desk.conn, desk.now, case_id)
    for subject in (cases.ALERT, cases.CASE):
        for chat_id in chats_with(desk.conn, subject, case_id):
            desk.say(CardRefresh(chat_id, subject, case_id, silent=True))

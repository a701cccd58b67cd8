"""What is deleted when a person asks to be forgotten, and what stays without a name, each with its reason."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, null, or_, select, update

from domain.orders import ALIVE, HELD
from domain.words import Text, to_json
from storage.tables import (
    among,
    applications,
    awaited,
    cards,
    case_grants,
    cases,
    consents,
    contacts,
    followers,
    group_members,
    hand_awards,
    households,
    inbox,
    invitations,
    moved_out,
    order_history,
    order_parts,
    orders,
    outbox,
    people,
    presentations,
    ratings,
    redemptions,
    reports,
    roles,
    state,
    talks,
    transfer_notes,
    transfers,
)

NAMELESS = {
    "orders.asked_by": "that something was asked for stays countable; the words, the name and the place are gone",
    "orders.requester_id": "as above",
    "orders.holder_id": "that a neighbour helped stays with the order",
    "co_volunteers.named_by": "that somebody else came along stays with the order",
    "co_volunteers.person_id": "as above; what was not answered yet is deleted",
    "order_history.person_id": "what happened to an order stays in its order; notes are emptied",
    "stations.made_by": "the station goes on",
    "merchants.made_by": "the merchant goes on giving",
    "items.made_by": "the item is on its shelf",
    "stock_moves.person_id": "a stock is the sum of its moves",
    "redemptions.ended_by": "that something was handed over or called off stays with the household's redemption",
    "transfers.earned_by": "points are postings that sum to zero, never deleted; they carry no name",
    "transfers.decided_by": "as above",
    "board_choices.hidden_by": "that their household is on no board stays; the others of it may change that now",
    "honours.changed_by": "which household was left out of a board or put on it stays; the words are gone",
    "honours.answered_by": "that a household was asked stays; a name they allowed is gone",
    "honour_boards.decided_by": "a board that is out stays out",
    "hand_awards.earned_by": "points that were given by hand, and to whom; they carry no name and no words",
    "hand_awards.asked_by": "as above",
    "hand_awards.second_by": "as above",
    "roles.person_id": "that a role was held, and ended",
    "roles.given_by": "who gave a role to somebody else",
    "teams.made_by": "the team goes on",
    "invitations.made_by": "links of theirs that nobody used no longer work",
    "invitations.used_by": "the role that came of it has ended",
    "household_cards.pin_made_by": "somebody else's household keeps its PIN",
    "household_changes.by": "which households were put together or parted stays on record, in keys and numbers",
    "applications.decided_by": "the answer was given to somebody else",
    "escalation_runs.seen_by": "a supervisor had seen somebody else's order",
    "alerts.person_id": "a supervisor was called about somebody else's order",
    "cases.holder_id": "somebody else's case, which waits again if it was not closed",
    "access_log.person_id": "who looked at somebody else's case stays on record",
    "good_deeds.reporter_id": "that something good was told stays countable; the words and pictures are gone",
    "good_deeds.doer_id": "as above; nothing of it is shown any more",
    "good_deeds.decided_by": "the answer was about somebody else's deed",
    "good_deeds.consent_by": "as above",
    "good_deed_history.person_id": "what happened to a deed stays with it, without a word of it",
    "reports.judged_by": "a supervisor had judged somebody else's report",
    "reports.rung_by": "a supervisor had told whoever looks after somebody else's report",
    "reports.guardian_id": "a guardian had answered for a child of the household",
    "problem_history.person_id": "who looked after a place stays with it; their words are emptied",
    "audit_log.person_id": "who changed what stays on record, in keys and numbers",
}
"""Columns that go on pointing at the person's row, which has nothing in it any more but the day it was emptied."""

ACCOUNT = {
    "inbox.sender": "of the very tap that asked for it: written after everything else, without its content",
    "outbox.chat_id": "of the last line, which says that it is done; its words go once they are sent",
}
"""Where the number of the Telegram account stays, until these rows are swept."""


@dataclass(frozen=True, slots=True)
class Theirs:
    """Orders of this person: what they need themselves, what they do for others, and what they told us for others."""

    own: list[int]
    own_alive: list[int]
    own_standing: list[int]  # reports that are found without their words: a danger does not go when its reporter does
    own_resolved: list[int]
    held: list[int]
    done: list[int]


def orders_of(conn: Connection, person_id: int, *, in_office: bool) -> Theirs:
    """Whoever asks for a neighbour without an account asks as if for themselves; an office enters others' calls."""
    needed = orders.c.requester_id == person_id
    if not in_office:
        needed = or_(needed, (orders.c.asked_by == person_id) & orders.c.requester_id.is_(None))
    own = conn.execute(select(orders.c.id, orders.c.state).where(needed).order_by(orders.c.id)).all()
    found = or_(orders.c.band.is_not(None), reports.c.building.is_not(None))
    reported = select(orders.c.id).join(reports, reports.c.order_id == orders.c.id).where(needed, found)
    standing = set(conn.scalars(reported.where(orders.c.state.in_(ALIVE))))
    did = conn.execute(select(orders.c.id, orders.c.state).where(orders.c.holder_id == person_id)).all()
    return Theirs(
        own=[row.id for row in own],
        own_alive=[row.id for row in own if row.state in ALIVE and row.id not in standing],
        own_standing=sorted(standing),
        own_resolved=[row.id for row in own if row.state == "resolved"],
        held=[row.id for row in did if row.state in HELD],
        done=[row.id for row in did if row.state not in HELD],
    )


def empty_orders(conn: Connection, person_id: int, theirs: Theirs) -> None:
    """Words, pictures, names and places of their own orders, and their words and pictures about others'."""
    own = list(theirs.own)
    blank = dict.fromkeys(("for_name", "for_phone", "place", "latitude", "longitude", "speaks"))
    gone = [order_id for order_id in own if order_id not in theirs.own_standing]
    conn.execute(update(orders).where(orders.c.id.in_(own)).values(place=None, wanted=to_json(Text(""))))
    conn.execute(update(orders).where(orders.c.id.in_(gone)).values(**blank, band=None))
    nameless = {"show_name": False, "guardian": None, "guardian_id": None}
    conn.execute(update(reports).where(reports.c.order_id.in_(own)).values(nameless))
    conn.execute(
        update(reports).where(reports.c.order_id.in_(gone)).values(reason=None, team_words=None, building=None)
    )
    conn.execute(delete(followers).where(followers.c.person_id == person_id))
    conn.execute(delete(order_parts).where(order_parts.c.order_id.in_(own)))
    told = order_parts.c.person_id == person_id
    nobodys = {"person_id": None, "message_id": None}  # the words themselves are others' need
    conn.execute(update(order_parts).where(told, order_parts.c.stage == "story").values(nobodys))
    conn.execute(delete(order_parts).where(told))
    noted = or_(order_history.c.order_id.in_(own), order_history.c.person_id == person_id)
    conn.execute(update(order_history).where(noted).values(note=None))
    conn.execute(update(ratings).where(ratings.c.order_id.in_([*own, *theirs.done])).values(words=None))
    waiting = outbox.c.subject_id.in_(own) & outbox.c.subject.in_(("order", "held", "request", "alert", "part"))
    unsent = outbox.c.kind.in_(("line", "copy")) & (outbox.c.state == "queued")
    conn.execute(update(outbox).where(waiting, unsent).values(state="dead", reason="forgotten", body=null()))


def cards_about(conn: Connection, order_ids: Collection[int], but_chat: int | None) -> list[tuple[int, str, int]]:
    """Chat, subject and id of every card of these orders in other chats."""
    about = select(cards.c.chat_id, cards.c.subject, cards.c.subject_id).where(
        cards.c.subject.in_(("order", "held", "request", "alert")),
        cards.c.subject_id.in_(list(order_ids)),
        cards.c.message_id.is_not(None),
    )
    return [(row.chat_id, row.subject, row.subject_id) for row in conn.execute(about) if row.chat_id != but_chat]


def cards_in(conn: Connection, chat_id: int) -> list[tuple[int, datetime, bool]]:
    """Message and age of every card that stands in this chat, and whether it is a picture or a paper of ours."""
    kept = select(cards.c.message_id, cards.c.at, cards.c.face)
    standing = kept.where(cards.c.chat_id == chat_id, cards.c.message_id.is_not(None))
    return [(row.message_id, row.at, (row.face or "").startswith("p-")) for row in conn.execute(standing)]


def sent_to(conn: Connection, chat_id: int, since: datetime) -> list[int]:
    """Messages the desk has lately sent to this chat."""
    lately = select(outbox.c.message_id).where(
        outbox.c.chat_id == chat_id, outbox.c.message_id.is_not(None), outbox.c.done_at > since
    )
    return [message_id for message_id in conn.scalars(lately) if message_id is not None]


def cases_of(conn: Connection, who: str) -> list[int]:
    return list(conn.scalars(select(cases.c.id).where(cases.c.who == who)))


def empty_case(conn: Connection, now: datetime, case_id: int) -> None:
    """Nothing is left of it but that there was something, and who looked."""
    emptied = {"sealed": "", "who": "", "state": "closed", "closed_at": now}
    conn.execute(update(cases).where(cases.c.id == case_id).values(**emptied))
    conn.execute(delete(case_grants).where(case_grants.c.case_id == case_id))


def applications_of(conn: Connection, person_id: int) -> list[tuple[str, int, int]]:
    """What they had asked for: kind, id and household."""
    asked = select(applications.c.kind, applications.c.id, applications.c.household_id)
    rows = conn.execute(asked.where(applications.c.person_id == person_id))
    return [(row.kind, row.id, row.household_id) for row in rows]


def drop_unconfirmed(conn: Connection, household_ids: Collection[int]) -> None:
    """Addresses they had typed, which nobody confirmed and nobody else asks for."""
    others = select(applications.c.household_id).where(applications.c.kind == "household")
    lived_in = select(people.c.household_id).where(people.c.household_id.is_not(None))
    unconfirmed = households.c.id.in_(list(household_ids)) & households.c.state.in_(("asked", "declined"))
    conn.execute(
        delete(households).where(unconfirmed, households.c.id.not_in(others), households.c.id.not_in(lived_in))
    )


def end_roles(conn: Connection, now: datetime, person_id: int) -> None:
    """Every role ends, and links they made that nobody has opened no longer work."""
    held = update(roles).where(roles.c.person_id == person_id, roles.c.ended_at.is_(None))
    conn.execute(held.values(ended_at=now))
    unused = update(invitations).where(
        invitations.c.made_by == person_id, invitations.c.used_at.is_(None), invitations.c.expires_at > now
    )
    conn.execute(unused.values(expires_at=now))


def drop_notes(conn: Connection, person_id: int) -> None:
    """What they wrote to points they decided on, and what was written about points of theirs; the entries stay."""
    theirs = or_(transfers.c.decided_by == person_id, transfers.c.earned_by == person_id)
    noted = select(transfers.c.id).where(transfers.c.decided_by.is_not(None), theirs)
    conn.execute(delete(transfer_notes).where(transfer_notes.c.transfer_id.in_(noted)))
    about = or_(hand_awards.c.asked_by == person_id, hand_awards.c.earned_by == person_id)
    waits = among(hand_awards.c.state, "waiting") & about
    conn.execute(update(hand_awards).where(waits).values(state="declined", words=None))


def empty_redemptions(conn: Connection, person_id: int) -> None:
    """What was redeemed stays the household's, without who asked for it or what was said about it."""
    theirs = redemptions.c.person_id == person_id
    conn.execute(update(redemptions).where(or_(theirs, redemptions.c.ended_by == person_id)).values(reason=None))
    conn.execute(update(redemptions).where(theirs).values(person_id=None, wanted=null()))
    conn.execute(delete(awaited).where(awaited.c.person_id == person_id))
    conn.execute(delete(presentations).where(presentations.c.keeper_id == person_id))


PAGED = ("diary", "good_deeds", "shelf", "statement", "board", "decisions", "honours")
"""Cards that remember which page of them somebody looks at."""


def empty_person(conn: Connection, now: datetime, person_id: int, telegram_id: int | None, who: str) -> None:
    """The person's row stays without anything in it; whatever hangs on the account goes."""
    for theirs in (consents, applications, case_grants, talks, contacts, moved_out):
        conn.execute(delete(theirs).where(theirs.c.person_id == person_id))
    empty_redemptions(conn, person_id)
    facts = [f"tries:household:{person_id}", f"tries:{who}", f"household_list:{person_id}"]
    facts += [f"page:{card}:{person_id}" for card in PAGED]
    conn.execute(delete(state).where(state.c.name.in_(facts)))
    if telegram_id is not None:
        conn.execute(delete(group_members).where(group_members.c.telegram_id == telegram_id))
        conn.execute(delete(cards).where(cards.c.chat_id == telegram_id))
        conn.execute(delete(outbox).where(outbox.c.chat_id == telegram_id))
        handled = update(inbox).where(inbox.c.sender == telegram_id, inbox.c.state != "new")
        conn.execute(handled.values(raw=None, sender=0))
    empty = {
        column.name: None
        for column in people.c
        if column.name not in ("id", "made_at", "forgotten_at")  # a new column is emptied as well
    }
    conn.execute(update(people).where(people.c.id == person_id).values(**empty, forgotten_at=now))

"""What the talk between requester and holder needs to remember: which message was about which order, and who talks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select

from domain.orders import Order
from domain.relay import TALKING
from storage.orders import find_order
from storage.tables import cards, order_history, orders, outbox

_SENT = (
    select(outbox.c.subject, outbox.c.subject_id)
    .where(
        outbox.c.chat_id == bindparam("chat_id"),
        outbox.c.message_id == bindparam("message_id"),
        outbox.c.subject.is_not(None),
    )
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_STANDING = select(cards.c.subject, cards.c.subject_id).where(
    cards.c.chat_id == bindparam("chat_id"), cards.c.message_id == bindparam("message_id")
)


def subject_at(conn: Connection, chat_id: int, message_id: int) -> tuple[str, int] | None:
    """What this message of ours is about: also one that was a card once and has been shown anew since."""
    known = {"chat_id": chat_id, "message_id": message_id}
    row = conn.execute(_SENT, known).first() or conn.execute(_STANDING, known).first()
    return (row.subject, row.subject_id) if row is not None and row.subject_id is not None else None


def talks_of(conn: Connection, person_id: int) -> list[Order]:
    """The orders about which this person can talk to somebody now, newest first."""
    theirs = or_(orders.c.holder_id == person_id, orders.c.requester_id == person_id, orders.c.asked_by == person_id)
    talking = select(orders.c.id).where(
        theirs, orders.c.state.in_(TALKING), orders.c.holder_id.is_not(None), orders.c.provisional.is_(False)
    )
    found = [find_order(conn, order_id) for order_id in conn.scalars(talking.order_by(orders.c.id.desc()))]
    return [order for order in found if order is not None]


def has_happened(conn: Connection, order_id: int, what: str, since: datetime, person_id: int) -> bool:
    """Has this person done that with the order since then?"""
    happened = select(order_history.c.id).where(
        order_history.c.order_id == order_id,
        order_history.c.what == what,
        order_history.c.person_id == person_id,
        order_history.c.at > since,
    )
    return conn.execute(happened.limit(1)).first() is not None

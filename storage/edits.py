"""Which of the desk's words came from a message that somebody has edited since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from storage.tables import order_parts

_TOLD = (
    select(
        order_parts.c.id,
        order_parts.c.order_id,
        order_parts.c.stage,
        order_parts.c.words,
        order_parts.c.at,
    )
    .where(
        order_parts.c.message_id == bindparam("message_id"),
        order_parts.c.person_id == bindparam("person_id"),
        order_parts.c.stage != "done",
    )
    .order_by(order_parts.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Told:
    """A part of an order's story, or a note on it."""

    id: int
    order_id: int
    stage: str
    words: str | None
    at: datetime


def find_told(conn: Connection, person_id: int, message_id: int) -> Told | None:
    """What this person told in that message of their private chat, if it became part of an order."""
    row = conn.execute(_TOLD, {"person_id": person_id, "message_id": message_id}).first()
    return Told(*row) if row else None


def reword(conn: Connection, part_id: int, words: str) -> None:
    conn.execute(update(order_parts).where(order_parts.c.id == part_id).values(words=words))

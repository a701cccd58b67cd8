"""Where something that seems lost was seen last: what its sender did, what came of it, and where its words stand."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Text, cast, select

from storage.tables import inbox, metadata, outbox, talks
from tests.simulator.town import MADE, WORD, Sent

SEALED = {("cases", "sealed"), ("talks", "answers"), ("inbox", "raw")}


def seen_of(conn: Connection, sent: Sent) -> str:
    """In one line, for whoever has to find out."""
    return "; ".join(
        [
            f"sent by {sent.user} with update {sent.update_id} after {sent.heard} as {sent.words}",
            f"inbox: {_inbox(conn, sent)}",
            f"talk: {_talk(conn, sent)}",
            f"made: {_made(conn, sent)}",
            f"outbox: {_outbox(conn, sent)}",
            *(f"{word} stands in {_standing(conn, word)}" for told in sent.words for word in WORD.findall(told)),
        ]
    )


def _inbox(conn: Connection, sent: Sent) -> list[str]:
    rows = select(inbox.c.update_id, inbox.c.state, inbox.c.tries, inbox.c.alone, inbox.c.fault).where(
        inbox.c.sender == sent.user, inbox.c.update_id > sent.heard - 10
    )
    return [
        f"{row.update_id} {row.state} {row.tries} {row.alone} {row.fault}"
        for row in conn.execute(rows.order_by("update_id"))
    ]


def _talk(conn: Connection, sent: Sent) -> str:
    row = conn.execute(select(talks.c.person_id, talks.c.flow, talks.c.turn).where(talks.c.id == sent.talk)).first()
    return repr(tuple(row)) if row else "over"


def _made(conn: Connection, sent: Sent) -> list[str]:
    table, parts = MADE[sent.flow]
    found = []
    for row in conn.execute(select(table).where(table.c.once == sent.talk)).all():
        told: list[Any] = []
        if parts is not None:
            theirs = next(column for column in parts.c if column.references(table.c.id))
            told = [tuple(part) for part in conn.execute(select(parts.c.id, parts.c.words).where(theirs == row.id))]
        found.append(f"{table.name} {row.id} {row.state} {told}")
    return found


def _outbox(conn: Connection, sent: Sent) -> list[str]:
    last = select(outbox.c.id, outbox.c.kind, outbox.c.state, outbox.c.made_at).where(outbox.c.chat_id == sent.user)
    return [
        f"{row.id} {row.kind} {row.state} {row.made_at:%H:%M:%S}"
        for row in conn.execute(last.order_by(outbox.c.id.desc()).limit(5))
    ]


def _standing(conn: Connection, word: str) -> list[str]:
    found = []
    for table in metadata.sorted_tables:
        for column in table.c:
            if (table.name, column.name) not in SEALED:
                there = select(table).where(cast(column, Text).contains(word))
                found += [f"{table.name}.{column.name}"] * bool(conn.execute(there.limit(1)).first())
    return found

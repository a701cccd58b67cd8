"""A household's statement, page by page: each page is found by its numbers, however long the statement is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from domain.points import Entry
from domain.words import from_json
from storage.prepared import Prepared
from storage.tables import accounts, people, postings, standards, transfer_notes, transfers

_EARNER, _DECIDER = people.alias("earner"), people.alias("decider")
_HEAD = Prepared(
    select(accounts.c.id, accounts.c.entries, accounts.c.head).where(
        accounts.c.kind == "household", accounts.c.household_id == bindparam("household_id")
    )
)
_LINES = Prepared(
    select(
        transfers.c.at,
        postings.c.amount,
        transfers.c.kind,
        transfers.c.reason,
        _EARNER.c.name.label("earner"),
        postings.c.number,
        _DECIDER.c.name.label("decider"),
        transfer_notes.c.words,
        standards.c.since,
    )
    .select_from(
        postings.join(transfers, transfers.c.id == postings.c.transfer_id)
        .outerjoin(_EARNER, _EARNER.c.id == transfers.c.earned_by)
        .outerjoin(_DECIDER, _DECIDER.c.id == transfers.c.decided_by)
        .outerjoin(transfer_notes, transfer_notes.c.transfer_id == transfers.c.id)
        .outerjoin(standards, standards.c.id == transfers.c.standard_id)
    )
    .where(
        postings.c.account_id == bindparam("account_id"),
        postings.c.number > bindparam("after"),
        postings.c.number <= bindparam("until"),
    )
    .order_by(postings.c.number.desc())
)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a statement: how many lines it has, and the link of the last."""

    account_id: int
    lines: int
    link: bytes | None


def head_of(conn: Connection, household_id: int) -> Head:
    row = _HEAD.first(conn, {"household_id": household_id})
    return Head(row.id, row.entries, row.head) if row is not None else Head(0, 0, None)


def lines_of(conn: Connection, head: Head, skipped: int, most: int) -> list[Entry]:
    """So many lines, newest first, after those that are skipped."""
    until = head.lines - skipped
    rows = _LINES.all(conn, {"account_id": head.account_id, "after": until - most, "until": until})
    return [
        Entry(
            at=row.at,
            amount=row.amount,
            kind=row.kind,
            reason=from_json(row.reason),
            earned_by=row.earner,
            number=row.number,
            decided_by=row.decider,
            note=row.words,
            standard=row.since,
        )
        for row in rows
    ]

"""Every entry has postings that sum to zero, and is as it was when it was made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from domain.chain import DIGESTED, INSTANTS, digest_of
from storage.audit.reading import stream, whose
from storage.tables import earned_with, postings, transfers

_FIELDS = ("id", "reason", "note_mark", "digest", *DIGESTED, *INSTANTS)


class _Beside:
    """The rows of another table that belong to each entry, read along with it; both are in the entries' order."""

    def __init__(self, rows: Iterator[Row[Any]]) -> None:
        self._rows, self._next = rows, next(rows, None)

    def of(self, transfer_id: int) -> list[Row[Any]]:
        found = []
        while self._next is not None and self._next.transfer_id <= transfer_id:
            found.append(self._next)
            self._next = next(self._rows, None)
        return found


def entries(conn: Connection) -> Iterator[str]:
    try:
        yield from _read(conn)
    except (ValueError, TypeError):
        yield from _unreadable(conn)


def _unreadable(conn: Connection) -> Iterator[str]:
    """Something stands there that is no date, no number or no sentence: each entry is tried alone."""
    for transfer_id in conn.scalars(select(transfers.c.id).order_by(transfers.c.id)).all():
        its = select(postings.c.account_id).where(postings.c.transfer_id == transfer_id)
        try:
            entry = conn.execute(select(transfers).where(transfers.c.id == transfer_id)).one()
            digest_of(entry._asdict(), [], [])
        except (ValueError, TypeError):
            yield f"{whose(conn, conn.scalars(its).all())}: entry {transfer_id} cannot be read"


def _read(conn: Connection) -> Iterator[str]:
    listed = select(*(transfers.c[name] for name in _FIELDS)).order_by(transfers.c.id)
    lines = select(postings.c.transfer_id, postings.c.account_id, postings.c.amount)
    pairs = select(earned_with.c.transfer_id, earned_with.c.other, earned_with.c.household_id, earned_with.c.points)
    moved = _Beside(stream(conn, lines.order_by(postings.c.transfer_id, postings.c.id)))
    others = _Beside(stream(conn, pairs.order_by(earned_with.c.transfer_id, earned_with.c.id)))
    for entry in stream(conn, listed):
        its, pair = moved.of(entry.id), others.of(entry.id)
        wrong = _wrong(entry, its, pair)
        if wrong:
            yield f"{whose(conn, [each.account_id for each in its], entry.household_id)}: entry {entry.id} {wrong}"


def _wrong(entry: Row[Any], moved: list[Row[Any]], others: list[Row[Any]]) -> str | None:
    total = sum(each.amount for each in moved)
    if len(moved) < 2 or total != 0 or any(each.transfer_id != entry.id for each in moved):
        return f"has {len(moved)} postings that sum to {total}"
    if any(each.transfer_id != entry.id for each in others):
        return "has a pair of an entry that is not there"
    if any((each.household_id, each.points) != (entry.household_id, entry.points) for each in others):
        return "counts something else for its pair"
    made = digest_of(
        entry._asdict(), [(each.account_id, each.amount) for each in moved], [each.other for each in others]
    )
    if entry.digest != made:
        return "is not as it was made"
    earned = [each.amount for each in moved if each.account_id >= 0]  # below are the desk's own
    if entry.points is not None and earned != [entry.points]:
        return f"counts {entry.points} points, and moved {sum(earned)}"
    return None

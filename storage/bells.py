"""Bells: PostgreSQL tells the other workers that something has come in, or waits to go out. Rung by the commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, bindparam, func, select

INBOX, OUTBOX, LEASES = "linli_inbox", "linli_outbox", "linli_leases"
BELLS = (INBOX, OUTBOX, LEASES)
MOST = 400  # ids in one ring; PostgreSQL takes 8,000 bytes

RING = select(func.pg_notify(bindparam("bell"), bindparam("said")))


def ring(conn: Connection, bell: str, said: str = "") -> None:
    conn.execute(RING, {"bell": bell, "said": said})


def ring_out(conn: Connection, ids: Iterable[int]) -> None:
    """These wait to go out."""
    for part in _parts(list(ids)):
        ring(conn, OUTBOX, " ".join(map(str, part)))


def _parts(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), MOST):
        yield ids[start : start + MOST]

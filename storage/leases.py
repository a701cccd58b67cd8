"""Leases: of several workers on one PostgreSQL one holds the poll, one the courier and one the ticker, for a while.

Only the database's own clock counts. A lease that is not renewed in time passes to whoever asks first.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from storage.tables import leases


def _in(seconds: float) -> ColumnElement[Any]:
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def renew(conn: Connection, names: Collection[str], holder: str, seconds: float) -> set[str]:
    """Hold these from now on, or longer: those that are free or ours already. Which are held now."""
    free = or_(leases.c.holder == holder, leases.c.until.is_(None), leases.c.until < func.clock_timestamp())
    taking = update(leases).where(leases.c.name.in_(list(names)), free).values(holder=holder, until=_in(seconds))
    return set(conn.scalars(taking.returning(leases.c.name)))


def prepare(conn: Connection, names: Collection[str]) -> None:
    """Nobody holds them yet."""
    conn.execute(insert_once(leases).values([{"name": name} for name in names]).on_conflict_do_nothing())


def release(conn: Connection, names: Collection[str], holder: str) -> None:
    """Whoever asks next has them at once."""
    ours = (leases.c.name.in_(list(names)), leases.c.holder == holder)
    conn.execute(update(leases).where(*ours).values(holder=None, until=None))


def is_held(conn: Connection, name: str, holder: str, seconds: float) -> bool:
    """Is it ours for so many seconds more? Then nobody else gets it before this transaction has ended."""
    ours = select(leases.c.name).where(leases.c.name == name, leases.c.holder == holder, leases.c.until > _in(seconds))
    return conn.scalar(ours.with_for_update(read=True)) is not None


def next_free(conn: Connection, names: Collection[str]) -> float | None:
    """In how many seconds the first of these ends, unless it is renewed."""
    left = func.extract("epoch", func.min(leases.c.until) - func.clock_timestamp())
    found = conn.scalar(select(left).where(leases.c.name.in_(list(names))))
    return None if found is None else max(0.0, float(found))

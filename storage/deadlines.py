"""Every running clock is a row: when it is due, whether it was met, and whether it went by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from storage.prepared import Prepared
from storage.tables import deadlines


@dataclass(frozen=True, slots=True)
class Deadline:
    order_id: int
    metric: str  # first_response, resolution, progress, fall_back, closing
    due_at: datetime
    met_at: datetime | None
    breached_at: datetime | None
    tries: int


_DEADLINES = select(
    deadlines.c.order_id,
    deadlines.c.metric,
    deadlines.c.due_at,
    deadlines.c.met_at,
    deadlines.c.breached_at,
    deadlines.c.tries,
)
_ONE = Prepared(_DEADLINES.where(deadlines.c.order_id == bindparam("order"), deadlines.c.metric == bindparam("which")))
_RUNNING = and_(deadlines.c.met_at.is_(None), deadlines.c.breached_at.is_(None))
_DUE = Prepared(
    _DEADLINES.where(_RUNNING, deadlines.c.due_at <= bindparam("now"))
    .order_by(deadlines.c.due_at, deadlines.c.order_id, deadlines.c.metric)
    .limit(1)
)
_SET = insert_once(deadlines)
_START = Prepared(
    _SET.on_conflict_do_update(
        index_elements=["order_id", "metric"],
        set_={name: _SET.excluded[name] for name in ("due_at", "met_at", "breached_at", "tries")},
    )
)
_MEET = Prepared(
    update(deadlines)
    .where(
        deadlines.c.order_id == bindparam("order"),
        deadlines.c.metric == bindparam("which"),
        deadlines.c.met_at.is_(None),
    )
    .values(met_at=bindparam("now"))
)


def find_deadline(conn: Connection, order_id: int, metric: str) -> Deadline | None:
    row = _ONE.first(conn, {"order": order_id, "which": metric})
    return Deadline(*row) if row else None


def set_deadline(conn: Connection, order_id: int, metric: str, due_at: datetime) -> None:
    """Start this clock, or start it afresh."""
    fresh = {"due_at": due_at, "met_at": None, "breached_at": None, "tries": 0}
    _START.count(conn, {"order_id": order_id, "metric": metric, **fresh})


def meet_deadline(conn: Connection, now: datetime, order_id: int, metric: str) -> bool:
    """Did it happen? One that went by may still be met, late; both stand in its row."""
    return _MEET.count(conn, {"order": order_id, "which": metric, "now": now}) == 1


def next_due_deadline(conn: Connection, now: datetime) -> Deadline | None:
    row = _DUE.first(conn, {"now": now})
    return Deadline(*row) if row else None


def breach(conn: Connection, now: datetime, deadline: Deadline) -> bool:
    """Did it happen? It goes by once, whoever sweeps."""
    running = update(deadlines).where(
        deadlines.c.order_id == deadline.order_id,
        deadlines.c.metric == deadline.metric,
        deadlines.c.due_at == deadline.due_at,
        _RUNNING,
    )
    return conn.execute(running.values(breached_at=now)).rowcount == 1


def put_off(conn: Connection, deadline: Deadline, until: datetime) -> None:
    """It failed: the same again, later, unless it has changed meanwhile."""
    running = update(deadlines).where(
        deadlines.c.order_id == deadline.order_id,
        deadlines.c.metric == deadline.metric,
        deadlines.c.due_at == deadline.due_at,
        _RUNNING,
    )
    conn.execute(running.values(due_at=until, tries=deadline.tries + 1))


def late_orders(conn: Connection, now: datetime) -> frozenset[int]:
    """Orders of which a promise has gone by and is still unkept."""
    late = select(deadlines.c.order_id).where(
        deadlines.c.metric.in_(("first_response", "resolution")),
        deadlines.c.met_at.is_(None),
        deadlines.c.due_at <= now,
    )
    return frozenset(conn.scalars(late))

"""An order that waits for an answer: where it stood, and what was left of its clocks and of its ladder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from storage.escalation import Run
from storage.prepared import Prepared
from storage.tables import deadlines, escalation_runs, pauses

LADDER = "ladder"


@dataclass(frozen=True, slots=True)
class Pause:
    stood: str
    left: Mapping[str, int]
    run_id: int | None
    run_state: str | None
    since: datetime


_FIELDS = [pauses.c[name] for name in Pause.__dataclass_fields__]
_FIND = Prepared(select(*_FIELDS).where(pauses.c.order_id == bindparam("order_id")))
_RUNS_ON = and_(deadlines.c.order_id == bindparam("order_id"), deadlines.c.met_at.is_(None))
_RUNNING = select(deadlines.c.metric, deadlines.c.due_at).where(_RUNS_ON, deadlines.c.breached_at.is_(None))


def running_clocks(conn: Connection, order_id: int) -> dict[str, datetime]:
    """When each is due, of those that have neither stopped nor gone by."""
    return {row.metric: row.due_at for row in conn.execute(_RUNNING, {"order_id": order_id})}


def find_pause(conn: Connection, order_id: int) -> Pause | None:
    row = _FIND.first(conn, {"order_id": order_id})
    return Pause(*row) if row else None


def pause(conn: Connection, now: datetime, order_id: int, stood: str, left: Mapping[str, int], run: Run | None) -> None:
    """Its clocks are put away, and its ladder stands still."""
    halted = run is not None and LADDER in left
    if run is not None and halted:
        runs_on = update(escalation_runs).where(escalation_runs.c.id == run.id, escalation_runs.c.state == run.state)
        conn.execute(runs_on.values(state="cancelled", next_at=None))
    put_away = deadlines.c.metric.in_(list(left))
    conn.execute(delete(deadlines).where(deadlines.c.order_id == order_id, deadlines.c.met_at.is_(None), put_away))
    row = {
        "order_id": order_id,
        "stood": stood,
        "left": dict(left),
        "run_id": run.id if run and halted else None,
        "run_state": run.state if run and halted else None,
        "since": now,
    }
    conn.execute(insert(pauses).values(row))


def end_pause(conn: Connection, order_id: int) -> Pause | None:
    """It is over, for whoever is first; None: there was none."""
    row = conn.execute(delete(pauses).where(pauses.c.order_id == order_id).returning(*_FIELDS)).first()
    return Pause(*row) if row else None


def take_up_run(conn: Connection, pause: Pause, next_at: datetime) -> None:
    """The same ladder goes on where it stood, unless another has been started since."""
    halted = update(escalation_runs).where(escalation_runs.c.id == pause.run_id, escalation_runs.c.state == "cancelled")
    conn.execute(halted.values(state=pause.run_state, next_at=next_at))

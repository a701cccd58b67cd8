"""How the desk stands, in numbers for whoever runs it: what waits, since when, and how much there is. Nobody's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from storage.tables import alerts, among, deadlines, escalation_runs, inbox, outbox
from storage.tables.base import Instant

LAST_UPDATE = select(inbox.c.at).order_by(inbox.c.update_id.desc()).limit(1)
NEW = select(func.count()).select_from(inbox).where(among(inbox.c.state, "new"))
could_go = func.coalesce(outbox.c.not_before, outbox.c.made_at, type_=Instant)
UNSENT = (
    select(outbox.c.lane, func.min(could_go, type_=Instant))
    .where(among(outbox.c.state, "queued", "sending"), could_go <= bindparam("now", type_=Instant))
    .group_by(outbox.c.lane)
)
DEADLINE = select(func.min(deadlines.c.due_at)).where(deadlines.c.met_at.is_(None), deadlines.c.breached_at.is_(None))
STEP = select(func.min(escalation_runs.c.next_at)).where(among(escalation_runs.c.state, "running", "acknowledged"))
SECOND = select(func.min(alerts.c.second_at)).where(alerts.c.second_at.is_not(None))
OUTBOX = select(outbox.c.state, outbox.c.lane, func.count()).group_by(outbox.c.state, outbox.c.lane)
QUARANTINED = select(func.count()).select_from(inbox).where(inbox.c.state == "quarantined")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits and since when; every question has an index of its own."""

    last_update: datetime | None  # when the newest update came
    new: int  # updates accepted and not handled yet
    unsent: dict[int, datetime]  # lane -> since when its oldest row could have gone
    due: datetime | None  # when the oldest running clock is due, or was


@dataclass(frozen=True, slots=True)
class Totals:
    """What is kept, counted row by row: not to be asked every second."""

    outbox: dict[tuple[str, int], int]  # state and lane -> rows
    quarantined: int


def find_waiting(conn: Connection, now: datetime) -> Waiting:
    due = [at for at in map(conn.scalar, (DEADLINE, STEP, SECOND)) if at is not None]
    return Waiting(
        conn.scalar(LAST_UPDATE),
        conn.scalar(NEW) or 0,
        {row[0]: row[1] for row in conn.execute(UNSENT, {"now": now})},
        min(due, default=None),
    )


def count_totals(conn: Connection) -> Totals:
    counted = {(state, lane): rows for state, lane, rows in conn.execute(OUTBOX)}
    return Totals(counted, conn.scalar(QUARANTINED) or 0)

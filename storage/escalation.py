"""Running ladders and whom they have called: the rows behind "when nobody answers".

A run is taken by a conditional update on where it stands, so that a rung is climbed once, whoever sweeps.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Update, bindparam, insert, select, update

from domain.escalation import Ladder
from domain.orders import ALIVE
from storage.prepared import Prepared
from storage.tables import among, cases, contacts, escalation_runs, group_members, orders, roles

ACTIVE = ("running", "acknowledged")
OPEN = (*ACTIVE, "exhausted")


@dataclass(frozen=True, slots=True)
class Run:
    """A frozen ladder on its way up, for an order or for a confidential case."""

    id: int
    order_id: int | None
    case_id: int | None
    ladder: Ladder
    position: int
    next_at: datetime | None
    state: str
    seen_by: int | None
    tries: int
    started_at: datetime


_FIELDS = list(Run.__dataclass_fields__)
_LADDER = _FIELDS.index("ladder")
_RUNS: Select[Any] = select(*(escalation_runs.c[name] for name in _FIELDS))
_ADD = Prepared(insert(escalation_runs).returning(escalation_runs.c.id))
_OF_ORDER = Prepared(
    _RUNS.where(escalation_runs.c.order_id == bindparam("id")).order_by(escalation_runs.c.id.desc()).limit(1)
)
_OF_CASE = Prepared(
    _RUNS.where(escalation_runs.c.case_id == bindparam("id")).order_by(escalation_runs.c.id.desc()).limit(1)
)
_DUE = Prepared(
    _RUNS.where(among(escalation_runs.c.state, *ACTIVE), escalation_runs.c.next_at <= bindparam("now"))
    .order_by(escalation_runs.c.next_at, escalation_runs.c.id)
    .limit(1)
)
_END = {
    about: Prepared(
        update(escalation_runs).where(escalation_runs.c[about] == bindparam("whose"), escalation_runs.c.state.in_(OPEN))
    )
    for about in ("order_id", "case_id")
}


def _run(row: Any) -> Run | None:
    if row is None:
        return None
    fields = list(row)
    fields[_LADDER] = Ladder.from_json(fields[_LADDER])
    return Run(*fields)


def add_run(
    conn: Connection,
    now: datetime,
    ladder: Ladder,
    *,
    order_id: int | None = None,
    case_id: int | None = None,
    next_at: datetime | None,
    position: int = 0,
    state: str = "running",
) -> int:
    row = {
        "order_id": order_id,
        "case_id": case_id,
        "ladder": ladder.to_json(),
        "position": position,
        "next_at": next_at,
        "state": state,
        "started_at": now,
    }
    return int(_ADD.scalar(conn, row))


def find_run(conn: Connection, *, order_id: int | None = None, case_id: int | None = None) -> Run | None:
    """The latest run: an order that was given back has several."""
    if order_id is not None:
        return _run(_OF_ORDER.first(conn, {"id": order_id}))
    return _run(_OF_CASE.first(conn, {"id": case_id}))


def get_runs(conn: Connection, run_ids: Collection[int]) -> list[Run]:
    found = conn.execute(_RUNS.where(escalation_runs.c.id.in_(run_ids)).order_by(escalation_runs.c.id))
    return [run for row in found if (run := _run(row)) is not None]


def next_due_run(conn: Connection, now: datetime) -> Run | None:
    return _run(_DUE.first(conn, {"now": now}))


def due_beside(conn: Connection, now: datetime, run: Run, team_id: int) -> list[Run]:
    """Other runs that are due now and whose orders stand in the same group: they may ask it in one message."""
    beside = (
        _RUNS.join(orders, orders.c.id == escalation_runs.c.order_id)
        .where(
            orders.c.team_id == team_id,
            escalation_runs.c.id != run.id,
            among(escalation_runs.c.state, *ACTIVE),
            escalation_runs.c.next_at <= now,
            escalation_runs.c.tries == 0,  # one that fails is retried alone
        )
        .order_by(escalation_runs.c.next_at, escalation_runs.c.id)
    )
    return [found for row in conn.execute(beside) if (found := _run(row)) is not None]


def climb(conn: Connection, run: Run) -> bool:
    """Did it happen? The rung this run stands before is ours to call, and nobody else's."""
    here = update(escalation_runs).where(
        escalation_runs.c.id == run.id,
        among(escalation_runs.c.state, *ACTIVE),
        escalation_runs.c.position == run.position,
        escalation_runs.c.next_at == run.next_at,
    )
    values = {"position": run.position + 1, "next_at": None, "state": "running", "tries": 0}
    return conn.execute(here.values(**values)).rowcount == 1


def _still(run: Run) -> Update:
    """Only if it stands where it stood when it was read."""
    return update(escalation_runs).where(
        escalation_runs.c.id == run.id,
        escalation_runs.c.state == run.state,
        escalation_runs.c.position == run.position,
        escalation_runs.c.next_at.is_not_distinct_from(run.next_at),
    )


def put_off(conn: Connection, run: Run, until: datetime, *, failed: bool) -> None:
    """The same step, later."""
    conn.execute(_still(run).values(next_at=until, tries=run.tries + failed))


def step_back(conn: Connection, run: Run, next_at: datetime) -> None:
    """The step climbed last is to be climbed once more."""
    conn.execute(_still(run).values(next_at=next_at, position=run.position - 1))


def change_run(conn: Connection, run_id: int, **fields: Any) -> None:
    conn.execute(update(escalation_runs).where(escalation_runs.c.id == run_id).values(**fields))


def acknowledge(conn: Connection, run: Run, person_id: int, until: datetime) -> bool:
    """Did it happen? Not once somebody has taken the work."""
    unanswered = update(escalation_runs).where(escalation_runs.c.id == run.id, escalation_runs.c.state.in_(OPEN))
    return conn.execute(unanswered.values(state="acknowledged", seen_by=person_id, next_at=until)).rowcount == 1


def end_runs(conn: Connection, state: str, *, order_id: int | None = None, case_id: int | None = None) -> bool:
    """Did it happen? Whatever still runs for this order or case ends so."""
    about, whose = ("order_id", order_id) if case_id is None else ("case_id", case_id)
    return _END[about].count(conn, {"whose": whose, "state": state, "next_at": None}) > 0


def unit_of_case(conn: Connection, case_id: int) -> str:
    return str(conn.execute(select(cases.c.unit).where(cases.c.id == case_id)).scalar_one())


# ── who answers for a place ─────────────────────────────────────────────────────────────────────────────────────────


_ON_DUTY = Prepared(
    select(roles.c.person_id).where(
        roles.c.role == "supervisor", roles.c.unit == bindparam("unit"), roles.c.ended_at.is_(None), roles.c.on_duty
    )
)


def on_duty_in(conn: Connection, unit: str) -> frozenset[int]:
    return frozenset(row.person_id for row in _ON_DUTY.all(conn, {"unit": unit}))


def change_duty(conn: Connection, person_id: int, on_duty: bool) -> bool:
    """Did it happen? For everything this person supervises, in one tap."""
    held = update(roles).where(roles.c.person_id == person_id, roles.c.role == "supervisor", roles.c.ended_at.is_(None))
    return conn.execute(held.values(on_duty=on_duty)).rowcount > 0


def exhausted_orders(conn: Connection) -> frozenset[int]:
    """Orders whose ladder has ended with nobody."""
    ended = select(escalation_runs.c.order_id).where(
        escalation_runs.c.state == "exhausted", escalation_runs.c.order_id.is_not(None)
    )
    return frozenset(conn.scalars(ended))


def alive_orders(conn: Connection) -> list[int]:
    """Everything that somebody has to do, or to be found for; oldest first."""
    alive = select(orders.c.id).where(orders.c.state.in_(ALIVE)).order_by(orders.c.made_at, orders.c.id)
    return list(conn.scalars(alive))


def insiders(conn: Connection, chat_id: int) -> list[int]:
    """Everybody the desk knows who is in this group."""
    inside = (
        select(contacts.c.person_id)
        .join(group_members, group_members.c.telegram_id == contacts.c.telegram_id)
        .where(group_members.c.chat_id == chat_id, group_members.c.inside)
        .order_by(contacts.c.person_id)
    )
    return list(conn.scalars(inside))

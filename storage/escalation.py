"""Running ladders and whom they have called: the rows behind "when nobody answers".

A run is taken by a conditional update on where it stands, so that a rung is climbed once, whoever sweeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.escalation import Ladder
from domain.orders import ALIVE
from storage.tables import alerts, cases, contacts, escalation_runs, group_members, order_history, orders, people, roles

ACTIVE = ("running", "acknowledged")
OPEN = (*ACTIVE, "exhausted")
ASKED_AGAIN, LATE = "asked_again", "late"  # in the history of an order
HELP = -1
"""The position of alerts that no step made: the holder asked for help."""


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


@dataclass(frozen=True, slots=True)
class Alert:
    """Somebody was called: by which step, when, and whether Telegram could reach them."""

    run_id: int
    position: int
    person_id: int
    name: str
    telegram_id: int | None
    reached: bool
    at: datetime


_RUNS: Select[Any] = select(*(escalation_runs.c[name] for name in Run.__dataclass_fields__))
_OF_ORDER = _RUNS.where(escalation_runs.c.order_id == bindparam("id")).order_by(escalation_runs.c.id.desc()).limit(1)
_OF_CASE = _RUNS.where(escalation_runs.c.case_id == bindparam("id")).order_by(escalation_runs.c.id.desc()).limit(1)
_DUE = (
    _RUNS.where(escalation_runs.c.state.in_(ACTIVE), escalation_runs.c.next_at <= bindparam("now"))
    .order_by(escalation_runs.c.next_at, escalation_runs.c.id)
    .limit(1)
)


def _run(row: Row[Any] | None) -> Run | None:
    if row is None:
        return None
    fields = dict(row._mapping)
    return Run(**{**fields, "ladder": Ladder.from_json(fields["ladder"])})


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
    row = insert(escalation_runs).values(
        order_id=order_id,
        case_id=case_id,
        ladder=ladder.to_json(),
        position=position,
        next_at=next_at,
        state=state,
        started_at=now,
    )
    return int(conn.execute(row.returning(escalation_runs.c.id)).scalar_one())


def find_run(conn: Connection, *, order_id: int | None = None, case_id: int | None = None) -> Run | None:
    """The latest run: an order that was given back has several."""
    if order_id is not None:
        return _run(conn.execute(_OF_ORDER, {"id": order_id}).first())
    return _run(conn.execute(_OF_CASE, {"id": case_id}).first())


def next_due_run(conn: Connection, now: datetime) -> Run | None:
    return _run(conn.execute(_DUE, {"now": now}).first())


def due_beside(conn: Connection, now: datetime, run: Run, team_id: int) -> list[Run]:
    """Other runs that are due now and whose orders stand in the same group: they may ask it in one message."""
    beside = (
        _RUNS.join(orders, orders.c.id == escalation_runs.c.order_id)
        .where(
            orders.c.team_id == team_id,
            escalation_runs.c.id != run.id,
            escalation_runs.c.state.in_(ACTIVE),
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
        escalation_runs.c.state.in_(ACTIVE),
        escalation_runs.c.position == run.position,
        escalation_runs.c.next_at == run.next_at,
    )
    values = {"position": run.position + 1, "next_at": None, "state": "running", "tries": 0}
    return conn.execute(here.values(**values)).rowcount == 1


def put_off(conn: Connection, run: Run, until: datetime) -> None:
    """It failed: the same step again, later, unless somebody else has climbed it meanwhile."""
    here = update(escalation_runs).where(
        escalation_runs.c.id == run.id,
        escalation_runs.c.position == run.position,
        escalation_runs.c.next_at == run.next_at,
    )
    conn.execute(here.values(next_at=until, tries=run.tries + 1))


def change_run(conn: Connection, run_id: int, **fields: Any) -> None:
    conn.execute(update(escalation_runs).where(escalation_runs.c.id == run_id).values(**fields))


def acknowledge(conn: Connection, run: Run, person_id: int, until: datetime) -> bool:
    """Did it happen? Not once somebody has taken the work."""
    unanswered = update(escalation_runs).where(escalation_runs.c.id == run.id, escalation_runs.c.state.in_(OPEN))
    return conn.execute(unanswered.values(state="acknowledged", seen_by=person_id, next_at=until)).rowcount == 1


def end_runs(conn: Connection, state: str, *, order_id: int | None = None, case_id: int | None = None) -> bool:
    """Did it happen? Whatever still runs for this order or case ends so."""
    about = escalation_runs.c.order_id == order_id if case_id is None else escalation_runs.c.case_id == case_id
    still = update(escalation_runs).where(about, escalation_runs.c.state.in_(OPEN))
    return conn.execute(still.values(state=state, next_at=None)).rowcount > 0


# ── whom a run has called ───────────────────────────────────────────────────────────────────────────────────────────

_ALERTS: Select[Any] = (
    select(
        alerts.c.run_id,
        alerts.c.position,
        alerts.c.person_id,
        func.coalesce(people.c.name, contacts.c.shown_name, "—").label("name"),
        contacts.c.telegram_id,
        alerts.c.reached,
        alerts.c.at,
    )
    .join(people, people.c.id == alerts.c.person_id)
    .outerjoin(contacts, contacts.c.person_id == people.c.id)
    .order_by(alerts.c.at, alerts.c.id)
)


def alerts_of_run(conn: Connection, run_id: int) -> list[Alert]:
    return [Alert(*row) for row in conn.execute(_ALERTS.where(alerts.c.run_id == run_id))]


def alerts_of_order(conn: Connection, order_id: int) -> list[Alert]:
    """Everybody who was ever called about it, the latest last."""
    about = select(escalation_runs.c.id).where(escalation_runs.c.order_id == order_id)
    return [Alert(*row) for row in conn.execute(_ALERTS.where(alerts.c.run_id.in_(about)))]


def add_alert(conn: Connection, now: datetime, run_id: int, position: int, person_id: int) -> None:
    """Called again by the same step, it is the later call that counts."""
    row = insert_once(alerts).values(run_id=run_id, position=position, person_id=person_id, at=now)
    again = row.on_conflict_do_update(index_elements=["run_id", "position", "person_id"], set_={"at": now})
    conn.execute(again)


def miss(conn: Connection, person_id: int) -> list[Run]:
    """This person cannot be reached. The runs in which the latest step has now reached nobody."""
    unanswered = select(escalation_runs.c.id).where(escalation_runs.c.state.in_(OPEN))
    called = update(alerts).where(alerts.c.person_id == person_id, alerts.c.reached, alerts.c.run_id.in_(unanswered))
    missed = set(conn.scalars(called.values(reached=False).returning(alerts.c.run_id)))
    alone: list[Run] = []
    for row in conn.execute(_RUNS.where(escalation_runs.c.id.in_(missed), escalation_runs.c.state == "running")):
        run = _run(row)
        assert run is not None
        latest = alerts.c.run_id == run.id, alerts.c.position == run.position - 1
        reached = list(conn.scalars(select(alerts.c.reached).where(*latest)))
        if reached and not any(reached):
            alone.append(run)
    return alone


def late_by(conn: Connection, order_id: int, at: datetime) -> timedelta | None:
    """By how much the step that was climbed at this instant came too late, if anybody had to notice."""
    late = select(order_history.c.note).where(
        order_history.c.order_id == order_id, order_history.c.what == LATE, order_history.c.at == at
    )
    minutes = conn.scalar(late)
    return timedelta(minutes=int(minutes)) if minutes else None


def times_asked(conn: Connection, order_id: int, since: datetime) -> int:
    """How often the group was asked again."""
    again = select(func.count()).where(
        order_history.c.order_id == order_id, order_history.c.what == ASKED_AGAIN, order_history.c.at >= since
    )
    return int(conn.execute(again).scalar_one())


def unit_of_case(conn: Connection, case_id: int) -> str:
    return str(conn.execute(select(cases.c.unit).where(cases.c.id == case_id)).scalar_one())


# ── who answers for a place ─────────────────────────────────────────────────────────────────────────────────────────


def on_duty_in(conn: Connection, unit: str) -> frozenset[int]:
    held = select(roles.c.person_id).where(
        roles.c.role == "supervisor", roles.c.unit == unit, roles.c.ended_at.is_(None), roles.c.on_duty
    )
    return frozenset(conn.scalars(held))


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

"""Whom a running ladder has called, when, and whether they could be reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.orders import ALIVE
from storage.escalation import OPEN, Run, get_runs
from storage.prepared import Prepared
from storage.tables import alerts, contacts, escalation_runs, order_history, orders, people

ASKED_AGAIN, LATE = "asked_again", "late"  # in the history of an order
HELP = -1
"""The position of alerts that no step made: the holder asked for help."""


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
_OF_RUN = Prepared(_ALERTS.where(alerts.c.run_id == bindparam("of_run")), Alert)
_OF_ORDER = Prepared(
    _ALERTS.where(
        alerts.c.run_id.in_(select(escalation_runs.c.id).where(escalation_runs.c.order_id == bindparam("of_order")))
    ),
    Alert,
)


def alerts_of_run(conn: Connection, run_id: int) -> list[Alert]:
    return _OF_RUN.all(conn, {"of_run": run_id})


def alerts_of_order(conn: Connection, order_id: int) -> list[Alert]:
    """Everybody who was ever called about it, the latest last."""
    return _OF_ORDER.all(conn, {"of_order": order_id})


def add_alert(
    conn: Connection, now: datetime, run_id: int, position: int, person_id: int, second_at: datetime | None = None
) -> None:
    """Called again by the same step, it is the later call that counts. `second_at`: so long Telegram has for it."""
    called = {"at": now, "second_at": second_at}
    row = insert_once(alerts).values(run_id=run_id, position=position, person_id=person_id, **called)
    conn.execute(row.on_conflict_do_update(index_elements=["run_id", "position", "person_id"], set_=called))


def miss(conn: Connection, person_id: int) -> list[Run]:
    """This person cannot be reached. The runs in which the latest step has now reached nobody."""
    unanswered = select(escalation_runs.c.id).where(escalation_runs.c.state.in_(OPEN))
    called = update(alerts).where(alerts.c.person_id == person_id, alerts.c.reached, alerts.c.run_id.in_(unanswered))
    missed = set(conn.scalars(called.values(reached=False).returning(alerts.c.run_id)))
    alone: list[Run] = []
    for run in get_runs(conn, missed):
        latest = alerts.c.run_id == run.id, alerts.c.position == run.position - 1
        reached = list(conn.scalars(select(alerts.c.reached).where(*latest)))
        if run.state == "running" and reached and not any(reached):
            alone.append(run)
    return alone


def orders_called_for(conn: Connection, person_id: int) -> list[int]:
    """Orders for which this person was called and which still wait or are in hand."""
    about = (
        select(escalation_runs.c.order_id)
        .join(alerts, alerts.c.run_id == escalation_runs.c.id)
        .join(orders, orders.c.id == escalation_runs.c.order_id)
        .where(alerts.c.person_id == person_id, orders.c.state.in_(ALIVE))
    )
    return list(conn.scalars(about.distinct().order_by(escalation_runs.c.order_id)))


def miss_help(conn: Connection, person_id: int) -> list[Run]:
    """The same for whoever a holder had asked for help. The runs in which nobody is left who heard it."""
    asked = alerts.c.position == HELP
    called = update(alerts).where(asked, alerts.c.person_id == person_id, alerts.c.reached)
    missed = set(conn.scalars(called.values(reached=False).returning(alerts.c.run_id)))
    heard = set(conn.scalars(select(alerts.c.run_id).where(asked, alerts.c.reached, alerts.c.run_id.in_(missed))))
    return get_runs(conn, missed - heard)


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

"""Alerts that go by the second channel: when each is due there, what is on its way, and how it ended.

An alert is handed over once, and what is due at one address is taken at once, each by a conditional update: a second
process finds nothing left to take.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, or_, select, update

from storage.tables import alerts, among, contacts, echoes, outbox

WAY = ("waiting", "sending")


@dataclass(frozen=True, slots=True)
class Called:
    """An alert as the second channel needs to know it."""

    id: int
    run_id: int
    position: int
    person_id: int
    telegram_id: int | None
    reached: bool
    at: datetime
    second_at: datetime | None


@dataclass(frozen=True, slots=True)
class Echo:
    """One alert to one address, taken to be sent now."""

    id: int
    alert_id: int
    tries: int
    uncertain: bool
    made_at: datetime


_CALLED: Select[Any] = select(
    alerts.c.id,
    alerts.c.run_id,
    alerts.c.position,
    alerts.c.person_id,
    contacts.c.telegram_id,
    alerts.c.reached,
    alerts.c.at,
    alerts.c.second_at,
).outerjoin(contacts, contacts.c.person_id == alerts.c.person_id)
_DUE = alerts.c.second_at.is_not(None)


def next_undelivered(conn: Connection, now: datetime) -> Called | None:
    """The alert whose time with Telegram alone is over, the longest first."""
    due = _CALLED.where(_DUE, alerts.c.second_at <= now).order_by(alerts.c.second_at, alerts.c.id).limit(1)
    row = conn.execute(due).first()
    return Called(*row) if row is not None else None


def get_called(conn: Connection, alert_id: int) -> Called:
    return Called(*conn.execute(_CALLED.where(alerts.c.id == alert_id)).one())


def hand_over(conn: Connection, called: Called, put_off: datetime | None = None) -> bool:
    """Did it happen? From now on it is the second channel's; or its time is put off."""
    still = update(alerts).where(alerts.c.id == called.id, alerts.c.second_at == called.second_at)
    return conn.execute(still.values(second_at=put_off)).rowcount == 1


def how_it_went(conn: Connection, chat_id: int, subject: str, subject_id: int, since: datetime) -> set[str]:
    """The ends, so far, of every message of this card to this chat since then: sent, uncertain, dead, or on its way."""
    about = (
        outbox.c.chat_id == chat_id,
        outbox.c.subject == subject,
        outbox.c.subject_id == subject_id,
        outbox.c.made_at >= since,
    )
    return set(conn.scalars(select(outbox.c.state).where(*about)))


# ── the echoes ──────────────────────────────────────────────────────────────────────────────────────────────────────


def add_echo(conn: Connection, now: datetime, alert_id: int, way: str, address: str, next_at: datetime) -> None:
    row = {"alert_id": alert_id, "way": way, "address": address, "next_at": next_at, "made_at": now}
    conn.execute(insert(echoes).values(**row))


def last_sent(conn: Connection, way: str, address: str) -> datetime | None:
    """When this address was written to last."""
    sent = echoes.c.way == way, echoes.c.address == address, echoes.c.state == "sent"
    at: datetime | None = conn.scalar(select(func.max(echoes.c.done_at)).where(*sent))
    return at


def next_address(conn: Connection, now: datetime) -> tuple[str, str] | None:
    """Where something has been due longest."""
    due = select(echoes.c.way, echoes.c.address).where(among(echoes.c.state, *WAY), echoes.c.next_at <= now)
    row = conn.execute(due.order_by(echoes.c.next_at, echoes.c.id).limit(1)).first()
    return (row.way, row.address) if row is not None else None


def take(conn: Connection, way: str, address: str, now: datetime, until: datetime) -> list[Echo]:
    """All that is due there, ours until then. What was on its way already and never answered may have arrived."""
    due = update(echoes).where(
        echoes.c.way == way, echoes.c.address == address, among(echoes.c.state, *WAY), echoes.c.next_at <= now
    )
    taken = due.values(
        state="sending",
        next_at=until,
        tries=echoes.c.tries + 1,
        uncertain=or_(echoes.c.uncertain, echoes.c.state == "sending"),
    ).returning(*(echoes.c[name] for name in Echo.__dataclass_fields__))
    return sorted((Echo(*row) for row in conn.execute(taken)), key=lambda echo: echo.id)


def settle(conn: Connection, ids: Collection[int], until: datetime, **ends: Any) -> bool:
    """Did it happen? Only for whoever took them and has not been given up since."""
    ours = echoes.c.id.in_(ids), echoes.c.state == "sending", echoes.c.next_at == until
    return conn.execute(update(echoes).where(*ours).values(**ends)).rowcount > 0

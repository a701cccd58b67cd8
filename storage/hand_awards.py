"""Awards that somebody in charge decides on: asked once, decided once, and listed for whoever looks after them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.words import Text, from_json
from storage.tables import among, hand_awards, households, people, transfer_notes, transfers

WAITING, POSTED, DECLINED = "waiting", "posted", "declined"


@dataclass(frozen=True, slots=True)
class HandAward:
    id: int
    once: str
    unit: str
    household_id: int
    earned_by: int | None
    points: int
    dimension: str | None
    words: str | None
    state: str
    asked_by: int
    second_by: int | None
    made_at: datetime
    decided_at: datetime | None


_ALL = select(*(hand_awards.c[name] for name in HandAward.__dataclass_fields__))


def add(conn: Connection, **fields: Any) -> int | None:
    """None: it was made already."""
    row = insert_once(hand_awards).values(**fields, state=WAITING).on_conflict_do_nothing()
    found = conn.execute(row.returning(hand_awards.c.id)).scalar_one_or_none()
    return int(found) if found is not None else None


def find(conn: Connection, award_id: int) -> HandAward | None:
    row = conn.execute(_ALL.where(hand_awards.c.id == award_id)).first()
    return HandAward(*row) if row else None


def decide(conn: Connection, award_id: int, state: str, now: datetime, second_by: int | None = None) -> bool:
    """Did it happen? Whoever decides first; the words go to where they stay, or nowhere."""
    waits = update(hand_awards).where(hand_awards.c.id == award_id, hand_awards.c.state == WAITING)
    return conn.execute(waits.values(state=state, decided_at=now, second_by=second_by, words=None)).rowcount == 1


def unsigned_since(conn: Connection, giver: int, household_id: int, since: datetime) -> int:
    """What this giver gave this household without a second signature."""
    own = select(func.coalesce(func.sum(hand_awards.c.points), 0)).where(
        hand_awards.c.asked_by == giver,
        hand_awards.c.household_id == household_id,
        hand_awards.c.made_at >= since,
        hand_awards.c.state == POSTED,
        hand_awards.c.second_by.is_(None),
    )
    return int(conn.execute(own).scalar_one())


def waiting(conn: Connection) -> list[HandAward]:
    """Those that wait for a second signature, oldest first."""
    waits = _ALL.where(among(hand_awards.c.state, WAITING)).order_by(hand_awards.c.id)
    return [HandAward(*row) for row in conn.execute(waits)]


# ── what was decided ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Decision:
    """An entry that somebody decided, as it is looked over."""

    id: int
    at: datetime
    kind: str
    amount: int
    household_id: int
    unit: str
    reason: Text
    words: str | None
    by: str | None
    second: str | None
    taken_back: bool


_BY, _SECOND, _BACK = people.alias("by"), people.alias("second"), transfers.alias("back")


def decisions(conn: Connection, units: list[str] | None, skipped: int, most: int) -> list[Decision]:
    """Points by hand and what was taken back, newest first; in these places, or everywhere."""
    by_hand = transfers.c.decided_by.is_not(None)
    listed = (
        select(
            transfers.c.id,
            transfers.c.at,
            transfers.c.kind,
            transfers.c.points,
            transfers.c.household_id,
            transfers.c.unit,
            transfers.c.reason,
            transfer_notes.c.words,
            _BY.c.name,
            _SECOND.c.name.label("second"),
            _BACK.c.id.label("back"),
        )
        .select_from(
            transfers.join(_BY, _BY.c.id == transfers.c.decided_by)
            .outerjoin(transfer_notes, transfer_notes.c.transfer_id == transfers.c.id)
            .outerjoin(hand_awards, transfers.c.once == "award:hand:" + hand_awards.c.once)
            .outerjoin(_SECOND, _SECOND.c.id == hand_awards.c.second_by)
            .outerjoin(_BACK, _BACK.c.reverses == transfers.c.id)
        )
        .where(by_hand, transfers.c.household_id.is_not(None))
        .order_by(transfers.c.id.desc())
        .limit(most)
        .offset(skipped)
    )
    if units is not None:
        listed = listed.where(or_(transfers.c.unit.in_(units)))
    return [
        Decision(row.id, row.at, row.kind, row.points, row.household_id, row.unit, from_json(row.reason), row.words,
                 row.name, row.second, row.back is not None)
        for row in conn.execute(listed)
    ]  # fmt: skip


def unit_of(conn: Connection, transfer_id: int) -> tuple[str, int] | None:
    """Where an award was made, and to whom; None for what is no award."""
    own = select(transfers.c.unit, transfers.c.household_id).where(
        transfers.c.id == transfer_id, transfers.c.kind == "award", transfers.c.unit.is_not(None)
    )
    row = conn.execute(own).first()
    return (row.unit, row.household_id) if row else None


def address_of(conn: Connection, household_id: int) -> str:
    return str(conn.scalar(select(households.c.address).where(households.c.id == household_id)) or "—")

"""Redemptions as rows: reserved once, ended once, found by the keyed hash of a code; and the proof that all fits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.market import ALIVE, MOVES, Redemption
from domain.words import from_json
from storage.prepared import Prepared
from storage.tables import among, households, items, presentations, redemptions, transfers

_REDEMPTION = select(*(redemptions.c[name] for name in Redemption.__dataclass_fields__))
_ALIVE = among(redemptions.c.state, *ALIVE)
_DUE = Prepared(
    _REDEMPTION.where(_ALIVE, redemptions.c.due_at <= bindparam("now"))
    .order_by(redemptions.c.due_at, redemptions.c.id)
    .limit(1)
)


def _redemption(row: Row[Any] | None) -> Redemption | None:
    if row is None:
        return None
    fields = row._asdict()
    return Redemption(**{**fields, "wanted": from_json(fields["wanted"]) if fields["wanted"] else None})


def _all(conn: Connection, statement: Any) -> list[Redemption]:
    return [found for row in conn.execute(statement) if (found := _redemption(row)) is not None]


def add_redemption(conn: Connection, **fields: Any) -> int | None:
    """Its id; None if this was redeemed already."""
    row = insert_once(redemptions).values(**fields).on_conflict_do_nothing(index_elements=["once"])
    made = conn.execute(row.returning(redemptions.c.id)).scalar_one_or_none()
    return None if made is None else int(made)


def set_code(conn: Connection, redemption_id: int, epoch: int, code_hash: str, token_hash: str) -> None:
    fields = {"code_epoch": epoch, "code_hash": code_hash, "token_hash": token_hash}
    conn.execute(update(redemptions).where(redemptions.c.id == redemption_id).values(**fields))


def is_taken(conn: Connection, code_hash: str) -> bool:
    return conn.execute(select(redemptions.c.id).where(redemptions.c.code_hash == code_hash)).first() is not None


def find_redemption(conn: Connection, redemption_id: int) -> Redemption | None:
    return _redemption(conn.execute(_REDEMPTION.where(redemptions.c.id == redemption_id)).first())


def find_once(conn: Connection, once: str) -> Redemption | None:
    return _redemption(conn.execute(_REDEMPTION.where(redemptions.c.once == once)).first())


def find_by_hashes(conn: Connection, code_hashes: Sequence[str]) -> Redemption | None:
    known = _REDEMPTION.where(redemptions.c.code_hash.in_(list(code_hashes)))
    return _redemption(conn.execute(known).first())


def find_by_token(conn: Connection, token_hash: str) -> Redemption | None:
    return _redemption(conn.execute(_REDEMPTION.where(redemptions.c.token_hash == token_hash)).first())


def with_hashes(conn: Connection) -> list[tuple[Redemption, str | None, str | None]]:
    """Every redemption with the hashes by which it is found."""
    found = conn.execute(_REDEMPTION.add_columns(redemptions.c.code_hash, redemptions.c.token_hash))
    return [(Redemption(*row[:-2]), row[-2], row[-1]) for row in found]


def move(conn: Connection, redemption_id: int, verb: str, **changed: Any) -> bool:
    """Did it happen? From one of the states this can be done in; whoever comes first."""
    known = MOVES[verb]
    there = update(redemptions).where(redemptions.c.id == redemption_id, redemptions.c.state.in_(known.since))
    return conn.execute(there.values(state=known.to, **changed)).rowcount == 1


def captured(conn: Connection, redemption_id: int) -> int | None:
    """The entry with which its points went."""
    return conn.scalar(select(transfers.c.id).where(transfers.c.once == f"capture:redemption:{redemption_id}"))


# ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def open_of(conn: Connection, household_id: int) -> list[Redemption]:
    """What a household has yet to collect, what ends first first."""
    theirs = _REDEMPTION.where(redemptions.c.household_id == household_id, _ALIVE)
    return _all(conn, theirs.order_by(redemptions.c.until, redemptions.c.id))


def at_counter(
    conn: Connection, station_ids: Collection[int], merchant_ids: Collection[int], states: Sequence[str], most: int
) -> list[Redemption]:
    """What may be handed over at these stations, or belongs to what these merchants give."""
    theirs = or_(redemptions.c.station_id.in_(list(station_ids)), items.c.merchant_id.in_(list(merchant_ids)))
    listed = _REDEMPTION.join(items, items.c.id == redemptions.c.item_id).where(theirs)
    there = listed.where(redemptions.c.state.in_(list(states)))
    return _all(conn, there.order_by(redemptions.c.until, redemptions.c.id).limit(most))


def expired_since(
    conn: Connection, station_ids: Collection[int], merchant_ids: Collection[int], since: datetime, most: int
) -> list[Redemption]:
    """What was not collected in time, the latest first."""
    theirs = or_(redemptions.c.station_id.in_(list(station_ids)), items.c.merchant_id.in_(list(merchant_ids)))
    listed = _REDEMPTION.join(items, items.c.id == redemptions.c.item_id).where(theirs)
    gone = listed.where(redemptions.c.state == "expired", redemptions.c.until > since)
    return _all(conn, gone.order_by(redemptions.c.until.desc(), redemptions.c.id.desc()).limit(most))


def had_since(conn: Connection, household_id: int, item_id: int, since: datetime | None) -> int:
    """How many a household has reserved or collected since then."""
    had = select(func.coalesce(func.sum(redemptions.c.count), 0)).where(
        redemptions.c.household_id == household_id,
        redemptions.c.item_id == item_id,
        redemptions.c.state.in_((*ALIVE, "collected")),
    )
    return int(conn.execute(had if since is None else had.where(redemptions.c.made_at >= since)).scalar_one())


# ── what happens by itself ──────────────────────────────────────────────────────────────────────────────────────────


def next_due(conn: Connection, now: datetime) -> Redemption | None:
    return _redemption(_DUE.first(conn, {"now": now}))


def remind(conn: Connection, redemption: Redemption, now: datetime) -> bool:
    """Did it happen? Once; the next thing due is its end."""
    there = update(redemptions).where(redemptions.c.id == redemption.id, redemptions.c.reminded_at.is_(None), _ALIVE)
    return conn.execute(there.values(reminded_at=now, due_at=redemption.until)).rowcount == 1


def put_off(conn: Connection, redemption: Redemption, until: datetime) -> None:
    """It failed: the same again, later, unless it has changed meanwhile."""
    same = update(redemptions).where(
        redemptions.c.id == redemption.id, redemptions.c.due_at == redemption.due_at, _ALIVE
    )
    conn.execute(same.values(due_at=until, tries=redemption.tries + 1))


# ── codes shown at a counter ────────────────────────────────────────────────────────────────────────────────────────


def present(conn: Connection, now: datetime, redemption_id: int, keeper_id: int) -> None:
    row = insert_once(presentations).values(redemption_id=redemption_id, keeper_id=keeper_id, at=now)
    conn.execute(row.on_conflict_do_update(index_elements=["redemption_id", "keeper_id"], set_={"at": now}))


def presented_at(conn: Connection, redemption_id: int, keeper_id: int) -> datetime | None:
    """When this keeper was last shown its code."""
    shown = select(presentations.c.at).where(
        presentations.c.redemption_id == redemption_id, presentations.c.keeper_id == keeper_id
    )
    return conn.scalar(shown)


def forget_presented(conn: Connection, redemption_id: int) -> None:
    conn.execute(delete(presentations).where(presentations.c.redemption_id == redemption_id))


def home_of(conn: Connection, household_id: int) -> tuple[str, str, str]:
    """Unit, building and room: so much of a household is seen at the counter."""
    row = conn.execute(
        select(households.c.unit, households.c.building, households.c.room).where(households.c.id == household_id)
    ).one()
    return row.unit, row.building, row.room


def join_households(conn: Connection, old: int, new: int) -> None:
    """Two households have become one: what the one had reserved is the other's, as its points are."""
    conn.execute(update(redemptions).where(redemptions.c.household_id == old).values(household_id=new))

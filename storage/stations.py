"""Stations and merchants as rows, and the keepers of both."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from domain.market import Merchant, Station
from domain.people import Person
from storage.people import get_person
from storage.tables import merchants, roles, stations

_STATION = select(*(stations.c[name] for name in Station.__dataclass_fields__))
_MERCHANT = select(*(merchants.c[name] for name in Merchant.__dataclass_fields__))


def add_station(conn: Connection, now: datetime, made_by: int | None, **fields: Any) -> int:
    row = {"made_by": made_by, "made_at": now, **fields}
    return int(conn.execute(insert(stations).values(**row).returning(stations.c.id)).scalar_one())


def find_station(conn: Connection, station_id: int) -> Station | None:
    row = conn.execute(_STATION.where(stations.c.id == station_id)).first()
    return Station(*row) if row else None


def all_stations(conn: Connection) -> list[Station]:
    """Those that are open; a desk has a handful."""
    return [Station(*row) for row in conn.execute(_STATION.where(stations.c.state == "open").order_by(stations.c.id))]


def stations_in(conn: Connection, units: Collection[str]) -> list[Station]:
    there = _STATION.where(stations.c.state == "open", stations.c.unit.in_(list(units)))
    return [Station(*row) for row in conn.execute(there.order_by(stations.c.id))]


def change_station(conn: Connection, station_id: int, **fields: Any) -> bool:
    still = update(stations).where(stations.c.id == station_id, stations.c.state == "open")
    return conn.execute(still.values(**fields)).rowcount == 1


def hold_open(conn: Connection, station_id: int) -> bool:
    """Is it open, and stays so until this transaction ends?"""
    still = select(stations.c.state).where(stations.c.id == station_id)
    return conn.execute(still.with_for_update(read=True, key_share=True)).scalar_one_or_none() == "open"


def hold_giving(conn: Connection, merchant_id: int) -> bool:
    """Do they give, and go on until this transaction ends?"""
    still = select(merchants.c.state).where(merchants.c.id == merchant_id)
    return conn.execute(still.with_for_update(read=True, key_share=True)).scalar_one_or_none() == "gives"


def lock_counters(conn: Connection, station_ids: Collection[int], merchant_ids: Collection[int]) -> None:
    """Wrong codes at one counter are counted one after the other."""
    for table, ids in ((stations, station_ids), (merchants, merchant_ids)):
        held = select(table.c.id).where(table.c.id.in_(list(ids))).order_by(table.c.id)
        conn.execute(held.with_for_update()).all()


# ── merchants ───────────────────────────────────────────────────────────────────────────────────────────────────────


def add_merchant(conn: Connection, now: datetime, made_by: int | None, **fields: Any) -> int:
    row = {"made_by": made_by, "made_at": now, **fields}
    return int(conn.execute(insert(merchants).values(**row).returning(merchants.c.id)).scalar_one())


def find_merchant(conn: Connection, merchant_id: int) -> Merchant | None:
    row = conn.execute(_MERCHANT.where(merchants.c.id == merchant_id)).first()
    return Merchant(*row) if row else None


def all_merchants(conn: Connection) -> list[Merchant]:
    giving = _MERCHANT.where(merchants.c.state == "gives").order_by(merchants.c.id)
    return [Merchant(*row) for row in conn.execute(giving)]


def change_merchant(conn: Connection, merchant_id: int, **fields: Any) -> bool:
    still = update(merchants).where(merchants.c.id == merchant_id, merchants.c.state == "gives")
    return conn.execute(still.values(**fields)).rowcount == 1


# ── keepers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def keepers_of(conn: Connection, *, station_id: int = 0, merchant_id: int = 0) -> list[Person]:
    """Whoever keeps this station, or is this merchant's own keeper."""
    held = (
        select(roles.c.person_id)
        .where(
            roles.c.role == "keeper",
            roles.c.station_id == station_id,
            roles.c.merchant_id == merchant_id,
            roles.c.ended_at.is_(None),
        )
        .order_by(roles.c.id)
    )
    return [get_person(conn, person_id) for person_id in conn.scalars(held)]


def end_keepers(conn: Connection, now: datetime, *, station_id: int = 0, merchant_id: int = 0) -> None:
    """The place is no more."""
    held = update(roles).where(
        roles.c.role == "keeper",
        roles.c.station_id == station_id,
        roles.c.merchant_id == merchant_id,
        roles.c.ended_at.is_(None),
    )
    conn.execute(held.values(ended_at=now))

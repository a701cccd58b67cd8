"""Posters as rows: one a building, each with the hash of its link, changed by whoever is first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.posters import Poster
from storage.households import STANDING, in_order
from storage.tables import households, posters

_POSTERS = select(*(posters.c[name] for name in Poster.__dataclass_fields__))


def _poster(row: Row[Any] | None) -> Poster | None:
    return Poster(**row._asdict()) if row else None


def buildings_in(conn: Connection, units: Iterable[str]) -> list[tuple[str, str]]:
    """Unit and building of every household that stands there, as somebody would walk past them."""
    there = select(households.c.unit, households.c.building).where(
        households.c.unit.in_(list(units)), households.c.state == STANDING
    )
    found = {(row.unit, row.building) for row in conn.execute(there.distinct())}
    return sorted(found, key=lambda each: (each[0], *in_order(each[1])))


def posters_in(conn: Connection, units: Iterable[str]) -> list[Poster]:
    found = [Poster(**row._asdict()) for row in conn.execute(_POSTERS.where(posters.c.unit.in_(list(units))))]
    return sorted(found, key=lambda each: (each.unit, *in_order(each.building)))


def find_poster(conn: Connection, poster_id: int) -> Poster | None:
    return _poster(conn.execute(_POSTERS.where(posters.c.id == poster_id)).first())


def find_by_token(conn: Connection, token_hash: str) -> Poster | None:
    return _poster(conn.execute(_POSTERS.where(posters.c.token_hash == token_hash)).first())


def add(conn: Connection, now: datetime, unit: str, building: str, token_hash: str) -> None:
    """Unless that building has one already."""
    row = {"unit": unit, "building": building, "token_hash": token_hash, "made_at": now}
    conn.execute(insert_once(posters).values(**row).on_conflict_do_nothing())


def renew(conn: Connection, poster: Poster, now: datetime, epoch: int, token_hash: str) -> bool:
    """Did it happen? Another link from now on, and the old one leads nowhere."""
    as_read = update(posters).where(posters.c.id == poster.id, posters.c.epoch == poster.epoch)
    changed = as_read.values(epoch=epoch, token_hash=token_hash, made_at=now, revoked_at=None)
    return conn.execute(changed).rowcount == 1


def revoke(conn: Connection, poster: Poster, now: datetime) -> bool:
    """Did it happen?"""
    as_read = update(posters).where(
        posters.c.id == poster.id, posters.c.epoch == poster.epoch, posters.c.revoked_at.is_(None)
    )
    return conn.execute(as_read.values(revoked_at=now)).rowcount == 1

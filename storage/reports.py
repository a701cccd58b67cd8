"""Reports as rows beside their orders: how each was judged, who follows it, and which open ones lie near a place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.nearby import boxes_around, distance
from domain.reports import Nearby, Report
from storage.prepared import Prepared
from storage.tables import followers, orders, reports
from storage.tables.orders import NEARBY

_REPORT = Prepared(
    select(*(reports.c[name] for name in Report.__dataclass_fields__)).where(reports.c.order_id == bindparam("id"))
)
_ADD = Prepared(insert(reports))
_RING = Prepared(
    update(reports).where(
        reports.c.order_id == bindparam("of_order"), reports.c.body.is_not(None), reports.c.rung_at.is_(None)
    )
)
_CONFIRM = Prepared(
    update(reports).where(reports.c.order_id == bindparam("of_order"), reports.c.guardian == bindparam("asked"))
)
_FOLLOW = Prepared(insert_once(followers).on_conflict_do_nothing().returning(followers.c.person_id))
_FOLLOWS = Prepared(
    select(followers.c.person_id).where(
        followers.c.order_id == bindparam("order_id"), followers.c.person_id == bindparam("person_id")
    )
)
_FOLLOWERS = Prepared(
    select(followers.c.person_id)
    .where(followers.c.order_id == bindparam("order_id"))
    .order_by(followers.c.at, followers.c.person_id)
)
_FOLLOWED = Prepared(
    select(followers.c.order_id)
    .where(followers.c.person_id == bindparam("person_id"))
    .order_by(followers.c.order_id.desc())
)
_VOTES = Prepared(select(func.count()).where(followers.c.order_id == bindparam("order_id")))
_NEAR = Prepared(
    select(orders.c.id, orders.c.latitude, orders.c.longitude, orders.c.made_at, orders.c.state).where(
        text(NEARBY),
        orders.c.category == bindparam("kind"),
        orders.c.band.in_(bindparam("bands", expanding=True)),
        orders.c.longitude >= bindparam("west"),
        orders.c.longitude <= bindparam("east"),
        orders.c.made_at >= bindparam("since"),
    )
)
_IN = Prepared(
    select(orders.c.id, orders.c.made_at, orders.c.state)
    .select_from(reports.join(orders, orders.c.id == reports.c.order_id))
    .where(
        reports.c.building == bindparam("at"),
        orders.c.category == bindparam("kind"),
        orders.c.made_at >= bindparam("since"),
        orders.c.state.not_in(("closed", "cancelled", "duplicate")),
    )
    .order_by(orders.c.id.desc())
)


def find_report(conn: Connection, order_id: int) -> Report | None:
    row = _REPORT.first(conn, {"id": order_id})
    return Report(*row) if row else None


def add_report(conn: Connection, order_id: int, **fields: Any) -> None:
    _ADD.count(conn, {"order_id": order_id, **fields})


def ring(conn: Connection, order_id: int, person_id: int, at: datetime) -> bool:
    """Did it happen? Whoever looks after it is told once."""
    return _RING.count(conn, {"of_order": order_id, "rung_by": person_id, "rung_at": at}) == 1


def confirm(conn: Connection, order_id: int, guardian_id: int, answer: str) -> bool:
    """Did it happen? The first answer of a guardian counts."""
    row = {"of_order": order_id, "asked": "asked", "guardian": answer, "guardian_id": guardian_id}
    return _CONFIRM.count(conn, row) == 1


# ── who else has seen it ────────────────────────────────────────────────────────────────────────────────────────────


def follow(conn: Connection, order_id: int, person_id: int, at: datetime, joined_as: int | None = None) -> bool:
    """Did it happen? Each person follows a report once, and that is a vote for it."""
    row = {"order_id": order_id, "person_id": person_id, "at": at, "joined_as": joined_as}
    return _FOLLOW.scalar(conn, row) is not None


def follows(conn: Connection, order_id: int, person_id: int) -> bool:
    return _FOLLOWS.first(conn, {"order_id": order_id, "person_id": person_id}) is not None


def followers_of(conn: Connection, order_id: int) -> list[int]:
    """Whoever has seen the same, in the order in which they said so."""
    return [row.person_id for row in _FOLLOWERS.all(conn, {"order_id": order_id})]


def followed_by(conn: Connection, person_id: int, most: int) -> list[int]:
    """What somebody has seen as well as others, newest first."""
    return [row.order_id for row in _FOLLOWED.all(conn, {"person_id": person_id})[:most]]


def count_votes(conn: Connection, order_id: int) -> int:
    return int(_VOTES.scalar(conn, {"order_id": order_id}))


# ── what lies near ──────────────────────────────────────────────────────────────────────────────────────────────────


def find_near(
    conn: Connection, kind: str, latitude: float, longitude: float, metres: int, since: datetime
) -> list[Nearby]:
    """Open reports of this kind within so many metres, newest first: a box on the index, then the distance."""
    found = []
    for box in boxes_around(latitude, longitude, metres):
        where = {"kind": kind, "bands": box.bands, "west": box.west, "east": box.east, "since": since}
        for row in _NEAR.all(conn, where):
            away = distance(latitude, longitude, row.latitude, row.longitude)
            if away <= metres:
                found.append(Nearby(row.id, round(away), row.made_at, row.state))
    return sorted(found, key=lambda near: (near.made_at, near.order_id), reverse=True)


def find_in(conn: Connection, kind: str, building: str, since: datetime) -> list[Nearby]:
    """Open reports of this kind in the same building, newest first."""
    found = _IN.all(conn, {"at": building, "kind": kind, "since": since})
    return [Nearby(row.id, None, row.made_at, row.state) for row in found]

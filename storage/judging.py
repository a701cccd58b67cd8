"""Which report was found to be the same as which, and who came along with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.reports import Report
from storage.prepared import Prepared
from storage.tables import followers, orders, reports

_PARENT = Prepared(select(reports.c.same_as).where(reports.c.order_id == bindparam("id")))
_MERGED = Prepared(select(reports.c.order_id).where(reports.c.same_as == bindparam("id")).order_by(reports.c.order_id))
_JUDGE = Prepared(
    update(reports).where(
        reports.c.order_id == bindparam("of_order"), reports.c.verdict.is_not_distinct_from(bindparam("was"))
    )
)
_ALIKE = Prepared(
    select(orders.c.id)
    .where(
        orders.c.state.in_(bindparam("states", expanding=True)),
        orders.c.unit == bindparam("in_unit"),
        orders.c.category == bindparam("kind"),
    )
    .order_by(orders.c.id.desc())
    .limit(50)
)


def judge(conn: Connection, report: Report, verdict: str | None, by: int, at: datetime, **fields: Any) -> bool:
    """Did it happen? Only if nobody has judged it since it was read. Without a verdict it waits for one again."""
    still = {"of_order": report.order_id, "was": report.verdict}
    said = {"judged_by": by if verdict else None, "judged_at": at if verdict else None}
    return _JUDGE.count(conn, {**still, "verdict": verdict, **said, **fields}) == 1


def hold(conn: Connection, order_ids: Iterable[int]) -> None:
    """Nobody else judges these until we are done: always in the same order, so that two never wait for each other."""
    held = select(orders.c.id).where(orders.c.id.in_(list(order_ids))).order_by(orders.c.id).with_for_update()
    conn.execute(held).all()


def root_of(conn: Connection, order_id: int) -> int:
    """The report that this one was found to be the same as, through however many others."""
    while (parent := _PARENT.scalar(conn, {"id": order_id})) is not None:
        order_id = int(parent)
    return order_id


def merged_into(conn: Connection, order_id: int) -> list[int]:
    """Everything that was found to be the same as this, and as these."""
    found: list[int] = []
    ahead = [order_id]
    while ahead:
        below = [int(row.order_id) for row in _MERGED.all(conn, {"id": ahead.pop(0)})]
        found += below
        ahead += below
    return found


def merged_directly(conn: Connection, order_id: int) -> list[int]:
    return [int(row.order_id) for row in _MERGED.all(conn, {"id": order_id})]


def alike(conn: Connection, kind: str, unit: str, states: Iterable[str]) -> list[int]:
    """Reports of this kind in this unit, the latest first."""
    return [row.id for row in _ALIKE.all(conn, {"kind": kind, "in_unit": unit, "states": list(states)})]


def bring(conn: Connection, order_id: int, person_ids: Iterable[int], joined_as: int, at: datetime) -> list[int]:
    """Who follows it from now on and did not before."""
    come: list[int] = []
    for person_id in person_ids:
        row = {"order_id": order_id, "person_id": person_id, "joined_as": joined_as, "at": at}
        new = insert_once(followers).values(row).on_conflict_do_nothing().returning(followers.c.person_id)
        if conn.execute(new).first() is not None:
            come.append(person_id)
    return come


def part(conn: Connection, order_id: int, joined_as: int) -> None:
    """Whoever came along with that report goes with it again."""
    came = (followers.c.order_id == order_id) & (followers.c.joined_as == joined_as)
    conn.execute(delete(followers).where(came))

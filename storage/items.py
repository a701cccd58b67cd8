"""Items as rows: what is offered, and how much of it is left. Every change of a stock is a move beside it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.market import Item
from storage.prepared import Prepared
from storage.tables import awaited, items, stock_moves

_ITEM = select(*(items.c[name] for name in Item.__dataclass_fields__))
OFFERED = items.c.state == "offered"


def _item(row: Row[Any] | None) -> Item | None:
    return Item(**row._asdict()) if row else None


def add_item(conn: Connection, now: datetime, made_by: int | None, **fields: Any) -> int:
    """With its first stock, if it has one."""
    stock = int(fields.pop("stock", 0))
    row = {"made_by": made_by, "made_at": now, "stock": stock, **fields}
    item_id = int(conn.execute(insert(items).values(**row).returning(items.c.id)).scalar_one())
    if stock:
        _move(conn, now, item_id, "restock", stock, person_id=made_by)
    return item_id


def find_item(conn: Connection, item_id: int) -> Item | None:
    return _item(conn.execute(_ITEM.where(items.c.id == item_id)).first())


def lock_item(conn: Connection, item_id: int) -> Item | None:
    """The item, which nobody else changes until this transaction ends."""
    return _item(conn.execute(_ITEM.where(items.c.id == item_id).with_for_update()).first())


def change_item(conn: Connection, item_id: int, **fields: Any) -> None:
    conn.execute(update(items).where(items.c.id == item_id).values(**fields))


def withdraw(conn: Connection, item_id: int) -> bool:
    """Did it happen?"""
    offered = update(items).where(items.c.id == item_id, OFFERED)
    return conn.execute(offered.values(state="withdrawn")).rowcount == 1


def offer_again(conn: Connection, item_id: int) -> bool:
    withdrawn = update(items).where(items.c.id == item_id, items.c.state == "withdrawn")
    return conn.execute(withdrawn.values(state="offered")).rowcount == 1


# ── shelves ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def shelf(conn: Connection, station_ids: Collection[int]) -> list[Item]:
    """Everything that is offered at these stations, the cheapest first."""
    there = _ITEM.where(items.c.station_id.in_(list(station_ids)), OFFERED)
    return [Item(*row) for row in conn.execute(there.order_by(items.c.price, items.c.id))]


def items_of(conn: Connection, station_ids: Collection[int], merchant_ids: Collection[int]) -> list[Item]:
    """What these stations and merchants have, also what was withdrawn."""
    theirs = or_(items.c.station_id.in_(list(station_ids)), items.c.merchant_id.in_(list(merchant_ids)))
    return [Item(*row) for row in conn.execute(_ITEM.where(theirs).order_by(items.c.state, items.c.id))]


def given_by(conn: Connection, merchant_id: int) -> list[Item]:
    """What this merchant gives now."""
    theirs = _ITEM.where(items.c.merchant_id == merchant_id, OFFERED)
    return [Item(*row) for row in conn.execute(theirs.order_by(items.c.id))]


def all_items(conn: Connection) -> list[Item]:
    return [Item(*row) for row in conn.execute(_ITEM.order_by(items.c.id))]


# ── stock ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _taken(week: str) -> ColumnElement[int]:
    """Places gone this week; what was counted for another week is over."""
    return case((items.c.week == week, items.c.taken), else_=0)


def reserve(conn: Connection, item: Item, count: int, week: str) -> bool:
    """Did it happen? Only while there are so many, and it is offered."""
    there = update(items).where(items.c.id == item.id, OFFERED)
    if item.weekly is None:
        free = there.where(items.c.weekly.is_(None), items.c.stock >= count).values(stock=items.c.stock - count)
    else:
        room = and_(items.c.weekly.is_not(None), _taken(week) + count <= items.c.weekly)
        free = there.where(room).values(taken=_taken(week) + count, week=week)
    return conn.execute(free).rowcount == 1


def note_reserved(conn: Connection, now: datetime, item: Item, count: int, redemption_id: int) -> None:
    if item.weekly is None:
        _move(conn, now, item.id, "reserve", -count, redemption_id=redemption_id)


def release(conn: Connection, now: datetime, item_id: int, count: int, week: str | None, redemption_id: int) -> None:
    """It can be had again: on the shelf, or as a place of the week it was taken in."""
    if week is not None:
        same = update(items).where(items.c.id == item_id, items.c.week == week)
        conn.execute(same.values(taken=items.c.taken - count))
        return
    conn.execute(update(items).where(items.c.id == item_id).values(stock=items.c.stock + count))
    _move(conn, now, item_id, "release", count, redemption_id=redemption_id)


def take_late(conn: Connection, now: datetime, item_id: int, count: int, redemption_id: int) -> int:
    """It had gone from the shelf long ago; how many of them the stock still spoke of."""
    known = lock_item(conn, item_id)
    there = min(known.stock, count) if known is not None else 0
    if there:
        conn.execute(update(items).where(items.c.id == item_id).values(stock=items.c.stock - there))
        _move(conn, now, item_id, "late", -there, redemption_id=redemption_id)
    return there


def restock(conn: Connection, now: datetime, item_id: int, amount: int, person_id: int | None) -> bool:
    """Did it happen? More, or fewer if some were broken or miscounted; never below nothing."""
    enough = update(items).where(items.c.id == item_id, items.c.weekly.is_(None), items.c.stock + amount >= 0)
    if conn.execute(enough.values(stock=items.c.stock + amount, back_at=None)).rowcount != 1:
        return False
    _move(conn, now, item_id, "restock", amount, person_id=person_id)
    return True


def _move(conn: Connection, now: datetime, item_id: int, what: str, amount: int, **about: int | None) -> None:
    conn.execute(insert(stock_moves).values(item_id=item_id, what=what, amount=amount, at=now, **about))


def on_the_way(conn: Connection, redemption_id: int) -> int:
    """How many the shelf has given for this redemption, by the moves."""
    moved = select(func.coalesce(func.sum(stock_moves.c.amount), 0))
    return -int(conn.execute(moved.where(stock_moves.c.redemption_id == redemption_id)).scalar_one())


# ── who waits for it ────────────────────────────────────────────────────────────────────────────────────────────────


def await_item(conn: Connection, now: datetime, item_id: int, person_id: int) -> bool:
    """Did it happen? Once for each person and item."""
    row = insert_once(awaited).values(item_id=item_id, person_id=person_id, at=now)
    return conn.execute(row.on_conflict_do_nothing().returning(awaited.c.item_id)).first() is not None


def take_awaiting(conn: Connection, item_id: int, most: int) -> list[int]:
    """Some who asked to be told, the first first; whoever is taken is told once."""
    first = select(awaited.c.person_id).where(awaited.c.item_id == item_id).order_by(awaited.c.at, awaited.c.person_id)
    people = list(conn.scalars(first.limit(most)))
    gone = delete(awaited).where(awaited.c.item_id == item_id, awaited.c.person_id.in_(people))
    taken = set(conn.scalars(gone.returning(awaited.c.person_id)))
    return [person_id for person_id in people if person_id in taken]


_NEW_WEEK = Prepared(
    select(items.c.id)
    .where(items.c.weekly.is_not(None), items.c.week < bindparam("week"), OFFERED)
    .where(select(awaited.c.person_id).where(awaited.c.item_id == items.c.id).exists())
    .order_by(items.c.week, items.c.id)
    .limit(1)
)


def back_this_week(conn: Connection, week: str) -> int | None:
    """Something whose places of an earlier week had gone, and for which somebody waits."""
    found: int | None = _NEW_WEEK.scalar(conn, {"week": week})
    return found


_TELLING = Prepared(select(items.c.id).where(literal_column("telling")).order_by(items.c.id).limit(1))


def is_awaited(conn: Connection, item_id: int) -> bool:
    return conn.execute(select(awaited.c.item_id).where(awaited.c.item_id == item_id).limit(1)).first() is not None


def go_on_telling(conn: Connection, item_id: int, more: bool) -> None:
    """Whether more of those who waited for it have yet to be told."""
    conn.execute(update(items).where(items.c.id == item_id, items.c.telling.is_(not more)).values(telling=more))


def still_telling(conn: Connection) -> int | None:
    """Something that is back, and of which not everybody who waited has heard."""
    found: int | None = _TELLING.scalar(conn, {})
    return found


def awaited_by(conn: Connection, person_id: int) -> set[int]:
    return set(conn.scalars(select(awaited.c.item_id).where(awaited.c.person_id == person_id)))

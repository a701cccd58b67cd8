"""The proof that the market fits the ledger: holds, stocks, places and entries, each against what was redeemed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection, and_, case, func, or_, select

from domain.market import ALIVE, TAKES
from storage.prepared import Prepared
from storage.tables import accounts, items, redemptions, stock_moves, transfers

ENTRIES: dict[str, tuple[str, ...]] = {
    "reserved": ("hold",),
    "ready": ("hold",),
    "collected": ("hold", "capture"),
    "expired": ("hold", "expiry"),
    "cancelled": ("hold", "release"),
    "reversed": ("hold", "capture", "release"),
}
"""What stands in the ledger of a redemption in each state; one entered late or borne by the desk differs."""


_WAITING = Prepared(
    select(redemptions.c.household_id, func.sum(redemptions.c.points).label("points"))
    .where(redemptions.c.state.in_(ALIVE))
    .group_by(redemptions.c.household_id)
)
_HELD = Prepared(select(accounts.c.household_id, accounts.c.balance).where(accounts.c.kind == "hold"))
_MOVED = func.coalesce(func.sum(stock_moves.c.amount), 0)
_STOCKS = Prepared(
    select(items.c.id, items.c.stock, _MOVED.label("total"))
    .select_from(items.outerjoin(stock_moves, stock_moves.c.item_id == items.c.id))
    .group_by(items.c.id, items.c.stock)
    .having(or_(items.c.stock != _MOVED, items.c.stock < 0))
    .order_by(items.c.id)
)
_WANTED = case((redemptions.c.state.in_(TAKES), redemptions.c.count), else_=0)
_LATE = and_(redemptions.c.late, redemptions.c.state == "collected")
_SHELF_MOVES = Prepared(
    select(redemptions.c.id, _WANTED.label("wanted"), _MOVED.label("total"))
    .select_from(redemptions.outerjoin(stock_moves, stock_moves.c.redemption_id == redemptions.c.id))
    .where(redemptions.c.week.is_(None))
    .group_by(redemptions.c.id, redemptions.c.state, redemptions.c.count, redemptions.c.late)
    .having(or_(and_(~_LATE, -_MOVED != _WANTED), and_(_LATE, or_(-_MOVED > _WANTED, _MOVED > 0))))
    .order_by(redemptions.c.id)
)
_PLACES = Prepared(
    select(items.c.id, items.c.taken, func.coalesce(func.sum(redemptions.c.count), 0).label("total"))
    .select_from(
        items.outerjoin(
            redemptions,
            and_(
                redemptions.c.item_id == items.c.id,
                redemptions.c.week == items.c.week,
                ~redemptions.c.late,
                redemptions.c.state.in_(TAKES),
            ),
        )
    )
    .where(items.c.week.is_not(None))
    .group_by(items.c.id, items.c.taken)
    .order_by(items.c.id)
)
_POSTED = select(transfers.c.once).where(transfers.c.once.like("%:redemption:%"))
_REDEEMED = select(redemptions.c.id, redemptions.c.state, redemptions.c.late, redemptions.c.borne).order_by(
    redemptions.c.id
)
_WITHOUT = Prepared(
    select(redemptions.c.id)
    .where(or_(redemptions.c.code_hash.is_(None), redemptions.c.token_hash.is_(None)))
    .order_by(redemptions.c.id)
)


def market(conn: Connection) -> Iterator[str]:
    """Everything that does not fit; nothing, if every point held and every piece on the shelf is accounted for."""
    for look in (_holds, _stocks, _shelf_moves, _places, _entries, _codes):
        yield from look(conn)


def _holds(conn: Connection) -> list[str]:
    """Every point held is for something that was redeemed and has not ended."""
    waits = {row.household_id: int(row.points) for row in _WAITING.all(conn, {})}
    held = {row.household_id: int(row.balance) for row in _HELD.all(conn, {})}
    return [
        f"household {each} has {held.get(each, 0)} points held, its open redemptions are {waits.get(each, 0)}"
        for each in sorted(waits.keys() | held.keys())
        if held.get(each, 0) != waits.get(each, 0)
    ]


def _stocks(conn: Connection) -> list[str]:
    return [f"item {row.id} says {row.stock} are left, its moves {row.total}" for row in _STOCKS.all(conn, {})]


def _shelf_moves(conn: Connection) -> list[str]:
    """What a redemption took from the shelf is there again unless it was collected; one entered late took what was."""
    return [f"redemption {row.id} moved {row.total}, and is {row.wanted}" for row in _SHELF_MOVES.all(conn, {})]


def _places(conn: Connection) -> list[str]:
    """Of items with weekly places: those taken this week are those redeemed in it."""
    return [
        f"item {row.id} says {row.taken} places are taken, its redemptions {row.total}"
        for row in _PLACES.all(conn, {})
        if int(row.total) != row.taken
    ]


def _entries(conn: Connection) -> list[str]:
    """Every redemption has just the entries of its state."""
    posted: dict[int, set[str]] = defaultdict(set)
    for (once,) in conn.execute(_POSTED):
        kind, _sign, rest = once.partition(":redemption:")
        number, _sign, more = rest.partition(":")
        posted[int(number)].add(f"{kind}:{more}" if more else kind)
    wrong = []
    for row in conn.execute(_REDEEMED):
        wanted = set(ENTRIES[row.state])
        if row.late:
            wanted |= {"expiry"} if row.borne else {"expiry", "hold:late"}
        if row.borne:
            wanted -= {"release"}
        found = posted.pop(row.id, set())
        if found != wanted:
            wrong.append(f"redemption {row.id} is {row.state} and has the entries {', '.join(sorted(found)) or 'none'}")
    return wrong + [f"there are entries of a redemption {each} that is not there" for each in sorted(posted)]


def _codes(conn: Connection) -> list[str]:
    """Every redemption has its code."""
    return [f"redemption {row.id} has no code" for row in _WITHOUT.all(conn, {})]

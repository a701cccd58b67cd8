"""What each household has earned in a month and a year: the top of a board, and one's own rank, without counting.

For a rank, households are counted by how many points they have: each number by itself, and sixty-four numbers together.
Whoever stands above is then the sum of some sixty rows and a few more, however many they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from storage.prepared import Prepared
from storage.tables import board_choices, standing_counts, standings

WIDTHS = (1, 64)
ALL = ""
"""Every dimension together."""

_KEY = ("period", "unit", "dimension", "household_id")
_PLACES = (standings.c.period, standings.c.unit, standings.c.dimension)
_ADD = insert_once(standings)
_MOVE = Prepared(
    _ADD.on_conflict_do_update(
        index_elements=list(_KEY), set_={"points": standings.c.points + _ADD.excluded.points}
    ).returning(standings.c.points, standings.c.shown)
)
_COUNTED = insert_once(standing_counts)
_COUNT = Prepared(
    _COUNTED.on_conflict_do_update(
        index_elements=["period", "unit", "dimension", "width", "bucket"],
        set_={"households": standing_counts.c.households + _COUNTED.excluded.households},
    )
)
_HIDDEN = Prepared(
    select(board_choices.c.household_id).where(
        board_choices.c.household_id == bindparam("household_id"), board_choices.c.hidden_at.is_not(None)
    )
)

Place = tuple[str, str, str]
"""Which board: period, unit, dimension."""


def periods_of(month: str) -> tuple[str, str]:
    """2026-11 counts in itself and in 2026."""
    return month, month[:4]


def move_standing(
    conn: Connection, household_id: int, unit: str, dimension: str | None, month: str, points: int
) -> None:
    """What was earned or taken back, on every board it counts on; in the transaction of the entry itself."""
    shown = _HIDDEN.first(conn, {"household_id": household_id}) is None
    changes: Counter[tuple[Place, int]] = Counter()
    for period in periods_of(month):
        for each in dict.fromkeys((ALL, dimension or ALL)):
            place = (period, unit, each)
            row = dict(zip(_KEY, (*place, household_id), strict=True))
            now, is_shown = _MOVE.first(conn, {**row, "points": points, "shown": shown})
            if is_shown:
                changes[place, now - points] -= 1
                changes[place, now] += 1
    _count(conn, changes)


def _count(conn: Connection, changes: Counter[tuple[Place, int]]) -> None:
    """So many more or fewer households have so many points; always in one order, so that nobody waits in a ring."""
    counted: Counter[tuple[str, str, str, int, int]] = Counter()
    for (place, points), more in changes.items():
        if points > 0:
            for width in WIDTHS:
                counted[(*place, width, points // width)] += more
    names = ("period", "unit", "dimension", "width", "bucket")
    rows = [{**dict(zip(names, key, strict=True)), "households": more} for key, more in sorted(counted.items()) if more]
    _COUNT.many(conn, rows)


def inherit(conn: Connection, source: int, target: int) -> None:
    """What one household has on every board is another's from now on: the first was put together with it."""
    emptied = update(standings).where(standings.c.household_id == source, standings.c.points != 0)
    had = select(standings).where(standings.c.household_id == source, standings.c.points != 0).order_by(*_PLACES)
    shown = _HIDDEN.first(conn, {"household_id": target}) is None
    changes: Counter[tuple[Place, int]] = Counter()
    rows = conn.execute(had.with_for_update()).all()
    conn.execute(emptied.values(points=0))
    for row in rows:
        place = (row.period, row.unit, row.dimension)
        key = dict(zip(_KEY, (*place, target), strict=True))
        now, is_shown = _MOVE.first(conn, {**key, "points": row.points, "shown": shown})
        if row.shown:
            changes[place, row.points] -= 1
        if is_shown:
            changes[place, now - row.points] -= 1
            changes[place, now] += 1
    _count(conn, changes)


def show(conn: Connection, household_id: int, shown: bool) -> None:
    """On every board there ever was, or on none."""
    theirs = update(standings).where(standings.c.household_id == household_id, standings.c.shown.is_(not shown))
    moved = theirs.values(shown=shown).returning(
        standings.c.period, standings.c.unit, standings.c.dimension, standings.c.points
    )
    changes: Counter[tuple[Place, int]] = Counter()
    for period, unit, dimension, points in conn.execute(moved).all():
        changes[(period, unit, dimension), points] += 1 if shown else -1
    _count(conn, changes)


# ── questions ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Standing:
    household_id: int
    points: int
    rank: int = 0


_PLACE = (
    standings.c.period == bindparam("period"),
    standings.c.unit == bindparam("unit"),
    standings.c.dimension == bindparam("dimension"),
)
_SHOWN = (*_PLACE, standings.c.shown.is_(True), standings.c.points > 0)
_STANDING = select(standings.c.household_id, standings.c.points)
_DOWN = (standings.c.points.desc(), standings.c.household_id.desc())
_UP = (standings.c.points, standings.c.household_id)
_TOP = Prepared(_STANDING.where(*_SHOWN).order_by(*_DOWN).limit(bindparam("most", type_=BigInteger)))
_AS_MANY, _MOST = standings.c.points == bindparam("points", type_=BigInteger), bindparam("most", type_=BigInteger)


def _side(*where: ColumnElement[bool], order: tuple[Any, ...]) -> Prepared:
    return Prepared(_STANDING.where(*_SHOWN, *where).order_by(*order).limit(_MOST))


_ABOVE = (
    _side(_AS_MANY, standings.c.household_id > bindparam("own"), order=_UP),
    _side(standings.c.points > bindparam("points", type_=BigInteger), order=_UP),
)
_BELOW = (
    _side(_AS_MANY, standings.c.household_id < bindparam("own"), order=_DOWN),
    _side(standings.c.points < bindparam("points", type_=BigInteger), order=_DOWN),
)
"""Those with as many points first, then the others: a comparison of both at once would read through every tie."""
_OWN = Prepared(select(standings.c.points).where(*_PLACE, standings.c.household_id == bindparam("own")))
_ON_BOARD = (
    standing_counts.c.period == bindparam("period"),
    standing_counts.c.unit == bindparam("unit"),
    standing_counts.c.dimension == bindparam("dimension"),
    standing_counts.c.width == bindparam("width"),
)
_HOW_MANY = select(func.coalesce(func.sum(standing_counts.c.households), 0)).where(*_ON_BOARD)
_OVER = _HOW_MANY.where(standing_counts.c.bucket > bindparam("over"))
_FROM, _BETWEEN = Prepared(_OVER), Prepared(_OVER.where(standing_counts.c.bucket < bindparam("under")))


def _about(place: Place) -> dict[str, str]:
    return dict(zip(("period", "unit", "dimension"), place, strict=True))


def top(conn: Connection, place: Place, most: int) -> list[Standing]:
    """The first of a board; whoever has as many has the same rank."""
    found = _TOP.all(conn, {**_about(place), "most": most})
    return _ranked([(row.household_id, row.points) for row in found], 1)


def _ranked(found: Sequence[tuple[int, int]], first: int) -> list[Standing]:
    """`found` from the top down, of which the first has that rank and nobody above as many points."""
    ranked: list[Standing] = []
    for number, (household_id, points) in enumerate(found):
        same = bool(ranked) and ranked[-1].points == points
        ranked.append(Standing(household_id, points, ranked[-1].rank if same else first + number))
    return ranked


def points_of(conn: Connection, place: Place, household_id: int) -> int:
    return int(_OWN.scalar(conn, {**_about(place), "own": household_id}) or 0)


def rank_of(conn: Connection, place: Place, points: int) -> int:
    """Which place so many points are: one more than there are households with more."""
    one, many = WIDTHS
    bucket = points // many
    far = _FROM.scalar(conn, {**_about(place), "width": many, "over": bucket})
    close = {"width": one, "over": points, "under": (bucket + 1) * many}
    return 1 + int(far) + int(_BETWEEN.scalar(conn, {**_about(place), **close}))


def around(conn: Connection, place: Place, household_id: int, most: int = 2) -> list[Standing]:
    """So many households above one's own, itself, and as many below; from the top down."""
    own = points_of(conn, place, household_id)
    if own <= 0:
        return []
    at = {**_about(place), "points": own, "own": household_id, "most": most}
    above, below = _beside(conn, _ABOVE, at), _beside(conn, _BELOW, at)
    found = [*above[::-1], (household_id, own), *below]
    ranks = {points: rank_of(conn, place, points) for points in {points for _each, points in found}}
    return [Standing(each, points, ranks[points]) for each, points in found]


def _beside(conn: Connection, sides: tuple[Prepared, Prepared], at: dict[str, Any]) -> list[tuple[int, int]]:
    """The nearest on one side: those with as many points, and if they are too few, those after them."""
    ties, others = sides
    found = [(row.household_id, row.points) for row in ties.all(conn, at)]
    left = at["most"] - len(found)
    if left > 0:
        found += [(row.household_id, row.points) for row in others.all(conn, {**at, "most": left})]
    return found


def count_shown(conn: Connection, place: Place) -> int:
    """How many households are on the board."""
    everybody = {**_about(place), "width": WIDTHS[1], "over": -1}
    return int(_FROM.scalar(conn, everybody))

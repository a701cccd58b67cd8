"""What each household has earned in a month and a year: the top of a board, and one's own rank, without counting.

For a rank, households are counted by how many points they have: each number by itself, and sixty-four numbers together.
Whoever stands above is then the sum of some sixty rows and a few more, however many they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Connection, bindparam, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from storage.prepared import Prepared
from storage.tables import board_choices, standing_counts, standings

WIDTHS = (1, 64)
ALL = ""
"""Every dimension together."""

_KEY = ("period", "unit", "dimension", "household_id")
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
_AT = tuple_(standings.c.points, standings.c.household_id)
_OWN_AT = tuple_(bindparam("points", type_=BigInteger), bindparam("own", type_=BigInteger))
_DOWN = (standings.c.points.desc(), standings.c.household_id.desc())
_UP = (standings.c.points, standings.c.household_id)
_TOP = _STANDING.where(*_SHOWN).order_by(*_DOWN).limit(bindparam("most", type_=BigInteger))
_ABOVE = _STANDING.where(*_SHOWN, _AT > _OWN_AT).order_by(*_UP).limit(bindparam("most", type_=BigInteger))
_BELOW = _STANDING.where(*_SHOWN, _AT < _OWN_AT).order_by(*_DOWN).limit(bindparam("most", type_=BigInteger))
_OWN = select(standings.c.points).where(*_PLACE, standings.c.household_id == bindparam("own"))
_ON_BOARD = (
    standing_counts.c.period == bindparam("period"),
    standing_counts.c.unit == bindparam("unit"),
    standing_counts.c.dimension == bindparam("dimension"),
    standing_counts.c.width == bindparam("width"),
)
_HOW_MANY = select(func.coalesce(func.sum(standing_counts.c.households), 0)).where(*_ON_BOARD)
_FROM = _HOW_MANY.where(standing_counts.c.bucket > bindparam("over"))
_BETWEEN = _FROM.where(standing_counts.c.bucket < bindparam("under"))


def _about(place: Place) -> dict[str, str]:
    return dict(zip(("period", "unit", "dimension"), place, strict=True))


def top(conn: Connection, place: Place, most: int) -> list[Standing]:
    """The first of a board; whoever has as many has the same rank."""
    found = conn.execute(_TOP, {**_about(place), "most": most}).all()
    return _ranked([(row.household_id, row.points) for row in found], 1)


def _ranked(found: Sequence[tuple[int, int]], first: int) -> list[Standing]:
    """`found` from the top down, of which the first has that rank and nobody above as many points."""
    ranked: list[Standing] = []
    for number, (household_id, points) in enumerate(found):
        same = bool(ranked) and ranked[-1].points == points
        ranked.append(Standing(household_id, points, ranked[-1].rank if same else first + number))
    return ranked


def points_of(conn: Connection, place: Place, household_id: int) -> int:
    return int(conn.execute(_OWN, {**_about(place), "own": household_id}).scalar() or 0)


def rank_of(conn: Connection, place: Place, points: int) -> int:
    """Which place so many points are: one more than there are households with more."""
    one, many = WIDTHS
    bucket = points // many
    far = conn.execute(_FROM, {**_about(place), "width": many, "over": bucket}).scalar_one()
    close = {"width": one, "over": points, "under": (bucket + 1) * many}
    return 1 + int(far) + int(conn.execute(_BETWEEN, {**_about(place), **close}).scalar_one())


def around(conn: Connection, place: Place, household_id: int, most: int = 2) -> list[Standing]:
    """So many households above one's own, itself, and as many below; from the top down."""
    own = points_of(conn, place, household_id)
    if own <= 0:
        return []
    at = {**_about(place), "points": own, "own": household_id, "most": most}
    above = [(row.household_id, row.points) for row in conn.execute(_ABOVE, at)][::-1]
    below = [(row.household_id, row.points) for row in conn.execute(_BELOW, at)]
    found = [*above, (household_id, own), *below]
    return [Standing(each, points, rank_of(conn, place, points)) for each, points in found]


def count_shown(conn: Connection, place: Place) -> int:
    """How many households are on the board."""
    everybody = {**_about(place), "width": WIDTHS[1], "over": -1}
    return int(conn.execute(_FROM, everybody).scalar_one())

"""Every board says what the entries say, and as many households are counted on it as there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import CTE, Connection, Select, case, func, literal, select, true, union_all

from storage.audit.reading import stream
from storage.tables import board_choices, household_changes, standing_counts, standings, transfers

WIDTHS = (1, 64)
_KEY = ("period", "unit", "dimension", "household_id")


def boards(conn: Connection) -> Iterator[str]:
    """What was earned, added up for every board it counts on, beside what stands there; both in one order."""
    heirs, counted = _heirs(), transfers.c.counted_in.is_not(None)
    whose = transfers.outerjoin(heirs, heirs.c.household_id == transfers.c.household_id)
    parts = []
    for period in (transfers.c.counted_in, func.substr(transfers.c.counted_in, 1, 4)):
        for dimension, only in ((literal(""), true()), (transfers.c.dimension, transfers.c.dimension.is_not(None))):
            home = func.coalesce(heirs.c.heir, transfers.c.household_id).label("household_id")
            keys = (period.label("period"), transfers.c.unit, dimension.label("dimension"), home)
            stands = literal(0).label("stands")
            parts.append(select(*keys, transfers.c.points, stands).select_from(whose).where(counted, only))
    keys_there = [standings.c[name] for name in _KEY]
    parts.append(select(*keys_there, literal(0).label("points"), standings.c.points.label("stands")))
    both = union_all(*parts).subquery()
    listed: Select[Any] = (
        select(*(both.c[name] for name in _KEY), func.sum(both.c.points).label("points"), func.sum(both.c.stands))
        .group_by(*(both.c[name] for name in _KEY))
        .having(func.sum(both.c.points) != func.sum(both.c.stands))
        .order_by(*(both.c[name] for name in _KEY))
    )
    for row in stream(conn, listed):
        period, unit, dimension, household_id, points, stands = tuple(row)
        on = f"{period} {unit} {dimension}".strip()
        yield f"household {household_id}: the board of {on} says {stands}, its entries {points}"


def _heirs() -> CTE:
    """Every household that was put together with another, and the one that stands in the end."""
    merge = household_changes.c.what == "merge"
    first = select(household_changes.c.household_id, household_changes.c.other_id.label("heir")).where(merge)
    went = first.cte("went", recursive=True)
    further = select(went.c.household_id, household_changes.c.other_id).join(
        household_changes, (household_changes.c.household_id == went.c.heir) & merge
    )
    went = went.union_all(further)
    gone = select(household_changes.c.household_id).where(merge)
    return select(went).where(went.c.heir.not_in(gone)).cte("heirs")


def hidden(conn: Connection) -> Iterator[str]:
    """Whoever hides is on no board, and everybody else is."""
    chosen = case((board_choices.c.hidden_at.is_not(None), False), else_=True)
    both = standings.outerjoin(board_choices, board_choices.c.household_id == standings.c.household_id)
    wrong = select(standings.c.household_id, standings.c.period, standings.c.shown).select_from(both)
    for row in stream(conn, wrong.where(standings.c.shown != chosen)):
        yield f"household {row.household_id}: its choice about boards is not kept on the board of {row.period}"


def ranks(conn: Connection) -> Iterator[str]:
    """Each width counts every household that is shown, once, by its points."""
    names = ("period", "unit", "dimension")
    for width in WIDTHS:
        keys = [standings.c[name] for name in names]
        there = select(*keys, (standings.c.points // width).label("bucket"), literal(1).label("more")).where(
            standings.c.shown.is_(True), standings.c.points > 0
        )
        kept = [standing_counts.c[name] for name in (*names, "bucket")]
        counted = select(*kept, (-standing_counts.c.households).label("more")).where(standing_counts.c.width == width)
        both = union_all(there, counted).subquery()
        key = [both.c[name] for name in (*names, "bucket")]
        for row in stream(conn, select(*key).group_by(*key).having(func.sum(both.c.more) != 0).order_by(*key)):
            on = f"{row.period} {row.unit} {row.dimension}".strip()
            yield f"the board of {on} does not count the households with {row.bucket * width} points right"

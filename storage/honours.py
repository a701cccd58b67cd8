"""Honour boards as rows: one for each place and period, changed by whoever saw it as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.honours import LAPSED, NO, OPEN, PUBLISHED, Honour, HonourBoard
from storage.households import STANDING
from storage.standings import ALL
from storage.tables import honour_boards, honours, households, people, standings, transfers

KEPT_FOR = timedelta(days=400)
"""So long the names and words of a board are kept: one of a year is shown until the next one comes."""

_BOARDS = select(*(honour_boards.c[name] for name in HonourBoard.__dataclass_fields__))
_HONOURS = select(*(honours.c[name] for name in Honour.__dataclass_fields__))


# ── boards ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def made_for(conn: Connection, period: str) -> set[str]:
    """The places whose board of this period was made already."""
    return set(conn.scalars(select(honour_boards.c.unit).where(honour_boards.c.period == period)))


def make(conn: Connection, now: datetime, unit: str, period: str, **fields: Any) -> int | None:
    """Its id; None: somebody was first."""
    row = insert_once(honour_boards).values(unit=unit, period=period, made_at=now, **fields).on_conflict_do_nothing()
    made = conn.execute(row.returning(honour_boards.c.id)).scalar_one_or_none()
    return None if made is None else int(made)


def _board(row: Any) -> HonourBoard | None:
    return HonourBoard(*row) if row is not None else None


def find_board(conn: Connection, board_id: int) -> HonourBoard | None:
    return _board(conn.execute(_BOARDS.where(honour_boards.c.id == board_id)).first())


def next_due(conn: Connection, now: datetime) -> HonourBoard | None:
    """The one that has waited longest for what comes next."""
    due = _BOARDS.where(honour_boards.c.next_at.is_not(None), honour_boards.c.next_at <= now)
    return _board(conn.execute(due.order_by(honour_boards.c.next_at, honour_boards.c.id).limit(1)).first())


def open_in(conn: Connection, units: Iterable[str]) -> list[HonourBoard]:
    """Those that are neither out nor given up, the latest first."""
    found = _BOARDS.where(honour_boards.c.unit.in_(list(units)), honour_boards.c.state.in_(OPEN))
    return [HonourBoard(*row) for row in conn.execute(found.order_by(honour_boards.c.id.desc()))]


def last_published(conn: Connection, units: Sequence[str]) -> HonourBoard | None:
    """The latest that is out, of any of these places."""
    found = _BOARDS.where(honour_boards.c.unit.in_(list(units)), honour_boards.c.state == PUBLISHED)
    return _board(conn.execute(found.order_by(honour_boards.c.decided_at.desc(), honour_boards.c.id.desc())).first())


def change_board(
    conn: Connection, board_id: int, since: Iterable[str], version: int | None = None, **fields: Any
) -> bool:
    """Did it happen? Only while it is in one of these states, and as it was seen. Everybody else sees another one."""
    now = update(honour_boards).where(honour_boards.c.id == board_id, honour_boards.c.state.in_(list(since)))
    if version is not None:
        now = now.where(honour_boards.c.version == version)
    return conn.execute(now.values(version=honour_boards.c.version + 1, **fields)).rowcount == 1


def wait(conn: Connection, board_id: int, next_at: datetime | None, *, since: datetime | None) -> bool:
    """Did it happen? What comes next comes at another time, or not at all."""
    same = update(honour_boards).where(honour_boards.c.id == board_id, honour_boards.c.next_at == since)
    return conn.execute(same.values(next_at=next_at)).rowcount == 1


def hold(conn: Connection, board_id: int, since: Iterable[str]) -> bool:
    """Is it in one of these states, and stays so until this transaction ends?"""
    same = update(honour_boards).where(honour_boards.c.id == board_id, honour_boards.c.state.in_(list(since)))
    return conn.execute(same.values(state=honour_boards.c.state)).rowcount == 1


def lapse(conn: Connection, unit: str, but: int) -> list[int]:
    """Boards of this place that nobody published in time."""
    older = update(honour_boards).where(
        honour_boards.c.unit == unit, honour_boards.c.state.in_(OPEN), honour_boards.c.id != but
    )
    gone = older.values(state=LAPSED, next_at=None, version=honour_boards.c.version + 1)
    return list(conn.scalars(gone.returning(honour_boards.c.id)))


# ── households on them ──────────────────────────────────────────────────────────────────────────────────────────────


def on_board(conn: Connection, board_id: int) -> list[Honour]:
    """From the top down, and then the quiet heroes."""
    order = (honours.c.hero, honours.c.points.desc(), honours.c.id)
    return [Honour(*row) for row in conn.execute(_HONOURS.where(honours.c.board_id == board_id).order_by(*order))]


def find_honour(conn: Connection, honour_id: int) -> Honour | None:
    row = conn.execute(_HONOURS.where(honours.c.id == honour_id)).first()
    return Honour(*row) if row is not None else None


def put_on(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        conn.execute(insert(honours), list(rows))


def add(conn: Connection, board_id: int, household_id: int, **fields: Any) -> int | None:
    """Its id; None: the household is on it already."""
    row = insert_once(honours).values(board_id=board_id, household_id=household_id, **fields).on_conflict_do_nothing()
    made = conn.execute(row.returning(honours.c.id)).scalar_one_or_none()
    return None if made is None else int(made)


def leave_out(conn: Connection, honour_id: int, left_out: bool, why: str | None, by: int) -> bool:
    """Did it happen?"""
    other = update(honours).where(honours.c.id == honour_id, honours.c.left_out.is_(not left_out))
    return conn.execute(other.values(left_out=left_out, why=why, changed_by=by)).rowcount == 1


def ask(conn: Connection, now: datetime, board_id: int) -> list[int]:
    """Those who have not been asked yet are asked from now on."""
    new = update(honours).where(
        honours.c.board_id == board_id, honours.c.asked_at.is_(None), honours.c.left_out.is_(False)
    )
    return sorted(conn.scalars(new.values(asked_at=now).returning(honours.c.id)))


def answer(conn: Connection, now: datetime, honour: Honour, answer: str, by: int, name: Any) -> bool:
    """Did it happen? Only if nobody of them has answered since, nor somebody else the same."""
    said = {"answer": answer, "answered_by": by, "answered_at": now, "name": name}
    same = update(honours).where(honours.c.id == honour.id, honours.c.left_out.is_(False))
    same = same.where(
        honours.c.answer.is_not_distinct_from(honour.answer),
        honours.c.answered_by.is_not_distinct_from(honour.answered_by),
    )
    return conn.execute(same.values(**said)).rowcount == 1


def follow(conn: Connection, source_id: int, target_id: int) -> list[int]:
    """A household went into another, which takes its place on boards that are open, and is asked anew; but whoever
    said no has said it for both. The boards.
    """
    is_open = select(honour_boards.c.id).where(
        honour_boards.c.id == honours.c.board_id, honour_boards.c.state.in_(OPEN)
    )
    both = _HONOURS.where(honours.c.household_id.in_([source_id, target_id]), is_open.exists())
    found = [Honour(*row) for row in conn.execute(both.order_by(honours.c.id).with_for_update())]
    stands = {each.board_id: each for each in found if each.household_id == target_id}
    followed = []
    for went in (each for each in found if each.household_id == source_id):
        there = stands.get(went.board_id)
        if there is not None and (went.answer != NO or there.answer == NO):
            continue
        answered: dict[str, Any] = {"answer": None, "answered_by": None, "answered_at": None}
        if went.answer == NO:
            at = select(honours.c.answered_at).where(honours.c.id == went.id).scalar_subquery()
            answered = {"answer": NO, "answered_by": went.answered_by, "answered_at": at}
        now = {"household_id": target_id, "asked_at": None, "name": null(), **answered}
        conn.execute(update(honours).where(honours.c.id == (there or went).id).values(**now))
        followed.append(went.board_id)
    return sorted(followed)


def boards_with(conn: Connection, household_id: int) -> list[tuple[int, int]]:
    """(board, honour) of those that it is on and that can still be seen."""
    on = (
        select(honours.c.board_id, honours.c.id)
        .join(honour_boards, honour_boards.c.id == honours.c.board_id)
        .where(honours.c.household_id == household_id, honour_boards.c.state.in_((*OPEN, PUBLISHED)))
    )
    return [(row.board_id, row.id) for row in conn.execute(on.order_by(honours.c.id))]


def homes_of(conn: Connection, person_ids: Iterable[int]) -> dict[int, int | None]:
    """Where each of these people belongs now."""
    found = select(people.c.id, people.c.household_id).where(people.c.id.in_(list(person_ids)))
    return {row.id: row.household_id for row in conn.execute(found)}


def forget(conn: Connection, person_id: int, household_id: int | None) -> None:
    """Names that this person allowed, and words they wrote; and the household's name, once nobody lives there."""
    conn.execute(update(honours).where(honours.c.answered_by == person_id).values(name=null()))
    conn.execute(update(honours).where(honours.c.changed_by == person_id).values(words=None, why=None))
    if household_id is not None:
        nobody = ~select(people.c.id).where(people.c.household_id == household_id).exists()
        conn.execute(update(honours).where(honours.c.household_id == household_id, nobody).values(name=null()))


def let_go(conn: Connection, now: datetime, most: int) -> int:
    """Names and words of boards that were made more than a year ago; how many went. Numbers stay."""
    old = (
        select(honours.c.id)
        .join(honour_boards, honour_boards.c.id == honours.c.board_id)
        .where(honour_boards.c.made_at < now - KEPT_FOR)
        .where(or_(*(honours.c[name].is_not(None) for name in ("words", "why", "answered_by"))))
    )
    found = list(conn.scalars(old.order_by(honours.c.id).limit(most)))
    emptied = {"name": null(), "words": None, "why": None, "answered_by": None}
    return conn.execute(update(honours).where(honours.c.id.in_(found)).values(**emptied)).rowcount if found else 0


# ── what they did ───────────────────────────────────────────────────────────────────────────────────────────────────


def top(conn: Connection, units: Sequence[str], counted: Sequence[str], most: int) -> list[tuple[int, int]]:
    """Households and their points, from the top down: those that stand, are lived in, and are on boards at all."""
    lived_in = select(people.c.id).where(people.c.household_id == households.c.id).exists()
    points = func.sum(standings.c.points)
    found = (
        select(standings.c.household_id, points.label("points"))
        .join(households, households.c.id == standings.c.household_id)
        .where(*_counted(units, counted), standings.c.dimension == ALL, standings.c.shown.is_(True))
        .where(households.c.state == STANDING, lived_in)
        .group_by(standings.c.household_id)
        .having(points > 0)
        .order_by(points.desc(), standings.c.household_id)
        .limit(most)
    )
    return [(row.household_id, int(row.points)) for row in conn.execute(found)]


def _counted(units: Sequence[str], counted: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return standings.c.period.in_(list(counted)), standings.c.unit.in_(list(units))


def by_dimension(
    conn: Connection, units: Sequence[str], counted: Sequence[str], household_ids: Sequence[int]
) -> dict[int, dict[str, int]]:
    """What each has in which dimension; under the empty one, everything."""
    found = (
        select(standings.c.household_id, standings.c.dimension, func.sum(standings.c.points).label("points"))
        .where(*_counted(units, counted), standings.c.household_id.in_(list(household_ids)))
        .group_by(standings.c.household_id, standings.c.dimension)
        .order_by(standings.c.dimension)
    )
    result: dict[int, dict[str, int]] = {each: {} for each in household_ids}
    for row in conn.execute(found):
        if row.points > 0:
            result[row.household_id][row.dimension] = int(row.points)
    return result


def _deeds(household_ids: Sequence[int], since: datetime, until: datetime, *columns: Any) -> Select[Any]:
    """Every award in this time that was not taken back."""
    back = transfers.alias("back")
    return (
        select(*columns)
        .select_from(transfers.outerjoin(back, back.c.reverses == transfers.c.id))
        .where(
            transfers.c.household_id.in_(list(household_ids)),
            transfers.c.counted_at >= since,
            transfers.c.counted_at < until,
            transfers.c.kind == "award",
            transfers.c.points > 0,
            back.c.id.is_(None),
        )
    )


def count_deeds(conn: Connection, household_ids: Sequence[int], since: datetime, until: datetime) -> dict[int, int]:
    owner = transfers.c.household_id
    counted = _deeds(household_ids, since, until, owner, func.count().label("deeds")).group_by(owner)
    return {row.household_id: row.deeds for row in conn.execute(counted)}


def deeds_of(conn: Connection, household_ids: Sequence[int], since: datetime, until: datetime) -> list[tuple[Any, int]]:
    """What for, as JSON, and how many points: each by itself, in the order in which it was earned."""
    listed = _deeds(household_ids, since, until, transfers.c.reason, transfers.c.points)
    return [(row.reason, int(row.points)) for row in conn.execute(listed.order_by(transfers.c.id))]

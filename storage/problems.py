"""Problems as rows: found by kind and place, made once for its first report, looked after by one person at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, union, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.nearby import band_of, boxes_around, distance
from domain.problems import CLOSED, OPEN, Note, Problem
from storage.tables import (
    among,
    followers,
    orders,
    problem_followers,
    problem_history,
    problem_notes,
    problems,
    reports,
)

_PROBLEMS = select(*(problems.c[name] for name in Problem.__dataclass_fields__))
NOT_COUNTED = ("declined", "same")
"""Verdicts of reports that say nothing about a place."""


def find_problem(conn: Connection, problem_id: int) -> Problem | None:
    row = conn.execute(_PROBLEMS.where(problems.c.id == problem_id)).first()
    return Problem(*row) if row else None


def open_in(conn: Connection, units: Iterable[str], kinds: Iterable[str] | None = None) -> list[Problem]:
    """The oldest first; of these kinds, or of any."""
    there = _PROBLEMS.where(among(problems.c.state, OPEN), problems.c.unit.in_(list(units)))
    if kinds is not None:
        there = there.where(problems.c.kind.in_(list(kinds)))
    return [Problem(*row) for row in conn.execute(there.order_by(problems.c.made_at, problems.c.id))]


# ── what keeps coming from one place ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Reported:
    """A report, as far as its kind and place go."""

    order_id: int
    kind: str
    unit: str
    latitude: float | None
    longitude: float | None
    building: str | None
    verdict: str | None
    problem_id: int | None
    state: str
    made_at: datetime

    @property
    def counts(self) -> bool:
        """Not what was declined, was the same as another, or was called off."""
        return self.verdict not in NOT_COUNTED and self.state != "cancelled"


_REPORTED: Select[Any] = select(
    orders.c.id,
    orders.c.category,
    orders.c.unit,
    orders.c.latitude,
    orders.c.longitude,
    reports.c.building,
    reports.c.verdict,
    reports.c.problem_id,
    orders.c.state,
    orders.c.made_at,
).join_from(reports, orders, orders.c.id == reports.c.order_id)


def find_reported(conn: Connection, order_id: int) -> Reported | None:
    row = conn.execute(_REPORTED.where(reports.c.order_id == order_id)).first()
    return Reported(*row) if row else None


def one_at_a_time(conn: Connection, kind: str) -> None:
    """Two reports of the same moment see one another: the second waits until the first is committed."""
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"problems {kind}"))))


def nearby(conn: Connection, it: Reported, metres: int, since: datetime) -> list[Reported]:
    """Reports of the same kind and place since then, whatever has become of them, the oldest first."""
    same = _REPORTED.where(orders.c.category == it.kind, orders.c.made_at >= since)
    if it.latitude is not None and it.longitude is not None:
        bands = {band for box in boxes_around(it.latitude, it.longitude, metres) for band in box.bands}
        same = same.where(orders.c.band.is_not(None), orders.c.band.in_(sorted(bands)))
    elif it.building is not None:
        same = same.where(reports.c.building.is_not(None), reports.c.building == it.building)
    else:
        return []
    found = (Reported(*row) for row in conn.execute(same.order_by(orders.c.id)))
    return [each for each in found if is_near(it, each, metres)]


def is_near(it: Reported, other: Reported | Problem, metres: int) -> bool:
    if it.latitude is None or it.longitude is None:
        return it.building is not None and it.building == other.building
    if other.latitude is None or other.longitude is None:
        return False
    return distance(it.latitude, it.longitude, other.latitude, other.longitude) <= metres


def find_there(conn: Connection, it: Reported, metres: int) -> Problem | None:
    """The open problem of this kind and place, the nearest of several."""
    there = _PROBLEMS.where(among(problems.c.state, OPEN), problems.c.kind == it.kind)
    if it.latitude is not None and it.longitude is not None:
        bands = {band for box in boxes_around(it.latitude, it.longitude, metres) for band in box.bands}
        there = there.where(problems.c.band.in_(sorted(bands)))
    else:
        there = there.where(problems.c.building == it.building)
    found = [each for each in (Problem(*row) for row in conn.execute(there)) if is_near(it, each, metres)]
    return min(found, key=lambda each: (_away(it, each), each.id), default=None)


def _away(it: Reported, other: Problem) -> float:
    if None in (it.latitude, it.longitude, other.latitude, other.longitude):
        return 0.0
    return distance(it.latitude or 0, it.longitude or 0, other.latitude or 0, other.longitude or 0)


def add_problem(conn: Connection, now: datetime, first: Reported, owner_id: int | None) -> int | None:
    """Its id; None if it was made already."""
    row = insert_once(problems).values(
        first_id=first.order_id,
        kind=first.kind,
        unit=first.unit,
        latitude=first.latitude,
        longitude=first.longitude,
        band=band_of(first.latitude) if first.latitude is not None else None,
        building=first.building,
        owner_id=owner_id,
        state=OPEN,
        made_at=now,
    )
    made = conn.execute(row.on_conflict_do_nothing().returning(problems.c.id)).scalar_one_or_none()
    return None if made is None else int(made)


def attach(conn: Connection, problem_id: int, order_ids: Sequence[int]) -> list[int]:
    """Those that belong to it from now on, and to no other before."""
    free = update(reports).where(reports.c.order_id.in_(list(order_ids)), reports.c.problem_id.is_(None))
    joined = conn.execute(free.values(problem_id=problem_id).returning(reports.c.order_id))
    return sorted(joined.scalars())


def references_of(conn: Connection, problem_id: int) -> list[str]:
    """Of its reports, the newest first."""
    theirs = select(orders.c.reference).join(reports, reports.c.order_id == orders.c.id)
    return list(conn.scalars(theirs.where(reports.c.problem_id == problem_id).order_by(orders.c.id.desc())))


def count_reports(conn: Connection, problem_id: int) -> int:
    return int(conn.execute(select(func.count()).where(reports.c.problem_id == problem_id)).scalar_one())


# ── whoever looks after it ──────────────────────────────────────────────────────────────────────────────────────────


def hand_over(conn: Connection, problem: Problem, owner_id: int) -> bool:
    """Did it happen? Only from whoever had it when it was read."""
    still = update(problems).where(
        problems.c.id == problem.id,
        problems.c.state == OPEN,
        problems.c.owner_id.is_not_distinct_from(problem.owner_id),
    )
    return conn.execute(still.values(owner_id=owner_id)).rowcount == 1


def close(conn: Connection, problem_id: int, owner_id: int, now: datetime) -> bool:
    still = update(problems).where(
        problems.c.id == problem_id, problems.c.state == OPEN, problems.c.owner_id == owner_id
    )
    return conn.execute(still.values(state=CLOSED, closed_at=now)).rowcount == 1


def add_note(conn: Connection, problem_id: int, once: str, person_id: int, words: str, at: datetime) -> bool:
    """Did it happen? A conversation says it once."""
    row = {"problem_id": problem_id, "once": once, "person_id": person_id, "words": words, "at": at}
    made = insert_once(problem_notes).values(**row).on_conflict_do_nothing().returning(problem_notes.c.id)
    return conn.execute(made).scalar_one_or_none() is not None


def notes_of(conn: Connection, problem_id: int, most: int) -> list[Note]:
    """The newest first; those that were emptied are left out."""
    told = select(problem_notes.c.words, problem_notes.c.at).where(
        problem_notes.c.problem_id == problem_id, problem_notes.c.words != ""
    )
    return [Note(*row) for row in conn.execute(told.order_by(problem_notes.c.id.desc()).limit(most))]


def remember(
    conn: Connection, problem_id: int, what: str, at: datetime, person_id: int | None = None, about: int | None = None
) -> None:
    row = {"problem_id": problem_id, "what": what, "person_id": person_id, "about": about, "at": at}
    conn.execute(insert(problem_history).values(**row))


# ── whoever hears of it ─────────────────────────────────────────────────────────────────────────────────────────────


def follow(conn: Connection, problem_id: int, person_id: int, at: datetime) -> bool:
    """Did it happen? Each person follows it once."""
    row = insert_once(problem_followers).values(problem_id=problem_id, person_id=person_id, at=at)
    made = row.on_conflict_do_nothing().returning(problem_followers.c.person_id)
    return conn.execute(made).scalar_one_or_none() is not None


def followers_of(conn: Connection, problem_id: int) -> list[int]:
    """Whoever reported it or has seen the same, now and then, and whoever asked to hear of it."""
    return sorted(person_id for person_id in conn.scalars(_following(problem_id)) if person_id is not None)


def _following(problem_id: int) -> Select[Any]:
    own = select(problem_followers.c.person_id).where(problem_followers.c.problem_id == problem_id)
    its = reports.c.problem_id == problem_id
    told = select(orders.c.asked_by).join(reports, reports.c.order_id == orders.c.id).where(its)
    seen = select(followers.c.person_id).join(reports, reports.c.order_id == followers.c.order_id).where(its)
    everybody = union(own, told, seen).subquery()
    return select(everybody.c[0])


def forget(conn: Connection, person_id: int) -> None:
    """Their words are gone, and they follow nothing any more; what they looked after somebody else may take."""
    own = problem_notes.c.person_id == person_id
    conn.execute(update(problem_notes).where(own).values(words="", person_id=None))
    conn.execute(update(problems).where(problems.c.owner_id == person_id).values(owner_id=None))
    conn.execute(delete(problem_followers).where(problem_followers.c.person_id == person_id))

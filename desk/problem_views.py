"""Standing problems as somebody reads them: those in charge all of it, neighbours what, where roughly, how it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desk import problems
from desk.diary import units_of
from desk.front import CardRefresh, Desk
from desk.people import get_person
from desk.roles import may_lead
from domain.people import Person
from domain.problems import Note, Problem
from domain.words import Named, Text
from storage import problems as rows

LIST = "problems"
NOTES = 3
REFERENCES = 6


@dataclass(frozen=True, slots=True)
class ProblemView:
    """Never who reported it. `owner`, `references` and `is_owner` are for those in charge alone."""

    problem: Problem
    kind: Named
    where: Text
    count: int
    notes: Sequence[Note]
    leads: bool
    owner: str | None
    is_owner: bool
    references: Sequence[str]
    follows: bool


def problem_view(desk: Desk, problem_id: int, reader: Person | None) -> ProblemView | None:
    """None for whoever may not see it, or not any more."""
    problem = rows.find_problem(desk.conn, problem_id)
    if problem is None or reader is None or not problems.may_see(desk, reader, problem):
        return None
    leads = may_lead(desk, reader, problem.unit)
    owner = get_person(desk, problem.owner_id).called if leads and problem.owner_id is not None else None
    return ProblemView(
        problem=problem,
        kind=problems.kind_name(desk, problem),
        where=problems.where(desk, problem),
        count=rows.count_reports(desk.conn, problem_id),
        notes=rows.notes_of(desk.conn, problem_id, NOTES if leads else 1),
        leads=leads,
        owner=owner,
        is_owner=leads and problem.owner_id == reader.id,
        references=rows.references_of(desk.conn, problem_id)[:REFERENCES] if leads else (),
        follows=reader.id in rows.followers_of(desk.conn, problem_id),
    )


def listed(desk: Desk, person: Person) -> list[Problem]:
    """Those in charge see every problem of their places; neighbours those of public kinds where they live."""
    units = units_of(desk, person)
    if units:
        return rows.open_in(desk.conn, units)
    if person.unit is None:
        return []
    public = [kind.key for kind in desk.file.reports.values() if kind.public and not kind.discreet]
    return rows.open_in(desk.conn, [person.unit], public)


def show_list(desk: Desk, person: Person) -> None:
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, LIST, person.id, anew=True))

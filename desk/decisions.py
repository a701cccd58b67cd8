"""What was decided by hand: points given and taken back, with who decided it and why, for whoever looks after them."""

from __future__ import annotations

from dataclasses import dataclass

from desk.diary import page_fact, units_of
from desk.front import CardRefresh, Desk
from desk.roles import may_set_up
from domain.people import Person
from domain.refusals import NotAllowed
from storage import hand_awards as rows
from storage.hand_awards import Decision, HandAward
from storage.messages import get_fact, set_fact

CARD = "decisions"
A_PAGE = 5


@dataclass(frozen=True, slots=True)
class Decisions:
    waiting: list[HandAward]
    listed: list[tuple[Decision, str]]
    page: int
    more: bool


def may_look(desk: Desk, person: Person) -> bool:
    return may_set_up(desk, person) or bool(units_of(desk, person))


def show(desk: Desk, person: Person, page: int, *, anew: bool) -> None:
    if not may_look(desk, person):
        raise NotAllowed
    set_fact(desk.conn, page_fact(CARD, person.id), str(min(max(page, 0), 10_000)))
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, CARD, person.id, anew=anew))


def decisions(desk: Desk, person: Person) -> Decisions:
    """A page of them: officers see every place, supervisors theirs."""
    everywhere = may_set_up(desk, person)
    units = None if everywhere else units_of(desk, person)
    page = int(get_fact(desk.conn, page_fact(CARD, person.id)) or 0)
    found = rows.decisions(desk.conn, units, page * A_PAGE, A_PAGE + 1)
    waits = [each for each in rows.waiting(desk.conn) if units is None or each.unit in units]
    listed = [(each, rows.address_of(desk.conn, each.household_id)) for each in found[:A_PAGE]]
    return Decisions(waits, listed, page, len(found) > A_PAGE)


__all__ = ["CARD", "Decision", "Decisions", "decisions", "may_look", "show"]

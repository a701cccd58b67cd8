"""For the tests of the honour board: households that earned something in November, and a morning in December."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from desk import honours
from desk.front import CardRefresh, Desk
from desk.points import earn
from domain.desk_honours import HonourRules
from domain.honours import Honour, HonourBoard, period_of
from domain.people import Person
from domain.points import Earning
from domain.words import Text, _
from storage import honours as rows
from storage.people import get_person
from tests.deeds.cast import Cast, gather

DECEMBER = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai
ASKED, ANSWERED = DECEMBER + timedelta(days=1), DECEMBER + timedelta(days=5)
NOVEMBER = period_of("2026-11")
HELPED = _("Help: {category}")


@dataclass(frozen=True)
class Town:
    """Ama has 9 points, Ben 7, Cleo 5, Faye none."""

    cast: Cast

    @property
    def homes(self) -> list[int]:
        return [home_of(each) for each in (self.cast.ama, self.cast.ben, self.cast.cleo)]


def home_of(person: Person) -> int:
    assert person.household_id is not None
    return person.household_id


def earns(
    desk: Desk, person: Person, points: int, once: str, dimension: str = "service", what: str = "Errands"
) -> None:
    reason: Text = HELPED(category={"en": what})
    earn(desk, Earning(once, home_of(person), person.id, points, reason, dimension=dimension))


def with_points(desk: Desk) -> Town:
    cast = gather(desk)
    for each, count in ((cast.ama, 9), (cast.ben, 7), (cast.cleo, 4)):
        earns(desk, each, count, f"first:{each.id}")
    earns(desk, cast.cleo, 1, "second", "harmony", "Mediation")
    return Town(cast)


def rules(desk: Desk, **changed: object) -> None:
    desk.file = replace(desk.file, honours=replace(HonourRules(), **changed))  # type: ignore[arg-type]


def swept(desk: Desk) -> int:
    count = 0
    while honours.sweep_boards(desk):
        count += 1
        assert count < 50, "it never ends"
    return count


def the_board(desk: Desk, unit: str = "ankang") -> HonourBoard:
    [board] = rows.open_in(desk.conn, [unit])
    return board


def honour_of(desk: Desk, person: Person, board_id: int) -> Honour:
    [found] = [each for each in rows.on_board(desk.conn, board_id) if each.household_id == home_of(person)]
    return found


def shown_to(desk: Desk, subject: str) -> list[int]:
    return [each.chat_id for each in desk.said if isinstance(each, CardRefresh) and each.subject == subject]


def again(desk: Desk, person: Person) -> Person:
    return get_person(desk.conn, person.id)

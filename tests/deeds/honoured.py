"""For the tests of the honour board: households that earned something in November, and a morning in December."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.words import Reader
from desk import honour_asks, honours
from desk.front import CardRefresh, Desk
from desk.honour_standing import shown
from desk.honour_ties import ASKED as QUESTION
from desk.points import earn
from domain.desk_honours import HonourRules
from domain.honours import YES, Honour, HonourBoard, period_of
from domain.people import Person
from domain.points import Earning
from domain.words import Text, _
from storage import honours as rows
from storage.people import get_person
from tests.conftest import MORNING, AtDesk
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


def names(desk: Desk, board_id: int) -> list[str]:
    board = honours.get_board(desk, board_id)
    return [in_words(row.name) for row in shown(desk, board).rows]


def in_words(text: Text) -> str:
    return Reader("en", ZoneInfo("Asia/Shanghai"), MORNING).label(text)


def asked(at_desk: AtDesk) -> tuple[Town, int]:
    """Everybody on Ankang's board has been asked."""
    with at_desk(MORNING) as desk:
        town = with_points(desk)
    with at_desk(DECEMBER) as desk:
        swept(desk)
        board_id = the_board(desk).id
    with at_desk(ASKED) as desk:
        assert swept(desk) == 1
        everybody = sorted(each.telegram_id or 0 for each in (town.cast.ama, town.cast.ben, town.cast.cleo))
        assert sorted(shown_to(desk, QUESTION)) == everybody
    return town, board_id


def say(desk: Desk, person: Person, board_id: int, word: str) -> None:
    honour, reader = honour_of(desk, person, board_id), again(desk, person)
    read = honour_asks.question(desk, honour.id, reader)
    honour_asks.answer(desk, reader, honour.id, word, read.mark if read is not None else 0)


def version(desk: Desk, board_id: int) -> int:
    return honours.get_board(desk, board_id).version


def all_say_yes(desk: Desk, cast: Cast, board_id: int) -> None:
    for each in (cast.ama, cast.ben, cast.cleo):
        say(desk, each, board_id, YES)


def published(desk: Desk, cast: Cast, board_id: int) -> None:
    """All have said yes, and it is out."""
    all_say_yes(desk, cast, board_id)
    honours.publish(desk, cast.dina, board_id, version(desk, board_id))

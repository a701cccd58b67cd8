"""A good deed a day: noted once, paid within the week's cap, shown in pages, the best marked by somebody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from desk import diary, praise
from desk.diary import MONTH, WEEK, Shown
from desk.front import CardRefresh, Desk
from domain import good_deeds as rules
from domain.desk_file import DeskFile
from domain.people import Person
from domain.refusals import NotAllowed, NotFound
from storage import points
from storage.good_deeds import find_by_once
from storage.people import get_person
from storage.tables import good_deeds
from tests.conftest import MORNING, AtDesk
from tests.deeds.at_once import race
from tests.deeds.cast import GROUP, add_account, gather, give
from tests.deeds.test_good_deeds import cards, refused

DAY = timedelta(days=1)


def notes(desk: Desk, person: Person, once: str, words: str = "Watered the plants") -> int:
    diary.write(desk, person, once, "ankang", [{"kind": "text", "words": words}])
    deed = find_by_once(desk.conn, once)
    assert deed is not None
    return deed.id


def balance(desk: Desk, person: Person) -> int:
    return points.balance_of(desk.conn, person.household_id or 0)


def test_noted_once_and_nobody_is_sent_anything(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        assert notes(desk, cast.ama, "monday") == notes(desk, cast.ama, "monday")
        assert desk.said == []
        assert balance(desk, cast.ama) == 1
        for number in range(rules.MOST_A_DAY - 1):
            notes(desk, cast.ama, f"more {number}")
        assert refused(lambda: notes(desk, cast.ama, "too many")) is rules.EnoughToday


def test_a_week_of_entries_earns_three_and_the_next_week_three_more(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
    earned = []
    for day in range(9):  # Monday to Tuesday of the week after
        with at_desk(MORNING + day * DAY) as desk:
            notes(desk, cast.ama, f"day {day}")
            earned.append(balance(desk, cast.ama))
    assert earned == [1, 2, 3, 3, 3, 3, 3, 4, 5]
    with at_desk() as desk:
        homeless = add_account(desk, 30, "Zoe")
        notes(desk, homeless, "zoe")
        assert points.audit(desk.conn) == []


def test_four_at_once_earn_what_the_week_leaves(at_desk: AtDesk, database_url: str, desk_file: DeskFile) -> None:
    with at_desk() as desk:
        ama = gather(desk).ama
    deeds = [lambda desk, number=number: notes(desk, ama, f"at once {number}") for number in range(4)]
    race(database_url, desk_file, deeds)
    with at_desk() as desk:
        assert desk.conn.scalar(select(func.count()).select_from(good_deeds)) == 4
        assert balance(desk, ama) == 3
        assert points.audit(desk.conn) == []


def test_a_week_and_a_month_in_pages(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
    for day in range(-20, 1):
        with at_desk(MORNING + day * DAY) as desk:
            notes(desk, cast.ama, f"day {day}", f"deed {day}")
            notes(desk, cast.faye, f"faye {day}", "somebody else's")

    def look(shown: Shown) -> diary.Pages:
        with at_desk() as desk:
            diary.show(desk, cast.ama, shown, anew=False)
            return diary.pages(desk, cast.ama)

    week = look(Shown())
    assert [each.words for each in week.entries] == ["deed 0"]
    assert (week.count, week.earlier, week.later) == (1, True, False)
    before = look(Shown(WEEK, back=1))
    assert [each.words for each in before.entries] == [f"deed {day}" for day in range(-1, -7, -1)]
    assert (before.count, before.later) == (7, True)
    assert [each.words for each in look(Shown(WEEK, back=1, page=1)).entries] == ["deed -7"]
    month = look(Shown(MONTH))
    assert month.since == datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
    assert (month.count, len(look(Shown(MONTH, page=3)).entries)) == (21, 3)
    assert look(Shown(MONTH, back=1)).count == 0 and not look(Shown(MONTH, back=1)).earlier
    for nonsense in (Shown("year"), Shown(WEEK, -1), Shown(WEEK, 0, 61)):
        assert refused(lambda shown=nonsense: look(shown)) is NotFound


def test_the_best_are_marked_by_somebody_else_and_shown_with_consent(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        hugo = add_account(desk, 17, "Hugo")
        give(desk, hugo, "supervisor", unit="haitang")
        deed_id = notes(desk, cast.ama, "best", "Sat with old Mr. Wu")
        for nobody in (cast.ama, cast.ben, cast.faye, hugo):
            assert refused(lambda who=nobody: diary.mark(desk, who, deed_id)) is NotFound
        give(desk, cast.ama, "supervisor", unit="ankang")
        assert refused(lambda: diary.mark(desk, cast.ama, deed_id)) is NotFound, "nobody marks their own"
        diary.mark(desk, cast.dina, deed_id)
        assert balance(desk, cast.ama) == 1 + 5
        assert refused(lambda: diary.mark(desk, cast.dina, deed_id)) is rules.SeenAlready
        assert cards(desk, "praise") == [cast.ama.telegram_id] and cards(desk, "praised") == []
        praise.answer(desk, cast.ama, deed_id, "nameless")
        seen = praise.view_in_group(desk, deed_id, GROUP)
        assert seen is not None and (seen.by_oneself, seen.name, seen.words) == (True, None, "Sat with old Mr. Wu")


def test_whoever_is_in_charge_sees_the_diaries_of_their_place_and_lately(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        hugo = add_account(desk, 17, "Hugo")
        give(desk, hugo, "supervisor", unit="haitang")
        assert refused(lambda: diary.show_list(desk, cast.ama, anew=True)) is NotAllowed
        notes(desk, cast.ama, "old", "long ago")
    with at_desk(MORNING + 15 * DAY) as desk:
        for number in range(5):
            notes(desk, cast.ama, f"new {number}", f"deed {number}")
        for number in range(3):
            notes(desk, cast.ben, f"ben {number}")
        diary.show_list(desk, cast.dina, 1, anew=True)
        waits = diary.waiting(desk, cast.dina)
        assert (waits.count, waits.page) == (8, 1)
        assert [writer.name for _deed, writer, _entry in waits.entries] == ["Ama", "Ama"]
        assert diary.waiting(desk, hugo).count == 0
        give(desk, cast.ben, "supervisor", unit="donggang")
        assert diary.waiting(desk, cast.ben).count == 5, "not their own"
        said = [each for each in desk.said if isinstance(each, CardRefresh)]
        assert {(each.subject, each.chat_id) for each in said} == {("good_deeds", cast.dina.telegram_id)}


@pytest.mark.parametrize("standard", [{"award": 0}, {"best": 0}, {"person_week": None}])
def test_the_desk_file_says_what_it_earns(at_desk: AtDesk, standard: dict[str, int | None]) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        desk.file = replace(desk.file, diary=replace(desk.file.diary, **standard))  # type: ignore[arg-type]
        ids = [notes(desk, cast.ama, f"entry {number}") for number in range(4)]
        diary.mark(desk, cast.dina, ids[0])
        for_entries = 0 if standard.get("award") == 0 else 4 if "person_week" in standard else 3
        assert balance(desk, get_person(desk.conn, cast.ama.id)) == for_entries + (0 if "best" in standard else 5)


def test_a_childs_diary_earns_nothing_and_a_grown_up_says_whether_it_is_read(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        lin = add_account(desk, 20, "Lin", household_id=cast.ama.household_id, of_age=False)
        deed_id = notes(desk, lin, "lin")
        diary.mark(desk, cast.dina, deed_id)
        assert balance(desk, cast.ama) == 0
        assert cards(desk, "praise") == [cast.ama.telegram_id]
        assert refused(lambda: praise.answer(desk, lin, deed_id, "nameless")) is NotFound
        assert refused(lambda: praise.answer(desk, cast.ama, deed_id, "named")) is NotFound
        praise.answer(desk, cast.ama, deed_id, "nameless")
        seen = praise.view_in_group(desk, deed_id, GROUP)
        assert seen is not None and seen.name is None

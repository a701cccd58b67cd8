"""When a period is over, what it is called, and who stands on the same place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.words import Reader
from domain.desk_file import read_desk_file
from domain.desk_honours import HonourRules
from domain.honours import MONTH, QUARTER, YEAR, period_before, period_of, ranks
from domain.words import plain
from tests.rules.test_desk_faults import HONOURS, SMALL

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("day", "span", "key", "first", "after"),
    [
        (date(2026, 12, 1), MONTH, "2026-11", date(2026, 11, 1), date(2026, 12, 1)),
        (date(2027, 1, 31), MONTH, "2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        (date(2026, 3, 31), QUARTER, "2025-q4", date(2025, 10, 1), date(2026, 1, 1)),
        (date(2026, 4, 1), QUARTER, "2026-q1", date(2026, 1, 1), date(2026, 4, 1)),
        (date(2026, 12, 31), QUARTER, "2026-q3", date(2026, 7, 1), date(2026, 10, 1)),
        (date(2027, 1, 1), YEAR, "2026", date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_the_period_that_is_over(day: date, span: str, key: str, first: date, after: date) -> None:
    period = period_before(day, span)
    assert (period.key, period.first, period.after, period.span) == (key, first, after, span)
    assert period_of(key) == period


def test_a_quarter_is_counted_in_its_months_and_a_year_in_itself() -> None:
    assert period_of("2026-q4").counted == ("2026-10", "2026-11", "2026-12")
    assert period_of("2026").counted == ("2026",)
    assert period_of("2026-02").counted == ("2026-02",)


def test_a_period_begins_and_ends_at_midnight_where_the_neighbourhood_is() -> None:
    began, ended = period_of("2026-11").instants(SHANGHAI)
    assert began == datetime(2026, 10, 31, 16, tzinfo=UTC) and ended == datetime(2026, 11, 30, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "english", "chinese"),
    [("2026-11", "November 2026", "2026年11月"), ("2026-q4", "4th quarter 2026", "2026年第4季度"),
     ("2026", "2026", "2026年")],
)  # fmt: skip
def test_a_period_is_called_as_its_reader_calls_it(key: str, english: str, chinese: str) -> None:
    for language, words in (("en", english), ("zh_Hans", chinese)):
        assert Reader(language, SHANGHAI, datetime(2026, 12, 1, tzinfo=UTC)).say(plain(period_of(key))) == words


def test_whoever_has_as_many_stands_on_the_same_place() -> None:
    assert ranks([9, 7, 7, 3]) == [1, 2, 2, 4] and ranks([]) == []


def test_without_the_section_there_is_none_and_an_empty_one_is_the_usual() -> None:
    assert read_desk_file(SMALL).honours is None
    assert read_desk_file(f"{SMALL}\n[honour_board]\n").honours == HonourRules()
    assert read_desk_file(SMALL + HONOURS).honours == HonourRules()

"""What is true of confidential matters, without a database."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.cases import (
    CALL,
    NEVER,
    AnotherWord,
    SafeContact,
    Story,
    check_word,
    is_deletable,
    is_named,
    ladder_from,
    next_window,
    normal,
    rounded,
)
from domain.desk_file import DeskFile

SHANGHAI = ZoneInfo("Asia/Shanghai")
TEN = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize("word", ["pomegranate", "石榴", "four", "two words", "  Ｐｌｕｍ  "])
def test_a_word_to_ask_with(word: str) -> None:
    check_word(word)


@pytest.mark.parametrize("word", ["", "ok", "梨", "/start", "two\nlines", "x" * 41])
def test_what_is_no_word_to_ask_with(word: str) -> None:
    with pytest.raises(AnotherWord):
        check_word(word)


def test_the_word_is_the_same_however_it_is_typed() -> None:
    assert normal("  Ｐｌｕｍ   Tree ") == normal("plum tree")


@pytest.mark.parametrize(
    ("names", "called", "meant"),
    [
        (("Dina",), ("dina",), True),
        (("my aunt Dina",), ("Dina",), True),
        (("Li",), ("Director Li", None), True),
        (("Dina",), ("Eli", "Eli"), False),
        (("D",), ("Dina",), False),
        ((), ("Dina",), False),
        (("Dina",), (None, None), False),
    ],
)
def test_who_is_meant_by_a_name(names: tuple[str, ...], called: tuple[str | None, ...], meant: bool) -> None:
    assert is_named(names, called) is meant


def test_a_story_survives_being_sealed() -> None:
    story = Story(
        1, "not_safe", ({"kind": "text", "words": "a"},), "w", SafeContact(CALL, (8, 12), "110"), (2,), ("B",)
    )
    assert Story.from_json(story.to_json()) == story


def test_unless_she_says_otherwise_we_never_write_first() -> None:
    assert SafeContact().rule == NEVER


def test_the_ladder_begins_at_the_level_she_chose(desk_file: DeskFile) -> None:
    policy = desk_file.ladders["at_once"]
    reached = [(step.after, step.reach, step.of) for step in ladder_from(policy, "town").steps]
    assert reached == [
        (timedelta(0), "duty", "town"),
        (timedelta(minutes=5), "supervisors", "town"),
        (timedelta(minutes=5), "supervisors", "district"),
    ]
    assert ladder_from(policy, "community") == policy
    assert [step.of for step in ladder_from(policy, "district").steps] == ["district", "district"]


@pytest.mark.parametrize(
    ("hours", "begins", "ends"),
    [
        ((8, 12), TEN, TEN.replace(hour=12)),
        ((12, 18), TEN.replace(hour=12), TEN.replace(hour=18)),
        ((8, 10), TEN.replace(hour=8) + timedelta(days=1), TEN + timedelta(days=1)),
    ],
)
def test_when_we_may_write(hours: tuple[int, int], begins: datetime, ends: datetime) -> None:
    assert next_window(hours, TEN, SHANGHAI) == (begins, ends)


def test_what_telegram_still_lets_us_delete() -> None:
    assert is_deletable(TEN - timedelta(hours=47), TEN)
    assert not is_deletable(TEN - timedelta(hours=49), TEN)


def test_few_are_not_counted_in_the_open() -> None:
    assert rounded({"ankang": 5, "haitang": 4, "donggang": 12}) == {"ankang": 5, "donggang": 12}

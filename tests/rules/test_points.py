"""How much may be earned, and that points come from somewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.caps import Caps, allowed, start_of
from domain.points import Posting, Unbalanced, check_balanced, day_start, hash_input, month_start

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("earned", "caps", "left"),
    [
        ({}, Caps(), 5),
        ({}, Caps(30, 300, 60), 5),
        ({"person_day": 28}, Caps(30, 300, 60), 2),
        ({"person_day": 30}, Caps(30, 300, 60), 0),
        ({"person_day": 31}, Caps(30, 300, 60), 0),
        ({"household_month": 299}, Caps(30, 300, 60), 1),
        ({"pair_month": 57}, Caps(30, 300, 60), 3),
        ({"pair_month": 60}, Caps(pair_month=None), 5),
        ({"person_day": -8}, Caps(3), 5),
    ],
)
def test_no_more_than_the_caps_leave_room_for(earned: dict[str, int], caps: Caps, left: int) -> None:
    assert allowed(5, earned, caps) == left


@pytest.mark.parametrize("amounts", [(), (0,), (5,), (5, -4), (1, 1, -3)])
def test_postings_that_do_not_sum_to_zero_are_refused(amounts: tuple[int, ...]) -> None:
    with pytest.raises(Unbalanced):
        check_balanced([Posting(1, amount) for amount in amounts])


def test_a_day_and_a_month_begin_where_the_neighbourhood_is() -> None:
    late = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)  # one in the morning of December in Shanghai
    assert day_start(late, SHANGHAI) == month_start(late, SHANGHAI) == datetime(2026, 11, 30, 16, 0, tzinfo=UTC)


def test_a_week_begins_on_monday_and_a_year_where_the_neighbourhood_is() -> None:
    late = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)  # Friday, the first of January, one in the morning in Shanghai
    assert start_of("year", late, SHANGHAI) == datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert start_of("week", late, SHANGHAI) == datetime(2026, 12, 27, 16, 0, tzinfo=UTC)


def test_the_same_input_hashes_the_same_whatever_its_order() -> None:
    assert hash_input({"a": 1, "b": 2}) == hash_input({"b": 2, "a": 1}) != hash_input({"a": 1, "b": 3})

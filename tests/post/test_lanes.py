"""Lanes and budgets together, with a time of their own: close to what Telegram allows, and never beyond it."""

from __future__ import annotations

import random
from itertools import count

import pytest

from bot.post.budget import Budget
from bot.post.lanes import Lanes
from bot.post.parcel import Parcel
from tests.conftest import MORNING

NUMBERS = count(1)
BULK, PERSONAL, URGENT = 2, 1, 0


def parcel(chat: int, lane: int = PERSONAL, **more: object) -> Parcel:
    return Parcel(chat, lane, "line", "receipt", {}, id=next(NUMBERS), **more)  # type: ignore[arg-type]


def play(lanes: Lanes, seconds: float, lateness: float = 0.0) -> list[tuple[float, Parcel]]:
    """A courier that is woken late by up to so many seconds, and whose messages arrive at once."""
    chance, elapsed, went = random.Random(7), 0.0, []
    while elapsed < seconds:
        for each in lanes.pick(elapsed, 64):
            went.append((elapsed, each))
            lanes.landed(each)
        at = lanes.next_at()
        if at is None:
            break
        elapsed = max(elapsed, at) + chance.uniform(0, lateness)
    return went


def most_within(moments: list[float], seconds: float) -> int:
    return max(sum(since <= at < since + seconds for at in moments) for since in moments)


@pytest.mark.parametrize("lateness", [0.0, 0.01])
def test_to_many_people_it_comes_close_to_thirty_a_second_and_never_beyond(lateness: float) -> None:
    lanes = Lanes(Budget())
    for person in range(1, 1201):
        lanes.add(parcel(person), MORNING)
    went = [at for at, _parcel in play(lanes, 100, lateness)]
    assert len(went) == 1200
    assert most_within(went, 1.0) <= 30
    assert (len(went) - 1) / (went[-1] - went[0]) >= 0.97 * 30


@pytest.mark.parametrize("lateness", [0.0, 0.01])
def test_to_a_group_it_comes_close_to_twenty_a_minute_and_never_beyond(lateness: float) -> None:
    lanes = Lanes(Budget())
    for _each in range(200):
        lanes.add(parcel(-5), MORNING)
    went = [at for at, _parcel in play(lanes, 1000, lateness)]
    assert len(went) == 200
    assert went[:2] == pytest.approx([0, 0], abs=0.1)  # an answer and the card beside it
    assert most_within(went, 60.0) <= 20
    assert (len(went) - 1) / (went[-1] - went[0]) >= 0.97 * 20 / 60


def test_a_letter_to_everybody_leaves_room_for_what_is_urgent() -> None:
    lanes = Lanes(budget := Budget())
    for person in range(1, 1001):
        lanes.add(parcel(person, BULK), MORNING)
    assert len(play(lanes, 10)) == pytest.approx(10 / budget.bulk, abs=3)
    lanes.add(urgent := parcel(5000, URGENT), MORNING)
    at = lanes.next_at()
    assert at is not None
    assert at <= 10.1
    assert lanes.pick(at, 64)[0] is urgent


def test_urgent_overtakes_in_its_own_chat_too_and_the_rest_keeps_its_order() -> None:
    lanes = Lanes(Budget.none())
    slow, first, second = parcel(7, BULK), parcel(7), parcel(7)
    for each in (slow, first, second, urgent := parcel(7, URGENT)):
        lanes.add(each, MORNING)
    assert [each for _at, each in play(lanes, 1)] == [urgent, first, second, slow]


def test_one_message_at_a_time_is_on_its_way_to_a_chat() -> None:
    lanes = Lanes(Budget.none())
    for each in (one := parcel(7), other := parcel(7), elsewhere := parcel(8)):
        lanes.add(each, MORNING)
    assert lanes.pick(0, 64) == [one, elsewhere]
    assert not lanes.ready(0)
    assert lanes.next_at() is None
    lanes.landed(one)
    assert lanes.pick(0, 64) == [other]


def test_only_so_many_go_at_once_and_the_others_when_there_is_room() -> None:
    lanes = Lanes(Budget.none())
    parcels = [parcel(person) for person in range(1, 6)]
    for each in parcels:
        lanes.add(each, MORNING)
    assert lanes.pick(0, 2) == parcels[:2]
    assert lanes.pick(0, 0) == []
    assert lanes.pick(0, 64) == parcels[2:]


def test_a_chat_that_is_parked_waits_and_nobody_else_does() -> None:
    lanes = Lanes(budget := Budget.none())
    for each in (parked := parcel(7), other := parcel(8)):
        lanes.add(each, MORNING)
    budget.park(7, 30, 0)
    assert lanes.pick(0, 64) == [other]
    assert lanes.next_at() == 30
    assert lanes.pick(30, 64) == [parked]


def test_what_is_to_be_tried_again_waits_for_its_hour_and_holds_its_chat() -> None:
    lanes = Lanes(Budget.none())
    for each in (one := parcel(7), other := parcel(7)):
        lanes.add(each, MORNING)
    lanes.pick(0, 64)
    one.ready_at = 5.0
    lanes.landed(one)
    lanes.add(one, MORNING)
    assert lanes.pick(0, 64) == []
    assert lanes.next_at() == 5.0
    assert lanes.pick(5, 64) == [one]
    lanes.landed(one)
    assert lanes.pick(5, 64) == [other]


def test_what_left_late_counts_from_when_it_left() -> None:
    budget = Budget(overall=0, bulk=0, person=0, group=0)
    for person in range(1, 31):
        budget.spend(person, PERSONAL, 10.0)
    budget.left(30, 10.5)  # noting it on the disk took half a second
    assert budget.everyone_at() == pytest.approx(11.52)


def test_a_chat_that_is_dropped_has_no_turn_any_more() -> None:
    lanes = Lanes(Budget.none())
    for each in (gone := parcel(7), other := parcel(8)):
        lanes.add(each, MORNING)
    assert lanes.drop_chat(7) == [gone]
    assert [each for _at, each in play(lanes, 1)] == [other]
    assert len(lanes) == 0

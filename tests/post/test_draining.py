"""Telegram is back after a dark while: what waits goes out by its lane, the urgent first, each once and in order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.post.budget import Budget
from bot.post.clock import FrozenClock
from desk.front import BULK, PERSONAL, URGENT, Desk, Lane, Line, Rule
from domain.words import plain
from tests.conftest import MORNING
from tests.post.conftest import Open, Town, out


async def test_the_urgent_lane_goes_first_however_long_the_others_have_waited(
    town: Town, open_office: Open, look: Any
) -> None:
    clock = FrozenClock(MORNING)
    one_by_one = Budget(overall=0.05, bulk=0.05, person=0, group=0)
    post = await open_office(clock=clock, fetch=False, budget=one_by_one)
    people = [await town.person(f"Neighbour {n}") for n in range(9)]
    await post.drained()
    await town.box.go_dark()
    lanes: list[tuple[Lane, Rule]] = [(BULK, "bulk"), (PERSONAL, "receipt"), (URGENT, "urgent")]
    for lane, rule in lanes:  # the urgent comes last of all

        def say(desk: Desk, lane: Lane = lane, rule: Rule = rule) -> None:
            for person in people[lane * 3 : lane * 3 + 3]:
                lines = [Line(person, plain(f"{lane} {n}"), lane=lane, rule=rule) for n in range(2)]
                desk.say(*lines)

        await post.pump.do(say)
        clock.move(timedelta(minutes=20))
        await post.drained()
    before = len(town.box.world.calls)
    await town.box.listen()
    clock.move(timedelta(minutes=1))  # Telegram is asked whether it is there again
    await post.drained()
    for _turn in range(40):
        clock.move(timedelta(seconds=0.06))
        await post.drained()
    calls = list(town.box.world.calls)[before:]
    went = [call["params"]["text"].split()[0] for call in calls if call["method"] == "sendMessage"]
    assert went == ["0"] * 6 + ["1"] * 6 + ["2"] * 6
    for person in people:
        lane = people.index(person) // 3
        assert await town.heard(person) == [f"{lane} 0", f"{lane} 1"]
    assert {state for state, _reason in out(look)} == {"sent"}

"""The ticker and the clock: what is due is taken, a failing sweep rests alone, and a moved clock is noticed."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest

from bot.post.clock import FrozenClock, MovableClock, SystemClock
from bot.post.ticker import Ticker
from desk.front import Desk, Line
from domain.words import plain
from tests.conftest import MORNING
from tests.post import tiny
from tests.post.conftest import Open, Town


async def test_what_is_due_is_swept_once_the_clock_is_moved(town: Town, open_office: Open) -> None:
    clock, ama, due = FrozenClock(MORNING), await town.person(), MORNING + timedelta(minutes=30)
    left = [due, due]

    def sweep(desk: Desk) -> bool:
        if not left or left[0] > desk.now:
            return False
        left.pop()
        desk.say(Line(ama, plain("due")))
        return True

    def failing(desk: Desk) -> bool:
        tiny.deed(desk, "half")
        raise ValueError("no")

    post = await open_office(clock=clock, sweeps=[failing, sweep], fetch=False, tick=False)
    await post.sweep_now()
    await post.drained()
    assert await town.heard(ama) == []
    clock.move(timedelta(minutes=31))
    await post.sweep_now()
    await post.drained()
    assert await town.heard(ama) == ["due", "due"]


async def test_the_scheduler_ticks_and_a_standstill_is_noticed() -> None:
    ticks: list[float] = []

    async def do(sweep: object) -> bool:
        ticks.append(0)
        return False

    ticker = Ticker(do, [lambda desk: False], clock=SystemClock(), every=0.02)
    ticker.start()
    async with asyncio.timeout(5):
        while len(ticks) < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        ticker._scheduler.remove_job("tick")  # as good as a wall clock set back by an hour
        ticker._ticked_at -= 60
        stopped_at = len(ticks)
        while len(ticks) < stopped_at + 5:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await ticker.stop()


async def test_a_failing_sweep_rests_for_a_growing_while() -> None:
    tried: list[int] = []

    async def do(sweep: object) -> bool:
        tried.append(1)
        raise ValueError("no")

    ticker = Ticker(do, [lambda desk: False], clock=SystemClock())
    await ticker._tick()
    await ticker._tick()
    assert len(tried) == 1
    await ticker.sweep_now()
    assert len(tried) == 2


async def test_a_moved_clock_wakes_sleepers() -> None:
    for clock in (MovableClock(), FrozenClock(MORNING)):
        before, heard = clock.now(), []
        clock.on_move(lambda: heard.append(True))  # noqa: B023
        sleeping = asyncio.create_task(clock.sleep(600))
        await asyncio.sleep(0.01)
        clock.move(timedelta(minutes=5))
        await asyncio.sleep(0.01)
        assert not sleeping.done()
        clock.move(timedelta(minutes=5, seconds=1))
        async with asyncio.timeout(1):
            await sleeping
        assert clock.now() - before >= timedelta(minutes=10)
        assert heard == [True, True]
        with pytest.raises(ValueError):
            clock.move(timedelta(minutes=-1))


def test_a_frozen_clock_stands_still() -> None:
    clock = FrozenClock(MORNING)
    assert clock.now() == MORNING
    assert clock.elapsed() == 0


async def test_a_loop_that_was_blocked_for_two_seconds_ticks_on_and_does_what_is_due_once() -> None:
    """APScheduler would leave out what it has missed."""
    due = ["due"]
    done: list[str] = []
    ticks: list[float] = []

    async def do(sweep: Any) -> bool:
        ticks.append(time.monotonic())
        if due:
            done.append(due.pop())
            return True
        return False

    ticker = Ticker(do, [lambda desk: False], clock=SystemClock(), every=0.05)
    ticker.start()
    await asyncio.sleep(0.12)
    due.append("while it was blocked")
    time.sleep(2)  # noqa: ASYNC251
    blocked_until, before = time.monotonic(), len(ticks)
    async with asyncio.timeout(5):
        while len(ticks) < before + 3:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await ticker.stop()
    assert done == ["due", "while it was blocked"]
    assert all(at >= blocked_until for at in ticks[before:])

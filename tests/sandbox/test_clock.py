"""The built-in clock runs by itself and can be pushed forward past its sleepers."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sandbox.clock import MovingClock


async def test_sleepers_wake_when_the_clock_passes_them() -> None:
    clock = MovingClock()
    before = clock.now()
    sleeper = asyncio.create_task(clock.sleep(600))
    await asyncio.sleep(0.01)
    clock.move(timedelta(minutes=5))
    await asyncio.sleep(0.01)
    assert not sleeper.done()
    clock.move(timedelta(minutes=5))
    await asyncio.wait_for(sleeper, 1)
    assert clock.now() - before >= timedelta(minutes=10)


async def test_it_runs_by_itself() -> None:
    clock = MovingClock()
    before = clock.now()
    await clock.sleep(0.02)
    assert clock.now() - before >= timedelta(seconds=0.02)

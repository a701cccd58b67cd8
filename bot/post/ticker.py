"""The ticker: every second it lets the desk look at what is due. It remembers nothing itself; deadlines are rows.

APScheduler does the ticking. It goes by the wall clock and stands still when that is set back, so a heartbeat that
never goes back watches it, and starts it again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.post.clock import Clock
from bot.post.faults import place
from desk.front import Desk

log = structlog.get_logger()
T = TypeVar("T")

Sweep = Callable[[Desk], bool]
"""Takes one thing that is due, in a transaction of its own. True: there is more."""


class Ticker:
    def __init__(
        self,
        do: Callable[[Sweep], Awaitable[bool]],
        sweeps: Sequence[Sweep],
        *,
        clock: Clock,
        every: float = 1.0,
        most: int = 1000,
    ) -> None:
        self._do, self._sweeps, self._every, self._most = do, list(sweeps), every, most
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._one_at_a_time = asyncio.Lock()
        self._resting: dict[Sweep, tuple[int, float]] = {}  # faults in a row, and when to try again
        self._ticked_at = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        clock.on_move(self._moved)

    def start(self) -> None:
        self._ticked_at = _elapsed()
        self._scheduler.start()
        self._schedule()
        self._keep(self._heartbeat())

    async def stop(self, seconds: float = 20) -> None:
        """A sweep that is under way is finished; one that does not end is broken off, and what it did is undone."""
        self._scheduler.pause()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._one_at_a_time:
                pass
        self._scheduler.shutdown(wait=False)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def busy(self) -> bool:
        return self._one_at_a_time.locked()

    async def sweep_now(self) -> None:
        """Look at everything that is due, at once, also at what has failed before."""
        self._resting.clear()
        await self._tick()

    async def _tick(self) -> None:
        self._ticked_at = _elapsed()
        async with self._one_at_a_time:
            for sweep in self._sweeps:
                await self._sweep(sweep)

    async def _sweep(self, sweep: Sweep) -> None:
        """Until nothing is due; one that fails rests for a growing while, and the others go on."""
        faults, until = self._resting.get(sweep, (0, 0.0))
        if _elapsed() < until:
            return
        try:
            for _row in range(self._most):
                if not await self._do(sweep):
                    break
        except Exception as fault:
            log.error("a sweep failed", sweep=getattr(sweep, "__name__", "sweep"), fault=place(fault))
            self._resting[sweep] = faults + 1, _elapsed() + min(300.0, 2.0**faults)
        else:
            self._resting.pop(sweep, None)

    def _schedule(self) -> None:
        self._scheduler.add_job(self._tick, "interval", seconds=self._every, id="tick", replace_existing=True)

    async def _heartbeat(self) -> None:
        """Sees that the scheduler has stopped ticking, and sets it going again from the present time."""
        while True:
            await asyncio.sleep(self._every)
            silent = _elapsed() - self._ticked_at
            if silent > 3 * self._every + 1 and not self._one_at_a_time.locked():
                log.warning("the ticker stood still and is started again", seconds=round(silent))
                self._schedule()
                await self._tick()

    def _moved(self) -> None:
        if self._scheduler.running:
            self._keep(self.sweep_now())

    def _keep(self, going: Awaitable[None]) -> None:
        task = asyncio.ensure_future(going)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _elapsed() -> float:
    """The loop's own clock: it never goes back, and nobody moves it."""
    return asyncio.get_running_loop().time()

"""A worker: what the pump is on SQLite, for any number of processes that share one PostgreSQL and nothing else.

1. What comes in is accepted at once by the clerk, wherever it came in, and rung for.
2. Every worker takes people nobody else holds, turn by turn (`turns.py`), in a thread of its own, since a statement
   waits on the network; the desk polls and sends meanwhile.
3. After a commit: taps are answered here; whatever else was said is rung for, and goes out by whoever is the courier.
A second without any ring, and it looks by itself.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, Row

from bot.post.careful import Keeping
from bot.post.clerk import Clerk
from bot.post.clock import Clock
from bot.post.faults import place
from bot.post.hand import Hand
from bot.post.health import Health
from bot.post.outgoing import Outgoing, Post
from bot.post.raw import Raw
from bot.post.transaction import Handle, Outcome, Transactions, Write
from bot.post.turns import TOGETHER, Turns, patience
from bot.post.watchdog import Watchdog
from desk.front import Desk
from storage.work import open_counter

log = structlog.get_logger()
T = TypeVar("T")

PATIENCE = 0.5  # seconds in which what is on its way out may arrive
ERRANDS = 20  # a turn, so that they do not hold up what people write
LOOK = 1.0  # seconds without a ring


class Worker:
    """Understands what is asked of a `Pump`."""

    def __init__(
        self,
        writer: Engine,
        handle: Handle,
        desk_for: Callable[[Connection], Desk],
        outgoing: Outgoing,
        keeping: Keeping,
        *,
        clock: Clock,
        health: Health,
        deliver: Callable[[Post], None],
        found: Callable[[Sequence[Row[Any]]], None] = lambda rows: None,  # whatever stands has been rung for
        calm: Callable[[], bool] = lambda: True,
        reached: Callable[[str], None] = lambda point: None,
        limit: int = TOGETHER,
        handler_seconds: float = 5,
        stuck_seconds: float = 30,
        tries: int = 3,
        pause: float = 0.2,
    ) -> None:
        self._deliver, self._reached, self._pause = deliver, reached, pause
        self._watchdog = Watchdog(stuck_seconds)
        parts = (writer, handle, desk_for, outgoing, keeping, clock, health)
        self._tx = Transactions(*parts, self._watchdog, reached, handler_seconds)
        aside = Transactions(*parts, Watchdog(stuck_seconds), reached, handler_seconds)
        self._counter = open_counter(writer.url)
        self._turns = Turns(self._tx, keeping, self._counter, patience(calm, PATIENCE), tries, pause, limit)
        self._hand = Hand("worker")
        self._clerk = Clerk(aside, keeping, clock, self.wake)
        self._errands: deque[tuple[Callable[[Desk], Any], asyncio.Future[Any]]] = deque()
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._at_work = self._rests = self._stopping = False
        self._task: asyncio.Task[None] | None = None

    # ── what others ask of it ───────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        self._hand.start()
        await self._hand.do(self._watched)
        self._clerk.start()
        self._task = asyncio.create_task(self._run(), name="worker")
        self.wake()

    async def _watched(self) -> None:
        self._watchdog.start()

    async def rest(self) -> None:
        """Returns once nothing waits here any more."""
        while self.busy:  # noqa: ASYNC110
            await asyncio.sleep(0.002)

    async def finish(self, seconds: float = 2) -> None:
        """Whoever waits is still taken, as far as time allows; then nobody is taken any more."""
        try:
            async with asyncio.timeout(seconds):
                await self.rest()
        except TimeoutError:
            log.info("others take whoever still waits")
        self._stopping = True

    async def stop(self, seconds: float = 20) -> None:
        """The turn that is going on is finished, and what was noted is committed."""
        self._stopping = True
        try:
            async with asyncio.timeout(seconds):
                while self._at_work or self._errands or self._clerk.busy:  # noqa: ASYNC110
                    await asyncio.sleep(0.002)
        except TimeoutError:
            log.error("the worker stops before everything is done")
        self._watchdog.stop()
        if self._timer:
            self._timer.cancel()
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._clerk.stop()
        await self._hand.stop()
        self._counter.dispose()

    async def noted(self, seconds: float = 5) -> None:
        """Returns once what was to be noted is committed."""
        try:
            async with asyncio.timeout(seconds):
                while self._clerk.busy:  # noqa: ASYNC110
                    await asyncio.sleep(0.002)
        except TimeoutError:
            log.error("not everything could be noted")

    async def take(self, updates: list[Raw]) -> None:
        """Returns once these are committed as waiting: only then may Telegram forget them."""
        self._reached("after_fetch")
        if updates:
            await self._clerk.take(updates)

    async def do(self, errand: Callable[[Desk], T]) -> T:
        """Run it in a transaction of its own; what it says goes out once it has committed."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._errands.append((errand, future))
        self._wake.set()
        return await future

    def ride(self, write: Write, linger: float = 0) -> asyncio.Future[None]:
        """Let it write in the next transaction of the clerk's. It may be run again, so it only writes."""
        return self._clerk.ride(write, linger)

    def wake(self) -> None:
        """Something has come in, here or elsewhere."""
        self._wake.set()

    @property
    def busy(self) -> bool:
        """Is anything waiting here or going on?"""
        return bool(self._at_work or self._wake.is_set() or self._rests or self._errands or self._clerk.busy)

    # ── the loop ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            self._at_work = True
            try:
                wait = await self._turn()
            except Exception as fault:
                log.error("the worker stumbled", fault=place(fault))
                wait = self._pause
            if wait == 0 or self._errands:
                self._wake.set()
            self._look_in(LOOK if wait is None else min(wait, LOOK))
            self._at_work = False

    def _look_in(self, seconds: float) -> None:
        """`_rests`: somebody waits to be tried again, so that it is not over yet."""
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._wake.set)

    async def _turn(self) -> float | None:
        """In how many seconds to look again; None: when somebody rings."""
        for _errand in range(min(len(self._errands), ERRANDS)):
            await self._run_errand(*self._errands.popleft())
        if self._stopping:
            return None
        turn = await self._hand.do(lambda: self._tx.steadily(self._turns.take))
        self._committed(turn.outcome)
        self._rests = turn.wait is not None
        return 0 if turn.took else turn.wait

    async def _run_errand(self, errand: Callable[[Desk], T], future: asyncio.Future[T]) -> None:
        try:
            result, outcome = await self._hand.do(lambda: self._tx.steadily(lambda: self._tx.errand(errand)))
        except Exception as fault:
            if not future.done():
                future.set_exception(fault)
            return
        self._committed(outcome)
        if not future.done():
            future.set_result(result)

    def _committed(self, outcome: Outcome) -> None:
        """Answer taps, and do what was to be done afterwards."""
        self._reached("after_commit")
        self._deliver(outcome.post)
        for todo in outcome.after:
            try:
                todo()
            except Exception as fault:
                log.error("what follows a commit failed", fault=place(fault))

"""The pump: what waits together commits together. Nothing is lost or handled twice, and one cannot stop the others.

1. It takes what waits (at most a hundred), and leaves out what the desk has already.
2. One transaction: marks of what was sent, each update's handler in turn, inbox rows, outbox rows. One commit.
3. Only then is the batch acknowledged, and what was said handed to the courier.
4. A batch that fails rolls back. Trouble of the house: the same again, until it works. Otherwise its updates are
   accepted and handled one by one (`careful.py`).
Everything else that writes comes through here too: `do` an errand in a transaction of its own, or `ride` along with the
next one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, Row

from bot.post.careful import Careful, Keeping, Pending
from bot.post.clock import Clock
from bot.post.faults import place
from bot.post.health import Health
from bot.post.outgoing import Outgoing, Post
from bot.post.raw import Raw, sender
from bot.post.transaction import Handle, Outcome, Transactions, Write
from bot.post.watchdog import Watchdog
from desk.front import Desk
from storage.messages import blame, count_try, get_fact, list_unsent, set_fact

log = structlog.get_logger()
T = TypeVar("T")

RUNNING = "post is running"
PATIENCE = 0.5  # seconds in which what is on its way out may arrive
ERRANDS = 20  # a turn, so that they do not hold up what people write


@dataclass(slots=True, eq=False)
class _Batch:
    updates: list[Raw]
    done: asyncio.Future[None]


_Ride = tuple[Write, "asyncio.Future[None]"]


class Pump:
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
        found: Callable[[Sequence[Row[Any]]], None] = lambda rows: None,
        calm: Callable[[], bool] = lambda: True,
        reached: Callable[[str], None] = lambda point: None,
        limit: int = 100,
        handler_seconds: float = 5,
        stuck_seconds: float = 30,
        tries: int = 3,
        pause: float = 0.2,
    ) -> None:
        self._deliver, self._found, self._calm, self._reached = deliver, found, calm, reached
        self._calm_by: float | None = None
        self._limit, self._tries, self._pause = limit, tries, pause
        self._watchdog = Watchdog(stuck_seconds)
        self._tx = Transactions(
            writer, handle, desk_for, outgoing, keeping, clock, health, self._watchdog, reached, handler_seconds
        )
        self._careful = Careful(keeping)
        self._waiting: deque[_Batch] = deque()
        self._rides: list[_Ride] = []
        self._errands: deque[tuple[Callable[[Desk], Any], asyncio.Future[Any]]] = deque()
        self._wake = asyncio.Event()
        self._at_work = False
        self._unsure = 0  # how many of the first updates are handled one by one after an unclean stop
        self._task: asyncio.Task[None] | None = None

    # ── what others ask of it ───────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        def begin(conn: Connection) -> None:
            self._unsure = self._limit if get_fact(conn, RUNNING) == "yes" else 0
            set_fact(conn, RUNNING, "yes")
            self._careful.load(conn)

        await self._tx.steadily(lambda: self._tx.plainly(begin))
        self._watchdog.start()
        self._task = asyncio.create_task(self._run(), name="pump")
        self._wake.set()

    async def rest(self) -> None:
        """Returns once nothing waits any more."""
        while self.busy:  # noqa: ASYNC110
            await asyncio.sleep(0.002)

    async def stop(self, seconds: float = 20) -> None:
        """Finish what waits, then note that the desk was closed in good order."""
        try:
            async with asyncio.timeout(seconds):
                await self.rest()
                await self.ride(lambda conn: set_fact(conn, RUNNING, "no"))
        except TimeoutError:
            log.error("the pump stops before everything is done")
        self._watchdog.stop()
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def take(self, updates: list[Raw]) -> None:
        """Returns once these are committed: only then may Telegram forget them."""
        self._reached("after_fetch")
        if updates:
            batch = _Batch(updates, asyncio.get_running_loop().create_future())
            self._waiting.append(batch)
            self._wake.set()
            await batch.done

    async def do(self, errand: Callable[[Desk], T]) -> T:
        """Run it in a transaction of its own; what it says goes out once it has committed."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._errands.append((errand, future))
        self._wake.set()
        return await future

    def ride(self, write: Write, linger: float = 0) -> asyncio.Future[None]:
        """Let it write in the next transaction, whichever that is. It may be run again, so it only writes."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._rides.append((write, future))
        if linger:
            loop.call_later(linger, self._wake.set)
        else:
            self._wake.set()
        return future

    @property
    def busy(self) -> bool:
        """Is anything waiting or going on?"""
        return bool(self._at_work or self._waiting or self._rides or self._errands or len(self._careful))

    # ── the loop ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            self._at_work = True
            try:
                await self._turn()
            except Exception as fault:
                log.error("the pump stumbled", fault=place(fault))
                loop.call_later(self._pause, self._wake.set)
            self._at_work = False
            if self._waiting or self._errands:
                self._wake.set()
            elif (again := self._careful.next_at()) is not None:
                loop.call_later(max(0.002, again - loop.time()), self._wake.set)

    async def _turn(self) -> None:
        batches, rides = self._take_batches(), self._rides
        self._rides = []
        updates = [raw for batch in batches for raw in batch.updates]
        if updates or rides:
            try:
                await self._together(updates, rides)
            except Exception:
                self._waiting.extendleft(reversed(batches))
                self._rides = rides + self._rides
                raise
        for batch in batches:
            _resolve(batch.done, None)
        for _errand in range(min(len(self._errands), ERRANDS)):
            await self._run_errand(*self._errands.popleft())
        if (pending := self._careful.next(asyncio.get_running_loop().time())) and self._may_try():
            await self._alone(pending)
        if self._tx.doubtful:
            await self._look_again()

    async def _look_again(self) -> None:
        """After trouble nobody knows whether the last commit stands: what does is read again."""
        self._tx.doubtful = False

        def look(conn: Connection) -> Sequence[Row[Any]]:
            self._careful.load(conn)
            return list_unsent(conn)

        self._found(await self._tx.steadily(lambda: self._tx.plainly(look)))

    def _may_try(self) -> bool:
        """What may kill us is tried when nothing is on its way out, so that nobody's answer becomes uncertain by it."""
        now = asyncio.get_running_loop().time()
        self._calm_by = self._calm_by or now + PATIENCE
        if self._calm() or now >= self._calm_by:
            self._calm_by = None
            return True
        return False

    def _take_batches(self) -> list[_Batch]:
        taken: list[_Batch] = []
        count = 0
        while self._waiting and (not taken or count + len(self._waiting[0].updates) <= self._limit):
            taken.append(self._waiting.popleft())
            count += len(taken[-1].updates)
        return taken

    async def _together(self, updates: list[Raw], rides: list[_Ride]) -> None:
        """One transaction for all; if it fails by a fault of one of them, each alone."""
        careful = self._careful.senders
        if self._unsure > 0:
            together, one_by_one = [], updates
            self._unsure -= len(updates)
        else:
            together = [raw for raw in updates if sender(raw) not in careful]
            one_by_one = [raw for raw in updates if sender(raw) in careful] if careful else []
        writes = [write for write, _future in rides]
        try:
            outcome = await self._tx.steadily(lambda: self._tx.batch(together, one_by_one, writes))
        except Exception as fault:
            log.warning("a batch failed, its updates are handled one by one", fault=place(fault), count=len(updates))
            outcome = await self._tx.steadily(lambda: self._tx.batch([], updates))
            for write, future in rides:
                await self._ride_alone(write, future)
        self._committed(outcome)
        for _write, future in rides:
            _resolve(future, None)

    async def _ride_alone(self, write: Write, future: asyncio.Future[None]) -> None:
        try:
            await self._tx.steadily(lambda: self._tx.plainly(write))
        except Exception as fault:
            log.error("what rode along failed", fault=place(fault))
            if not future.done():
                future.set_exception(fault)

    async def _alone(self, pending: Pending) -> None:
        """One try of an accepted update, counted before it is made."""
        pending.tries = await self._tx.steadily(
            lambda: self._tx.plainly(lambda conn: count_try(conn, pending.update_id))
        )
        raw = pending.raw
        if raw is None or pending.tries > self._tries:
            fault = "KeyLost" if raw is None else "the process ended each time"
            return self._settled(pending, await self._tx.steadily(lambda: self._tx.quarantine(pending, fault)))
        try:
            outcome = await self._tx.steadily(lambda: self._tx.alone(pending, raw))
        except Exception as found:
            where = place(found)
            log.warning("an update failed", update=pending.update_id, tries=pending.tries, fault=where)
            if pending.tries >= self._tries:
                outcome = await self._tx.steadily(lambda: self._tx.quarantine(pending, where))
            else:
                await self._tx.steadily(lambda: self._tx.plainly(lambda conn: blame(conn, pending.update_id, where)))
                pending.ready_at = asyncio.get_running_loop().time() + self._pause * 2 ** (pending.tries - 1)
                return
        self._settled(pending, outcome)

    async def _run_errand(self, errand: Callable[[Desk], T], future: asyncio.Future[T]) -> None:
        try:
            result, outcome = await self._tx.steadily(lambda: self._tx.errand(errand))
        except Exception as fault:
            if not future.done():
                future.set_exception(fault)
            return
        self._committed(outcome)
        _resolve(future, result)

    def _settled(self, pending: Pending, outcome: Outcome) -> None:
        self._careful.settled(pending)
        self._committed(outcome)

    def _committed(self, outcome: Outcome) -> None:
        """Remember what was accepted, send what was said, and do what was to be done afterwards."""
        self._careful.add(outcome.accepted)
        self._reached("after_commit")
        self._deliver(outcome.post)
        for todo in outcome.after:
            try:
                todo()
            except Exception as fault:
                log.error("what follows a commit failed", fault=place(fault))


def _resolve(future: asyncio.Future[T], result: T) -> None:
    if not future.done():
        future.set_result(result)

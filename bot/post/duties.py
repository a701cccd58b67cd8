"""What only one process may do at a time: fetch, send, tick. Of several workers, whoever holds the lease does it.

1. A heartbeat, well below the length of the lease, renews what we hold and asks for what is free.
2. Whoever could not renew in time stops before the lease ends, by a clock that never goes back.
3. Laid down in good order it is free at once, and the others are rung; of a process that died, when the lease ends.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, Engine

from bot.post.faults import house_trouble, place
from bot.post.starting import once_it_can
from storage import leases
from storage.bells import LEASES, ring

log = structlog.get_logger()

POLL, COURIER, TICKER = "poll", "courier", "ticker"
BEATS = 5  # a lease: the heart beats so often, and the last beat's time is never used


@dataclass(frozen=True, slots=True)
class Duty:
    """`lost`: it is somebody else's already, or may be; otherwise it ends in good order."""

    begin: Callable[[], Awaitable[None]]
    end: Callable[[], Awaitable[None]]
    lost: Callable[[], None]


class Duties:
    """Those of one worker."""

    def __init__(self, writer: Engine, duties: Mapping[str, Duty], seconds: float = 15) -> None:
        self._writer, self._duties, self._seconds = writer, duties, seconds
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.held: set[str] = set()
        self._wanted: set[str] = set()
        self._until: dict[str, float] = {}
        self._rung = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()  # or a beat would take back what was just released
        self._task: asyncio.Task[None] | None = None

    async def start(self, wanted: Collection[str]) -> None:
        """Whatever is free is ours when this returns."""
        self._wanted = set(wanted)
        await once_it_can(lambda: asyncio.to_thread(self._prepare))
        await self._beat_on()
        self._task = asyncio.create_task(self._run(), name="heartbeat")

    async def lay_down(self, name: str) -> None:
        """End it in good order; whoever asks next has it at once."""
        self._wanted.discard(name)
        if name not in self.held:
            return
        await self._duties[name].end()
        async with self._one_at_a_time:
            if name in self.held:  # not lost meanwhile
                self.held.discard(name)
                await asyncio.to_thread(self._release, name)

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def rung(self) -> None:
        """Something may be free."""
        self._rung.set()

    def holds(self, conn: Connection, name: str) -> bool:
        """Asked of the database: ours, and until this transaction ends nobody else's."""
        return name in self.held and leases.is_held(conn, name, self.holder, self._seconds / BEATS)

    # ── the heart ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def _run(self) -> None:
        wait = 0.0
        while True:
            try:
                async with asyncio.timeout(wait):
                    await self._rung.wait()
            except TimeoutError:
                pass
            self._rung.clear()
            wait = await self._beat_on()

    async def _beat_on(self) -> float:
        """What could not begin, since the database was gone just then, begins with the next beat."""
        try:
            return await self._beat()
        except Exception as fault:
            (log.warning if house_trouble(fault) else log.error)("the heart stumbled", fault=place(fault))
            return self._seconds / BEATS

    async def _beat(self) -> float:
        """Renew, begin and end; in how many seconds to beat again."""
        async with self._one_at_a_time:
            free_in = await self._ask()
            await self._follow()
        waits = [self._seconds / BEATS, *([max(0.01, self._left())] if self.held else [])]
        return min([*waits, free_in + 0.01] if free_in is not None and self._wanted - self.held else waits)

    async def _ask(self) -> float | None:
        """In how many seconds the first of those that are not ours may be free."""
        asked_at = time.monotonic()
        renewing = asyncio.ensure_future(asyncio.to_thread(self._renew, set(self._wanted | self.held)))
        await asyncio.wait([renewing], timeout=min(self._left(), self._seconds))
        if not renewing.done():
            renewing.add_done_callback(lambda late: late.cancelled() or late.exception())
            log.warning("the leases could not be renewed in time")
        elif fault := renewing.exception():
            log.warning("the leases could not be renewed", fault=place(fault))
        else:
            ours, free_in = renewing.result()
            until = asked_at + self._seconds * (BEATS - 1) / BEATS
            self._until = dict.fromkeys(ours, until)
            return free_in
        return None

    def _left(self) -> float:
        """Seconds for which everything that we hold is surely ours."""
        return min((self._until.get(name, 0) - time.monotonic() for name in self.held), default=self._seconds)

    async def _follow(self) -> None:
        now = time.monotonic()
        for name in self._duties:
            surely = now < self._until.get(name, 0)
            if name in self.held and not surely:
                log.warning("a lease was lost", duty=name)
                self.held.discard(name)
                self._duties[name].lost()
            elif surely and name in self._wanted and name not in self.held:
                await self._duties[name].begin()
                self.held.add(name)
                log.info("a duty is ours", duty=name)

    # ── in the database ─────────────────────────────────────────────────────────────────────────────────────────────

    def _prepare(self) -> None:
        with self._writer.begin() as conn:
            leases.prepare(conn, list(self._duties))

    def _renew(self, names: set[str]) -> tuple[set[str], float | None]:
        with self._writer.begin() as conn:
            ours = leases.renew(conn, names, self.holder, self._seconds)
            return ours, leases.next_free(conn, names - ours) if names - ours else None

    def _release(self, name: str) -> None:
        with self._writer.begin() as conn:
            leases.release(conn, [name], self.holder)
            ring(conn, LEASES)

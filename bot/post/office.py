"""The post office: everything that comes and goes, put together. Opened when the desk starts, closed at its end.

office = PostOffice(token, base_url, writer, readers, handle, desk_for, render, sweeps, keys=…, zone=…, language=…)
await office.open()
…
await office.close()
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.post.budget import Budget
from bot.post.careful import Keeping, SealedFor
from bot.post.carriage import Carriage
from bot.post.clock import Clock, SystemClock
from bot.post.courier import Courier
from bot.post.duties import COURIER, POLL, TICKER
from bot.post.farewell import Farewell
from bot.post.fetch import Fetcher
from bot.post.health import Health
from bot.post.jobs import Jobs
from bot.post.marks import NoteStanding
from bot.post.outgoing import Outgoing
from bot.post.pump import Pump
from bot.post.standing import Render
from bot.post.starting import once_it_can
from bot.post.ticker import Sweep, Ticker
from bot.post.transaction import Handle
from bot.post.uploads import SHELF, Shelf
from bot.post.wire import Wire
from bot.post.workers import Worker
from desk.front import Desk
from storage.vault import Keys


class PostOffice:
    """Wire, pump, courier and ticker of one desk, all of it in this process."""

    _writes: ClassVar[type[Outgoing]] = Outgoing
    _writer: ClassVar[type[Pump] | type[Worker]] = Pump

    def __init__(
        self,
        token: str,
        base_url: str,
        writer: Engine,
        readers: AsyncEngine,
        handle: Handle,
        desk_for: Callable[[Connection], Desk],
        render: Render,
        sweeps: Sequence[Sweep] = (),
        *,
        keys: Keys,
        zone: ZoneInfo,
        language: str,
        clock: Clock | None = None,
        budget: Budget | None = None,
        sealed_for: SealedFor = lambda conn, sender: False,
        unreachable: Callable[[Desk, int], None] = lambda desk, chat_id: None,
        moved: Callable[[Desk, int, int], None] = lambda desk, old, new: None,
        noted: NoteStanding = lambda conn, key, message_id, at: None,
        reached: Callable[[str], None] = lambda point: None,
        tick: float = 1.0,
        poll: float = 25,
        patience: float = 20,
        handler_seconds: float = 5,
        stuck_seconds: float = 30,
        limit: int = 100,
        pause: float = 0.2,
        carriage: Callable[[int, float], Carriage] = Carriage,
        short: Engine | None = None,
        shelf: Shelf = SHELF,
        lease: float = 15,
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self.health, self.jobs = Health(now=self.clock.now), Jobs()
        self.wire = Wire(token, base_url, patience=patience, carriage=carriage)
        outgoing = self._writes(self.clock, zone, language)
        self.pump: Pump | Worker = self._writer(
            writer,
            handle,
            desk_for,
            outgoing,
            Keeping(keys, sealed_for),
            clock=self.clock,
            health=self.health,
            deliver=lambda post: self.courier.take(post),
            found=lambda rows: self.courier.find(rows),
            calm=lambda: self.courier.calm,
            reached=reached,
            limit=limit,
            handler_seconds=handler_seconds,
            stuck_seconds=stuck_seconds,
            pause=pause,
        )
        self._new_courier = partial(
            self._make_courier,
            self.wire,
            self.pump,
            readers,
            render,
            outgoing,
            clock=self.clock,
            health=self.health,
            budget=budget or Budget(),
            unreachable=unreachable,
            moved=moved,
            noted=noted,
            reached=reached,
            short=short,
            shelf=shelf,
        )
        self.courier: Courier = self._new_courier()
        self._new_ticker = partial(Ticker, self.pump.do, sweeps, clock=self.clock, every=tick)
        self.ticker = self._new_ticker()
        self._open = self._ticking = self._fetching = False
        self._new_fetch = partial(Fetcher, self.wire, self.pump.take, self.health, timeout=poll)
        self.fetch = self._new_fetch()
        self._lease = lease

    def _make_courier(self, *parts: Any, **options: Any) -> Courier:
        return Courier(*parts, **options)

    async def open(self, *, fetch: bool = True, tick: bool = True) -> None:
        """What was left over from before goes first; then updates are fetched."""
        await self.wire.open()
        await once_it_can(self.courier.recover)
        await self.pump.start()
        self.courier.start()
        self._open, self._ticking, self._fetching = True, tick, fetch
        if tick:
            self.ticker.start()
        if fetch:
            self.fetch.start()

    async def close(self, end: Farewell | None = None) -> None:
        """Nothing new is fetched; handlers finish; what is on its way arrives; the rest waits in the outbox."""
        end = end or Farewell()
        if not self._open:
            return
        self._open = False
        await self.fetch.stop(end.left(0.3))
        if self._ticking:
            await self.ticker.stop(end.left(0.3))
        await self.jobs.stop(end.left(0.3))
        await self.courier.stop(end.left())
        await self.pump.stop(end.last())
        await self.wire.close()

    @property
    def duties(self) -> set[str]:
        """What this process does for all that share the database: here everything."""
        does = {COURIER: self._open, TICKER: self._ticking, POLL: self._fetching}
        return {duty for duty in does if self._open and does[duty]}

    @property
    def busy(self) -> bool:
        return self.pump.busy or self.courier.busy or self.ticker.busy or self.jobs.busy

    async def drained(self) -> None:
        """Returns once nothing waits, is handled or is on its way that could go now."""
        quiet = 0
        while quiet < 2:
            await asyncio.sleep(0.002)
            quiet = 0 if self.busy else quiet + 1

    async def sweep_now(self) -> None:
        await self.ticker.sweep_now()

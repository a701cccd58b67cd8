"""The post office of one of several workers on one PostgreSQL: each handles, and one fetches, one sends, one ticks."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import Connection, Engine

from bot.post.bells import Bells
from bot.post.courier import Courier
from bot.post.duties import COURIER, POLL, TICKER, Duties, Duty
from bot.post.farewell import Farewell
from bot.post.office import PostOffice
from bot.post.shared import Ringing, SharedCourier
from bot.post.starting import once_it_can
from bot.post.turns import TOGETHER
from bot.post.workers import Worker
from storage.bells import INBOX, LEASES, OUTBOX
from storage.work import open_listener


def office_for(writer: Engine) -> type[PostOffice]:
    """SQLite is written by one process, which does everything; PostgreSQL by any number of workers."""
    return PostOffice if writer.dialect.name == "sqlite" else SharedOffice


class SharedOffice(PostOffice):
    _writes = Ringing
    _writer = Worker

    def __init__(self, token: str, base_url: str, writer: Engine, *parts: Any, **options: Any) -> None:
        options["limit"] = min(options.get("limit", TOGETHER), TOGETHER)
        super().__init__(token, base_url, writer, *parts, **options)
        self._leased = Duties(
            writer,
            {
                COURIER: Duty(self._begin_sending, self._end_sending, self._lose_sending),
                TICKER: Duty(self._begin_ticking, self._end_ticking, self._lose_ticking),
                POLL: Duty(self._begin_fetching, self._end_fetching, self._lose_fetching),
            },
            self._lease,
        )
        self._bells = Bells(
            open_listener(writer.url),
            {
                INBOX: lambda said: self._worker.wake(),
                OUTBOX: lambda said: self._sender.rung(said),
                LEASES: lambda said: self._leased.rung(),
            },
        )
        self._end = Farewell()
        self._leaving: set[asyncio.Task[None]] = set()

    def _make_courier(self, *parts: Any, **options: Any) -> Courier:
        def holds(conn: Connection) -> bool:
            return self._leased.holds(conn, COURIER)

        return SharedCourier(*parts, holds=holds, **options)

    @property
    def _worker(self) -> Worker:
        assert isinstance(self.pump, Worker)
        return self.pump

    @property
    def _sender(self) -> SharedCourier:
        assert isinstance(self.courier, SharedCourier)
        return self.courier

    @property
    def duties(self) -> set[str]:
        return set(self._leased.held)

    async def open(self, *, fetch: bool = True, tick: bool = True) -> None:
        """Whoever waits is taken from now on; what is free of the duties is done here."""
        await self.wire.open()
        await self._worker.start()
        self._open = True
        self._bells.start()
        await self._leased.start([COURIER, *([TICKER] if tick else []), *([POLL] if fetch else [])])

    async def close(self, end: Farewell | None = None) -> None:
        """The duties are laid down and are the others' at once; the turn that goes on is finished."""
        self._end = end = end or Farewell()
        if not self._open:
            return
        self._open = False
        await self._leased.lay_down(POLL)
        await self._leased.lay_down(TICKER)
        await self.jobs.stop(end.left(0.3))
        await self._worker.finish(end.left(0.3))
        await self._leased.lay_down(COURIER)
        await self._leased.stop()
        await self._worker.stop(end.last())
        await self.courier.stop(end.last())  # taps that are still being answered
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=end.last())
        await self._bells.stop()
        await self.wire.close()

    # ── the duties ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _begin_fetching(self) -> None:
        self.fetch = self._new_fetch()
        self.fetch.start()

    async def _end_fetching(self) -> None:
        await self.fetch.stop(self._end.left(0.3))
        self._fetches_no_more()

    def _lose_fetching(self) -> None:
        self.fetch.drop()
        self._fetches_no_more()

    def _fetches_no_more(self) -> None:
        """How Telegram answers is the next one's to tell."""
        self.health.green("fetching")
        self.health.polled_at = None

    async def _begin_ticking(self) -> None:
        self.ticker = self._new_ticker()
        self.ticker.start()

    async def _end_ticking(self) -> None:
        await self.ticker.stop(self._end.left(0.3))

    def _lose_ticking(self) -> None:
        self._leave(self.ticker.stop())

    async def _begin_sending(self) -> None:
        await once_it_can(self._sender.recover)
        self._sender.start()

    async def _end_sending(self) -> None:
        """How everything went is written down before somebody else looks at what is left."""
        await self._sender.stop(self._end.left())
        await self._worker.noted(self._end.last())
        self.courier = self._new_courier()

    def _lose_sending(self) -> None:
        lost, self.courier = self.courier, self._new_courier()
        self._leave(lost.stop())

    def _leave(self, ending: Any) -> None:
        task = asyncio.ensure_future(ending)
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

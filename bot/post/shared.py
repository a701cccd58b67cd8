"""The courier of several workers: whichever of them holds the lease sends what all of them have said.

1. A transaction that says something rings with the ids of its rows, so that they come in the order of the commits.
2. The holder fetches those rows; now and then it looks for any that it has not heard of.
3. Before a wave goes out it is committed as being sent, while the lease is surely ours for long enough, and only what
   was still queued goes: a courier that was asleep and has been replaced sends nothing twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.post.courier import Courier
from bot.post.faults import place
from bot.post.outgoing import Outgoing, Post
from bot.post.parcel import Parcel
from bot.post.reading import read
from desk.front import Call, CardRefresh, Copy, Line, Saying
from storage.bells import ring_out
from storage.messages import Standing, claim_unsent, list_unsent, list_unsent_ids

log = structlog.get_logger()

LOOK = 1.0  # seconds without a ring


@dataclass(frozen=True, slots=True)
class Ringing(Outgoing):
    """Whatever is written to the outbox is rung for, by the same commit."""

    def write(self, conn: Connection, said: Iterable[Saying]) -> Post:
        post = Outgoing.write(self, conn, said)
        if post.parcels:
            ring_out(conn, (parcel.id for parcel in post.parcels))
        return post

    def _parcels(self, saying: Line | CardRefresh | Copy | Call, standing: Standing | None) -> list[Parcel]:
        """Cards too wait in the row for their wave."""
        found = Outgoing._parcels(self, saying, standing)
        for parcel in found:
            parcel.state = "queued"
        return found


class SharedCourier(Courier):
    """`holds`: is the lease surely ours, asked in the transaction that marks a wave?"""

    def __init__(self, *parts: Any, holds: Callable[[Connection], bool], **options: Any) -> None:
        super().__init__(*parts, **options)
        self._holds = holds
        self._known: set[int] = set()  # rows that are in our hands
        self._expected: set[int] = set()  # said here, and not rung yet
        self._rung: set[int] = set()
        self._look_for_all = False
        self._ringing = asyncio.Event()
        self._collecting: asyncio.Task[None] | None = None

    async def recover(self) -> None:
        """What the last holder has left."""
        rows = await read(self._readers, list_unsent)
        self._known = {row.id for row in rows}
        self.find(rows)

    def start(self) -> None:
        super().start()
        self._look_for_all = True  # what was said since we looked
        self._ringing.set()
        self._collecting = asyncio.create_task(self._collect(), name="collecting")

    async def stop(self, seconds: float = 10) -> None:
        if self._collecting:
            self._collecting.cancel()
            await asyncio.gather(self._collecting, return_exceptions=True)
            self._collecting = None
        self._expected.clear()
        await super().stop(seconds)

    def take(self, post: Post) -> None:
        """Taps are answered by whoever handled them; the rows are rung for, here as elsewhere."""
        super().take(replace(post, parcels=[]))
        if self._collecting:
            self._expected |= {parcel.id for parcel in post.parcels} - self._known

    def rung(self, said: str) -> None:
        """Ids of rows; nothing: look for all."""
        if self._collecting is None:
            return
        if said:
            self._rung |= set(map(int, said.split()))
        else:
            self._look_for_all = True
        self._ringing.set()

    @property
    def busy(self) -> bool:
        return bool(super().busy or (self._collecting and (self._expected or self._ringing.is_set())))

    @property
    def calm(self) -> bool:
        return super().calm and not self._expected

    # ── collecting ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _collect(self) -> None:
        while True:
            try:
                async with asyncio.timeout(LOOK):
                    await self._ringing.wait()
            except TimeoutError:
                self._look_for_all = True
            self._ringing.clear()
            try:
                await self._fetch()
            except Exception as fault:
                log.warning("what waits to go out could not be read", fault=place(fault))
                self._look_for_all = True
                await asyncio.sleep(0.1)

    async def _fetch(self) -> None:
        rung, self._rung = self._rung, set()
        if self._look_for_all:
            self._look_for_all = False
            expected = set(self._expected)
            there = await read(self._readers, list_unsent_ids)
            self._known &= there
            self._expected -= expected - there
            rung |= there
        if wanted := sorted(rung - self._known):
            for row in await read(self._readers, lambda conn: list_unsent(conn, wanted)):
                if row.state == "queued" and row.id not in self._known:
                    self._known.add(row.id)
                    self._lanes.add(Parcel.read(row), self._clock.now())
            self._wake.set()
        self._expected -= rung

    # ── sending ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _claim(self, wave: list[Parcel]) -> list[Parcel]:
        """One after another with the other waves, and never beside a courier that has replaced us."""
        first = [row for parcel in wave if parcel.state == "queued" for row in (parcel.id, *parcel.merged)]
        ours: set[int] | None = None

        def claim(conn: Connection) -> None:
            nonlocal ours
            ours = claim_unsent(conn, first) if self._holds(conn) else None

        await self._pump.ride(claim)
        if ours is None:
            log.warning("the lease was lost, nothing is sent", count=len(wave))
            self._stopping = True
            for parcel in wave:
                self._lanes.landed(parcel)
            return []
        self._budget.left(len(wave), self._clock.elapsed())
        going = [parcel for parcel in wave if parcel.state != "queued" or parcel.id in ours]
        for parcel in wave:
            if parcel not in going:  # forgotten meanwhile, or somebody else's
                self._lanes.landed(parcel)
        return going

"""The clerk: short writes that wait for no handler. What has come in is accepted, and how things went is noted.

What waits together commits together, in a thread, while the pump's own hand is busy with what people want.
1. Updates are written as `new`, always sealed: whether they are part of a confidential conversation shows only when
   their turn comes. A group's chatter is not kept even so long.
2. Whoever rides along writes in the same transaction.
3. One commit; then the updates are acknowledged and the workers are woken.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence

import structlog
from sqlalchemy import Connection

from bot.post.careful import Keeping
from bot.post.clock import Clock
from bot.post.faults import place
from bot.post.raw import Raw, group_of, is_chatter, sender
from bot.post.transaction import Transactions, Write
from storage.bells import INBOX, ring
from storage.inbox import accept_once

log = structlog.get_logger()

_Taken = tuple[list[Raw], "asyncio.Future[None]"]
_Ride = tuple[Write, "asyncio.Future[None]"]


class Clerk:
    """`woken` is called as soon as something has been accepted."""

    def __init__(self, tx: Transactions, keeping: Keeping, clock: Clock, woken: Callable[[], None]) -> None:
        self._tx, self._keeping, self._clock, self._woken = tx, keeping, clock, woken
        self._taken: list[_Taken] = []
        self._rides: list[_Ride] = []
        self._wake = asyncio.Event()
        self._at_work = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="clerk")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def take(self, updates: list[Raw]) -> None:
        """Returns once these are committed."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._taken.append((updates, future))
        self._wake.set()
        await future

    def ride(self, write: Write, linger: float = 0) -> asyncio.Future[None]:
        """Let it write in the next transaction. It may be run again, so it only writes."""
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
        return bool(self._at_work or self._taken or self._rides)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            taken, rides = self._taken, self._rides
            self._taken, self._rides = [], []
            self._at_work = True
            try:
                await self._write(taken, rides)
            except Exception as fault:
                log.error("the clerk stumbled", fault=place(fault))
                for _each, future in (*taken, *rides):
                    _fail(future, fault)
            self._at_work = False

    async def _write(self, taken: list[_Taken], rides: list[_Ride]) -> None:
        updates = [raw for batch, _future in taken for raw in batch]
        writes = [write for write, _future in rides]
        if not updates and not writes:
            return
        try:
            await self._commit(updates, writes)
        except Exception as fault:  # one of them is at fault: each alone
            log.warning("what was written together is written one by one", fault=place(fault))
            if updates:
                await self._commit(updates, [])
            for write, future in rides:
                try:
                    await self._commit([], [write])
                except Exception as own:
                    log.error("what rode along failed", fault=place(own))
                    _fail(future, own)
        if updates:
            self._woken()
        for _each, future in (*taken, *rides):
            if not future.done():
                future.set_result(None)

    async def _commit(self, updates: list[Raw], writes: Sequence[Write]) -> None:
        await self._tx.steadily(lambda: asyncio.to_thread(self._one_transaction, updates, writes))

    def _one_transaction(self, updates: list[Raw], writes: Sequence[Write]) -> None:
        with self._tx.writer.begin() as conn:
            for write in writes:
                write(conn)
            self._accept(conn, updates)

    def _accept(self, conn: Connection, updates: list[Raw]) -> None:
        now, rows = self._clock.now(), {}
        for raw in sorted(updates, key=lambda raw: raw["update_id"]):  # or two workers wait for each other
            row = {"update_id": raw["update_id"], "sender": sender(raw), "chat": group_of(raw), "at": now}
            if is_chatter(raw):
                rows[raw["update_id"]] = {**row, "state": "ignored", "raw": None}
            else:
                rows[raw["update_id"]] = {**row, "state": "new", "raw": self._keeping.keys.seal(json.dumps(raw))}
        accept_once(conn, list(rows.values()))
        if rows:
            ring(conn, INBOX)


def _fail(future: asyncio.Future[None], fault: Exception) -> None:
    if not future.done():
        future.set_exception(fault)

"""What happens inside one transaction of the pump, and after it: handlers, inbox rows, outbox rows, one commit.

Whatever a handler does, writes or says stands together with the mark that it was done, or does not stand at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, event

from bot.post.careful import Keeping, Pending, accept_one_by_one
from bot.post.clock import Clock
from bot.post.faults import TransactionLost, Undecodable, house_trouble, place
from bot.post.health import Health
from bot.post.outgoing import Outgoing, Post
from bot.post.raw import Raw, private_chat, reference, sender, tap
from bot.post.watchdog import Watchdog
from desk.front import Answer, Desk, Line, Saying
from domain.words import _
from storage.messages import accept, find_known, settle

log = structlog.get_logger()
T = TypeVar("T")

Handle = Callable[[Desk, Raw], Awaitable[bool]]
"""Handles one update inside the open transaction, and says through the desk. False: nothing of the desk's concern.

It may be run again, so it touches nothing but the database. Raises Undecodable before it writes anything.
"""
Write = Callable[[Connection], Any]

SORRY = _("Something went wrong on our side. What you wrote is safe. Reference {reference}: we will look into it.")


@dataclass(slots=True)
class Outcome:
    """What a transaction left to be done after its commit."""

    post: Post = field(default_factory=Post)
    after: list[Callable[[], None]] = field(default_factory=list)
    accepted: list[Pending] = field(default_factory=list)


@dataclass(slots=True)
class Transactions:
    """Everything a transaction needs."""

    writer: Engine
    handle: Handle
    desk_for: Callable[[Connection], Desk]
    outgoing: Outgoing
    keeping: Keeping
    clock: Clock
    health: Health
    watchdog: Watchdog
    reached: Callable[[str], None]
    handler_seconds: float
    doubtful: bool = False  # a commit failed, and may stand all the same

    def __post_init__(self) -> None:
        if self.writer.dialect.name == "sqlite":
            event.listen(self.writer, "before_cursor_execute", _check_standing)

    async def batch(self, together: list[Raw], one_by_one: list[Raw], writes: Sequence[Write] = ()) -> Outcome:
        """Handle the first, only accept the others, and let whoever rides along write."""
        outcome, now = Outcome(), self.clock.now()
        with self.writer.begin() as conn:
            for write in writes:
                write(conn)
            ids = [raw["update_id"] for raw in (*together, *one_by_one)]
            known = find_known(conn, ids) if ids else set()
            said: list[Saying] = []
            rows = []
            for raw in together:
                if raw["update_id"] in known:
                    continue
                known.add(raw["update_id"])
                ends, fault = await self._one(conn, raw, said, outcome)
                kept = self.keeping.kept(conn, raw) if fault else None
                whose = {"update_id": raw["update_id"], "sender": sender(raw)}
                rows.append({**whose, "raw": kept, "state": ends, "fault": fault, "at": now})
            accept(conn, rows)
            fresh = {raw["update_id"]: raw for raw in one_by_one if raw["update_id"] not in known}
            outcome.accepted = accept_one_by_one(conn, self.keeping, fresh.values(), now)
            outcome.post = self.outgoing.write(conn, said)
            _check_standing(conn)
        return outcome

    async def _one(
        self, conn: Connection, raw: Raw, said: list[Saying], outcome: Outcome, accepted_at: datetime | None = None
    ) -> tuple[str, str | None]:
        """One update's handler; how it ends, and why if it cannot be read."""
        desk = self.desk_for(conn)
        desk.heard_at = accepted_at
        self.watchdog.begin()
        try:
            async with asyncio.timeout(self.handler_seconds):
                ours = await self.handle(desk, raw)
        except Undecodable as fault:
            log.error("quarantined", update=raw["update_id"], fault=str(fault))
            said.extend(apology(raw))
            return "quarantined", str(fault)
        self.reached("in_handler")
        said.extend(desk.said)
        outcome.after.extend(desk.after)
        return ("done" if ours else "ignored"), None

    async def alone(self, pending: Pending, raw: Raw) -> Outcome:
        """An update that was accepted before."""
        outcome = Outcome()
        with self.writer.begin() as conn:
            said: list[Saying] = []
            ends, fault = await self._one(conn, raw, said, outcome, pending.at)
            settle(conn, pending.update_id, ends, self.keeping.kept(conn, raw) if fault else None, fault)
            outcome.post = self.outgoing.write(conn, said)
            _check_standing(conn)
        return outcome

    async def quarantine(self, pending: Pending, fault: str) -> Outcome:
        """It is kept as it was, and its sender is told once."""
        log.error("quarantined", update=pending.update_id, fault=fault)
        with self.writer.begin() as conn:
            settle(conn, pending.update_id, "quarantined", pending.kept, fault)
            return Outcome(self.outgoing.write(conn, apology(pending.raw) if pending.raw else []))

    async def errand(self, errand: Callable[[Desk], T]) -> tuple[T, Outcome]:
        """A deed that no update asked for."""
        with self.writer.begin() as conn:
            desk = self.desk_for(conn)
            result = errand(desk)
            post = self.outgoing.write(conn, desk.said)
            _check_standing(conn)
        return result, Outcome(post, desk.after)

    async def plainly(self, write: Callable[[Connection], T]) -> T:
        with self.writer.begin() as conn:
            return write(conn)

    async def steadily(self, work: Callable[[], Awaitable[T]]) -> T:
        """The same again, with growing delay, for as long as the house is in trouble."""
        delay = 0.05
        while True:
            self.watchdog.begin()
            try:
                result = await work()
            except Exception as fault:
                self.watchdog.rest()
                if not house_trouble(fault):
                    raise
                self.doubtful = True
                self.health.red("database", f"The database takes nothing at the moment ({place(fault)}).")
                await asyncio.sleep(delay)
                delay = min(delay * 2, 5.0)
            else:
                self.watchdog.rest()
                self.health.green("database")
                return result


def _check_standing(conn: Connection, *_more: Any) -> None:
    """A full disk makes SQLite end the transaction by itself; what is written after that would stand alone."""
    driver = conn.connection.driver_connection
    if conn.dialect.name == "sqlite" and driver is not None and not driver.in_transaction:
        raise TransactionLost("the transaction is over")


def apology(raw: Raw) -> list[Saying]:
    """Said once to whoever wrote it; a group's chatter is not answered."""
    words = SORRY(reference=reference(raw["update_id"]))
    if pressed := tap(raw):
        return [Answer(pressed, words, alert=True)]
    chat = private_chat(raw)
    return [Line(chat, words)] if chat else []

"""How messages ended and which cards stand where, noted along with the pump's next transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from bot.post.writing import Writing
from storage.messages import Mark, Stand, Subject, mark, mark_sending, stand_all

LINGER = 0.02  # seconds a mark waits for others to be committed with it

Stands = tuple[int | None, str | None]
"""The message that stands there, and the hash of what it shows."""

NoteStanding = Callable[[Connection, Subject, int, datetime], None]
"""Told of every message that shows a card, in the transaction that notes it."""


class Marks:
    """Waits for a transaction to ride along with; kept until that has committed."""

    def __init__(self, pump: Writing, noted: NoteStanding = lambda conn, key, message_id, at: None) -> None:
        self._pump, self._note_standing = pump, noted
        self.fresh: dict[Subject, Stands] = {}
        """What we have just put somewhere, as long as that is not committed."""
        self._marks: list[Mark] = []
        self._stands: list[Stand] = []
        self._written = 0, 0
        self._riding: asyncio.Future[None] | None = None

    def __bool__(self) -> bool:
        return bool(self._marks or self._stands)

    def known(self) -> set[int]:
        """Rows that have ended, though it is not committed yet."""
        return {mark.id for mark in self._marks}

    async def sending(self, ids: list[int]) -> bool:
        """Commit these as being sent, at once. Was there anything to write?"""
        if ids:
            await self._pump.ride(lambda conn: mark_sending(conn, ids))
        return bool(ids)

    def ended(self, marks: list[Mark]) -> None:
        """These rows have ended."""
        self._marks += marks
        if self._riding is None or self._riding.done():
            self._riding = self._pump.ride(self._write, LINGER)
            self._riding.add_done_callback(self._noted)

    def stands(self, key: Subject, there: Stands, at: datetime) -> None:
        """This stands there now; noted together with the row that put it there."""
        self.fresh[key] = there
        self._stands.append((key, there, at))

    def _write(self, conn: Connection) -> None:
        marks, stands = self._marks[:], self._stands[:]  # it may be written in a thread, while more is noted
        self._written = len(marks), len(stands)
        mark(conn, marks)
        stand_all(conn, stands)
        for key, (message_id, _face), at in stands:
            if message_id is not None:
                self._note_standing(conn, key, message_id, at)

    def _noted(self, done: asyncio.Future[None]) -> None:
        if done.cancelled():
            return
        if done.exception():
            asyncio.get_running_loop().call_later(1, self.ended, [])
            return
        marks, stands = self._written
        for key, there, _at in self._stands[:stands]:
            if self.fresh.get(key) == there:
                del self.fresh[key]
        del self._marks[:marks], self._stands[:stands]
        if self:
            self.ended([])

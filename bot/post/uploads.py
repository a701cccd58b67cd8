"""Pictures and papers on their way out: by the name Telegram knows them by, or from our own copy when it does not.

A copy that names something of the desk's own is looked up when it is sent, like a card: what is not here yet is waited
for, and what is gone is not sent. A file that Telegram does not hand out any more is uploaded anew, if we have kept it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.post.outcomes import Nothing, Outcome, PermanentlyRefused, Sent, TooSoon, is_without_file
from bot.post.parcel import Parcel
from bot.post.reading import read
from bot.post.wire import Enclosed, Wire
from bot.post.writing import Writing
from storage.messages import mark_queued

log = structlog.get_logger()

WAIT = 5.0
"""Seconds until what is not here yet is looked for again."""


@dataclass(frozen=True, slots=True)
class Upload:
    """Something of the desk's own: what it is sent as, under what name Telegram may know it, and how to have it."""

    kind: str  # photo, video, voice, document
    name: str
    make: Callable[[], bytes] | None  # run in a thread: reads or draws; None: Telegram alone has it as yet
    known_as: str | None = None
    id: int | None = None  # of the picture of which Telegram's new name is to be noted


@dataclass(frozen=True, slots=True)
class NotYet:
    """It is not here yet, or somebody is fetching it."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """It was looked at and refused, or is gone: nobody is handed it."""


Found = Upload | NotYet | Withheld
Find = Callable[[Connection, str, int, int], Found]
"""(conn, kind, id, chat_id)"""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the desk keeps or makes what it uploads."""

    find: Find = lambda conn, kind, id, chat_id: Withheld()
    known: Callable[[Connection, str], Found | None] = lambda conn, file_id: None  # None: it is none of ours
    note: Callable[[Connection, int, str], None] = lambda conn, id, file_id: None


SHELF = Shelf()


class Uploads:
    def __init__(
        self, wire: Wire, pump: Writing, readers: AsyncEngine, shelf: Shelf, spend: Callable[[int], None]
    ) -> None:
        """`spend`: a second call to this chat counts as well."""
        self._wire, self._pump, self._readers, self._shelf, self._spend = wire, pump, readers, shelf, spend

    async def carry(self, parcel: Parcel) -> Outcome:
        """Send it, whatever it takes to have its file."""
        method, fields = parcel.body["method"], {**parcel.where, **parcel.body.get("fields", {})}
        if named := parcel.body.get("upload"):
            kind, id = named
            found = await read(self._readers, lambda conn: self._shelf.find(conn, kind, id, parcel.chat_id))
            return await self._carry_own(parcel, fields, found)
        if method == "sendDocument":  # as it came, it holds more than is seen: ours goes instead, if it is evidence
            known = await self._known(fields.get("document"))
            if known is not None:
                return await self._carry_own(parcel, {k: v for k, v in fields.items() if k != "document"}, known)
        outcome = await self._wire.call(method, fields)
        if parcel.kind == "copy" and isinstance(outcome, PermanentlyRefused) and is_without_file(outcome):
            return await self.instead(parcel.chat_id, method.removeprefix("send").lower(), fields) or outcome
        return outcome

    async def instead(self, chat_id: int, kind: str, fields: dict[str, Any]) -> Outcome | None:
        """Our own copy of what Telegram does not show any more; None: we have none."""
        found = await self._known(fields.get(kind))
        if not isinstance(found, Upload) or found.make is None:
            return None
        self._spend(chat_id)
        return await self._upload(found, {name: value for name, value in fields.items() if name != kind})

    async def _known(self, file_id: Any) -> Found | None:
        if not isinstance(file_id, str) or not file_id:
            return None
        return await read(self._readers, lambda conn: self._shelf.known(conn, file_id))

    async def _carry_own(self, parcel: Parcel, fields: dict[str, Any], found: Found) -> Outcome:
        if isinstance(found, Withheld):
            return Nothing()
        if isinstance(found, NotYet):
            await self._pump.ride(lambda conn: mark_queued(conn, parcel.id))  # or a crash would make it uncertain
            parcel.state = "queued"
            return TooSoon(WAIT)
        refused: Outcome = PermanentlyRefused(400, LOST)
        if found.known_as:
            refused = await self._wire.call(*_sending(found, fields, found.known_as))
            if not (isinstance(refused, PermanentlyRefused) and is_without_file(refused)):
                return refused
            self._spend(parcel.chat_id)
        return await self._upload(found, fields) or refused

    async def _upload(self, own: Upload, fields: dict[str, Any]) -> Outcome | None:
        """Telegram's name for it is noted: the next time it is sent by that. None: there is no copy to be had."""
        if own.make is None:
            return None
        try:
            data = await asyncio.to_thread(own.make)
        except OSError as fault:
            log.error("a file of ours cannot be read", kind=own.kind, fault=type(fault).__name__)
            return None
        sent = await self._wire.call(*_sending(own, fields, Enclosed(own.name, data)))
        if own.id is not None and isinstance(sent, Sent) and (file_id := _file_id(sent.result, own.kind)):
            picture_id = own.id
            self._pump.ride(lambda conn: self._shelf.note(conn, picture_id, file_id))
        return sent


LOST = "Bad Request: wrong file identifier: no copy of ours"


def _sending(own: Upload, fields: dict[str, Any], what: Any) -> tuple[str, dict[str, Any]]:
    return f"send{own.kind.capitalize()}", fields | {own.kind: what}


def _file_id(message: Any, kind: str) -> str | None:
    """How Telegram calls what it was just given; of a photo's sizes the largest."""
    shown = message.get(kind) if isinstance(message, dict) else None
    shown = shown[-1] if isinstance(shown, list) and shown else shown
    return shown.get("file_id") if isinstance(shown, dict) else None

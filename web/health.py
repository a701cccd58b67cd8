"""Is the desk well? Asked by whoever watches over it, and answered with what is wrong, each by its name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import structlog
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from storage.figures import Totals, Waiting, count_totals, find_waiting
from storage.schema import newest_revision, revision_of
from web.metrics import Metrics

log = structlog.get_logger()
T = TypeVar("T")

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on something is wrong."""

    silence: timedelta = timedelta(hours=24)  # without any update: Telegram keeps them no longer
    unsent: timedelta = timedelta(minutes=10)
    overdue: timedelta = timedelta(minutes=2)
    disk: int = 200 * MIB
    polling: timedelta = timedelta(minutes=5)  # since Telegram last answered the fetching
    patience: float = 3  # seconds for the database to answer
    counted_for: timedelta = timedelta(minutes=1)  # so long a count of all rows is good enough


class Read(Protocol):
    """Asks the database, and holds nobody up meanwhile."""

    def __call__(self, question: Callable[[Connection], T]) -> Awaitable[T]: ...


@dataclass(frozen=True, slots=True)
class Line:
    """How the line to Telegram stands."""

    dark_since: datetime | None = None  # it cannot be reached, or does not reach us
    polled_at: datetime | None = None  # the last time it answered the fetching; None: nothing is fetched
    pending: int | None = None  # updates that wait there to be brought to the webhook


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the answers come from; handed in, so that this room needs nothing of the post office."""

    now: Callable[[], datetime]
    flags: Callable[[], Mapping[str, str]]  # what the post office itself sees: name -> sentence
    write: Callable[[], Awaitable[object]]  # returns once something was written and committed
    read: Read
    free: Callable[[], int]  # bytes left on the disk
    duties: Callable[[], Set[str]] = frozenset  # what this process does for all that share the database
    line: Callable[[], Line] = Line


@dataclass(slots=True)
class Found:
    """What one look has found: name -> sentence, and what waits if that could be read."""

    wrong: dict[str, str]
    waiting: Waiting | None = None


class Health:
    """One look at a time; whoever asks meanwhile is given the same answer."""

    def __init__(self, sources: Sources, metrics: Metrics, limits: Limits | None = None) -> None:
        self._sources, self._metrics, self._limits = sources, metrics, limits or Limits()
        self._opened_at = sources.now()
        self._revision = newest_revision()
        self._looking: asyncio.Task[Found] | None = None
        self._writing: asyncio.Future[object] | None = None
        self._counted: tuple[datetime, Totals] | None = None

    async def alive(self, request: Request) -> Response:
        """The process runs and its loop turns."""
        return PlainTextResponse("ok\n")

    async def ready(self, request: Request) -> Response:
        found = await self._look()
        duties = sorted(self._sources.duties())
        told = {"ready": not found.wrong, "wrong": found.wrong, "duties": duties}
        return JSONResponse(told, 503 if found.wrong else 200)

    async def figures(self, request: Request) -> Response:
        found = await self._look()
        self._metrics.does(self._sources.duties())
        written = self._metrics.written(
            self._sources.now(),
            set(found.wrong),
            found.waiting,
            await self._totals(),
            self._sources.free(),
            dark_since=(line := self._sources.line()).dark_since,
            polled_at=line.polled_at,
            pending=line.pending,
        )
        return Response(written, media_type=CONTENT_TYPE_LATEST)

    async def close(self) -> None:
        going = [task for task in (self._looking, self._writing) if task is not None]
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)

    async def _look(self) -> Found:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._find())
        return await asyncio.shield(self._looking)

    async def _find(self) -> Found:
        found = Found(dict(self._sources.flags()))
        wrong, limits, now = found.wrong, self._limits, self._sources.now()
        if not await self._can_write():
            wrong.setdefault("database", "The database takes nothing at the moment.")
        read = await self._answer(lambda conn: (revision_of(conn), find_waiting(conn, now)))
        if read is None:
            wrong.setdefault("database", "The database cannot be read at the moment.")
        else:
            revision, found.waiting = read
            if revision != self._revision:
                needed = f"this version of the desk needs {self._revision}. Restart it, or install a later one."
                wrong["schema"] = f"The database has the shape {revision}; {needed}"
            wrong |= self._too_old(found.waiting, now)
        polled_at = self._sources.line().polled_at
        if polled_at is not None and now - polled_at > limits.polling:
            wrong.setdefault("fetching", f"Telegram has not answered the fetching for {said(now - polled_at)}.")
        if (free := self._sources.free()) < limits.disk:
            wrong["disk"] = f"Only {free // MIB} MiB are left on the disk; {limits.disk // MIB} should be free."
        return found

    def _too_old(self, waiting: Waiting, now: datetime) -> dict[str, str]:
        wrong, limits = {}, self._limits
        silent = now - max(waiting.last_update or self._opened_at, self._opened_at)
        if silent > limits.silence:
            wrong["updates"] = f"Nothing has come from Telegram for {said(silent)}. Does it still find the way here?"
        if waiting.unsent and (since := now - min(waiting.unsent.values())) > limits.unsent:
            wrong["outbox"] = f"Something has been waiting to be sent for {said(since)}."
        if waiting.due is not None and now - waiting.due > limits.overdue:
            wrong["deadlines"] = f"Something has been due for {said(now - waiting.due)} and nothing has come of it."
        return wrong

    async def _can_write(self) -> bool:
        """One write at a time, also when nobody waits for it any more: they do not pile up while nothing is taken."""
        if self._writing is None or self._writing.done():
            self._writing = asyncio.ensure_future(self._sources.write())
        done, _late = await asyncio.wait([self._writing], timeout=self._limits.patience)
        return bool(done) and not self._writing.cancelled() and self._writing.exception() is None

    async def _answer(self, question: Callable[[Connection], T]) -> T | None:
        try:
            async with asyncio.timeout(self._limits.patience):
                return await self._sources.read(question)
        except Exception as fault:
            log.warning("the database was asked how the desk stands", fault=type(fault).__name__)
            return None

    async def _totals(self) -> Totals | None:
        now = self._sources.now()
        if self._counted is None or now - self._counted[0] > self._limits.counted_for:
            counted = await self._answer(count_totals)
            self._counted = (now, counted) if counted else None
        return self._counted[1] if self._counted else None


def said(span: timedelta) -> str:
    """For people, roughly."""
    minutes = int(span.total_seconds() // 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"

"""The one clock of the desk: what time it is, and waiting until later; handed in, so that time can be moved.

`now` is the wall clock and decides what is due. `elapsed` never goes back and paces what goes out. Both jump when
somebody moves the clock, and whoever sleeps wakes up to look again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime: ...

    def elapsed(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...

    def on_move(self, listener: Callable[[], None]) -> None:
        """Call this whenever somebody has moved the clock."""


class SystemClock:
    """The machine's own time; nobody moves it."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def elapsed(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def on_move(self, listener: Callable[[], None]) -> None:
        pass


class MovableClock:
    """Real time and an offset: the demo's "10 minutes later"."""

    def __init__(self) -> None:
        self._offset = timedelta(0)
        self._listeners: list[Callable[[], None]] = []
        self._moved: asyncio.Event | None = None

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def elapsed(self) -> float:
        return time.monotonic() + self._offset.total_seconds()

    async def sleep(self, seconds: float) -> None:
        until = self.elapsed() + seconds
        while (left := until - self.elapsed()) > 0:
            await self._wait(left)

    async def _wait(self, left: float | None) -> None:
        self._moved = self._moved or asyncio.Event()
        try:
            async with asyncio.timeout(left):
                await self._moved.wait()
        except TimeoutError:
            pass

    @property
    def ahead(self) -> timedelta:
        """How far it has been moved."""
        return self._offset

    def on_move(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def move(self, by: timedelta) -> None:
        """Later by so much; never earlier."""
        if by < timedelta(0):
            raise ValueError("the clock only moves forward")
        self._offset += by
        if self._moved:
            self._moved.set()
            self._moved = None
        for listener in self._listeners:
            listener()


class FrozenClock(MovableClock):
    """Stands still until it is moved: the clock of the tests."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._start = at

    def now(self) -> datetime:
        return self._start + self._offset

    def elapsed(self) -> float:
        return self._offset.total_seconds()

    async def _wait(self, left: float | None) -> None:
        await super()._wait(None)

"""The sandbox's time: a wall clock that can be pushed forward, so that "10 minutes later" takes a moment."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What a clock must do to be handed in; the bot under test may share the very same object."""

    def now(self) -> datetime: ...

    async def sleep(self, seconds: float) -> None: ...

    def move(self, by: timedelta) -> None: ...


class MovingClock:
    """Real time plus an offset. Sleepers wake when the clock is moved past their hour."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def move(self, by: timedelta) -> None:
        self._offset += by
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def sleep(self, seconds: float) -> None:
        until = self.now() + timedelta(seconds=seconds)
        while (left := (until - self.now()).total_seconds()) > 0:
            try:
                await asyncio.wait_for(self._moved.wait(), left)
            except TimeoutError:
                continue

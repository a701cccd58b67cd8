"""How late everything on the loop comes: whatever holds it up holds up everybody's answer, and is seen here first."""

from __future__ import annotations

import asyncio
import time

EVERY = 0.25


class Lateness:
    """Sleeps a little, again and again, and notes by how much it wakes up too late."""

    def __init__(self) -> None:
        self._due = 0.0
        self._worst = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._due = time.monotonic() + EVERY
        self._task = asyncio.create_task(self._watch(), name="lateness")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def worst(self) -> float:
        """Seconds, at its worst since the last look; then it begins anew."""
        worst = max(self._worst, time.monotonic() - self._due, 0.0)
        self._worst = 0.0
        return worst

    async def _watch(self) -> None:
        while True:
            self._due = time.monotonic() + EVERY
            await asyncio.sleep(EVERY)
            self._worst = max(self._worst, time.monotonic() - self._due)

"""Work that follows a commit and takes its time: fetching a file, asking Telegram who is in a group."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from bot.post.faults import place

log = structlog.get_logger()


class Jobs:
    """Jobs in the background; one that fails is logged and holds up nobody."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, name: str, job: Coroutine[Any, Any, Any]) -> None:
        """For `desk.after`: called once the transaction has committed."""
        task = asyncio.create_task(self._run(name, job))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _run(self, name: str, job: Coroutine[Any, Any, Any]) -> None:
        try:
            await job
        except Exception as fault:
            log.error("a job failed", job=name, fault=place(fault))

    @property
    def busy(self) -> bool:
        return bool(self._running)

    async def stop(self, seconds: float = 5) -> None:
        if self._running:
            _done, left = await asyncio.wait(self._running, timeout=seconds)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

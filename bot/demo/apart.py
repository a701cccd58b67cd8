"""Runs the demo's desk in a process of its own: it follows the town's clock, and can be killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from typing import Any

from bot.post.clock import MovableClock
from bot.settings import Settings

OPENS, CLOSES = 60.0, 20.0  # seconds that may take


class NotOpened(Exception):
    """The desk's process ended before it was open."""


class Apart:
    """One desk at a time. `begin` lets Python read its modules meanwhile; `open` returns once it answers.

    `lease`: seconds after which another desk on the same PostgreSQL takes the duties of one that was killed.
    """

    def __init__(
        self, settings: Settings, language: str, clock: MovableClock, *, budgets: bool, lease: float = 15
    ) -> None:
        secrets = {"bot_token": settings.bot_token.get_secret_value(), "key": settings.key.get_secret_value()}
        told = settings.model_dump(mode="json", include={"bot_api", "data", "database_url"}) | secrets
        self._told = {"settings": told, "language": language, "budgets": budgets, "lease": lease}
        self._clock = clock
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._opened = asyncio.Event()
        self._ended = asyncio.Event()
        self.ended_by: int | None = None
        self._settled: dict[int, asyncio.Future[None]] = {}
        self._count = 0
        clock.on_move(self._tell_the_time)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        return self._opened.is_set()

    async def begin(self) -> None:
        self._process = await self._spawn()
        self._ended.clear()
        self._reading = asyncio.create_task(self._read(self._process))

    async def _spawn(self) -> asyncio.subprocess.Process:
        # Ctrl-C is for the town: it closes its desk itself.
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.demo.running",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )

    async def open(self) -> None:
        if self._process is None:
            await self.begin()
        self._say(**self._told, ahead=self._clock.ahead.total_seconds())
        first = [asyncio.create_task(event.wait()) for event in (self._opened, self._ended)]
        await asyncio.wait(first, timeout=OPENS, return_when=asyncio.FIRST_COMPLETED)
        for waiting in first:
            waiting.cancel()
        if not self.running:
            await self.kill()
            raise NotOpened
        self._tell_the_time()  # it may have been moved meanwhile

    async def kill(self) -> None:
        """As in a power cut: nothing is finished, nothing is noted."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._gone()

    async def close(self) -> None:
        """In good order."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            try:
                async with asyncio.timeout(CLOSES):
                    await self._process.wait()
            except TimeoutError:
                return await self.kill()
            await self._gone()

    async def settled(self) -> None:
        """Once nothing waits there or is on its way that could go now. While it is dead, that is not so."""
        while True:
            await self._opened.wait()
            self._count += 1
            answer = self._settled[self._count] = asyncio.get_running_loop().create_future()
            self._say(settle=self._count)
            with contextlib.suppress(ConnectionError):  # it died meanwhile: once it runs again, ask again
                await answer
                return

    async def _gone(self) -> None:
        if self._process is not None and self._reading is not None:
            self.ended_by = await self._process.wait()
            await self._reading
        self._process = None

    def _tell_the_time(self) -> None:
        if self.running:
            self._say(ahead=self._clock.ahead.total_seconds())

    def _say(self, **line: Any) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(json.dumps(line).encode() + b"\n")

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            match json.loads(line):
                case {"open": True}:
                    self._opened.set()
                case {"settled": int(number)} if number in self._settled:
                    answer = self._settled.pop(number)
                    if not answer.done():
                        answer.set_result(None)
        self._opened.clear()
        self._ended.set()
        for answer in self._settled.values():
            if not answer.done():
                answer.set_exception(ConnectionError())
        self._settled.clear()

"""A bot's own door for webhooks, and a clock that goes only when it is pushed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web


class Door:
    """The bot's own door: it notes who knocks, and answers as it is told."""

    def __init__(self) -> None:
        self.knocks: list[tuple[dict[str, Any], str | None]] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.open = asyncio.Event()  # whoever knocks waits for it
        self.open.set()
        self.url = ""

    async def knock(self, request: web.Request) -> web.Response:
        self.knocks.append((await request.json(), request.headers.get("X-Telegram-Bot-Api-Secret-Token")))
        await self.open.wait()
        return web.Response(status=self.status, headers=self.headers)

    @property
    def texts(self) -> list[str]:
        return [
            update["message"]["text"] if "message" in update else update["callback_query"]["data"]
            for update, _ in self.knocks
        ]

    async def until(self, count: int) -> None:
        """That many knocks have come, and in a moment no more than that."""
        for _ in range(200):
            if len(self.knocks) >= count:
                break
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.03)
        assert len(self.knocks) == count, self.texts


class PushedClock:
    """It goes only when it is pushed, and whoever sleeps wakes when it has gone far enough."""

    def __init__(self) -> None:
        self.at = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        until = self.at + timedelta(seconds=seconds)
        while self.at < until:
            await self._moved.wait()

    def move(self, by: timedelta) -> None:
        self.at += by
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

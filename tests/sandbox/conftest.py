"""A small town for the tests of the sandbox: over real HTTP, with a clock that stands still until it is moved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from sandbox.server import Sandbox

TOKEN = "42:TEST"


class StillClock:
    def __init__(self) -> None:
        self.at = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def move(self, by: timedelta) -> None:
        self.at += by


class Town:
    """Both doors of one sandbox, as a bot without a library and a test would use them."""

    def __init__(self, box: Sandbox, http: aiohttp.ClientSession) -> None:
        self.box = box
        self.http = http
        self.offset = 0

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """A Bot API call as JSON; the whole answer."""
        async with self.http.post(f"/bot{TOKEN}/{method}", json=params) as response:
            answer: dict[str, Any] = await response.json()
            assert answer["ok"] or answer["error_code"] == response.status
            return answer

    async def call(self, method: str, **params: Any) -> Any:
        """A call that must succeed; its result."""
        answer = await self.ask(method, **params)
        assert answer["ok"], answer
        return answer["result"]

    async def refused(self, method: str, **params: Any) -> str:
        """A call that must fail; what Telegram says."""
        answer = await self.ask(method, **params)
        assert not answer["ok"], answer
        said: str = answer["description"]
        return said

    async def do(self, deed: str, **wish: Any) -> Any:
        async with self.http.post(f"/control/{deed}", json=wish) as response:
            answer = await response.json()
            assert response.status == 200, answer
            return answer

    async def unclear(self, deed: str, **wish: Any) -> tuple[int, str]:
        async with self.http.post(f"/control/{deed}", json=wish) as response:
            answer = await response.json()
            assert response.status != 200, answer
            return response.status, answer["error"]

    async def see(self, what: str, **query: Any) -> Any:
        async with self.http.get(f"/control/{what}", params=query) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def hear(self, **params: Any) -> list[dict[str, Any]]:
        """What is new for the bot; it is confirmed with the next call."""
        updates: list[dict[str, Any]] = await self.call("getUpdates", offset=self.offset, **params)
        if updates:
            self.offset = updates[-1]["update_id"] + 1
        return updates

    async def person(self, name: str, **details: Any) -> int:
        """Somebody who has started the bot; the bot has heard it."""
        user: int = (await self.do("people", first_name=name, **details))["id"]
        await self.do("start", user=user)
        await self.hear()
        return user

    async def group(self, *members: int, bot: str | None = "administrator", **details: Any) -> int:
        made = await self.do("groups", title="The helpers", members=list(members), bot=bot, **details)
        await self.hear()
        chat: int = made["id"]
        return chat


@pytest.fixture
async def clock() -> StillClock:
    return StillClock()


@pytest.fixture
async def box(clock: StillClock) -> AsyncIterator[Sandbox]:
    box = Sandbox(TOKEN, clock=clock, budgets=False)
    await box.start()
    yield box
    await box.stop()


@pytest.fixture
async def town(box: Sandbox) -> AsyncIterator[Town]:
    async with aiohttp.ClientSession(box.url) as http:
        yield Town(box, http)

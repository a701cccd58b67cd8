"""A town on the sandbox, and the tiny desk's post office between it and a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from sqlalchemy import Engine, select

from bot.post.office import PostOffice
from sandbox.server import Sandbox
from storage.tables import inbox, outbox
from tests.post import tiny


class Town:
    """The sandbox's people, as a test speaks for them."""

    def __init__(self, box: Sandbox, http: aiohttp.ClientSession) -> None:
        self.box, self.http = box, http

    async def do(self, deed: str, **wish: Any) -> Any:
        async with self.http.post(f"/control/{deed}", json=wish) as response:
            answer = await response.json()
            assert response.status == 200, answer
            return answer

    async def person(self, name: str = "Ama") -> int:
        """Somebody who may be written to; the bot has not heard of the start."""
        user: int = (await self.do("people", first_name=name))["id"]
        await self.do("start", user=user)
        self.box.world.updates.waiting.pop()
        return user

    async def group(self, *members: int) -> int:
        found: int = (await self.do("groups", title="The helpers", members=list(members)))["id"]
        self.box.world.updates.waiting.clear()
        return found

    async def says(self, user: int, words: str, **how: Any) -> None:
        await self.do("say", user=user, chat=how.pop("chat", user), text=words, **how)

    async def messages(self, chat: int) -> list[dict[str, Any]]:
        """What the bot has said there."""
        async with self.http.get("/control/chat", params={"chat": chat}) as response:
            read = (await response.json())["messages"]
        return [each for each in read if each["from"]["id"] == self.box.world.bot.id]

    async def heard(self, chat: int) -> list[str]:
        return [each.get("text", "") for each in await self.messages(chat)]

    async def calls(self, *methods: str) -> list[dict[str, Any]]:
        async with self.http.get("/control/calls") as response:
            return [each for each in (await response.json())["calls"] if each["method"] in methods]

    async def confirmed(self) -> None:
        """Returns once the bot has confirmed whatever was waiting for it."""
        async with asyncio.timeout(10):
            while self.box.world.updates.waiting:  # noqa: ASYNC110
                await asyncio.sleep(0.005)


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    box = Sandbox("42:TEST", budgets=False)
    await box.start()
    yield box
    await box.stop()


@pytest.fixture
async def town(box: Sandbox) -> AsyncIterator[Town]:
    async with aiohttp.ClientSession(box.url) as http:
        yield Town(box, http)


Open = Callable[..., Awaitable[PostOffice]]


@pytest.fixture
async def open_office(database_url: str, box: Sandbox) -> AsyncIterator[Open]:
    """Opens a post office for the tiny desk; it is closed at the end."""
    opened: list[tuple[PostOffice, Any, Any]] = []

    async def open_one(base_url: str | None = None, **options: Any) -> PostOffice:
        how = {name: options.pop(name) for name in ("fetch", "tick") if name in options}
        made = tiny.office(database_url, base_url or box.url, **options)
        opened.append(made)
        await made[0].open(**how)
        return made[0]

    yield open_one
    for post, writer, readers in opened:
        await post.close()
        await readers.dispose()
        writer.dispose()


@pytest.fixture
def look(database_url: str) -> Callable[[Any], list[Any]]:
    """Runs a SELECT on a connection of its own."""

    def read(query: Any) -> list[Any]:
        engine = tiny.create_engine(database_url)
        with engine.connect() as conn:
            rows = conn.execute(query).all()
        engine.dispose()
        return list(rows)

    return read


def ends(look: Callable[[Any], list[Any]]) -> list[str]:
    """The states of the inbox, in order."""
    return [row.state for row in look(select(inbox).order_by(inbox.c.update_id))]


def out(look: Callable[[Any], list[Any]]) -> list[tuple[str, str | None]]:
    """State and reason of each outbox row."""
    return [(row.state, row.reason) for row in look(select(outbox).order_by(outbox.c.id))]


async def settled(town: Town, post: PostOffice) -> None:
    """Everything said to the bot has been handled, and everything it said has arrived."""
    await town.confirmed()
    await post.drained()


__all__ = ["Engine", "Open", "Town", "ends", "out", "settled"]

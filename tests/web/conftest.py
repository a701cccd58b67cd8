"""A desk of a few lines behind its doors: real HTTP in, a real database below, the sandbox at the other end."""

from __future__ import annotations

import io
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.post.office import PostOffice
from bot.settings import Settings
from bot.surface import Surface
from tests.post.conftest import Open, Town, box, look, open_office, town
from web.health import Limits
from web.webhook import SECRET

OURS = "the-secret-of-the-tests-and-of-nobody-else"
OpenSurface = Callable[..., Awaitable[Surface]]

__all__ = ["Open", "Town", "box", "look", "open_office", "town"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
async def open_surface(database_url: str, tmp_path: Path) -> AsyncIterator[OpenSurface]:
    """The doors of this post office, the webhook's and the watch's."""
    opened: list[Surface] = []

    async def open_one(
        office: PostOffice, *, limits: Limits | None = None, watch: bool = True, proxies: str = ""
    ) -> Surface:
        door = f"127.0.0.1:{free_port()}"
        settings = Settings.model_validate(
            {
                "database_url": database_url,
                "data": tmp_path,
                "webhook_url": f"http://{door}/linli",
                "webhook_secret": OURS,
                "webhook_listen": door,
                "listen": "127.0.0.1:0" if watch else "",
                "proxies": proxies,
            }
        )
        surface = Surface(settings, office, limits)
        opened.append(surface)
        await surface.open()
        return surface

    yield open_one
    for surface in opened:
        await surface.close_door()
        await surface.close()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def where(surface: Surface) -> str:
    assert surface.webhook is not None
    return f"{surface.settings.webhook_url}/{surface.webhook.door}"


async def brought(http: aiohttp.ClientSession, surface: Surface, update: Any, secret: str | None = OURS) -> int:
    """Bring this update to the door as Telegram would; the answer's status."""
    headers = {} if secret is None else {SECRET: secret}
    how: dict[str, Any] = {"data": io.BytesIO(update)} if isinstance(update, bytes) else {"json": update}
    async with http.post(where(surface), headers=headers, **how) as answer:
        return answer.status


def written(number: int, words: str, user: int = 7) -> dict[str, Any]:
    """An update as Telegram writes it."""
    who = {"id": user, "is_bot": False, "first_name": "Ama"}
    chat = {"id": user, "type": "private", "first_name": "Ama"}
    return {
        "update_id": number,
        "message": {"message_id": number, "date": 1, "chat": chat, "from": who, "text": words},
    }

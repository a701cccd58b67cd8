"""What the post office asks of whoever writes: the pump on SQLite, a worker on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

from bot.post.raw import Raw
from bot.post.transaction import Write
from desk.front import Desk

T = TypeVar("T")


class Writing(Protocol):
    async def start(self) -> None: ...

    async def rest(self) -> None: ...

    async def stop(self, seconds: float = 20) -> None: ...

    async def take(self, updates: list[Raw]) -> None: ...

    async def do(self, errand: Callable[[Desk], T]) -> T: ...

    def ride(self, write: Write, linger: float = 0) -> asyncio.Future[None]: ...

    @property
    def busy(self) -> bool: ...

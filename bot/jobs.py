"""What has to wait for a commit and may take its time: fetching a file, reading it, and then a deed of its own."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from bot.post.office import PostOffice
from desk.front import Desk

T = TypeVar("T")


class Jobs:
    """Offered to handlers as `jobs`; a handler begins one by `desk.after.append(lambda: jobs.start(…))`."""

    def __init__(self, office: PostOffice) -> None:
        self._office = office

    def start(self, job: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run it beside everything else; a fault in it is logged by type and place."""
        self._office.jobs.start("a handler's job", job())

    async def fetch_file(self, file_id: str) -> bytes:
        """What somebody sent, from Telegram."""
        return await self._office.wire.download(file_id)

    async def do(self, errand: Callable[[Desk], T]) -> T:
        """A deed in a transaction of its own; what it says is sent."""
        return await self._office.pump.do(errand)

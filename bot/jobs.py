"""What has to wait for a commit and may take its time: fetching a file, reading it, and then a deed of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from desk.front import Desk

T = TypeVar("T")


class Jobs(Protocol):
    """Offered to handlers as `jobs`; a handler begins one by `desk.after.append(lambda: jobs.start(…))`."""

    def start(self, job: Callable[[], Awaitable[None]]) -> None:
        """Run it beside everything else; a fault in it is logged by type and place."""

    async def fetch_file(self, file_id: str) -> bytes:
        """What somebody sent, from Telegram."""

    async def do(self, errand: Callable[[Desk], T]) -> T:
        """A deed in a transaction of its own; what it says is sent."""

"""Asks Telegram for updates, and asks for later ones only when these are committed: asking is what makes it forget."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from bot.post.circuit import REVOKED, REVOKED_PAUSE, is_revoked
from bot.post.faults import place
from bot.post.health import Health
from bot.post.outcomes import NotSent, Outcome, Parked, PermanentlyRefused, Uncertain
from bot.post.raw import Raw
from bot.post.wire import Wire

log = structlog.get_logger()

ANOTHER = "Another program is fetching this bot's updates. Stop the other one; each bot can be run by one program only."
HOOKED = (
    "This desk fetches its updates, but a webhook is set for this bot, so Telegram brings them elsewhere. Set "
    "LINLI_WEBHOOK_URL and LINLI_WEBHOOK_SECRET to run by webhook, or have the webhook deleted to fetch."
)

UNTAKEN = "What Telegram handed over could not be kept, so it is fetched once more. The log says where it failed."


class Fetcher:
    """The long poll."""

    def __init__(
        self, wire: Wire, take: Callable[[list[Raw]], Awaitable[None]], health: Health, *, timeout: float = 25
    ) -> None:
        self._wire, self._take, self._health, self._timeout = wire, take, health, timeout
        self.offset = 0
        self._delay = 0.0
        self._task: asyncio.Task[None] | None = None
        self._taking: asyncio.Future[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="fetch")

    async def stop(self, seconds: float = 20) -> None:
        """Nothing more is fetched; what was fetched is committed first, and confirmed if Telegram answers in time."""
        if self._task is None:
            return
        if self._taking and not self._taking.done():
            await asyncio.wait([self._taking], timeout=seconds / 2)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if self.offset:
            with contextlib.suppress(TimeoutError):  # it is known when it comes again
                async with asyncio.timeout(seconds / 2):
                    await self._wire.fetch(self.offset, 0, limit=1)

    def drop(self) -> None:
        """Somebody else fetches from now on; what was fetched and not committed comes again, to them."""
        if self._task:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            fetched = await self._wire.fetch(self.offset, self._timeout)
            if not isinstance(fetched, list):
                await self._trouble(fetched)
                continue
            self._health.polled_at = self._health.now()
            self._health.green("token")
            if fetched and not await self._taken(fetched):
                continue
            self._delay = 0.0
            self._health.green("fetching")
            # With nothing fetched all is forgotten there. After a week of silence Telegram numbers anew, perhaps lower,
            # and would take our old offset for a confirmation of what we have never seen.
            self.offset = fetched[-1]["update_id"] + 1 if fetched else 0

    async def _taken(self, fetched: list[Raw]) -> bool:
        """Are they committed? If not they come again: a desk that no longer asks would be deaf without knowing."""
        self._taking = asyncio.ensure_future(self._take(fetched))
        try:
            await asyncio.shield(self._taking)
        except Exception as fault:
            log.error("what was fetched could not be taken", fault=place(fault), count=len(fetched))
            self._health.red("fetching", UNTAKEN)
            await self._slower()
            return False
        return True

    async def _slower(self, seconds: float = 0) -> None:
        """Wait before asking again, longer each time."""
        self._delay = max(seconds, min(30.0, max(0.5, self._delay * 2)))
        await asyncio.sleep(self._delay)

    async def _trouble(self, outcome: Outcome) -> None:
        """Wait before asking again; with a token that is refused, long."""
        seconds = 0.0
        match outcome:
            case _ if is_revoked(outcome):
                self._health.red("token", REVOKED)
                seconds = REVOKED_PAUSE
            case PermanentlyRefused(code=409, words=words) if "webhook is active" in words:
                self._health.red("fetching", HOOKED)
            case PermanentlyRefused(code=409):
                self._health.red("fetching", ANOTHER)
            case Parked(retry_after):
                seconds = retry_after
            case NotSent() | Uncertain():
                self._health.red("fetching", f"Telegram cannot be reached ({outcome.why}).")
            case _:
                self._health.red("fetching", f"Telegram refuses to hand over updates ({type(outcome).__name__}).")
        await self._slower(seconds)

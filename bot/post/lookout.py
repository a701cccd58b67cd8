"""Asks Telegram what it knows of our webhook: at the start, and every few minutes where updates are brought.

1. Run by fetching, and a webhook is set: red, and the sentence says which mode is active. It is left alone.
2. Run by webhook, and another address is set: ours is set again, and it is said.
3. Telegram has something for us and does not get through: red, with Telegram's own reason.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog

from bot.post.clock import Clock
from bot.post.fetch import HOOKED
from bot.post.health import Health
from bot.post.hook import hang_out
from bot.post.outcomes import NotSent, Sent, Uncertain
from bot.post.wire import Wire

log = structlog.get_logger()

EVERY = timedelta(minutes=4)


class Lookout:
    """`url` and `secret` of our own webhook; without them the desk fetches."""

    def __init__(self, wire: Wire, health: Health, clock: Clock, url: str = "", secret: str = "") -> None:
        self._wire, self._health, self._clock, self._url, self._secret = wire, health, clock, url, secret
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    async def begin(self) -> None:
        """At the start."""
        there = await self._ask()
        if not self._url:
            if there is not None and there.get("url"):
                self._health.red("fetching", HOOKED)
            return
        if there is not None and there.get("url") not in (self._url, "", None):
            log.warning("another address was set as the webhook; ours is set now", was=_host(there))
        await hang_out(self._wire, self._health, self._url, self._secret)
        if not self._stopped:
            self._task = asyncio.create_task(self._run(), name="lookout")

    async def stop(self) -> None:
        self._stopped = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._clock.sleep(EVERY.total_seconds())
            await self.look()

    async def look(self) -> None:
        there = await self._ask()
        if there is None:
            return
        if there.get("url") != self._url:
            log.warning("another address was set as the webhook; ours is set again", was=_host(there))
            await hang_out(self._wire, self._health, self._url, self._secret)
            sentence = (
                f"The webhook of this bot had been set to another address ({_host(there)}); ours is set again. If that "
                "goes on, another program runs this bot or somebody else has its token."
            )
            self._health.red("webhook", sentence)
        elif self._is_stuck(there):
            reason, count = there.get("last_error_message", "no reason"), there["pending_update_count"]
            sentence = f"Telegram does not get through to LINLI_WEBHOOK_URL ({reason}); {count} updates wait there."
            self._health.red("webhook", sentence)
        else:
            self._health.green("webhook")

    def _is_stuck(self, there: dict[str, Any]) -> bool:
        """Something waits, and the last try to bring it failed not long ago."""
        failed = datetime.fromtimestamp(there.get("last_error_date", 0), UTC)
        return bool(there.get("pending_update_count")) and self._clock.now() - failed < 2 * EVERY

    async def _ask(self) -> dict[str, Any] | None:
        answer = await self._wire.call("getWebhookInfo")
        if isinstance(answer, NotSent | Uncertain):
            self._health.red("telegram", f"Telegram cannot be reached ({answer.why}).")
        if not isinstance(answer, Sent):
            return None
        self._health.green("telegram")
        there: dict[str, Any] = answer.result
        self._health.pending = there.get("pending_update_count") if self._url else None
        return there


def _host(there: dict[str, Any]) -> str:
    """Of the address only the host: the rest of it may be somebody's secret."""
    return urlsplit(str(there.get("url") or "")).hostname or "none"

"""Tells Telegram where our door is, so that it brings the updates instead of waiting to be asked for them."""

from __future__ import annotations

import asyncio

import structlog

from bot.post.health import Health
from bot.post.outcomes import Parked, PermanentlyRefused, Sent
from bot.post.wire import ALLOWED_UPDATES, Wire

log = structlog.get_logger()

CONNECTIONS = 40
LONGEST = 60.0


async def hang_out(wire: Wire, health: Health, url: str, secret: str, *, pause: float = 1.0) -> None:
    """Said at every start, with everything Telegram would otherwise remember of an earlier run, until it is taken in.

    What waits at Telegram is never dropped.
    """
    wish = {
        "url": url,
        "secret_token": secret,
        "allowed_updates": ALLOWED_UPDATES,
        "max_connections": CONNECTIONS,
        "drop_pending_updates": False,
    }
    while not isinstance(outcome := await wire.call("setWebhook", wish), Sent):
        match outcome:
            case PermanentlyRefused(words=words):
                health.red("webhook", f"Telegram refuses LINLI_WEBHOOK_URL ({words}).")
            case _:
                health.red("webhook", f"Telegram could not be told where the webhook is ({type(outcome).__name__}).")
        await asyncio.sleep(outcome.retry_after if isinstance(outcome, Parked) else pause)
        pause = min(pause * 2, LONGEST)
    health.green("webhook")
    log.info("Telegram brings the updates to the webhook; nothing is fetched")

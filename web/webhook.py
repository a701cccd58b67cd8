"""The door at which Telegram hands over what people write: only Telegram gets in, and nothing taken is ever lost.

1. the secret, compared in constant time, before anything is read
2. the body, at most a mebibyte
3. an update with its number, or nothing Telegram would send
4. 200 once it is committed. Whatever comes too early is told when to come again; Telegram keeps it for a day.
Neither a body nor a presented secret is ever logged.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from web.proxies import Network, caller

log = structlog.get_logger()

SECRET = "X-Telegram-Bot-Api-Secret-Token"
MOST = 1 << 20  # bytes of a body
READING = 10.0  # seconds in which a body has to arrive
COME_AGAIN = {"Retry-After": "2"}

Take = Callable[[list[dict[str, Any]]], Awaitable[None]]
"""Returns once these updates are committed."""


class TooLarge(Exception):
    """More than an update can be."""


def door(secret: str) -> str:
    """The last part of the path: nobody can guess it who does not know the secret, and it does not give that away."""
    return hmac.new(secret.encode(), b"the door of the webhook", hashlib.sha256).hexdigest()[:32]


class Webhook:
    """`sound`: may the house be asked to take something at this moment?"""

    def __init__(
        self,
        secret: str,
        take: Take,
        *,
        sound: Callable[[], bool] = lambda: True,
        patience: float = 8,
        proxies: Sequence[Network] = (),
    ) -> None:
        if not secret:
            raise ValueError("a webhook needs a secret")
        self._secret, self._take, self._sound, self._patience = secret.encode(), take, sound, patience
        self._taking: dict[int, asyncio.Task[bool]] = {}
        self._proxies = proxies
        self.door = door(secret)

    async def receive(self, request: Request) -> Response:
        shown = request.headers.get(SECRET, "").encode("latin-1")
        if not hmac.compare_digest(shown, self._secret):
            log.warning("somebody without the secret was at the webhook", caller=caller(request, self._proxies))
            return Response(status_code=401)
        try:
            async with asyncio.timeout(READING):
                body = await read(request)
        except TooLarge:
            return Response(status_code=413)
        except (TimeoutError, ClientDisconnect):
            return Response(status_code=408)
        update = decode(body)
        if update is None:
            log.warning("what came to the webhook is no update", size=len(body))
            return Response(status_code=400)
        return await self._hand_over(update)

    async def _hand_over(self, update: dict[str, Any]) -> Response:
        """Brought again while it is being taken, it is the same; nothing piles up while the house is in trouble."""
        taking = self._taking.get(update["update_id"])
        if taking is None:
            if not self._sound():
                return Response(status_code=503, headers=COME_AGAIN)
            taking = self._begin(update)
        _done, late = await asyncio.wait([taking], timeout=self._patience)
        if late or taking.cancelled() or not taking.result():
            return Response(status_code=503, headers=COME_AGAIN)
        return Response(status_code=200)

    def _begin(self, update: dict[str, Any]) -> asyncio.Task[bool]:
        """Goes on to its end, also when nobody waits for it any more."""
        number: int = update["update_id"]
        task = asyncio.ensure_future(self._committed(update))
        self._taking[number] = task
        task.add_done_callback(lambda _task: self._taking.pop(number, None))
        return task

    async def _committed(self, update: dict[str, Any]) -> bool:
        try:
            await self._take([update])
        except Exception as fault:
            log.error("an update was not taken", update=update["update_id"], fault=type(fault).__name__)
            return False
        return True

    async def close(self) -> None:
        """What nobody has committed by now is brought again by Telegram."""
        left = list(self._taking.values())
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def read(request: Request) -> bytes:
    """The body, as far as it is not too large; what is announced as too large is not read at all."""
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > MOST:
        raise TooLarge
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST:
            raise TooLarge
    return bytes(body)


def decode(body: bytes) -> dict[str, Any] | None:
    """A JSON object with a number the inbox can keep; None: Telegram did not write this."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    number = update.get("update_id") if isinstance(update, dict) else None
    return update if type(number) is int and 0 <= number < 1 << 63 else None

"""What goes wrong between the bot and Telegram, on order: refusals, broken lines, slow and unreadable answers."""

from __future__ import annotations

import asyncio
import math
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from sandbox.errors import Refused, Unclear, too_many

BEFORE = frozenset({"429", "429_all", "500", "502_html", "reset_before", "401"})  # the call is not carried out
AFTER = frozenset({"reset_after", "slow", "invalid_json"})  # it is, and the bot does not hear so
HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
NO_ANSWER = 0  # the code of a call whose line broke before anything was done
LINGER_NOT = struct.pack("ii", 1, 0)


@dataclass(slots=True, eq=False)
class Fault:
    number: int
    kind: str
    method: str | None = None
    chat: int | None = None
    left: int | None = 1  # calls still to be struck; None: until `until`, or until it is cleared
    retry_after: int = 3
    seconds: float = 1.0
    until: datetime | None = None
    struck: int = 0

    def card(self) -> dict[str, Any]:
        """As the control API shows it."""
        return {
            "number": self.number,
            "kind": self.kind,
            "method": self.method,
            "chat": self.chat,
            "left": self.left,
            "until": self.until.isoformat() if self.until else None,
            "struck": self.struck,
        }

    def meets(self, method: str, params: dict[str, Any]) -> bool:
        if self.method is not None:
            if self.method != method.lower():
                return False
        elif method == "getUpdates" and self.kind != "401":
            return False  # the poll comes by itself: it is struck only by name, or by a token that is dead
        if self.kind == "429_all":
            return self.method is not None or "chat_id" in params
        return self.chat is None or params.get("chat_id") == self.chat

    def refuse(self, now: datetime) -> None:
        """Telegram says no, and nothing is done."""
        if self.kind in ("429", "429_all"):
            wait = self.retry_after if self.until is None else math.ceil((self.until - now).total_seconds())
            raise too_many(max(wait, 1))
        if self.kind == "500":
            raise Refused(500, "Internal Server Error")
        if self.kind == "502_html":
            raise Refused(502, "Bad Gateway")
        if self.kind == "401":
            raise Refused(401, "Unauthorized")
        if self.kind == "reset_before":
            raise Refused(NO_ANSWER, "Connection reset")

    async def bend(self, request: web.Request, answer: web.Response) -> web.Response:
        """What becomes of the answer on its way to the bot."""
        if self.kind in ("reset_before", "reset_after"):
            break_off(request)
        elif self.kind == "502_html":
            return web.Response(text=HTML, status=502, content_type="text/html")
        elif self.kind == "invalid_json":
            body = answer.body if isinstance(answer.body, bytes) else b""
            return web.Response(body=body[: len(body) // 2], content_type="application/json")
        elif self.kind == "slow":
            await asyncio.sleep(self.seconds)
        return answer


def break_off(request: web.Request) -> None:
    """The line is cut, as by a network that has had enough: no farewell, only a reset."""
    transport = request.transport
    if transport is not None:
        wire = transport.get_extra_info("socket")
        if wire is not None:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        transport.abort()


class Faults:
    """The faults in wait, oldest first: a call is struck by the first that meets it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.waiting: list[Fault] = []
        self._count = 0

    def add(
        self,
        kind: str,
        *,
        method: str | None = None,
        chat: int | None = None,
        count: int | None = None,
        retry_after: int = 3,
        seconds: float = 1.0,
    ) -> Fault:
        """Once unless told otherwise; 0 is until cleared; a 429 without a count stands until it may be tried again."""
        if kind not in BEFORE | AFTER:
            raise Unclear(f"A fault is one of {', '.join(sorted(BEFORE | AFTER))}, not {kind!r}.")
        if retry_after < 1 or seconds < 0 or (count is not None and count < 0):
            raise Unclear("A fault's count, retry_after and seconds are not negative.")
        for_a_while = count is None and kind in ("429", "429_all")
        self._count += 1
        fault = Fault(
            self._count,
            kind,
            method.lower() if method else None,
            chat,
            left=None if for_a_while or count == 0 else count or 1,
            retry_after=retry_after,
            seconds=seconds,
            until=self.now() + timedelta(seconds=retry_after) if for_a_while else None,
        )
        self.waiting.append(fault)
        return fault

    def strike(self, method: str, params: dict[str, Any]) -> Fault | None:
        """The fault that meets this call, if any; it is used up by it."""
        if not self.waiting:
            return None
        self.expire()
        found = next((fault for fault in self.waiting if fault.meets(method, params)), None)
        if found is not None:
            found.struck += 1
            if found.left is not None:
                found.left -= 1
                if found.left == 0:
                    self.waiting.remove(found)
        return found

    def expire(self) -> None:
        now = self.now()
        self.waiting = [fault for fault in self.waiting if fault.until is None or fault.until > now]

    def clear(self) -> None:
        self.waiting.clear()

"""A Bot API of a few lines: hands out what the crowd does, and shows the crowd what the bot sends.

No budgets and no faults. It reads just enough HTTP for two well-behaved clients, so that it is not what is measured.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import Any
from urllib.parse import parse_qsl

from benchmarks.crowd import BOT, Crowd

SENDS = "send"


class Stub:
    """The server, and how many of each request came."""

    def __init__(self, crowd: Crowd, per_second: float = 0) -> None:
        self.crowd, self.every = crowd, 1 / per_second if per_second else 0
        self.requests: Counter[str] = Counter()
        self.message_id = 0
        self.confirmed = 0  # every update up to this one
        self.next_at = 0.0
        self.begun = asyncio.Event()
        self._poll: asyncio.Future[None] | None = None
        crowd.wake = self._wake

    async def open(self) -> str:
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        self.server.close()

    def _wake(self) -> None:
        if self._poll and not self._poll.done():
            self._poll.set_result(None)

    async def updates(self, fields: dict[str, str]) -> list[dict[str, Any]]:
        """A long poll. With a pace, one update at a time and not before its moment."""
        loop = asyncio.get_running_loop()
        self.begun.set()
        self.confirmed = int(fields.get("offset") or 0) - 1
        if not self.crowd.ready and float(fields.get("timeout") or 0) > 0:
            self._poll = loop.create_future()
            await asyncio.wait([self._poll], timeout=min(5.0, float(fields["timeout"])))
        if not self.every:
            ready = self.crowd.ready
            return [ready.popleft() for _ in range(min(100, len(ready)))]
        if not self.crowd.ready:
            return []
        await asyncio.sleep(max(0.0, self.next_at - loop.time()))
        self.next_at = max(self.next_at, loop.time() - self.every) + self.every
        self.crowd.restamp(self.crowd.ready[0])
        return [self.crowd.ready.popleft()]

    def does(self, method: str, fields: dict[str, str]) -> Any:
        """Everything but the poll."""
        self.requests[method] += 1
        if method == "getMe":
            return BOT
        if method == "getWebhookInfo":
            return {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
        if method == "getChatMember":
            return {
                "status": "member",
                "user": {"id": int(fields["user_id"]), "is_bot": False, "first_name": "Somebody"},
            }
        if method == "getWebhookInfo":
            return {"url": "", "pending_update_count": 0}
        if method == "answerCallbackQuery":
            self.crowd.told(fields["callback_query_id"])
            return True
        if not method.startswith(SENDS) and not method.startswith("editMessage"):
            return True
        chat_id, words = int(fields["chat_id"]), fields.get("text", "")
        if method.startswith(SENDS):
            self.message_id += 1
            message_id = self.message_id
        else:
            message_id = int(fields["message_id"])
        markup = fields.get("reply_markup", {})
        markup = json.loads(markup) if isinstance(markup, str) else markup
        data = [each.get("callback_data", "") for row in markup.get("inline_keyboard", ()) for each in row]
        self.crowd.sees(chat_id, (message_id, words, data))
        chat = {"id": chat_id, "type": "private", "first_name": "x"}
        if chat_id < 0:
            chat = {"id": chat_id, "type": "supergroup", "title": "x"}
        return {"message_id": message_id, "date": 1_790_000_000, "from": BOT, "chat": chat, "text": words or "x"}


class _Connection(asyncio.Protocol):
    def __init__(self, stub: Stub) -> None:
        self.stub, self.received = stub, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            head = self.received[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].partition(b"\r\n")[0]) if at > 0 else 0
            if len(self.received) < end + 4 + length:
                return
            body = self.received[end + 4 : end + 4 + length]
            method = self.received[: self.received.index(b"\r\n")].split(b" ")[1].rsplit(b"/", 1)[1].decode()
            self.received = self.received[end + 4 + length :]
            fields = json.loads(body) if body.startswith(b"{") else dict(parse_qsl(body.decode()))
            if method == "getUpdates":
                polling = asyncio.ensure_future(self.stub.updates(fields))
                polling.add_done_callback(lambda done: None if done.cancelled() else self.answer(done.result()))
            else:
                self.answer(self.stub.does(method, fields))

    def answer(self, result: Any) -> None:
        body = json.dumps({"ok": True, "result": result}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.transport.write(head.encode() + body)

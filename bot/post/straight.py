"""Requests straight over connections that are kept: what Telegram is asked hundreds of times a minute costs little.

aiohttp can do far more than that, and takes five times the CPU for it; it keeps what needs more: proxies and files.
Here a request is some bytes, and its answer is told by its length. Before the first byte has left, it surely was not
sent; from then on nobody knows, until the whole answer is there.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

from aiohappyeyeballs import start_connection

IDLE = 15.0  # seconds; shorter than a server's own idle time: a connection it has just closed would leave us uncertain
CONNECTS, TURN = 10.0, 20.0  # seconds for a connection to be made, and until one is free
HEAD = 65_536  # bytes before an answer begins, at most


class NotReached(Exception):
    """Not a byte has left."""


class Lost(Exception):
    """It has left, and the answer has not come whole."""


class _Place(NamedTuple):
    """Where an address is, and what every request to it begins with."""

    host: str
    port: int
    secure: bool
    begins: bytes


class Straight:
    """At most so many connections to one server."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._places: dict[str, _Place] = {}
        self._free: list[_Connection] = []
        self._all: set[_Connection] = set()
        self._opening = 0
        self._queue: deque[asyncio.Future[None]] = deque()

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    async def close(self) -> None:
        for each in list(self._all):
            each.close()
        self._free.clear()
        await asyncio.sleep(0)  # they are told in the next round

    async def post(self, url: str, body: bytes, patience: float) -> tuple[int, bytes]:
        """The code and the words of the answer. `patience`: seconds of silence."""
        place = self._places.get(url) or self._find(url)
        connection = await self._take(place)
        try:
            return await connection.ask(b"%b%d\r\n\r\n%b" % (place.begins, len(body), body), patience)
        finally:
            self._give_back(connection)

    def _find(self, url: str) -> _Place:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise NotReached("no address")
        secure = parts.scheme == "https"
        begins = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\n"
        begins += "Content-Type: application/json\r\nContent-Length: "
        place = _Place(parts.hostname, parts.port or (443 if secure else 80), secure, begins.encode())
        self._places[url] = place
        return place

    async def _take(self, place: _Place) -> _Connection:
        now = asyncio.get_running_loop().time()
        while True:
            while self._free:
                connection = self._free.pop()
                if connection.place[:3] == place[:3] and now - connection.used_at < IDLE and connection.stands:
                    return connection
                connection.close()
            if len(self._all) + self._opening < self._most:
                return await self._open(place)
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._queue.append(turn)
            try:
                async with asyncio.timeout(TURN):
                    await turn
            except TimeoutError:
                raise NotReached("no turn") from None
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._next()  # it is somebody else's turn then
                raise

    async def _open(self, place: _Place) -> _Connection:
        """Whichever of its addresses answers first."""
        loop = asyncio.get_running_loop()
        self._opening += 1
        fault = ""
        try:
            async with asyncio.timeout(CONNECTS):
                sock = await start_connection(await _addresses(place), happy_eyeballs_delay=0.25, interleave=1)
                trust, name = (self._trust, place.host) if place.secure else (None, None)
                _transport, connection = await loop.create_connection(
                    lambda: _Connection(place, self._all), sock=sock, ssl=trust, server_hostname=name
                )
                return connection
        except (OSError, ValueError) as found_out:  # of TLS and of time as well
            fault = type(found_out).__name__
        finally:
            self._opening -= 1
            self._next()
        raise NotReached(fault)

    def _give_back(self, connection: _Connection) -> None:
        if connection.stands:
            connection.used_at = asyncio.get_running_loop().time()
            self._free.append(connection)
        self._next()

    def _next(self) -> None:
        """Whoever waits longest looks again."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return


async def _addresses(place: _Place) -> Sequence[Any]:
    """A number is not looked up: whoever sets out first arrives first."""
    try:
        return socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        return await asyncio.get_running_loop().getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)


class _Connection(asyncio.Protocol):
    """One request after another, each when the last is answered."""

    def __init__(self, place: _Place, everywhere: set[_Connection]) -> None:
        self.place, self._all = place, everywhere
        self.used_at = 0.0
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._came = bytearray()
        self._heard_at = 0.0
        self._begin()

    def _begin(self) -> None:
        self._code, self._needs, self._chunks, self._keeps = 0, -1, bytearray(), True

    @property
    def stands(self) -> bool:
        """Can it be asked something?"""
        return self._transport is not None and self._answer is None and not self._transport.is_closing()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    async def ask(self, request: bytes, patience: float) -> tuple[int, bytes]:
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        self._answer = answer = loop.create_future()
        self._heard_at = loop.time()
        timer = loop.call_later(patience, self._look, loop, patience, answer)
        self._transport.write(request)
        try:
            answered: tuple[int, bytes] = await answer
            return answered
        except BaseException:  # its answer, should it come, is nobody else's
            self.close()
            raise
        finally:
            timer.cancel()
            self._answer = None

    def _look(
        self, loop: asyncio.AbstractEventLoop, patience: float, answer: asyncio.Future[tuple[int, bytes]]
    ) -> None:
        """Has it been silent for so long?"""
        if answer is not self._answer or answer.done():
            return
        left = self._heard_at + patience - loop.time()
        if left > 0:
            loop.call_later(left, self._look, loop, patience, answer)
        else:
            self._fail("silence")

    def _fail(self, why: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Lost(why))
        self.close()

    # ── what comes ──────────────────────────────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own is one in all but name
        self._all.add(self)

    def connection_lost(self, fault: Exception | None) -> None:
        self._all.discard(self)
        if self._answer is not None and not self._answer.done():
            if self._code and self._needs == -2 and fault is None:  # whole when the server says no more
                self._done(bytes(self._came))
            else:
                self._fail("closed")
        self._transport = None

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            return self.close()  # nobody asked
        self._came += data
        self._heard_at = asyncio.get_running_loop().time()
        try:
            self._read()
        except (ValueError, IndexError):
            self._fail("no answer in HTTP")

    def _read(self) -> None:
        while not self._code:
            end = self._came.find(b"\r\n\r\n")
            if end < 0:
                if len(self._came) > HEAD:
                    raise ValueError
                return
            self._read_head(bytes(self._came[:end]))
            del self._came[: end + 4]
        if self._needs == -1:
            self._read_chunks()
        elif 0 <= self._needs <= len(self._came):
            self._done(bytes(self._came[: self._needs]), rest=len(self._came) > self._needs)

    def _read_head(self, head: bytes) -> None:
        first, *others = head.split(b"\r\n")
        code = int(first.split(None, 2)[1])
        if not first.startswith(b"HTTP/1.") or code < 200:
            if 100 <= code < 200:
                return  # it goes on
            raise ValueError
        fields = {
            name.strip().lower(): value.strip() for name, _colon, value in (each.partition(b":") for each in others)
        }
        self._code = code
        self._keeps = first.startswith(b"HTTP/1.1") and fields.get(b"connection", b"").lower() != b"close"
        if b"chunked" in fields.get(b"transfer-encoding", b"").lower():
            self._needs = -1
        elif code in (204, 304):
            self._needs = 0
        else:
            self._needs = int(fields.get(b"content-length", b"-2"))

    def _read_chunks(self) -> None:
        while (end := self._came.find(b"\r\n")) >= 0:
            size = int(self._came[:end].partition(b";")[0], 16)
            if size == 0:
                over = self._came.find(b"\r\n\r\n", end)
                return None if over < 0 else self._done(bytes(self._chunks), rest=len(self._came) > over + 4)
            if len(self._came) < end + 2 + size + 2:
                return
            self._chunks += self._came[end + 2 : end + 2 + size]
            del self._came[: end + 2 + size + 2]

    def _done(self, payload: bytes, rest: bool = False) -> None:
        assert self._answer is not None
        self._answer.set_result((self._code, payload))
        if not self._keeps or rest or self._needs == -2:
            self.close()
        self._came.clear()
        self._begin()

"""python-telegram-bot's requests carried, each way of failing told apart: surely not sent, or nobody knows.

Most go straight (`straight.py`); by a proxy, or with files, they are carried by aiohttp. Its errors hold the address,
and with it the token. None of them leaves this file, and none is chained.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import aiohttp
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData

from bot.post.straight import Lost, NotReached, Straight

UNSENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)
"""Nobody was reached, or only a proxy that let nothing through."""


class Unsent(TelegramError):
    """It surely did not arrive."""


class Unknown(TelegramError):
    """It may have arrived: the answer was lost, or could not be read."""


class Refusal(TelegramError):
    """Telegram's answer was no."""

    def __init__(self, code: int, words: str, parameters: dict[str, Any]) -> None:
        super().__init__(words)
        self.code, self.words, self.parameters = code, words, parameters

    def __reduce__(self) -> Any:
        return Refusal, (self.code, self.words, self.parameters)


def seconds(given: Any, otherwise: float) -> float:
    return float(given) if isinstance(given, int | float) else otherwise


class Carriage(BaseRequest):
    """One pool of connections to Telegram."""

    def __init__(self, connections: int, patience: float, proxy: str = "") -> None:
        self._connections, self._patience, self._proxy = connections, patience, proxy
        self._session: aiohttp.ClientSession | None = None
        self._straight = Straight(connections)

    @property
    def read_timeout(self) -> float:
        return self._patience

    async def initialize(self) -> None:
        if self._session is None:
            # Kept shorter than a server's own idle time: a connection it has just closed would leave us uncertain.
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=15)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None
        await self._straight.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = None,
        write_timeout: Any = None,
        connect_timeout: Any = None,
        pool_timeout: Any = None,
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise Unsent("the wire is closed")
        patience = seconds(read_timeout, self._patience)
        fault: TelegramError
        try:
            if method == "POST" and not self._proxy and not (request_data and request_data.contains_files):
                code, payload = await self._straight.post(url, _json(request_data), patience)
            else:
                code, payload = await self._by_aiohttp(self._session, url, method, request_data, patience)
        except (NotReached, Lost) as found:
            fault = (Unsent if isinstance(found, NotReached) else Unknown)(str(found))
        except UNSENT as found:
            fault = Unsent(type(found).__name__)
        except UnicodeError:
            fault = Refusal(400, "half a character cannot be sent", {})
        except Exception as found:  # reset, closed, timed out while waiting: Telegram may have it
            fault = Unknown(type(found).__name__)
        else:
            if 200 <= code <= 299:
                return code, payload
            fault = _refusal(code, payload)
        raise fault  # outside the handlers: raised there, it would carry aiohttp's error along as its context

    async def _by_aiohttp(
        self, session: aiohttp.ClientSession, url: str, method: str, said: RequestData | None, patience: float
    ) -> tuple[int, bytes]:
        async with session.request(
            method, url, timeout=_patience(patience), proxy=self._proxy or None, **_body(said)
        ) as response:
            return response.status, await response.read()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer, or *unknown*: a page of HTML after a 200 does not say that nothing was sent."""
        try:
            read = decoded(payload.decode())
        except ValueError:
            read = None
        if not isinstance(read, dict) or "result" not in read:
            raise Unknown("the answer is no JSON of Telegram's")
        return read


JSON = {"Content-Type": "application/json"}


@cache
def _patience(read: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=20, sock_connect=10, sock_read=read)


encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
decoded = json.JSONDecoder().decode


def _json(data: RequestData | None) -> bytes:
    """JSON costs a third of a form's percent signs for Chinese words."""
    return encoded(data.parameters if data else {}).encode()


def _body(data: RequestData | None) -> dict[str, Any]:
    """A form only where files go along."""
    if data is None:
        return {}
    if not data.contains_files:
        return {"data": _json(data), "headers": JSON}
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return {"data": form}


def _refusal(code: int, payload: bytes) -> TelegramError:
    if code == 407:
        return Unsent("the proxy wants to know who we are")
    try:
        answer = json.loads(payload)
        return Refusal(code, str(answer["description"]), answer.get("parameters") or {})
    except (ValueError, KeyError, TypeError, AttributeError):
        return Unknown(f"HTTP {code} without words of Telegram's")

"""The wire to Telegram: raw updates come in by it, and every request goes out by it. Nothing here is understood."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from telegram import Bot, InputFile
from telegram.error import TelegramError
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.post.carriage import Carriage, Refusal, Unknown, Unsent
from bot.post.outcomes import Migrated, NotSent, Outcome, Parked, PermanentlyRefused, Sent, Uncertain
from bot.post.raw import Raw

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member", "chat_member"]
"""Said at every start: Telegram remembers what an earlier run asked for, and leaves out memberships by itself."""

logging.getLogger("telegram").setLevel(logging.INFO)  # its debug lines hold everything that is said


@dataclass(frozen=True, slots=True)
class Named:
    """A file to be uploaded, and what it is called there."""

    name: str
    data: bytes


class Plain:
    """Fields with no file among them: all that is asked of a `RequestData` here, and none of them looked through."""

    contains_files = False

    def __init__(self, fields: Mapping[str, Any]) -> None:
        said = None not in fields.values()
        self.parameters = fields if said else {name: value for name, value in fields.items() if value is not None}

    @property
    def json_parameters(self) -> dict[str, str]:
        """As a form has them."""
        return {name: value if isinstance(value, str) else json.dumps(value) for name, value in self.parameters.items()}


class NoFile(Exception):
    """Telegram does not hand this file out (any more)."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file of our own that goes along, under this name."""

    name: str
    data: bytes


FILES = frozenset({bytes, Enclosed})


class TooBig(NoFile):
    """It is larger than Telegram hands out, or than is wanted."""


class NotNow(NoFile):
    """Telegram could not be reached, or asked for a pause: later, perhaps."""


class Wire:
    """python-telegram-bot as a wire: its requests and its way with files, none of its reading."""

    def __init__(
        self,
        token: str,
        base_url: str = "https://api.telegram.org",
        *,
        patience: float = 20,
        carriage: Callable[[int, float], Carriage] = Carriage,
    ) -> None:
        base = base_url.rstrip("/")
        self._sending, self._polling = carriage(100, patience), carriage(2, patience)
        self._bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self._sending,
            get_updates_request=self._polling,
        )

    async def open(self) -> None:
        await self._sending.initialize()
        await self._polling.initialize()

    async def close(self) -> None:
        await self._sending.shutdown()
        await self._polling.shutdown()

    async def fetch(self, offset: int, timeout: float, limit: int = 100) -> list[Raw] | Outcome:
        """The updates from `offset` on, which confirms all before it; or how it failed."""
        fields = {"offset": offset, "timeout": int(timeout), "limit": limit, "allowed_updates": ALLOWED_UPDATES}
        try:
            fetched: list[Raw] = await self._bot._post("getUpdates", fields, read_timeout=timeout + 15)
        except TelegramError as fault:
            return _outcome(fault)
        return fetched

    async def call(self, method: str, fields: Mapping[str, Any] | None = None) -> Outcome:
        """Any method of the Bot API; bytes and what is enclosed among the fields are uploaded as files."""
        try:
            return Sent(await self._post(method, fields or {}))
        except TelegramError as fault:
            return _outcome(fault)

    async def _post(self, method: str, fields: Mapping[str, Any]) -> Any:
        if not FILES.isdisjoint(map(type, fields.values())):
            ready = {name: _ready(name, value) for name, value in fields.items()}
            said = RequestData([RequestParameter.from_input(name, value) for name, value in ready.items()])
        else:
            said = cast(RequestData, Plain(fields))
        # Not by `post`: the carriage has told apart already what that would look at.
        _code, answer = await self._sending.do_request(f"{self._bot.base_url}/{method}", "POST", said)
        return self._sending.parse_json_payload(answer)["result"]

    async def download(self, file_id: str, most: int | None = None) -> bytes:
        """A file's bytes, if it has no more of them than that."""
        found = await self.call("getFile", {"file_id": file_id})
        if not isinstance(found, Sent):
            if isinstance(found, PermanentlyRefused):
                raise TooBig if TOO_BIG in found.words.lower() else NoFile(type(found).__name__)
            raise NotNow(type(found).__name__)
        path, size = found.result.get("file_path"), found.result.get("file_size") or 0
        if most is not None and size > most:
            raise TooBig
        if not path:
            raise NoFile("no path")
        fault: TelegramError
        try:
            return bytes(await self._sending.retrieve(f"{self._bot.base_file_url}/{path}"))
        except TelegramError as refused:
            fault = refused
        raise (NoFile if isinstance(_outcome(fault), PermanentlyRefused) else NotNow)(type(fault).__name__)


TOO_BIG = "file is too big"


def _ready(name: str, value: Any) -> Any:
    match value:
        case bytes():
            return InputFile(value, filename=name, attach=False)
        case Enclosed(named, data):
            return InputFile(data, filename=named, attach=False)
        case dict() | list():
            return json.dumps(value)  # said once, here: python-telegram-bot would look into an album and not know it
        case _:
            return value


def _outcome(fault: TelegramError) -> Outcome:
    match fault:
        case Refusal(parameters={"retry_after": wait}):
            return Parked(float(wait))
        case Refusal(code=429):
            return Parked(5.0)
        case Refusal(parameters={"migrate_to_chat_id": chat_id}):
            return Migrated(int(chat_id))
        case Refusal(code=code, words=words) if code >= 500:
            return NotSent(words, unreachable=False)
        case Refusal(code=code, words=words):
            return PermanentlyRefused(code, words)
        case Unsent():
            return NotSent(fault.message)
        case Unknown():
            return Uncertain(fault.message)
        case _:
            return Uncertain(type(fault).__name__)

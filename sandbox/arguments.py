"""What a bot asked for, however it was sent: JSON, form, multipart or query all end up here."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from sandbox.errors import bad
from sandbox.files import Upload

# These arrive as JSON inside a form field.
STRUCTURED = frozenset(
    [
        "reply_markup",
        "reply_parameters",
        "link_preview_options",
        "entities",
        "caption_entities",
        "media",
        "message_ids",
        "allowed_updates",
        "commands",
        "scope",
        "options",
        "permissions",
        "reaction",
        "menu_button",
        "explanation_entities",
        "question_entities",
        "members",
    ]
)
NUMBERS = frozenset(
    [
        "chat_id",
        "from_chat_id",
        "user_id",
        "message_id",
        "message_thread_id",
        "reply_to_message_id",
        "offset",
        "limit",
        "timeout",
    ]
)
TRUE = (True, 1, "true", "True", "1", "yes")


class Arguments:
    """Named values, each read as the kind a method expects."""

    __slots__ = ("files", "repeated", "values")

    def __init__(self, values: dict[str, Any], files: dict[str, Upload], repeated: list[tuple[str, Upload]]) -> None:
        self.values = values
        self.files = files
        self.repeated = repeated  # every file in order, also those that share a name

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        return default if value is None else value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        value = self.values.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad(f'invalid parameter "{name}": an integer is expected') from None

    def number(self, name: str) -> float:
        try:
            return float(self.values.get(name, ""))
        except (TypeError, ValueError):
            raise bad(f"invalid {name} specified" if name in self else f"{name} is empty") from None

    def flag(self, name: str) -> bool:
        return self.values.get(name) in TRUE

    def thing(self, name: str) -> Any:
        """A structured value: an object or a list."""
        return self.values.get(name)

    def things(self, name: str) -> list[Any]:
        value = self.values.get(name)
        if value is None or value == "":
            return []
        if not isinstance(value, list):
            raise bad(f"can't parse {name}: expected an Array")
        return value

    def object(self, name: str) -> dict[str, Any]:
        value = self.values.get(name)
        if value is None or value == "":
            return {}
        if not isinstance(value, dict):
            raise bad(f"can't parse {name}: expected an Object")
        return value

    def uploads(self, name: str) -> list[Upload]:
        return [upload for key, upload in self.repeated if key == name]

    def logged(self) -> dict[str, Any]:
        """As the list of calls shows it: numbers as numbers, files by name and size."""
        shown = {}
        for name, value in self.values.items():
            if name in NUMBERS and isinstance(value, str) and value.lstrip("-").isdigit():
                value = int(value)
            elif value == "true" or value == "false":
                value = value == "true"
            shown[name] = value
        for name, upload in self.files.items():
            shown[name] = {"file": upload.name, "size": len(upload.data)}
        return shown


def unfold(values: dict[str, Any]) -> dict[str, Any]:
    """Structured fields of a form are JSON; an unreadable one is refused by name."""
    for name in STRUCTURED.intersection(values):
        value = values[name]
        if isinstance(value, str) and value:
            try:
                values[name] = json.loads(value)
            except ValueError:
                if name == "media":  # a plain file_id or attach:// is allowed in older calls
                    continue
                title = "reply keyboard markup" if name == "reply_markup" else name.replace("_", " ")
                raise bad(f"can't parse {title} JSON object") from None
    return values


async def read_arguments(request: web.Request) -> Arguments:
    """Query and body together; the body wins."""
    values: dict[str, Any] = dict(request.query) if request.query_string else {}
    files: dict[str, Upload] = {}
    repeated: list[tuple[str, Upload]] = []
    if request.method == "POST" and request.can_read_body:
        kind = request.content_type
        if kind == "multipart/form-data":
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    files[name] = Upload(value.filename or name, value.file.read(), value.content_type)
                    repeated.append((name, files[name]))
                else:
                    values[name] = value.decode() if isinstance(value, (bytes, bytearray)) else value
        elif kind == "application/x-www-form-urlencoded":
            values.update(parse_qsl((await request.read()).decode(), keep_blank_values=True))
        elif body := await request.read():
            try:
                read = json.loads(body)
            except ValueError:
                raise bad("can't parse request body as JSON") from None
            if not isinstance(read, dict):
                raise bad("object expected as request body")
            values.update(read)
    return Arguments(unfold(values), files, repeated)

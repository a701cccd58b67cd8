"""Text as Telegram counts and stores it: UTF-16 units, trimmed, with entities."""

from __future__ import annotations

import re
from typing import Any

from sandbox.errors import bad
from sandbox.formatting import parse_html

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
RAW_LIMIT = 1 << 15

Entity = dict[str, Any]

FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+|\bt\.me/[^\s<>\"]+)"
    r"|(?P<email>\b[\w.+-]+@[\w-]+\.[\w.-]*[A-Za-z]{2,}\b)"
    r"|(?<![\w/@])/(?P<bot_command>[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/@])"
    r"|(?<![\w@])@(?P<mention>[A-Za-z][A-Za-z0-9_]{2,31})(?!\w)"
    r"|(?<![\w#])#(?P<hashtag>\w*[^\W\d]\w*)"
)
# Inside these nothing else is looked for.
OPAQUE = {"code", "pre", "text_link", "text_mention", "url", "email", "mention", "bot_command", "hashtag"}


def units(text: str) -> int:
    """The length Telegram counts: UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def cut(text: str, offset: int, length: int) -> str:
    """The piece of a text an entity points at."""
    return text.encode("utf-16-le")[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")


def trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Cut white space at both ends and move the entities along; what lay wholly in the space is gone."""
    short = text.strip()
    if short == text:
        return text, entities
    lost = units(text[: len(text) - len(text.lstrip())])
    whole = units(short)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - lost, 0)
        end = min(entity["offset"] + entity["length"] - lost, whole)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return short, kept


def find_entities(text: str, known: list[Entity]) -> list[Entity]:
    """Links, commands, mentions and hashtags that nobody marked, as Telegram finds them by itself."""
    if not any(sign in text for sign in "/@#") and "t.me" not in text:
        return known
    taken = [(e["offset"], e["offset"] + e["length"]) for e in known if e["type"] in OPAQUE]
    found = list(known)
    for match in FOUND.finditer(text):
        kind = match.lastgroup or ""
        piece = match.group().rstrip(".,;:!?)'") if kind == "url" else match.group()
        start = units(text[: match.start()])
        end = start + units(piece)
        if all(end <= a or start >= b for a, b in taken):
            found.append({"type": kind, "offset": start, "length": end - start})
    return found


def order(entities: list[Entity]) -> list[Entity]:
    return sorted(entities, key=lambda e: (e["offset"], -e["length"]))


def check_entity(entity: Any) -> None:
    if not isinstance(entity, dict):
        raise bad("can't parse MessageEntity: expected an Object")
    if not isinstance(entity.get("type"), str):
        raise bad('can\'t parse MessageEntity: field "type" must be of type String')
    for name in ("offset", "length"):
        if not isinstance(entity.get(name), int):
            raise bad(f'can\'t parse MessageEntity: field "{name}" must be of type Number')


def format_text(text: str, parse_mode: str, entities: list[Entity] | None) -> tuple[str, list[Entity]]:
    """What a bot or a person wrote, parsed, trimmed and with every entity found; not yet measured."""
    if len(text) > RAW_LIMIT // 4 and len(text.encode()) > RAW_LIMIT:
        raise bad("text is too long")
    mode = parse_mode.lower()
    found: list[Entity] = []
    text = text.replace("\r", "").replace("\0", "")
    if mode == "html":
        text, found = parse_html(text)
    elif mode in ("markdown", "markdownv2"):
        raise bad("can't parse entities: this sandbox reads parse_mode HTML only; Markdown is not here yet")
    elif mode not in ("", "none"):
        raise bad("unsupported parse_mode")
    elif entities:
        whole = units(text)
        for entity in entities:
            check_entity(entity)
            if entity["length"] > 0 and 0 <= entity["offset"] < whole:
                found.append({**entity, "length": min(entity["length"], whole - entity["offset"])})
    text, found = trim(text, found)
    return text, order(find_entities(text, found))

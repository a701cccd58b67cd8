"""What was told, put into words: texts as they are, pictures and recordings named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain.words import Text, _, lines, plain

EXCERPT = 600
"""Characters of a long story that a summary shows."""


def parts_as_text(parts: Iterable[dict[str, Any]]) -> Text:
    """What was told, as words: texts as they are, the rest named."""
    named = {
        "photo": _("🖼 a picture"),
        "voice": _("🎤 a voice message"),
        "video": _("🎬 a video"),
        "document": _("📎 a file"),
    }
    said: list[Text] = []
    for part in parts:
        if part["kind"] in named:
            said.append(named[part["kind"]])
        if part.get("words"):
            said.append(plain(part["words"]))
    return lines(*said)


def excerpt(parts: list[dict[str, Any]]) -> Text:
    """So much of what was told that the rest of the summary has room beside it."""
    room, short = EXCERPT, []
    for part in parts:
        words = str(part.get("words", ""))
        short.append({**part, "words": words if len(words) <= room else f"{words[:room].rstrip()}…" if room else ""})
        room = max(0, room - len(words))
    return parts_as_text(short)

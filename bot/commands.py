"""The list of commands that Telegram shows, in every language, in private and in groups."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.flows.talking import FLOWS
from bot.post.wire import Wire
from bot.words import Reader
from domain.desk_file import DeskFile
from domain.words import Text, _

OTHERS: dict[str, Text] = {
    "menu": _("what I can do for you"),
    "orders": _("my requests"),
    "mine": _("what I have taken on"),
    "points": _("our points, and where they came from"),
    "market": _("what our points can be redeemed for"),
    "merchants": _("who gives to our neighbourhood"),
    "card": _("our card"),
    "standard": _("what earns points"),
    "board": _("the neighbourhood's board"),
    "honour": _("the honour board"),
    "settings": _("language, quiet, my household"),
    "cancel": _("put this away"),
}


def listed() -> dict[str, Text]:
    """Command -> what it does, for people."""
    flows = {flow.name: flow.about for flow in FLOWS.values() if flow.about is not None and flow.listed}
    return {**flows, **OTHERS}


async def publish(wire: Wire, file: DeskFile) -> None:
    """Tell Telegram, for each language by its two letters, the default first."""
    for position, language in enumerate(file.languages):
        reader = Reader(language, file.zone, datetime.now(UTC))
        private = [{"command": name, "description": reader.label(text)} for name, text in listed().items()]
        codes: list[dict[str, Any]] = [{"language_code": language.split("_")[0]}]
        for code in [{}, *codes] if position == 0 else codes:
            await wire.call("setMyCommands", {"commands": private, "scope": {"type": "all_private_chats"}, **code})
    await wire.call("deleteMyCommands", {"scope": {"type": "all_group_chats"}})

"""What can be told of a raw update without understanding it: whom it came from, and where an apology may go."""

from __future__ import annotations

from typing import Any

Raw = dict[str, Any]
"""An update as Telegram wrote it."""


def _event(raw: Raw) -> dict[str, Any]:
    for name, value in raw.items():
        if name != "update_id" and isinstance(value, dict):
            return value
    return {}


def sender(raw: Raw) -> int:
    """The Telegram id of whoever it came from; 0: nobody."""
    who = _event(raw).get("from")
    found = who.get("id") if isinstance(who, dict) else None
    return found if isinstance(found, int) else 0


def private_chat(raw: Raw) -> int | None:
    """The private chat it came from, or None: nobody is spoken to in private because of a group's chatter."""
    chat = _event(raw).get("chat")
    if isinstance(chat, dict) and chat.get("type") == "private" and isinstance(chat.get("id"), int):
        return int(chat["id"])
    return None


def tap(raw: Raw) -> str | None:
    """The id of the tap it is, if it is one."""
    pressed = raw.get("callback_query")
    found = pressed.get("id") if isinstance(pressed, dict) else None
    return found if isinstance(found, str) else None


def reference(update_id: int) -> str:
    """What the sender is told, by which operators find the update in quarantine."""
    return f"E-{update_id % 4096:03X}"

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


def _number(found: object) -> int | None:
    """A Telegram id; what no database holds is none."""
    return found if isinstance(found, int) and abs(found) < 2**63 else None


def sender(raw: Raw) -> int:
    """The Telegram id of whoever it came from; 0: nobody."""
    who = _event(raw).get("from")
    return (_number(who.get("id")) if isinstance(who, dict) else None) or 0


def private_chat(raw: Raw) -> int | None:
    """The private chat it came from, or None: nobody is spoken to in private because of a group's chatter."""
    chat = _event(raw).get("chat")
    return _number(chat.get("id")) if isinstance(chat, dict) and chat.get("type") == "private" else None


def group_of(raw: Raw) -> int | None:
    """The group whose own affairs it tells of: who comes and goes there, and whether it has moved.

    A group that moves tells it twice, from either chat: both are affairs of the old one.
    """
    event = _event(raw)
    chat = event.get("chat")
    number = _number(chat.get("id")) if isinstance(chat, dict) else None
    if number is None or number >= 0:
        return None
    if (old := _number(event.get("migrate_from_chat_id"))) is not None:
        return old
    moves = "migrate_to_chat_id" in event
    return number if moves or "my_chat_member" in raw or "chat_member" in raw else None


def is_chatter(raw: Raw) -> bool:
    """What people say to each other in a group, neither a command nor a reply: it is not even kept for a moment."""
    message = raw.get("message")
    if not isinstance(message, dict) or not isinstance(message.get("text"), str):
        return False
    chat = message.get("chat")
    in_group = isinstance(chat, dict) and chat.get("type") in ("group", "supergroup")
    return in_group and "reply_to_message" not in message and not message["text"].startswith("/")


def tap(raw: Raw) -> str | None:
    """The id of the tap it is, if it is one."""
    pressed = raw.get("callback_query")
    found = pressed.get("id") if isinstance(pressed, dict) else None
    return found if isinstance(found, str) else None


def reference(update_id: int) -> str:
    """What the sender is told, by which operators find the update in quarantine."""
    return f"E-{update_id % 4096:03X}"

"""How a request to Telegram can end, and what Telegram's own words mean for whoever it was for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram did it; this is what it answered."""

    result: Any

    @property
    def message_id(self) -> int | None:
        return self.result.get("message_id") if isinstance(self.result, dict) else None


@dataclass(frozen=True, slots=True)
class PermanentlyRefused:
    """Telegram will never do it: its code and its words."""

    code: int
    words: str


@dataclass(frozen=True, slots=True)
class Parked:
    """Too much at once: not before so many seconds."""

    retry_after: float


@dataclass(frozen=True, slots=True)
class NotSent:
    """It certainly did not arrive, or Telegram was in trouble and said so."""

    why: str
    unreachable: bool = True  # False: Telegram answered, with a fault of its own


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Telegram may have done it; the answer was lost."""

    why: str


@dataclass(frozen=True, slots=True)
class Migrated:
    """The group has become a supergroup with another id."""

    chat_id: int


@dataclass(frozen=True, slots=True)
class TooSoon:
    """It was put there anew a moment ago, and is gone again: nobody asked Telegram this time."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing to be sent any more: nobody asked Telegram."""


Outcome = Sent | Nothing | PermanentlyRefused | Parked | NotSent | Uncertain | Migrated | TooSoon

Reach = Literal["never_started", "blocked", "deactivated", "left"]

UNREACHABLE: dict[str, Reach] = {
    "bot was blocked by the user": "blocked",
    "user is deactivated": "deactivated",
    "bot can't initiate conversation with a user": "never_started",
    "bot can't send messages to the user": "never_started",
    "peer_id_invalid": "never_started",
    "chat not found": "never_started",
    "bot was kicked from the group chat": "left",
    "bot was kicked from the supergroup chat": "left",
    "bot was kicked from the channel chat": "left",
    "bot is not a member of the group chat": "left",
    "bot is not a member of the supergroup chat": "left",
    "bot is not a member of the channel chat": "left",
    "the group chat was deleted": "left",
    "group chat was deactivated": "left",
    "not enough rights to send text messages to the chat": "left",
    "have no rights to send a message": "left",
    "chat_write_forbidden": "left",
}
"""Telegram's exact words -> why nothing reaches this chat any more."""

UNCHANGED = "message is not modified"

GONE = (
    "message to edit not found",
    "message to delete not found",
    "message can't be edited",
    "message_id_invalid",
    "message identifier is not specified",
    "message to be replied not found",
)
"""The message that should be edited or deleted no longer stands there, or not as one of ours."""


NO_TOPIC = ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
"""The topic that was written to is closed, gone, or never was one."""


NO_FILE = (
    "wrong file identifier",
    "wrong remote file identifier",
    "wrong file_id",
    "can't use file of type",
    "file reference has expired",
    "file_reference_",
    "media_empty",
    "voice_messages_forbidden",
    "user restricted receiving of",
)
"""The file is another bot's, of another kind, gone, or nothing that this reader takes."""


def _bare(words: str) -> str:
    lowered = words.lower().strip()
    for prefix in ("bad request: ", "forbidden: "):
        lowered = lowered.removeprefix(prefix)
    return lowered


def why_unreachable(refused: PermanentlyRefused) -> Reach | None:
    """Why nothing reaches that chat, or None if the fault lies in what was sent."""
    return UNREACHABLE.get(_bare(refused.words))


def is_without_topic(refused: PermanentlyRefused) -> bool:
    return _bare(refused.words).startswith(NO_TOPIC)


def is_without_file(refused: PermanentlyRefused) -> bool:
    return _bare(refused.words).startswith(NO_FILE)


def is_unchanged(refused: PermanentlyRefused) -> bool:
    return _bare(refused.words).startswith(UNCHANGED)


def is_gone(refused: PermanentlyRefused) -> bool:
    return _bare(refused.words).startswith(GONE)

"""The front desk: everything a deed may touch, and the two ways in which the desk speaks.

A deed is a plain function `verb(desk, person_id, …)`. It refuses with a sentence before it writes, competes by counting
rows, and whatever it says is kept here until the transaction writes it to the outbox: said if and only if it happened.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection

from domain.desk_file import DeskFile
from domain.values import quick
from domain.words import Text
from storage.vault import Keys

Lane = Literal[0, 1, 2]
URGENT: Lane = 0
PERSONAL: Lane = 1
BULK: Lane = 2

Rule = Literal["urgent", "card", "receipt", "bulk"]
"""What the courier does with a message that Telegram may or may not have: send it again marked as a possible repeat;
edit or replace it; leave it, since it stands in the history; skip it."""


@quick
@dataclass(frozen=True, slots=True)
class Button:
    """One thing a person can tap: a verb with the id of what it acts on, or an address to open."""

    label: Text
    data: str = ""
    url: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Line:
    """A sentence for one reader or one group, put into words when it is said."""

    chat_id: int
    text: Text
    buttons: tuple[Button, ...] = ()
    lane: Lane = PERSONAL
    rule: Rule = "receipt"
    silent: bool = False
    language: str | None = None  # of the reader; a group's own is looked up
    subject: str | None = None
    subject_id: int | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None


@quick
@dataclass(frozen=True, slots=True)
class CardRefresh:
    """This subject's card in this chat may look different now. `anew`: send it again at the bottom of the chat.

    `once`: nobody may be shown it twice. When Telegram may have it already, it is left, like a receipt.
    """

    chat_id: int
    subject: str
    subject_id: int
    lane: Lane = PERSONAL
    silent: bool = False
    anew: bool = False
    once: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """A photo, a voice note or other people's words carried to another chat without their account showing.

    `method` is the Bot API's (sendPhoto, sendVoice …) and `fields` its arguments without the chat and the caption.
    `upload`: what the desk itself has a copy of, or makes when it is sent: its kind and its id.
    """

    chat_id: int
    method: str
    fields: dict[str, Any]
    caption: Text | None = None
    lane: Lane = PERSONAL
    language: str | None = None
    subject: str | None = None
    subject_id: int | None = None
    upload: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Any other request to Telegram: delete a message, pin one, leave a group, list the commands."""

    chat_id: int
    method: str
    fields: dict[str, Any] = field(default_factory=dict)
    lane: Lane = PERSONAL


@quick
@dataclass(frozen=True, slots=True)
class Answer:
    """The one answer to a tap: given after the commit, never stored, worthless later."""

    callback_query_id: str
    text: Text | None = None
    alert: bool = False
    url: str | None = None
    language: str | None = None


Saying = Line | CardRefresh | Copy | Call | Answer


@dataclass(slots=True)
class Desk:
    """One transaction's view of the desk."""

    conn: Connection
    file: DeskFile
    now: datetime
    keys: Keys
    chance: random.Random
    bot_name: str = ""  # the bot's username, for links
    opened_at: datetime | None = None  # since when this desk has been open without a break; None: nobody knows
    heard_at: datetime | None = None  # when it was said, of what comes late; None: just now
    said: list[Saying] = field(default_factory=list)
    after: list[Callable[[], None]] = field(default_factory=list)  # run once the transaction has committed
    talks: dict[int, Any] = field(default_factory=dict)  # conversations looked up so far, as `talks.py` keeps them

    def say(self, *sayings: Saying) -> None:
        self.said.extend(sayings)

    def link(self, payload: str) -> str:
        """A deep link that opens the private chat with the bot."""
        return f"https://t.me/{self.bot_name}?start={payload}"

    def group_link(self, payload: str) -> str:
        """A link that lets somebody add the bot to a group of theirs, with the rights it needs."""
        rights = "pin_messages+delete_messages"
        return f"https://t.me/{self.bot_name}?startgroup={payload}&admin={rights}"

"""Every card of the desk, each a view of one thing's present state, rendered at the moment it is sent.

A new card is one function `face(view, subject_id, chat_id) -> Face | None` and one line in `CARDS`.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.words import Reader, negotiate
from desk.front import Button, Desk
from domain.people import Person
from domain.values import quick
from domain.words import Text


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture or a paper that the desk makes itself, in its reader's language, when the card is sent and only then.

    `draw(reader, of)` runs in a thread beside everything else, so `of` holds all that stands on it: a frozen dataclass
    of plain values, whose `repr` tells whether the picture is another one than before. What is the same is not drawn
    again. A name that ends in .png is shown as a picture, any other is a paper to be opened.

        Face(_("Show this at the counter."), (cancel,), drawn=Drawing(pickup_card, PickUp(…)))

    The face's text stands under it and its buttons below. A face that had a picture and has none any more is
    deleted and said anew in words: a code that is spent goes.
    """

    draw: Callable[[Reader, Any], bytes]
    of: Any
    name: str = "picture.png"

    def key(self, reader: Reader) -> str:
        whole = f"{self.draw.__module__}.{self.draw.__qualname__} {reader.language} {self.name} {self.of!r}"
        return hashlib.sha256(whole.encode()).hexdigest()[:16]


@quick
@dataclass(frozen=True, slots=True)
class Face:
    """What stands on a card now. `language` is its reader's; None: that of the chat it stands in."""

    text: Text
    buttons: tuple[Button, ...] = ()
    language: str | None = None
    pinned: bool = False
    protected: bool = False  # cannot be forwarded or saved
    media: tuple[str, str] | None = None  # a photo, voice or video: what it is, and its file; gone when the card is
    drawn: Drawing | None = None  # a picture of our own above the text


View = Desk
"""A card reads through the same front desk, on a read-only connection; what it would say goes nowhere."""

Paint = Callable[[View, int, int], Face | None]
"""None: nothing should stand there any more. The courier takes its buttons away, or leaves it unsent."""

CARDS: dict[str, Paint] = {}

NO_CHANCE = random.Random(0)
"""Cards are the same however often they are rendered."""


def language_of(desk: Desk, person: Person) -> str:
    """The language this person reads: chosen, else guessed from the client, else the desk's first."""
    guessed = person.language or negotiate(person.language_code, desk.file.languages)
    return guessed or desk.file.default_language

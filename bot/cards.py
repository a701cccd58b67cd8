"""Every card of the desk, each a view of one thing's present state, rendered at the moment it is sent.

A new card is one function `face(view, subject_id, chat_id) -> Face | None` and one line in `CARDS`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from bot.words import negotiate
from desk.front import Button, Desk
from domain.people import Person
from domain.words import Text


@dataclass(frozen=True, slots=True)
class Face:
    """What stands on a card now. `language` is its reader's; None: that of the chat it stands in."""

    text: Text
    buttons: tuple[Button, ...] = ()
    language: str | None = None
    pinned: bool = False
    protected: bool = False  # cannot be forwarded or saved
    media: tuple[str, str] | None = None  # a photo, voice or video: what it is, and its file; gone when the card is


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

"""What a person did in a conversation, and what the desk says next: a tap, a message of any kind, a question."""

from __future__ import annotations

from dataclasses import dataclass

from domain.values import quick
from domain.words import Text


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button was tapped: the value behind it."""

    value: str


@quick
@dataclass(frozen=True, slots=True)
class Said:
    """Something was written, spoken or sent."""

    kind: str  # text, photo, voice, video, document, place, contact, or another kind that no step takes
    text: str = ""
    file_id: str = ""
    latitude: float | None = None
    longitude: float | None = None
    album: str = ""
    own: bool = False  # of a contact: the sender's own number
    message_id: int = 0  # of the message in the private chat; 0: it cannot be edited afterwards


Heard = Pressed | Said


@quick
@dataclass(frozen=True, slots=True)
class Choice:
    """A button of the question: what it stands for and what it says."""

    value: str
    label: Text


@quick
@dataclass(frozen=True, slots=True)
class Turn:
    """What the desk says next."""

    says: list[Text]
    choices: list[Choice]
    first: bool = False  # nothing to go back to

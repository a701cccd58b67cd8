"""A poster on the door of a building: who scans it tells the desk what they see there. No name stands on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.places import Units, path_up
from domain.references import CODE_SIGNS
from domain.refusals import Refusal
from domain.words import _

TOKEN_LENGTH = 16
"""Eighty bits: nobody guesses one, and the square stays small enough to be read from across a hallway."""


@dataclass(frozen=True, slots=True)
class Poster:
    """One building's. Made anew, it has another link, and what hangs there until then leads nowhere."""

    id: int
    unit: str
    building: str
    epoch: int
    token_hash: str
    made_at: datetime
    revoked_at: datetime | None

    @property
    def holds(self) -> bool:
        return self.revoked_at is None


class OldPoster(Refusal):
    text = _("This poster is no longer in use. You can tell me here all the same: /report")


class NoSuchBuilding(Refusal):
    text = _("No household stands in that building yet. `linli import FILE` reads a list of buildings and rooms.")


def token_from(drawn: bytes) -> str:
    """Signs that only this desk can make again; thirty-two of them, so that each stands for five bits."""
    number = int.from_bytes(drawn[:10], "big")
    return "".join(CODE_SIGNS[number >> 5 * place & 31] for place in range(TOKEN_LENGTH))


def language_at(units: Units, unit: str, languages: tuple[str, ...]) -> str:
    """What is read there: the unit's own language, or that of the one it lies in, or the desk's first."""
    return next((each.language for each in path_up(units, unit) if each.language in languages), languages[0]) or ""

"""A standing problem: what keeps being reported from one place, with somebody who looks after it as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.refusals import Refusal
from domain.words import _

OPEN, CLOSED = "open", "closed"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem as it stands. Where: a pin, or a building as reports name it."""

    id: int
    kind: str
    unit: str
    latitude: float | None
    longitude: float | None
    building: str | None
    owner_id: int | None
    state: str
    made_at: datetime
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state == OPEN

    @property
    def house(self) -> str | None:
        """The building alone: its unit stands beside it."""
        return self.building.partition("/")[2] if self.building else None


@dataclass(frozen=True, slots=True)
class Note:
    """How it goes, in the words of whoever looks after it."""

    words: str
    at: datetime


class NotYours(Refusal):
    text = _("{name} looks after this. Take it over first, if that is agreed.")


class YoursAlready(Refusal):
    text = _("You look after it already. Thank you!")


class Solved(Refusal):
    text = _("This problem is closed already. Thank you!")
    final = True


class FollowedAlready(Refusal):
    text = _("You hear how it goes already. Thank you!")

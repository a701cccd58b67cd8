"""The honour board: whose turn it is to be thanked in public, when, and what keeps a name off it.

A board is proposed when its period has ended, looked over by whoever is in charge, answered by the households on it,
and published once. Nothing on it tells who was helped, or what for.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from domain.refusals import NotAllowed, Refusal
from domain.words import _

MONTH, QUARTER, YEAR = "month", "quarter", "year"
SPANS = (MONTH, QUARTER, YEAR)

EMPTY, PROPOSED, ASKING, PUBLISHED, DROPPED, LAPSED = "empty", "proposed", "asking", "published", "dropped", "lapsed"
STATES = (EMPTY, PROPOSED, ASKING, PUBLISHED, DROPPED, LAPSED)
OPEN = (PROPOSED, ASKING)
YES, NO = "yes", "no"

REVIEW = timedelta(days=1)
"""So long whoever is in charge looks a board over before the households hear of it."""
TOO_LATE = timedelta(days=14)
"""A period that ended longer ago is not thanked for any more."""


class OnItAlready(Refusal):
    text = _("This household is on the board already.")


class WouldRatherNot(Refusal):
    text = _("This household would rather not be on any board, so I leave it out.")


class NobodyToAsk(Refusal):
    text = _("Nobody who lives there talks with me, so I can't ask them. Please invite them first.")


class OwnHousehold(Refusal):
    text = _("It is your own household, so somebody else decides about it.")
    final = True


class BoardChanged(Refusal):
    text = _("The board has changed since. Here is how it stands now.")
    final = True


class BoardIsOver(Refusal):
    text = _("This board is finished, so nothing of it changes any more.")
    final = True


class StillAsking(Refusal):
    text = _("Not everybody has answered yet. It can go out when they have, and from {until} on in any case.")


class NobodyNamed(Refusal):
    text = _("Nobody has said yes to being named, so there is nothing to show yet.")


class SomebodySaidNo(NotAllowed):
    text = _("Somebody in your household would rather not be named. Only they can change that.")


class NameChanged(Refusal):
    text = _("Your household is called otherwise since. Please look at the card once more.")


class TooLateToBeNamed(Refusal):
    text = _("The board is out already, so your name can't be added any more. Thank you all the same!")
    final = True


@dataclass(frozen=True, slots=True)
class Period:
    """A month, a quarter or a year: what it is called, in which standings it is counted, and its days."""

    key: str  # 2026-11, 2026-q4 or 2026
    counted: tuple[str, ...]
    first: date
    after: date  # the first day that is not in it

    @property
    def span(self) -> str:
        return YEAR if len(self.key) == 4 else QUARTER if len(self.counted) == 3 else MONTH

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From its first moment to the first one after it."""
        began, ended = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (self.first, self.after))
        return began, ended


def period_of(key: str) -> Period:
    """The period that is kept under this key."""
    year = int(key[:4])
    if len(key) == 4:
        return Period(key, (key,), date(year, 1, 1), date(year + 1, 1, 1))
    quarter = key[5:6] == "q"
    count = 3 if quarter else 1
    month = int(key[6:]) * 3 - 2 if quarter else int(key[5:])
    months = tuple(f"{year}-{each:02}" for each in range(month, month + count))
    ends = month + count - 1
    return Period(key, months, date(year, month, 1), date(year + ends // 12, ends % 12 + 1, 1))


def period_before(day: date, span: str) -> Period:
    """The last one that was over on this day."""
    if span == YEAR:
        return period_of(str(day.year - 1))
    if span == QUARTER:
        quarter = (day.month - 1) // 3
        return period_of(f"{day.year}-q{quarter}" if quarter else f"{day.year - 1}-q4")
    return period_of(f"{day.year}-{day.month - 1:02}" if day.month > 1 else f"{day.year - 1}-12")


@dataclass(frozen=True, slots=True)
class HonourBoard:
    """`version` grows with every change of who is on it, so that nobody publishes what they have not seen."""

    id: int
    unit: str
    period: str
    state: str
    version: int
    answer_by: datetime | None
    next_at: datetime | None
    decided_by: int | None
    decided_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Honour:
    """One household on a board. A quiet hero is there for `words`, and not for points."""

    id: int
    board_id: int
    household_id: int
    points: int
    deeds: int
    by_dimension: dict[str, int]
    hero: bool
    words: str | None
    left_out: bool
    why: str | None  # it was left out
    changed_by: int | None
    asked_at: datetime | None
    answer: str | None
    answered_by: int | None
    name: Any  # as it was when somebody said yes


def mark_of(name: Any) -> int:
    """Tells one name from another, as it is kept: a yes counts for the name that was read, and for no other."""
    return crc32(json.dumps(name, sort_keys=True).encode()) % 100_000_000


def ranks(points: Sequence[int]) -> list[int]:
    """The place of each, from the top down; whoever has as many stands on the same."""
    return [points.index(each) + 1 for each in points]

"""What a good deed earns: postings that always sum to zero, and how much may be earned in a day or a month."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.caps import Caps, start_of
from domain.refusals import Refusal
from domain.words import Text, _

HELPED = _("Help: {category}")
TAKEN_BACK = _("Taken back")


class Unbalanced(Exception):
    """Points would come out of nothing or vanish: a fault of ours."""


class OnceMismatch(Exception):
    """The same key with another input: a fault of ours, and the first entry stands."""


class NotEnoughPoints(Refusal):
    text = _("There are not enough points for that: {available} can be used now.")


@dataclass(frozen=True, slots=True)
class Posting:
    """So much to one account; negative is from it."""

    account_id: int
    amount: int


def check_balanced(postings: Sequence[Posting]) -> None:
    if len(postings) < 2 or sum(each.amount for each in postings) != 0:
        raise Unbalanced


def hash_input(given: Mapping[str, Any]) -> str:
    """What an entry was asked with, so that its key cannot be used for anything else."""
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Earning:
    """What somebody has earned for their household, before the caps are looked at.

    `pair`: the persons on the other side, for the cap of two households. `caps`: this deed's own, beside everybody's.
    `given`: what its `once` key stands for, if that is not all of this.
    """

    once: str
    household_id: int
    earned_by: int | None
    points: int
    reason: Text
    dimension: str | None = None
    pair: tuple[int, ...] = ()
    order_id: int | None = None
    decided_by: int | None = None
    given: Mapping[str, Any] | None = None
    deed: str | None = None
    caps: Caps = field(default_factory=Caps)
    note: str | None = None  # the own words of whoever decided it; never part of `reason`, which stays for ever

    def asked(self) -> Mapping[str, Any]:
        if self.given is not None:
            return self.given
        return {"household": self.household_id, "earned_by": self.earned_by, "points": self.points, "deed": self.deed}


def day_start(now: datetime, zone: ZoneInfo) -> datetime:
    return start_of("day", now, zone)


def month_start(now: datetime, zone: ZoneInfo) -> datetime:
    return start_of("month", now, zone)


def month_of(now: datetime, zone: ZoneInfo) -> str:
    """The month something counts in, as it is kept: 2026-11."""
    return f"{now.astimezone(zone):%Y-%m}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a household's statement: what for, when, who earned it, and who decided it, if somebody did."""

    at: datetime
    amount: int
    kind: str
    reason: Text
    earned_by: str | None
    number: int = 0
    decided_by: str | None = None
    note: str | None = None  # what whoever decided it wrote
    standard: datetime | None = None  # since when the standard was in use under which it was earned


@dataclass(frozen=True, slots=True)
class Statement:
    """What a household has, what of it can be used, and how it came about: one page, newest first."""

    balance: int
    available: int
    entries: Sequence[Entry]
    page: int = 0
    pages: int = 1
    mark: str = ""  # of the newest line: whoever has kept it can show that nothing before was changed

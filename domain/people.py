"""People as everybody sees them: who somebody is, what they hold, and what that allows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.values import quick

ANONYMOUS = frozenset({1087968824, 136817688, 777000})
"""Identities under which groups and channels speak: never a person."""


@quick
@dataclass(frozen=True, slots=True)
class Person:
    """Anyone the desk knows. `telegram_id` is None for whoever was entered from a telephone call or a walk-in."""

    id: int
    telegram_id: int | None = None
    reach: str | None = None
    name: str | None = None
    shown_name: str | None = None
    phone: str | None = None
    language: str | None = None
    language_code: str | None = None
    speaks: str | None = None
    unit: str | None = None
    address: str | None = None
    household_id: int | None = None
    silent_until: datetime | None = None
    of_age: bool | None = None

    @property
    def called(self) -> str:
        """The name others see."""
        return self.name or self.shown_name or "—"


@quick
@dataclass(frozen=True, slots=True)
class Role:
    """What somebody is, and where: an officer, a unit's supervisor, a team's volunteer, a station's keeper."""

    role: str
    unit: str
    team_id: int
    on_duty: bool
    station_id: int = 0
    merchant_id: int = 0


def is_officer(held: Iterable[Role]) -> bool:
    return any(role.role == "officer" for role in held)


def supervises(held: Iterable[Role], units: Iterable[str]) -> bool:
    """Is this a supervisor of one of these units (a place and those above it)?"""
    above = set(units)
    return any(role.role == "supervisor" and role.unit in above for role in held)

"""The most that can be earned: by a person, a household, two households together; in a day, week, month or year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

WHOM, PERIODS = ("person", "household", "pair"), ("day", "week", "month", "year")
NAMES = tuple(f"{whom}_{period}" for whom in WHOM for period in PERIODS)


@dataclass(frozen=True, slots=True)
class Caps:
    """None is no cap."""

    person_day: int | None = None
    household_month: int | None = None
    pair_month: int | None = None
    person_week: int | None = None
    person_month: int | None = None
    person_year: int | None = None
    household_day: int | None = None
    household_week: int | None = None
    household_year: int | None = None
    pair_day: int | None = None
    pair_week: int | None = None
    pair_year: int | None = None

    @property
    def set(self) -> list[tuple[str, int]]:
        """Those there are, by name: persons first, the shortest time first."""
        found = [(name, getattr(self, name)) for name in NAMES]
        return [(name, cap) for name, cap in found if cap is not None]

    def without_persons(self) -> Caps:
        """What is left of them for points that nobody earned by themselves."""
        return replace(self, person_day=None, person_week=None, person_month=None, person_year=None)


def allowed(points: int, earned: Mapping[str, int], caps: Caps) -> int:
    """As much of it as the caps leave room for; `earned` already, by the name of the cap that looks at it."""
    return max(0, min([points, *(cap - earned.get(name, 0) for name, cap in caps.set)]))


def start_of(period: str, now: datetime, zone: ZoneInfo) -> datetime:
    """When this day, week, month or year began where the neighbourhood is; a week on Monday."""
    today = now.astimezone(zone).date()
    first = {
        "day": today,
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "year": today.replace(month=1, day=1),
    }[period]
    return datetime.combine(first, time(), zone).astimezone(UTC)


def starts_of(now: datetime, zone: ZoneInfo) -> dict[str, datetime]:
    return {period: start_of(period, now, zone) for period in PERIODS}

"""When the desk may disturb people, and when an office is open: quiet hours and working hours.

Hours and minutes count only while the clock runs. Whole days are days as people say them: "1d" from ten in the
morning is ten the next (working) morning, the night between included.
A wall-clock time that spring skips comes as much later as the clock jumped; of one that autumn repeats, the first
counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

import holidays as public_holidays

DAY = timedelta(days=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FARTHEST = 366 * 5  # days to look ahead before a calendar counts as never open

Stretch = tuple[datetime, datetime]  # from, up to and without


@dataclass(frozen=True, slots=True)
class QuietHours:
    """What is not urgent waits for the morning. May span midnight."""

    start: time
    end: time

    def is_quiet(self, at: datetime, zone: ZoneInfo) -> bool:
        return self._night_at(at, zone) is not None

    def next_morning(self, at: datetime, zone: ZoneInfo) -> datetime:
        """When these quiet hours end; the same instant if it is not quiet now."""
        night = self._night_at(at, zone)
        return night[1] if night else at.astimezone(UTC)

    def next_evening(self, at: datetime, zone: ZoneInfo) -> datetime:
        """When it next becomes quiet, strictly later than `at`."""
        return next(night[0] for night in self._nights(at, zone) if night[0] > at)

    def _night_at(self, at: datetime, zone: ZoneInfo) -> Stretch | None:
        return next((night for night in self._nights(at, zone) if night[0] <= at < night[1]), None)

    def _nights(self, at: datetime, zone: ZoneInfo) -> Iterator[Stretch]:
        today = at.astimezone(zone).date()
        for day in (today - DAY, today, today + DAY):
            end = day if self.start < self.end else day + DAY
            yield _instant(day, self.start, zone), _instant(end, self.end, zone)


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """When an office works. A span that ends at 00:00 ends with the day."""

    key: str
    spans: tuple[tuple[tuple[time, time], ...], ...]  # Monday first; seven
    country: str | None = None  # "CN", or with a region "DE-BE"
    closed: frozenset[date] = frozenset()

    def opens_on(self, day: date) -> bool:
        if not self.spans[day.weekday()] or day in self.closed:
            return False
        return self.country is None or day not in _holidays_of(self.country, day.year)

    def stretches(self, at: datetime, zone: ZoneInfo) -> Iterator[Stretch]:
        """Every stretch of working time that ends after `at`, in order."""
        today = at.astimezone(zone).date()
        for ahead in range(FARTHEST):
            day = today + ahead * DAY
            if not self.opens_on(day):
                continue
            for start, end in self.spans[day.weekday()]:
                last = _instant(day, end, zone) if end > start else _instant(day + DAY, end, zone)
                if last > at:
                    yield _instant(day, start, zone), last
        raise ValueError(f"the calendar {self.key} is hardly ever open")

    def next_open(self, at: datetime, zone: ZoneInfo) -> datetime:
        """The same instant while the office works, else when it opens."""
        return max(at.astimezone(UTC), next(self.stretches(at, zone))[0])


def add_waking(start: datetime, amount: timedelta, quiet: QuietHours | None, zone: ZoneInfo) -> datetime:
    """When an amount of time is over if the clock stands still in quiet hours; never a moment within them."""
    if quiet is None:
        return start.astimezone(UTC) + amount
    at = quiet.next_morning(start, zone)
    if amount >= DAY:
        at = _days_later(at, amount.days, zone)
        amount -= timedelta(days=amount.days)
    while True:
        at = quiet.next_morning(at, zone)
        evening = quiet.next_evening(at, zone)
        if at + amount < evening:
            return at + amount
        amount -= evening - at
        at = evening


def add_working(start: datetime, amount: timedelta, calendar: BusinessCalendar, zone: ZoneInfo) -> datetime:
    """When an amount of working time is over. What ends with a span is due then, not the next morning."""
    at = calendar.next_open(start, zone)
    for _day in range(amount.days):
        at = _next_working_day(at, calendar, zone)
    amount -= timedelta(days=amount.days)
    for opens, closes in calendar.stretches(at, zone):
        at = max(at, opens)
        if at + amount <= closes:
            return at + amount
        amount -= closes - at
    raise AssertionError("stretches go on until they raise")


def due_at(
    start: datetime,
    amount: timedelta,
    *,
    quiet: QuietHours | None,
    calendar: BusinessCalendar | None,
    zone: ZoneInfo,
) -> datetime:
    """When a promise is due: in its office hours if it names some, else in waking time (quiet None: every hour)."""
    if calendar is not None:
        return add_working(start, amount, calendar, zone)
    return add_waking(start, amount, quiet, zone)


def is_country(code: str) -> bool:
    """Whether the public holidays of a country ("CN") or region ("DE-BE") are known."""
    country, _dash, region = code.partition("-")
    known = public_holidays.list_supported_countries()
    return country in known and (not region or region in known[country])


def _next_working_day(at: datetime, calendar: BusinessCalendar, zone: ZoneInfo) -> datetime:
    later = _days_later(at, 1, zone)
    while not calendar.opens_on(later.astimezone(zone).date()):
        later = _days_later(later, 1, zone)
    return calendar.next_open(later, zone)


def _days_later(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    return _instant(local.date() + days * DAY, local.time(), zone)


@lru_cache(maxsize=4096)
def _instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, wall.replace(fold=0), zone).astimezone(UTC)


@cache
def _holidays_of(code: str, year: int) -> frozenset[date]:
    country, _dash, region = code.partition("-")
    return frozenset(public_holidays.country_holidays(country, subdiv=region or None, years=year))

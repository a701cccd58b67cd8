"""A clock stands still and goes on with what was left: nights and closed offices count no more than they did before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.calendars import BusinessCalendar, QuietHours, Stretch

NOTHING = timedelta(0)


def time_left(
    now: datetime, due: datetime, quiet: QuietHours | None, calendar: BusinessCalendar | None, zone: ZoneInfo
) -> timedelta:
    """How much of the time that counts lies between; nothing once it is due."""
    left = NOTHING
    if due <= now:
        return left
    for start, end in _running(now, quiet, calendar, zone):
        if start >= due:
            return left
        left += min(end, due) - max(start, now)
        if end >= due:
            return left
    raise AssertionError("stretches go on until they raise")


def due_after(
    now: datetime, left: timedelta, quiet: QuietHours | None, calendar: BusinessCalendar | None, zone: ZoneInfo
) -> datetime:
    """When that much of it has passed. What ends with a stretch is due then."""
    for start, end in _running(now, quiet, calendar, zone):
        at = max(start, now)
        if at + left <= end:
            return (at + left).astimezone(UTC)
        left -= end - at
    raise AssertionError("stretches go on until they raise")


def _running(
    now: datetime, quiet: QuietHours | None, calendar: BusinessCalendar | None, zone: ZoneInfo
) -> Iterator[Stretch]:
    """When this clock runs, from now on: in office hours if it has some, else while people are awake, else always."""
    if calendar is not None:
        yield from calendar.stretches(now, zone)
        return
    if quiet is None:
        yield now, datetime.max.replace(tzinfo=UTC)
        return
    at = now
    while True:
        at = quiet.next_morning(at, zone)
        evening = quiet.next_evening(at, zone)
        yield at, evening
        at = evening

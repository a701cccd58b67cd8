"""Nobody is woken for what can wait: at night it is said silently, or when it is day."""

from __future__ import annotations

from datetime import datetime

from desk.front import Desk


def is_night(desk: Desk) -> bool:
    return desk.file.quiet is not None and desk.file.quiet.is_quiet(desk.now, desk.file.zone)


def by_day(desk: Desk, at: datetime) -> datetime:
    """Then, or on the morning after that night."""
    quiet = desk.file.quiet
    return quiet.next_morning(at, desk.file.zone) if quiet is not None else at

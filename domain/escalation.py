"""Who hears of it when nobody answers, and when: the ladder of an order as a value that can be frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.calendars import QuietHours, add_waking
from domain.values import quick

TEAM, SUPERVISORS, DUTY = "team", "supervisors", "duty"  # anything else a step reaches is another team
PEOPLE = (SUPERVISORS, DUTY)


@quick
@dataclass(frozen=True, slots=True)
class EscalationStep:
    after: timedelta  # since the step before; for the first step, since the ladder started
    reach: str
    of: str | None = None  # a level; without one, the unit of the order itself


@dataclass(frozen=True, slots=True)
class Ladder:
    """The frozen copy an order runs on: editing the desk file does not disturb it."""

    steps: tuple[EscalationStep, ...]
    urgent: bool
    seen_for: timedelta
    silent_holder: timedelta | None

    def to_json(self) -> dict[str, Any]:
        return {
            "steps": [{"after": _seconds(s.after), "reach": s.reach, "of": s.of} for s in self.steps],
            "urgent": self.urgent,
            "seen_for": _seconds(self.seen_for),
            "silent_holder": None if self.silent_holder is None else _seconds(self.silent_holder),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Ladder":
        silent = kept["silent_holder"]
        return cls(
            steps=tuple(EscalationStep(timedelta(seconds=s["after"]), s["reach"], s["of"]) for s in kept["steps"]),
            urgent=kept["urgent"],
            seen_for=timedelta(seconds=kept["seen_for"]),
            silent_holder=None if silent is None else timedelta(seconds=silent),
        )


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """A ladder as the desk file describes it."""

    key: str
    steps: tuple[EscalationStep, ...]
    urgent: bool = False
    seen_for: timedelta = timedelta(minutes=30)
    silent_holder: timedelta | None = None

    def freeze(self) -> Ladder:
        return Ladder(self.steps, self.urgent, self.seen_for, self.silent_holder)


@dataclass(frozen=True, slots=True)
class NextReach:
    """Who will be called, and when, if nobody answers until then."""

    step: EscalationStep
    position: int
    at: datetime


# A ladder's position is the number of steps already climbed, so steps[position] is the one that comes next.


def first_alert_at(ladder: Ladder, start: datetime, quiet: QuietHours | None, zone: ZoneInfo) -> datetime | None:
    return next_alert_at(ladder, 0, start, quiet, zone)


def next_alert_at(
    ladder: Ladder, position: int, from_: datetime, quiet: QuietHours | None, zone: ZoneInfo
) -> datetime | None:
    """When steps[position] is due, if the step before was climbed at `from_`; None when the ladder has ended."""
    if position >= len(ladder.steps):
        return None
    return add_patience(ladder, from_, ladder.steps[position].after, quiet, zone)


def seen_until(ladder: Ladder, at: datetime, quiet: QuietHours | None, zone: ZoneInfo) -> datetime:
    """How long "I've seen it" keeps the ladder still."""
    return add_patience(ladder, at, ladder.seen_for, quiet, zone)


def silent_at(ladder: Ladder, heard: datetime, quiet: QuietHours | None, zone: ZoneInfo) -> datetime | None:
    """When a holder of whom nothing is heard is asked, and as long after that gives it back; None is never."""
    if ladder.silent_holder is None:
        return None
    return add_patience(ladder, heard, ladder.silent_holder, quiet, zone)


def who_is_next(
    ladder: Ladder, position: int, next_at: datetime, quiet: QuietHours | None, zone: ZoneInfo
) -> NextReach | None:
    """Whom a waiting person may be promised: the next step beyond asking the same team again.

    `next_at` is when steps[position] is due; later steps count from there.
    """
    at = next_at
    for place in range(position, len(ladder.steps)):
        step = ladder.steps[place]
        if place > position:
            at = add_patience(ladder, at, step.after, quiet, zone)
        if step.reach != TEAM:
            return NextReach(step, place, at)
    return None


def add_patience(
    ladder: Ladder, start: datetime, amount: timedelta, quiet: QuietHours | None, zone: ZoneInfo
) -> datetime:
    """Waits as this ladder waits: through quiet hours only if it is urgent."""
    return add_waking(start, amount, None if ladder.urgent else quiet, zone)


def _seconds(amount: timedelta) -> int:
    return int(amount.total_seconds())

"""The ladder: who hears of it next, and when, through quiet hours and edits of the desk file."""

import json
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.calendars import QuietHours
from domain.escalation import (
    EscalationPolicy,
    EscalationStep,
    Ladder,
    first_alert_at,
    next_alert_at,
    seen_until,
    silent_at,
    who_is_next,
)

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = QuietHours(time(21, 30), time(7))
MINUTE = timedelta(minutes=1)

EVERYDAY = EscalationPolicy(
    "everyday",
    (
        EscalationStep(15 * MINUTE, "team"),
        EscalationStep(15 * MINUTE, "supervisors", "community"),
        EscalationStep(30 * MINUTE, "supervisors", "town"),
    ),
    seen_for=30 * MINUTE,
    silent_holder=120 * MINUTE,
).freeze()
AT_ONCE = EscalationPolicy(
    "at_once",
    (EscalationStep(0 * MINUTE, "duty", "community"), EscalationStep(5 * MINUTE, "supervisors", "community")),
    urgent=True,
    seen_for=10 * MINUTE,
).freeze()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize("ladder", [EVERYDAY, AT_ONCE])
def test_a_frozen_ladder_survives_being_kept_as_json(ladder: Ladder) -> None:
    assert Ladder.from_json(json.loads(json.dumps(ladder.to_json()))) == ladder


@pytest.mark.parametrize(
    ("ladder", "position", "before", "due"),
    [
        (EVERYDAY, 0, "2026-05-04T18:00", "2026-05-04T18:15"),
        (EVERYDAY, 1, "2026-05-04T18:15", "2026-05-04T18:30"),
        (EVERYDAY, 2, "2026-05-04T18:30", "2026-05-04T19:00"),
        (EVERYDAY, 0, "2026-05-04T21:20", "2026-05-05T07:05"),
        (EVERYDAY, 1, "2026-05-04T23:00", "2026-05-05T07:15"),
        (AT_ONCE, 0, "2026-05-04T23:00", "2026-05-04T23:00"),  # at once means at once, in the night too
        (AT_ONCE, 1, "2026-05-04T23:00", "2026-05-04T23:05"),
    ],
)
def test_when_the_next_step_is_due(ladder: Ladder, position: int, before: str, due: str) -> None:
    assert next_alert_at(ladder, position, at(before), NIGHT, ZONE) == at(due)


def test_the_first_step_counts_from_the_start() -> None:
    assert first_alert_at(EVERYDAY, at("2026-05-04T18:00"), NIGHT, ZONE) == at("2026-05-04T18:15")


def test_a_ladder_ends() -> None:
    assert next_alert_at(EVERYDAY, 3, at("2026-05-04T19:00"), NIGHT, ZONE) is None
    assert who_is_next(EVERYDAY, 3, at("2026-05-04T19:00"), NIGHT, ZONE) is None


def test_a_desk_without_quiet_hours_waits_for_no_morning() -> None:
    assert next_alert_at(EVERYDAY, 0, at("2026-05-04T23:00"), None, ZONE) == at("2026-05-04T23:15")


def test_seen_and_silent_wait_as_the_ladder_waits() -> None:
    late = at("2026-05-04T21:20")
    assert seen_until(EVERYDAY, late, NIGHT, ZONE) == at("2026-05-05T07:20")
    assert seen_until(AT_ONCE, late, NIGHT, ZONE) == at("2026-05-04T21:30")
    assert silent_at(EVERYDAY, late, NIGHT, ZONE) == at("2026-05-05T08:50")
    assert silent_at(AT_ONCE, late, NIGHT, ZONE) is None


def test_a_waiting_person_is_promised_someone_other_than_the_same_team() -> None:
    """If nobody has taken it by 18:30, I'll call the community supervisor."""
    promised = who_is_next(EVERYDAY, 0, at("2026-05-04T18:15"), NIGHT, ZONE)
    assert promised is not None
    assert (promised.step.reach, promised.step.of, promised.position) == ("supervisors", "community", 1)
    assert promised.at == at("2026-05-04T18:30")


def test_the_promise_counts_the_night_between() -> None:
    promised = who_is_next(EVERYDAY, 0, at("2026-05-04T21:20"), NIGHT, ZONE)
    assert promised is not None and promised.at == at("2026-05-05T07:05")
    promised = who_is_next(EVERYDAY, 2, at("2026-05-04T19:00"), NIGHT, ZONE)
    assert promised is not None and (promised.step.of, promised.at) == ("town", at("2026-05-04T19:00"))

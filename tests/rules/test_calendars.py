"""Clocks that stand still at night and while the office is closed, through daylight saving and holidays."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendars import BusinessCalendar, QuietHours, add_waking, add_working, due_at, is_country

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(time(21, 30), time(7))
NOON = QuietHours(time(12), time(14))

HOURS = ((time(8, 30), time(12)), (time(14), time(17, 30)))
OFFICE = BusinessCalendar("office_hours", (*[HOURS] * 5, (), ()), "CN")
PLAIN = BusinessCalendar("plain", (*[HOURS] * 5, (), ()))
GERMAN = BusinessCalendar("amt", (*[HOURS] * 5, (), ()), "DE-BE")


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def length(text: str) -> timedelta:
    number, unit = int(text[:-1]), text[-1]
    return timedelta(minutes=number * {"m": 1, "h": 60, "d": 24 * 60}[unit])


@pytest.mark.parametrize(
    ("quiet", "wall", "is_quiet"),
    [
        (NIGHT, "21:29", False),
        (NIGHT, "21:30", True),
        (NIGHT, "00:00", True),
        (NIGHT, "06:59", True),
        (NIGHT, "07:00", False),
        (NOON, "11:59", False),
        (NOON, "12:00", True),
        (NOON, "14:00", False),
    ],
)
def test_when_it_is_quiet(quiet: QuietHours, wall: str, is_quiet: bool) -> None:
    assert quiet.is_quiet(at(f"2026-05-04T{wall}"), SHANGHAI) is is_quiet


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-05-04T23:00", "2026-05-05T07:00"),
        ("2026-05-05T03:00", "2026-05-05T07:00"),
        ("2026-05-05T07:00", "2026-05-05T07:00"),
        ("2026-05-05T12:00", "2026-05-05T12:00"),
    ],
)
def test_the_next_morning(now: str, morning: str) -> None:
    assert NIGHT.next_morning(at(now), SHANGHAI) == at(morning)


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        ("2026-05-04T10:00", "0m", "2026-05-04T10:00"),
        ("2026-05-04T23:00", "0m", "2026-05-05T07:00"),
        ("2026-05-04T10:00", "30m", "2026-05-04T10:30"),
        ("2026-05-04T21:00", "29m", "2026-05-04T21:29"),
        ("2026-05-04T21:00", "30m", "2026-05-05T07:00"),  # due as it grows quiet: it waits for the morning
        ("2026-05-04T21:00", "45m", "2026-05-05T07:15"),
        ("2026-05-04T23:00", "15m", "2026-05-05T07:15"),
        ("2026-05-05T02:00", "15m", "2026-05-05T07:15"),
        ("2026-05-04T20:00", "16h", "2026-05-06T07:00"),  # 1.5 h, then all of the 14.5 h day
        ("2026-05-04T20:00", "1d", "2026-05-05T20:00"),  # a day is a day, its night included
        ("2026-05-04T23:00", "1d", "2026-05-06T07:00"),
        ("2026-05-04T20:00", "7d", "2026-05-11T20:00"),
    ],
)
def test_the_clock_stands_still_in_quiet_hours(start: str, amount: str, due: str) -> None:
    assert add_waking(at(start), length(amount), NIGHT, SHANGHAI) == at(due)


def test_without_quiet_hours_it_never_stands_still() -> None:
    assert add_waking(at("2026-05-04T23:00"), length("2h"), None, SHANGHAI) == at("2026-05-05T01:00")


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        # Spring: the clocks jump from 02:00 to 03:00 on 29 March 2026, within the night.
        ("2026-03-28T21:00+01:00", "45m", "2026-03-29T07:15+02:00"),
        ("2026-03-28T20:00+01:00", "1d", "2026-03-29T20:00+02:00"),
        # Autumn: the hour from 02:00 to 03:00 comes twice on 25 October 2026.
        ("2026-10-24T21:00+02:00", "45m", "2026-10-25T07:15+01:00"),
        ("2026-10-24T20:00+02:00", "1d", "2026-10-25T20:00+01:00"),
    ],
)
def test_quiet_hours_follow_the_wall_clock_through_daylight_saving(start: str, amount: str, due: str) -> None:
    found = add_waking(datetime.fromisoformat(start), length(amount), NIGHT, BERLIN)
    assert found == datetime.fromisoformat(due)


@pytest.mark.parametrize(
    ("quiet", "start", "amount", "due"),
    [
        # Quiet until 02:30, which spring skips: as much later as the clock jumped.
        (QuietHours(time(22), time(2, 30)), "2026-03-29T00:00+01:00", "10m", "2026-03-29T03:40+02:00"),
        # Quiet from 02:30, which spring skips.
        (QuietHours(time(2, 30), time(6)), "2026-03-29T01:00+01:00", "2h", "2026-03-29T06:30+02:00"),
        # Quiet until 02:30, which autumn repeats: the first counts.
        (QuietHours(time(22), time(2, 30)), "2026-10-25T01:00+02:00", "10m", "2026-10-25T02:40+02:00"),
        # Two hours across the repeated hour are two hours.
        (NOON, "2026-10-25T01:30+02:00", "2h", "2026-10-25T02:30+01:00"),
        (NOON, "2026-03-29T01:30+01:00", "2h", "2026-03-29T04:30+02:00"),
    ],
)
def test_within_a_gap_and_an_overlap(quiet: QuietHours, start: str, amount: str, due: str) -> None:
    assert add_waking(datetime.fromisoformat(start), length(amount), quiet, BERLIN) == datetime.fromisoformat(due)


@settings(deadline=None)
@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    minutes=st.integers(0, 23 * 60),
    more=st.integers(0, 59),
)
def test_never_quiet_never_early_never_out_of_order(start: datetime, minutes: int, more: int) -> None:
    due = add_waking(start, timedelta(minutes=minutes), NIGHT, BERLIN)
    assert due >= start + timedelta(minutes=minutes)
    assert not NIGHT.is_quiet(due, BERLIN)
    assert due.tzinfo is UTC
    later = add_waking(start, min(timedelta(minutes=minutes + more), timedelta(hours=23)), NIGHT, BERLIN)
    assert later >= due
    assert add_waking(due, timedelta(0), NIGHT, BERLIN) == due


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        ("2026-05-11T09:00", "0m", "2026-05-11T09:00"),  # a Monday
        ("2026-05-11T09:00", "2h", "2026-05-11T11:00"),
        ("2026-05-11T11:00", "1h", "2026-05-11T12:00"),
        ("2026-05-11T11:00", "2h", "2026-05-11T15:00"),  # the lunch break does not count
        ("2026-05-11T13:00", "0m", "2026-05-11T14:00"),
        ("2026-05-11T17:00", "2h", "2026-05-12T10:00"),
        ("2026-05-15T17:00", "2h", "2026-05-18T10:00"),  # over the weekend
        ("2026-05-16T10:00", "30m", "2026-05-18T09:00"),  # asked on a Saturday
        ("2026-05-11T15:00", "3d", "2026-05-14T15:00"),
        ("2026-05-15T15:00", "3d", "2026-05-20T15:00"),
        ("2026-05-16T15:00", "1d", "2026-05-19T08:30"),
        ("2026-04-30T17:00", "1h", "2026-05-06T09:00"),  # Labour Day, 1 to 5 May 2026
        ("2026-04-30T17:00", "1d", "2026-05-06T17:00"),
        ("2026-09-30T16:00", "3h", "2026-10-08T10:00"),  # National Day, 1 to 7 October 2026
    ],
)
def test_working_time(start: str, amount: str, due: str) -> None:
    assert add_working(at(start), length(amount), OFFICE, SHANGHAI) == at(due)


def test_holidays_of_a_region_and_days_named_by_hand() -> None:
    # International Women's Day is a holiday in Berlin; in 2027 it is a Monday.
    assert add_working(at("2027-03-08T09:00", BERLIN), length("1h"), GERMAN, BERLIN) == at("2027-03-09T09:30", BERLIN)
    closed = BusinessCalendar("c", PLAIN.spans, None, frozenset({date(2026, 5, 12)}))
    assert add_working(at("2026-05-11T17:00"), length("1h"), closed, SHANGHAI) == at("2026-05-13T09:00")


def test_an_office_that_works_to_midnight_and_through_the_spring_gap() -> None:
    around = BusinessCalendar("around", (((time(0), time(0)),),) * 7)
    start = datetime.fromisoformat("2026-03-29T01:30+01:00")
    assert add_working(start, length("2h"), around, BERLIN) == datetime.fromisoformat("2026-03-29T04:30+02:00")
    assert add_working(start, length("23h"), around, BERLIN) == datetime.fromisoformat("2026-03-30T01:30+02:00")
    assert add_working(start, length("2d"), around, BERLIN) == datetime.fromisoformat("2026-03-31T01:30+02:00")


def test_a_calendar_that_is_never_open_says_so_instead_of_looking_for_ever() -> None:
    never = BusinessCalendar("never", ((),) * 7)
    with pytest.raises(ValueError, match="hardly ever open"):
        add_working(at("2026-05-11T09:00"), length("1h"), never, SHANGHAI)


def test_a_promise_counts_in_office_hours_if_it_names_them() -> None:
    start = at("2026-05-11T17:00")
    amount = length("5h")
    assert due_at(start, amount, quiet=NIGHT, calendar=PLAIN, zone=SHANGHAI) == at("2026-05-12T15:00")
    assert due_at(start, amount, quiet=NIGHT, calendar=None, zone=SHANGHAI) == at("2026-05-12T07:30")
    assert due_at(start, amount, quiet=None, calendar=None, zone=SHANGHAI) == at("2026-05-11T22:00")


@pytest.mark.parametrize(
    ("code", "known"), [("CN", True), ("DE-BE", True), ("XX", False), ("DE-XX", False), ("", False)]
)
def test_countries(code: str, known: bool) -> None:
    assert is_country(code) is known

"""When nobody answers: the ladder climbs at the promised minute, stands still at night, and comes to an end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from desk.alert_views import alert_view, could_take, other_teams
from desk.escalation import (
    acknowledge,
    is_exhausted,
    next_call,
)
from desk.front import CardRefresh
from desk.orders import claim
from desk.queue import queue, show_queue
from domain.calendars import QuietHours
from domain.desk_file import DeskFile
from domain.orders import AlreadyClaimed
from domain.refusals import NotAllowed
from storage.escalation import find_run
from storage.orders import find_order
from storage.tables import roles
from tests.conftest import MORNING, AtDesk
from tests.deeds.cast import GROUP, add_account, gather, give
from tests.deeds.waiting_order import MINUTE, Town, alerted, asked_groups, open_order, sweep


@pytest.fixture
def town(at_desk: AtDesk) -> Town:
    return Town(at_desk)


# ── the promised minute ─────────────────────────────────────────────────────────────────────────────────────────────


def test_it_climbs_to_the_minute(town: Town) -> None:
    steps: dict[int, list[int]] = {}
    for minute in range(0, 260):
        with town.after(minute) as desk:
            if sweep(desk):
                steps[minute] = [*alerted(desk), *asked_groups(desk)]
    assert steps == {15: [GROUP], 30: [14], 60: [21], 120: [22], 180: [23]}
    with town.after(260) as desk:
        assert is_exhausted(desk, town.order.id)


def test_the_requester_is_promised_the_minute_at_which_the_supervisor_hears(town: Town) -> None:
    with town.after(0) as desk:
        promised = next_call(desk, town.order.id)
    assert promised is not None
    assert (promised.at, promised.whom.msgid) == (MORNING + 30 * MINUTE, "the community supervisor")
    assert town.sweep_after(29.9) == []
    assert town.sweep_after(30) == [14]
    with town.after(31) as desk:
        promised = next_call(desk, town.order.id)
    assert promised is not None
    assert (promised.at, promised.whom.msgid) == (MORNING + 60 * MINUTE, "the town supervisor")


def test_the_living_card_changes_with_every_step(town: Town) -> None:
    with town.after(30) as desk:
        sweep(desk)
        assert CardRefresh(11, "request", town.order.id, silent=True) in desk.said


def test_whoever_takes_it_ends_the_ladder_and_the_supervisor_sees_who(town: Town) -> None:
    town.sweep_after(30)
    with town.after(40) as desk:
        claim(desk, town.cast.ben, town.order.id)
        assert CardRefresh(14, "alert", town.order.id) in desk.said
    with town.after(300) as desk:
        assert sweep(desk) == 0
        assert not alerted(desk)
        seen = alert_view(desk, town.order.id, 14)
    assert seen is not None and not seen.waits and seen.holder == "Ben"


# ── quiet hours and the turn of the clock ───────────────────────────────────────────────────────────────────────────


def test_a_ladder_stands_still_at_night(at_desk: AtDesk) -> None:
    evening = datetime(2026, 11, 23, 13, 20, tzinfo=UTC)  # 21:20 in Shanghai; quiet from 21:30 to 07:00
    town = Town(at_desk, evening)
    with town.after(0) as desk:
        promised = next_call(desk, town.order.id)
    assert promised is not None and promised.at == datetime(2026, 11, 23, 23, 20, tzinfo=UTC)
    assert town.sweep_after(60) == []
    assert town.sweep_after(9 * 60 + 59) == []
    assert town.sweep_after(10 * 60) == [14]


def test_a_desk_that_was_down_in_the_evening_wakes_nobody(at_desk: AtDesk) -> None:
    town = Town(at_desk, datetime(2026, 11, 23, 12, 50, tzinfo=UTC))  # 20:50
    with town.after(120) as desk:  # 22:50, and the group should have been asked at 21:05
        sweep(desk)
        assert not asked_groups(desk)
    with town.after(610) as desk:  # 07:00
        sweep(desk)
        assert asked_groups(desk) == [GROUP]


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (datetime(2026, 3, 28, 20, 25, tzinfo=UTC), datetime(2026, 3, 29, 5, 25, tzinfo=UTC)),  # a night of nine hours
        (
            datetime(2026, 10, 24, 19, 25, tzinfo=UTC),
            datetime(2026, 10, 25, 6, 25, tzinfo=UTC),
        ),  # one of ten and a half
    ],
)
def test_the_night_in_which_the_clock_is_changed(
    at_desk: AtDesk, desk_file: DeskFile, start: datetime, due: datetime
) -> None:
    from datetime import time
    from zoneinfo import ZoneInfo

    berlin = replace(desk_file, zone=ZoneInfo("Europe/Berlin"), quiet=QuietHours(time(21, 30), time(7)))
    with at_desk(start) as desk:
        desk.file = berlin
        order = open_order(desk, gather(desk))  # 21:25: five waking minutes are left, twenty-five remain
        promised = next_call(desk, order.id)
        assert promised is not None and promised.at == due
    for moment, expected in ((due - MINUTE, []), (due, [14])):
        with at_desk(moment) as desk:
            desk.file = berlin
            sweep(desk)
            assert alerted(desk) == expected


# ── I've seen it ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_seen_stops_the_ladder_for_a_while_and_then_it_climbs_again(town: Town) -> None:
    town.sweep_after(30)
    with town.after(45) as desk:
        until = acknowledge(desk, town.cast.dina, town.order.id)
        assert until == MORNING + 75 * MINUTE
        seen = alert_view(desk, town.order.id, 14)
        assert seen is not None and seen.seen_by == "Dina"
    assert town.sweep_after(74) == []
    assert town.sweep_after(75) == [21]


def test_seen_never_makes_the_next_call_earlier(town: Town) -> None:
    town.sweep_after(60)  # the town is called; the district would be at 120
    with town.after(60) as desk:
        sweep(desk)
    with town.after(61) as desk:
        assert acknowledge(desk, town.tess, town.order.id) >= MORNING + 91 * MINUTE
        run = find_run(desk.conn, order_id=town.order.id)
        assert run is not None and run.next_at is not None and run.next_at >= MORNING + 91 * MINUTE


def test_only_who_answers_for_the_place_can_say_so_and_only_while_nobody_has_it(town: Town) -> None:
    with town.after(31) as desk:
        for stranger in (town.cast.faye, town.cast.ben):
            with pytest.raises(NotAllowed):
                acknowledge(desk, stranger, town.order.id)
        claim(desk, town.cast.ben, town.order.id)
        with pytest.raises(AlreadyClaimed):
            acknowledge(desk, town.cast.dina, town.order.id)


# ── the end of the ladder ───────────────────────────────────────────────────────────────────────────────────────────


def test_at_the_end_officers_hear_of_it_and_it_stands_on_top_of_the_queue(town: Town) -> None:
    with town.after(170) as desk:
        younger = open_order(desk, town.cast, "talk-2")
    for minutes in (15, 30, 60, 120):
        town.sweep_after(minutes)
    assert 23 in town.sweep_after(180)
    with town.after(181) as desk:
        assert is_exhausted(desk, town.order.id)
        assert next_call(desk, town.order.id) is None
        waiting = queue(desk, town.cast.dina)
        assert [each.order.id for each in waiting] == [town.order.id, younger.id]
        assert (waiting[0].exhausted, waiting[0].late, waiting[1].exhausted) == (True, True, False)
        assert [each.order.id for each in queue(desk, town.olga)] == [town.order.id, younger.id]
        assert queue(desk, town.cast.faye) == []
        with pytest.raises(NotAllowed):
            show_queue(desk, town.cast.faye, anew=True)
        claim(desk, town.cast.ben, town.order.id)
        assert not is_exhausted(desk, town.order.id)


def test_with_nobody_on_the_ladder_officers_hear_at_the_first_promised_minute(town: Town) -> None:
    with town.after(0) as desk:
        desk.conn.execute(update(roles).where(roles.c.role == "supervisor").values(ended_at=desk.now))
        promised = next_call(desk, town.order.id)
        assert promised is not None
        assert (promised.at, promised.whom.msgid) == (MORNING + 30 * MINUTE, "the people who run this desk")
    assert town.sweep_after(30) == [23]


def test_a_queue_shows_the_unit_and_those_below_it(town: Town) -> None:
    with town.after(0) as desk:
        hal = add_account(desk, 25, "Hal")
        give(desk, hal, "supervisor", unit="haitang")
        assert queue(desk, hal) == []
        assert [each.order.id for each in queue(desk, town.tess)] == [town.order.id]


def test_whom_it_can_be_given_to(town: Town) -> None:
    with town.after(0) as desk:
        order = find_order(desk.conn, town.order.id)
        assert order is not None
        assert [person.called for person in could_take(desk, order)] == ["Ben", "Cleo"]
        assert [team.title for team in other_teams(desk, order)] == ["Care"]

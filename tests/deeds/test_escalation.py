"""When nobody answers: the ladder climbs at the promised minute, once, to people who can be reached."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import Engine, select, update

from desk import escalation
from desk.alert_views import alert_view, could_take, other_teams
from desk.escalation import (
    acknowledge,
    call_supervisor,
    is_exhausted,
    next_call,
    start_case_run,
    sweep_runs,
    unreachable,
)
from desk.front import CardRefresh, Desk, Line
from desk.orders import claim, make_order
from desk.queue import go_on_duty, on_duty, queue, show_queue
from domain.calendars import QuietHours
from domain.desk_file import DeskFile
from domain.escalation import EscalationStep
from domain.orders import AlreadyClaimed, Order
from domain.people import Person
from domain.refusals import NotAllowed, NotFound
from domain.words import plain
from storage.escalation import LATE, alerts_of_order, find_run
from storage.orders import find_order, history_of
from storage.tables import contacts, escalation_runs, people, roles
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk
from tests.deeds.cast import GROUP, OTHER_GROUP, Cast, add_account, ask, gather, give

MINUTE = timedelta(minutes=1)


def sweep(desk: Desk) -> int:
    """Everything that is due at this moment, as the ticker does it."""
    count = 0
    while sweep_runs(desk):
        count += 1
        assert count < 50, "the sweep does not end"
    return count


def alerted(desk: Desk, subject: str = "alert") -> list[int]:
    """Chats in which an alert has just appeared."""
    return [
        said.chat_id for said in desk.said if isinstance(said, CardRefresh) and said.subject == subject and said.anew
    ]


def asked_groups(desk: Desk) -> list[int]:
    return [
        said.chat_id for said in desk.said if isinstance(said, CardRefresh) and said.subject == "order" and said.anew
    ]


def open_order(desk: Desk, cast: Cast, once: str = "talk-1", category: str = "errand") -> Order:
    order = make_order(desk, ask(cast, once, category))
    desk.said.clear()
    return order


class Town:
    """The cast, one waiting order, and supervisors of town and district."""

    def __init__(self, at_desk: AtDesk, now: datetime = MORNING, category: str = "errand") -> None:
        self.at_desk, self.start = at_desk, now
        with at_desk(now) as desk:
            self.cast = gather(desk)
            self.tess = add_account(desk, 21, "Tess")
            self.dora = add_account(desk, 22, "Dora")
            self.olga = add_account(desk, 23, "Olga")
            give(desk, self.tess, "supervisor", unit="donggang")
            give(desk, self.dora, "supervisor", unit="putuo")
            give(desk, self.olga, "officer")
            self.order = open_order(desk, self.cast, category=category)

    @contextmanager
    def after(self, minutes: float) -> Iterator[Desk]:
        with self.at_desk(self.start + minutes * MINUTE) as desk:
            yield desk

    def sweep_after(self, minutes: float) -> list[int]:
        with self.after(minutes) as desk:
            sweep(desk)
            return alerted(desk)


@pytest.fixture
def town(at_desk: AtDesk) -> Town:
    return Town(at_desk)


def block(desk: Desk, person: Person, reach: str = "blocked") -> None:
    desk.conn.execute(update(contacts).where(contacts.c.telegram_id == person.telegram_id).values(reach=reach))


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


# ── who is reached ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_those_on_duty_are_called_and_with_nobody_on_duty_everyone(town: Town) -> None:
    with town.after(0) as desk:
        gus = add_account(desk, 24, "Gus")
        give(desk, gus, "supervisor", unit="ankang")
        go_on_duty(desk, gus, False)
        assert on_duty(desk, gus) is False
        other = open_order(desk, town.cast, "talk-2")
    assert set(town.sweep_after(30)) == {14}
    with town.after(31) as desk:
        go_on_duty(desk, town.cast.dina, False)
        third = open_order(desk, town.cast, "talk-3")
    with town.after(61) as desk:
        sweep(desk)
        called = {alert.person_id for alert in alerts_of_order(desk.conn, third.id)}
        assert called == {town.cast.dina.id, gus.id}
        assert {alert.person_id for alert in alerts_of_order(desk.conn, other.id)} == {town.cast.dina.id, town.tess.id}


def test_only_supervisors_go_on_duty(town: Town) -> None:
    with town.after(0) as desk, pytest.raises(NotAllowed):
        go_on_duty(desk, town.cast.ben, True)


@pytest.mark.parametrize("reach", ["blocked", "never_started", "deactivated"])
def test_whoever_cannot_be_reached_does_not_count(town: Town, reach: str) -> None:
    with town.after(0) as desk:
        block(desk, town.cast.dina, reach)
        promised = next_call(desk, town.order.id)
    assert promised is not None
    assert (promised.at, promised.whom.msgid) == (MORNING + 30 * MINUTE, "the town supervisor")
    assert town.sweep_after(30) == [21]


def test_one_found_blocked_when_called_makes_the_next_be_called_at_once(town: Town) -> None:
    assert town.sweep_after(30) == [14]
    with town.after(30) as desk:
        unreachable(desk, 14)
        sweep(desk)
        assert alerted(desk) == [21]
        assert {alert.person_id for alert in alerts_of_order(desk.conn, town.order.id) if alert.reached} == {
            town.tess.id
        }
    assert town.sweep_after(89) == []
    assert town.sweep_after(90) == [22]


def test_before_that_others_of_the_unit_are_called(town: Town) -> None:
    with town.after(0) as desk:
        gus = add_account(desk, 24, "Gus")
        give(desk, gus, "supervisor", unit="ankang")
        go_on_duty(desk, gus, False)
    assert town.sweep_after(30) == [14]
    with town.after(31) as desk:
        unreachable(desk, 14)
        sweep(desk)
        assert alerted(desk) == [24]


def test_with_another_one_reached_nobody_is_called_early(town: Town) -> None:
    with town.after(0) as desk:
        give(desk, add_account(desk, 24, "Gus"), "supervisor", unit="ankang")
    assert set(town.sweep_after(30)) == {14, 24}
    with town.after(31) as desk:
        unreachable(desk, 14)
        unreachable(desk, 999)
        assert sweep(desk) == 0


def test_a_discreet_order_is_kept_from_the_household(at_desk: AtDesk) -> None:
    town = Town(at_desk, category="hardship")
    with town.after(0) as desk:
        home = town.cast.ama.household_id
        desk.conn.execute(update(people).where(people.c.id == town.cast.dina.id).values(household_id=home))
    assert town.sweep_after(30) == [21]
    with town.after(31) as desk:
        assert alert_view(desk, town.order.id, 14) is None
        seen = alert_view(desk, town.order.id, 21)
        assert seen is not None and seen.words is None
        with pytest.raises(NotFound):
            acknowledge(desk, town.cast.dina, town.order.id)
        assert queue(desk, town.cast.dina) == []


def test_an_order_that_no_group_can_hear_of_is_for_the_supervisor_at_once(at_desk: AtDesk) -> None:
    town = Town(at_desk, category="repair")  # there is no such team
    with town.after(0) as desk:
        promised = next_call(desk, town.order.id)
        assert promised is not None
        assert (promised.at, promised.whom.msgid) == (MORNING, "the community supervisor")
    assert town.sweep_after(0) == [14]


def test_another_team_is_asked(at_desk: AtDesk, desk_file: DeskFile) -> None:
    everyday = desk_file.ladders["everyday"]
    ladder = replace(everyday, steps=(EscalationStep(10 * MINUTE, "care"), *everyday.steps))
    with at_desk() as desk:
        desk.file = replace(desk_file, ladders={**desk_file.ladders, "everyday": ladder})
        cast = gather(desk)
        order = open_order(desk, cast)
        promised = next_call(desk, order.id)
        assert promised is not None
        assert (promised.at, promised.whom) == (MORNING + 10 * MINUTE, plain(desk_file.teams["care"]))
    with at_desk(MORNING + 10 * MINUTE) as desk:
        sweep(desk)
        assert OTHER_GROUP in asked_groups(desk)


# ── what is due in one group is asked in one message ────────────────────────────────────────────────────────────────


def test_the_group_is_asked_once_for_everything_that_is_due(town: Town) -> None:
    with town.after(0) as desk:
        more = [open_order(desk, town.cast, f"talk-{number}") for number in (2, 3)]
    with town.after(15) as desk:
        assert sweep(desk) == 1
        lines = [said for said in desk.said if isinstance(said, Line) and said.chat_id == GROUP]
        assert [line.text.blanks["count"] for line in lines] == [3]
        assert asked_groups(desk) == []
    assert sorted(set(town.sweep_after(30))) == [14]
    with town.after(30) as desk:
        for order in (town.order, *more):
            assert [what for what, _who, _note in history_of(desk.conn, order.id)].count("asked_again") == 1
            assert [alert.person_id for alert in alerts_of_order(desk.conn, order.id)] == [town.cast.dina.id]


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


# ── restarts, races, pauses, faults ─────────────────────────────────────────────────────────────────────────────────


def test_a_restart_loses_nothing_and_doubles_nothing(
    town: Town, database_url: str, writer: Engine, desk_file: DeskFile
) -> None:
    assert town.sweep_after(30) == [14]
    writer.dispose()
    for minutes, expected in ((30, []), (31, []), (60, [21]), (60, [])):
        engine = open_writer(database_url)
        with engine.begin() as conn:
            desk = Desk(conn, desk_file, MORNING + minutes * MINUTE, KEYS, Random(1))
            sweep(desk)
            assert alerted(desk) == expected
        engine.dispose()


def test_two_sweepers_climb_each_step_once(town: Town, database_url: str, writer: Engine, desk_file: DeskFile) -> None:
    with town.after(0) as desk:
        for number in range(2, 7):
            open_order(desk, town.cast, f"talk-{number}")
        for run in desk.conn.execute(select(escalation_runs.c.id)).all():
            desk.conn.execute(update(escalation_runs).where(escalation_runs.c.id == run.id).values(position=1))
    writer.dispose()
    start, seen, faults = threading.Barrier(2), [], []

    def tick() -> None:
        engine = open_writer(database_url)
        try:
            start.wait()
            more = True
            while more:
                with engine.begin() as conn:
                    desk = Desk(conn, desk_file, MORNING + 15 * MINUTE, KEYS, Random(1))
                    more = sweep_runs(desk)
                    said = [(each.chat_id, each.subject_id) for each in desk.said if getattr(each, "anew", False)]
                seen.extend(said)
        except Exception as fault:
            faults.append(fault)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=tick) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert len(seen) == 6
    assert len(set(seen)) == 6


def test_three_hours_later_each_step_is_climbed_once_and_the_late_alert_says_so(town: Town) -> None:
    with town.after(180) as desk:
        sweep(desk)
        assert asked_groups(desk) == [GROUP]
        assert alerted(desk) == [14]  # promised for 30 minutes after; the town has not had its turn yet
        seen = alert_view(desk, town.order.id, 14)
        assert seen is not None and seen.late == 150 * MINUTE
        assert LATE in [what for what, _who, _note in history_of(desk.conn, town.order.id)]
    assert town.sweep_after(209) == []
    with town.after(210) as desk:
        sweep(desk)
        assert alerted(desk) == [21]
        seen = alert_view(desk, town.order.id, 21)
        assert seen is not None and seen.late is None


def test_what_is_latest_late_comes_first(town: Town) -> None:
    with town.after(1) as desk:
        younger = open_order(desk, town.cast, "talk-2", category="hardship")
    with town.after(100) as desk:
        assert sweep_runs(desk)
        assert find_run(desk.conn, order_id=town.order.id).position == 1  # type: ignore[union-attr]
        assert find_run(desk.conn, order_id=younger.id).position == 0  # type: ignore[union-attr]


def test_a_run_that_fails_is_retried_alone(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with town.after(1) as desk:
        other = open_order(desk, town.cast, "talk-2", category="hardship")
    real = escalation.matter_of

    def broken(desk: Desk, run: escalation.Run) -> escalation.Matter:
        if run.order_id == town.order.id:
            raise ValueError("a fault in this order")
        return real(desk, run)

    monkeypatch.setattr(escalation, "matter_of", broken)
    delays = []
    now = MORNING + 31 * MINUTE
    for _attempt in range(3):
        with town.at_desk(now) as desk:
            sweep(desk)  # the rest go on
            run = find_run(desk.conn, order_id=town.order.id)
            assert run is not None and run.next_at is not None and run.position == 0
            delays.append(run.next_at - now)
            now = run.next_at
    assert delays == [MINUTE, 2 * MINUTE, 4 * MINUTE]
    monkeypatch.undo()
    with town.at_desk(now) as desk:
        assert [alert.person_id for alert in alerts_of_order(desk.conn, other.id)] == [town.cast.dina.id]
        sweep(desk)
        run = find_run(desk.conn, order_id=town.order.id)
        assert run is not None and run.position > 0 and run.tries == 0


def test_a_running_ladder_is_a_frozen_copy(town: Town, desk_file: DeskFile) -> None:
    everyday = replace(desk_file.ladders["everyday"], steps=(EscalationStep(MINUTE, "supervisors", "district"),))
    edited = replace(desk_file, ladders={**desk_file.ladders, "everyday": everyday})
    with town.after(5) as desk:
        desk.file = edited
        assert sweep(desk) == 0
    with town.after(30) as desk:
        desk.file = edited
        sweep(desk)
        assert alerted(desk) == [14]
        escalation.restart(desk, town.order.id)
        desk.said.clear()
    with town.after(31) as desk:
        desk.file = edited
        sweep(desk)
        assert alerted(desk) == [22]


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


# ── the holder needs help; the private door ─────────────────────────────────────────────────────────────────────────


def test_a_holder_who_needs_help_gets_the_supervisor_at_once(town: Town) -> None:
    with town.after(5) as desk:
        claim(desk, town.cast.ben, town.order.id)
        order = find_order(desk.conn, town.order.id)
        assert order is not None
        desk.said.clear()
        assert [person.called for person in call_supervisor(desk, order, town.cast.ben)] == ["Dina"]
        assert alerted(desk) == [14]
        seen = alert_view(desk, order.id, 14)
        assert seen is not None and seen.asks_for_help
        block(desk, town.cast.dina)
        assert [person.called for person in call_supervisor(desk, order, town.cast.ben)] == ["Tess"]


def test_a_case_climbs_in_minutes_over_whom_it_is_kept_from(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy import insert

    from desk import cases as door
    from storage.cases import is_granted
    from storage.tables import cases

    away = frozenset({town.cast.dina.id})
    monkeypatch.setattr(door, "excluded_of", lambda desk, case_id: away)
    night = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    with town.at_desk(night) as desk:
        row = {"once": "c", "who": "hash", "unit": "ankang", "sealed": "x", "state": "waiting", "made_at": desk.now}
        case_id = desk.conn.execute(insert(cases).values(**row).returning(cases.c.id)).scalar_one()
        assert start_case_run(desk, case_id, "ankang", desk.file.ladders["at_once"], away)
        sweep(desk)
        assert alerted(desk, "case_alert") == [21]  # both steps of the community reach nobody: the town at once
        assert is_granted(desk.conn, case_id, town.tess.id)
        assert not is_granted(desk.conn, case_id, town.cast.dina.id)
    for minutes, expected in ((4, []), (5, [22]), (10, [23])):
        with town.at_desk(night + minutes * MINUTE) as desk:
            sweep(desk)
            assert alerted(desk, "case_alert") == expected
    with town.at_desk(night + 11 * MINUTE) as desk:
        escalation.met(desk, case_id=case_id)
        run = find_run(desk.conn, case_id=case_id)
        assert run is not None and run.state == "met"
        assert "x" not in str(run.ladder.to_json())

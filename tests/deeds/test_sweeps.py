"""Each step is climbed once: after a restart, with two at work, after a long pause, beside a row that fails."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import Engine, select, update

from desk import climbing, escalation
from desk.alert_views import alert_view
from desk.alerts import Matter
from desk.escalation import (
    sweep_runs,
)
from desk.front import CardRefresh, Desk
from domain.desk_file import DeskFile
from domain.escalation import EscalationStep
from storage.alerts import LATE, alerts_of_order
from storage.escalation import Run, find_run
from storage.orders import history_of
from storage.tables import escalation_runs
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk
from tests.deeds.cast import GROUP
from tests.deeds.two_tickers import sweep_by_two
from tests.deeds.waiting_order import MINUTE, Town, alerted, asked_groups, open_order, sweep


@pytest.fixture
def town(at_desk: AtDesk) -> Town:
    return Town(at_desk)


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
    said = sweep_by_two(database_url, desk_file, MORNING + 15 * MINUTE, sweep_runs)
    seen = [(each.chat_id, each.subject_id) for each in said if isinstance(each, CardRefresh) and each.anew]
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
    real = climbing.matter_of

    def broken(desk: Desk, run: Run) -> Matter:
        if run.order_id == town.order.id:
            raise ValueError("a fault in this order")
        return real(desk, run)

    monkeypatch.setattr(climbing, "matter_of", broken)
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


def test_a_clock_that_is_set_back_calls_nobody_twice_and_forgets_nobody(town: Town) -> None:
    """At 31 minutes somebody sets the clock of the machine back by an hour; in the end each has been called once."""
    assert town.sweep_after(31) == [14]
    assert town.sweep_after(-29) == []
    assert town.sweep_after(31) == []
    assert town.sweep_after(60) == [21]
    assert town.sweep_after(0) == []
    assert town.sweep_after(61) == []

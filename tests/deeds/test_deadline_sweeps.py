"""Each clock goes by once: after a restart, with two at work, after a long pause, beside a row that fails."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import Engine

from desk import deadlines as clocks
from desk.deadlines import meet_deadline, set_deadline, sweep_deadlines
from desk.front import CardRefresh, Desk
from desk.orders import claim, make_order
from domain.desk_file import DeskFile
from storage.deadlines import find_deadline
from storage.orders import history_of
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk
from tests.deeds.cast import ask
from tests.deeds.running_clocks import HOUR, MINUTE, Town, sweep
from tests.deeds.two_tickers import sweep_by_two


@pytest.fixture
def town(at_desk: AtDesk) -> Town:
    return Town(at_desk)


def test_after_three_hours_and_a_restart_each_goes_by_once(
    town: Town, database_url: str, writer: Engine, desk_file: DeskFile
) -> None:
    with town.at_desk(MORNING) as desk:
        set_deadline(desk, town.order.id, "resolution", MORNING + HOUR)
    writer.dispose()
    for expected in (2, 0):
        engine = open_writer(database_url)
        with engine.begin() as conn:
            desk = Desk(conn, desk_file, MORNING + 3 * HOUR, KEYS, Random(1))
            assert sweep(desk) == expected
        engine.dispose()


def test_the_latest_late_goes_by_first(town: Town) -> None:
    with town.at_desk(MORNING + 3 * HOUR) as desk:
        set_deadline(desk, town.order.id, "resolution", MORNING + 10 * MINUTE)
        assert sweep_deadlines(desk)
        resolution = find_deadline(desk.conn, town.order.id, "resolution")
        promise = find_deadline(desk.conn, town.order.id, "first_response")
        assert resolution is not None and resolution.breached_at is not None
        assert promise is not None and promise.breached_at is None


def test_two_sweepers_let_an_order_fall_back_once(
    town: Town, database_url: str, writer: Engine, desk_file: DeskFile
) -> None:
    orders = [town.order.id]
    with town.at_desk(MORNING) as desk:
        orders += [make_order(desk, ask(town.cast, f"talk-{number}")).id for number in (2, 3)]
        for order_id in orders:
            claim(desk, town.cast.ben, order_id)
            meet_deadline(desk, order_id, "progress")
            set_deadline(desk, order_id, "fall_back", MORNING + HOUR)
    writer.dispose()
    sweep_by_two(database_url, desk_file, MORNING + HOUR, sweep_deadlines)
    with town.at_desk(MORNING + HOUR) as desk:
        for order_id in orders:
            assert [what for what, _who, _note in history_of(desk.conn, order_id)].count("fall_back") == 1


def test_a_deadline_that_fails_is_retried_alone(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with town.at_desk(MORNING + MINUTE) as desk:
        other = make_order(desk, ask(town.cast, "talk-2"))
    real = clocks.refresh_alerts

    def broken(desk: Desk, order_id: int) -> None:
        if order_id == town.order.id:
            raise ValueError("a fault in this order")
        real(desk, order_id)

    monkeypatch.setattr(clocks, "refresh_alerts", broken)
    now = MORNING + 40 * MINUTE
    with town.at_desk(now) as desk:
        assert sweep(desk) == 2  # the rest go on
        assert not [said for said in desk.said if isinstance(said, CardRefresh) and said.subject_id == town.order.id]
        promise, its = (find_deadline(desk.conn, each, "first_response") for each in (town.order.id, other.id))
        assert promise is not None and (promise.due_at, promise.tries) == (now + MINUTE, 1)
        assert its is not None and its.breached_at == now
    monkeypatch.undo()
    with town.at_desk(now + MINUTE) as desk:
        assert sweep(desk) == 1

"""Promises and clocks: each is a row that goes by once, and what follows is done even after a restart."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import Engine, update

from desk import deadlines as clocks
from desk.closing import resolve
from desk.deadlines import is_asked, meet_deadline, set_deadline, still_on_it, sweep_deadlines
from desk.front import CardRefresh, Desk, Line
from desk.holding import on_way
from desk.orders import claim, make_order, started
from domain.desk_file import DeskFile
from domain.orders import NotInYourHands, Order
from storage.deadlines import find_deadline, late_orders
from storage.escalation import find_run
from storage.orders import find_order, history_of
from storage.people import get_person
from storage.tables import contacts
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk
from tests.deeds.cast import ask, gather

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SHORT_OF = timedelta(seconds=1)


class Town:
    def __init__(self, at_desk: AtDesk, now: datetime = MORNING) -> None:
        self.at_desk, self.start = at_desk, now
        with at_desk(now) as desk:
            self.cast = gather(desk)
            self.order = make_order(desk, ask(self.cast))

    def claimed(self, now: datetime | None = None) -> None:
        with self.at_desk(now or self.start) as desk:
            claim(desk, self.cast.ben, self.order.id)

    def state(self, desk: Desk) -> Order:
        order = find_order(desk.conn, self.order.id)
        assert order is not None
        return order


@pytest.fixture
def town(at_desk: AtDesk) -> Town:
    return Town(at_desk)


def sweep(desk: Desk) -> int:
    count = 0
    while sweep_deadlines(desk):
        count += 1
        assert count < 50, "the sweep does not end"
    return count


def questions(desk: Desk) -> list[int]:
    """Who has just been asked whether they are still on it."""
    return [
        said.chat_id
        for said in desk.said
        if isinstance(said, CardRefresh) and said.subject == "still_on_it" and said.anew
    ]


# ── promises ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_promise_goes_by_at_its_minute_and_the_living_card_shows_it(town: Town) -> None:
    due = MORNING + 30 * MINUTE
    with town.at_desk(due - SHORT_OF) as desk:
        assert sweep(desk) == 0
    with town.at_desk(due) as desk:
        assert sweep(desk) == 1
        assert CardRefresh(11, "request", town.order.id, silent=True) in desk.said
        promise = find_deadline(desk.conn, town.order.id, "first_response")
        assert promise is not None and promise.breached_at == due and promise.met_at is None
        assert late_orders(desk.conn, due) == {town.order.id}
        assert sweep(desk) == 0


def test_a_promise_that_was_kept_never_goes_by(town: Town) -> None:
    town.claimed(MORNING + 29 * MINUTE)
    with town.at_desk(MORNING + 31 * MINUTE) as desk:
        assert sweep(desk) == 0
        promise = find_deadline(desk.conn, town.order.id, "first_response")
        assert promise is not None and promise.met_at == MORNING + 29 * MINUTE and promise.breached_at is None


def test_one_that_went_by_is_still_met_late(town: Town) -> None:
    with town.at_desk(MORNING + 30 * MINUTE) as desk:
        sweep(desk)
    town.claimed(MORNING + 50 * MINUTE)
    with town.at_desk(MORNING + 51 * MINUTE) as desk:
        promise = find_deadline(desk.conn, town.order.id, "first_response")
        assert promise is not None
        assert (promise.breached_at, promise.met_at) == (MORNING + 30 * MINUTE, MORNING + 50 * MINUTE)
        assert late_orders(desk.conn, desk.now) == frozenset()


# ── is the holder still on it? ──────────────────────────────────────────────────────────────────────────────────────


def test_a_silent_holder_is_asked_once_and_then_it_falls_back_to_the_team(town: Town) -> None:
    town.claimed()
    with town.at_desk(MORNING + 2 * HOUR - SHORT_OF) as desk:
        sweep(desk)
        assert questions(desk) == []
    with town.at_desk(MORNING + 2 * HOUR) as desk:
        sweep(desk)
        assert questions(desk) == [12]
        assert is_asked(desk, town.order.id)
    with town.at_desk(MORNING + 4 * HOUR - SHORT_OF) as desk:
        sweep(desk)
        assert questions(desk) == []
        assert town.state(desk).holder_id == town.cast.ben.id
    with town.at_desk(MORNING + 4 * HOUR) as desk:
        sweep(desk)
        assert (town.state(desk).state, town.state(desk).holder_id) == ("offered", None)
        assert any(isinstance(said, Line) and said.chat_id == 12 for said in desk.said)
        run = find_run(desk.conn, order_id=town.order.id)
        assert run is not None and (run.state, run.position) == ("running", 0)
        assert run.next_at == MORNING + 4 * HOUR + 15 * MINUTE
        assert not is_asked(desk, town.order.id)


def test_a_holder_who_says_yes_keeps_it_and_is_asked_again_only_after_as_long(town: Town) -> None:
    town.claimed()
    with town.at_desk(MORNING + 2 * HOUR) as desk:
        sweep(desk)
    with town.at_desk(MORNING + 3 * HOUR) as desk:
        with pytest.raises(NotInYourHands):
            still_on_it(desk, town.cast.cleo, town.order.id)
        still_on_it(desk, town.cast.ben, town.order.id)
        assert not is_asked(desk, town.order.id)
    with town.at_desk(MORNING + 5 * HOUR - SHORT_OF) as desk:
        sweep(desk)
        assert questions(desk) == []
    with town.at_desk(MORNING + 5 * HOUR) as desk:
        sweep(desk)
        assert questions(desk) == [12]
        assert town.state(desk).holder_id == town.cast.ben.id


def test_setting_out_answers_the_question(town: Town) -> None:
    town.claimed()
    with town.at_desk(MORNING + 2 * HOUR) as desk:
        sweep(desk)
    with town.at_desk(MORNING + 3 * HOUR) as desk:
        on_way(desk, town.cast.ben, town.order.id)
    with town.at_desk(MORNING + 4 * HOUR) as desk:
        sweep(desk)
        assert town.state(desk).holder_id == town.cast.ben.id


def test_a_holder_who_cannot_be_asked_loses_it_at_once(town: Town) -> None:
    town.claimed()
    with town.at_desk(MORNING + 2 * HOUR) as desk:
        desk.conn.execute(update(contacts).where(contacts.c.telegram_id == 12).values(reach="blocked"))
        sweep(desk)
        assert questions(desk) == []
        assert town.state(desk).holder_id is None


def test_nobody_is_asked_at_night(at_desk: AtDesk) -> None:
    town = Town(at_desk, datetime(2026, 11, 23, 12, 0, tzinfo=UTC))  # 20:00 in Shanghai, quiet from 21:30
    town.claimed()
    morning = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # half past seven: an hour and a half, and half an hour
    with at_desk(morning - SHORT_OF) as desk:
        sweep(desk)
        assert questions(desk) == []
    with at_desk(morning) as desk:
        sweep(desk)
        assert questions(desk) == [12]


def test_what_came_due_while_the_desk_was_down_waits_for_the_morning(at_desk: AtDesk) -> None:
    town = Town(at_desk, datetime(2026, 11, 23, 10, 0, tzinfo=UTC))  # 18:00; the question is due at 20:00
    town.claimed()
    with at_desk(datetime(2026, 11, 23, 15, 0, tzinfo=UTC)) as desk:  # back at 23:00
        sweep(desk)
        assert questions(desk) == []
    with at_desk(datetime(2026, 11, 23, 23, 0, tzinfo=UTC)) as desk:
        sweep(desk)
        assert questions(desk) == [12]


def test_a_taker_who_never_opens_the_chat_loses_it_after_five_minutes(town: Town) -> None:
    with town.at_desk(MORNING) as desk:
        desk.conn.execute(update(contacts).where(contacts.c.telegram_id == 12).values(reach="never_started"))
        claim(desk, get_person(desk.conn, town.cast.ben.id), town.order.id)
    with town.at_desk(MORNING + 5 * MINUTE - SHORT_OF) as desk:
        sweep(desk)
        assert town.state(desk).provisional
    with town.at_desk(MORNING + 5 * MINUTE) as desk:
        sweep(desk)
        assert town.state(desk).holder_id is None


def test_one_who_opens_it_in_time_keeps_it(town: Town) -> None:
    with town.at_desk(MORNING) as desk:
        desk.conn.execute(update(contacts).where(contacts.c.telegram_id == 12).values(reach="never_started"))
        claim(desk, get_person(desk.conn, town.cast.ben.id), town.order.id)
    with town.at_desk(MORNING + 4 * MINUTE) as desk:
        desk.conn.execute(update(contacts).where(contacts.c.telegram_id == 12).values(reach="open"))
        assert started(desk, get_person(desk.conn, town.cast.ben.id))
    with town.at_desk(MORNING + HOUR) as desk:
        sweep(desk)
        assert town.state(desk).holder_id == town.cast.ben.id


def test_what_is_done_closes_by_itself(town: Town) -> None:
    town.claimed()
    with town.at_desk(MORNING + HOUR) as desk:
        resolve(desk, town.cast.ben, town.order.id, [])
    with town.at_desk(MORNING + HOUR + timedelta(days=3) - SHORT_OF) as desk:
        sweep(desk)
        assert town.state(desk).state == "resolved"
    with town.at_desk(MORNING + HOUR + timedelta(days=3)) as desk:
        sweep(desk)
        assert town.state(desk).state == "closed"


# ── restarts, races, pauses, faults ─────────────────────────────────────────────────────────────────────────────────


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
    start, faults = threading.Barrier(2), []

    def tick() -> None:
        engine = open_writer(database_url)
        try:
            start.wait()
            more = True
            while more:
                with engine.begin() as conn:
                    more = sweep_deadlines(Desk(conn, desk_file, MORNING + HOUR, KEYS, Random(1)))
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

"""Promises and clocks: each is a row that goes by once, and what follows is done even after a restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import update

from desk.closing import resolve
from desk.deadlines import is_asked, still_on_it
from desk.front import CardRefresh, Line
from desk.holding import on_way, release
from desk.orders import claim, started
from domain.orders import NotInYourHands
from storage.deadlines import find_deadline, late_orders
from storage.escalation import find_run
from storage.messages import stand
from storage.people import get_person
from storage.tables import contacts
from tests.conftest import MORNING, AtDesk
from tests.deeds.running_clocks import HOUR, MINUTE, SHORT_OF, Town, questions, sweep


@pytest.fixture
def town(at_desk: AtDesk) -> Town:
    return Town(at_desk)


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


def test_one_who_has_opened_the_chat_by_another_way_keeps_it(town: Town) -> None:
    with town.at_desk(MORNING) as desk:
        desk.conn.execute(update(contacts).where(contacts.c.telegram_id == 12).values(reach="never_started"))
        claim(desk, get_person(desk.conn, town.cast.ben.id), town.order.id)
    with town.at_desk(MORNING + 5 * MINUTE) as desk:
        desk.conn.execute(update(contacts).where(contacts.c.telegram_id == 12).values(reach="open"))
        sweep(desk)
        assert (town.state(desk).holder_id, town.state(desk).provisional) == (town.cast.ben.id, False)
        assert CardRefresh(12, "held", town.order.id, anew=True) in desk.said


@pytest.mark.parametrize("deed", [on_way, release, partial(resolve, parts=[])])
def test_the_question_goes_as_soon_as_something_is_heard(town: Town, deed: Callable[..., object]) -> None:
    town.claimed()
    with town.at_desk(MORNING + HOUR) as desk:
        stand(desk.conn, ("still_on_it", town.order.id, 12), 900, "face", desk.now)
        deed(desk, town.cast.ben, town.order.id)
        assert CardRefresh(12, "still_on_it", town.order.id, silent=True) in desk.said


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

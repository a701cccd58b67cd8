"""Whom a ladder calls: people who can be reached, once for everything that is due, and nobody it is kept from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import update

from desk import escalation
from desk.alert_views import alert_view
from desk.alerts import matter_of, reaches
from desk.closing import cancel
from desk.escalation import (
    acknowledge,
    call_supervisor,
    next_call,
    start_case_run,
    unreachable,
)
from desk.front import CardRefresh, Line
from desk.giving import assign, offer_to
from desk.holding import need_help
from desk.mine import not_tonight
from desk.orders import claim
from desk.queue import go_on_duty, on_duty, queue
from domain.desk_file import DeskFile
from domain.escalation import EscalationStep
from domain.orders import CannotTakeIt
from domain.refusals import NotAllowed, NotFound
from domain.words import plain
from storage.alerts import alerts_of_order
from storage.escalation import find_run
from storage.orders import find_order, history_of
from storage.people import get_person
from storage.tables import people
from tests.conftest import MORNING, AtDesk
from tests.deeds.cast import GROUP, OTHER_GROUP, add_account, gather, give
from tests.deeds.waiting_order import MINUTE, Town, alerted, asked_groups, block, open_order, sweep


@pytest.fixture
def town(at_desk: AtDesk) -> Town:
    return Town(at_desk)


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


def test_whoever_else_was_called_no_longer_reads_that_they_were(town: Town) -> None:
    with town.after(0) as desk:
        gus = add_account(desk, 24, "Gus")
        give(desk, gus, "supervisor", unit="ankang")
        order = open_order(desk, town.cast)
    assert set(town.sweep_after(30)) == {14, 24}
    with town.after(31) as desk:
        unreachable(desk, 14)
        refreshed = {said.chat_id for said in desk.said if isinstance(said, CardRefresh) and said.subject == "alert"}
        assert 24 in refreshed
        view = alert_view(desk, order.id, 24)
        assert view is not None and "Dina" not in str(view)


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


def test_nobody_of_the_household_moves_a_discreet_order_by_a_forged_button(at_desk: AtDesk) -> None:
    town = Town(at_desk, category="hardship")
    with town.after(0) as desk:
        home = town.cast.ama.household_id
        desk.conn.execute(update(people).where(people.c.id == town.cast.dina.id).values(household_id=home))
        dina = get_person(desk.conn, town.cast.dina.id)
        for deed in (
            partial(assign, person_id=dina.id),
            partial(assign, person_id=town.cast.ben.id),
            partial(offer_to, team_id=town.cast.other_team),
            partial(cancel, reason=None),
        ):
            with pytest.raises(NotFound):
                deed(desk, dina, town.order.id)
        with pytest.raises(CannotTakeIt):  # nor does anybody else give it to them
            assign(desk, town.tess, town.order.id, dina.id)
        assert find_order(desk.conn, town.order.id) == town.order


def test_whoever_asked_not_to_be_written_to_tonight_is_stepped_over(town: Town) -> None:
    with town.after(0) as desk:
        not_tonight(desk, town.cast.dina)
    assert town.sweep_after(30) == [21]


def test_what_is_urgent_reaches_them_all_the_same(at_desk: AtDesk, desk_file: DeskFile) -> None:
    with at_desk() as desk:
        urgent = replace(desk_file.ladders["everyday"], urgent=True)
        desk.file = replace(desk_file, ladders={**desk_file.ladders, "everyday": urgent})
        cast = gather(desk)
        order = open_order(desk, cast)
        not_tonight(desk, cast.dina)
        run = find_run(desk.conn, order_id=order.id)
        assert run is not None
        assert reaches(desk, matter_of(desk, run), EscalationStep(MINUTE, "duty", "community"))


def test_a_supervisor_who_is_asked_for_help_and_cannot_be_reached_does_not_count(town: Town) -> None:
    with town.after(0) as desk:
        claim(desk, town.cast.ben, town.order.id)
        need_help(desk, town.cast.ben, town.order.id)
        assert alerted(desk) == [14]
        desk.said.clear()
        block(desk, town.cast.dina)
        unreachable(desk, 14)
        assert alerted(desk) == [21]
        desk.said.clear()
        unreachable(desk, 14)  # told twice
        assert alerted(desk) == []


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

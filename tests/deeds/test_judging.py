"""A report is judged once, by somebody in charge, and whoever reported it or follows it hears of it once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from desk import judging
from desk.asking import answer, ask
from desk.closing import cancel
from desk.front import Desk
from desk.giving import assign, offer_to
from desk.orders import claim
from desk.waiting import offer_waiting
from domain.judging import Judged, NotJudgedYet
from domain.refusals import NotAllowed, NotFound
from storage.deadlines import find_deadline
from storage.escalation import find_run
from storage.orders import history_of, parts_of
from storage.pauses import find_pause
from storage.reports import find_report
from tests.conftest import AtDesk
from tests.deeds.reported import HANDY, Reported, now, sweep, told, verdict
from tests.deeds.waiting_order import alerted, asked_groups

AMA, DINA, FAYE, TESS = 11, 14, 16, 21


@pytest.fixture
def town(at_desk: AtDesk) -> Reported:
    return Reported(at_desk)


def is_at_rest(desk: Desk, order_id: int) -> bool:
    """No ladder runs, no clock runs, nothing is paused."""
    run = find_run(desk.conn, order_id=order_id)
    clocks = [find_deadline(desk.conn, order_id, metric) for metric in ("first_response", "resolution")]
    still = all(clock is None or clock.met_at is not None for clock in clocks)
    return (
        (run is None or run.state not in ("running", "acknowledged", "exhausted"))
        and still
        and (find_pause(desk.conn, order_id) is None)
    )


def test_it_goes_to_whoever_is_on_duty_and_climbs_like_a_request_that_nobody_takes(town: Reported) -> None:
    order = town.reported()
    with town.after(0) as desk:
        sweep(desk)
        assert alerted(desk) == [DINA] and asked_groups(desk) == []
        assert (now(desk, order).state, verdict(desk, order)) == ("new", None)
    with town.after(15) as desk:
        sweep(desk)
        assert alerted(desk) == [DINA]
    with town.after(45) as desk:
        sweep(desk)
        assert alerted(desk) == [TESS]


def test_accepted_it_is_the_teams_and_promise_and_ladder_begin_anew(town: Reported) -> None:
    order = town.reported(followed_by=town.faye)
    with town.after(10) as desk:
        judging.accept(desk, town.cast.dina, order.id)
        assert (now(desk, order).state, now(desk, order).team_id) == ("offered", town.handy)
        assert verdict(desk, order) == "accepted" and asked_groups(desk) == [HANDY]
        promised = find_deadline(desk.conn, order.id, "first_response")
        assert promised is not None and promised.due_at == desk.now + timedelta(hours=4)
        heard = told(desk)
        assert [chat for chat, _words in heard] == [AMA, FAYE]
        assert "it is being seen to" in heard[0][1] and "正在处理" in heard[1][1]
    with town.after(25) as desk:
        sweep(desk)
        assert asked_groups(desk) == [HANDY] and alerted(desk) == []


REASON = "The lamp belongs to the school, and they mend it on Monday."
VERDICTS: dict[str, tuple[Callable[..., Any], str, str, str]] = {
    "accepted": (judging.accept, "offered", "it is being seen to", "正在处理"),
    "declined": (lambda desk, by, order: judging.decline(desk, by, order, f"={REASON}"), "cancelled", REASON, REASON),
    "referred": (lambda desk, by, order: judging.refer(desk, by, order, "power_company"), "referred", "95598", "95598"),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_every_verdict_tells_the_right_people_once_each_in_their_language(town: Reported, name: str) -> None:
    deed, state, english, chinese = VERDICTS[name]
    order = town.reported(followed_by=town.faye)
    with town.after(1) as desk:
        deed(desk, town.cast.dina, order.id)
        assert (now(desk, order).state, verdict(desk, order)) == (state, name)
        thanked = (
            [AMA] if name == "referred" else []
        )  # it was of use: Ama's household has earned, and she hears it last
        assert [chat for chat, _words in told(desk)] == [AMA, FAYE, *thanked]
        (_ama, in_english), (_faye, in_chinese) = told(desk)[:2]
        assert english in in_english and chinese in in_chinese and in_english != in_chinese
        assert name == "accepted" or is_at_rest(desk, order.id)
    with town.after(2) as desk:
        for again, _state, _english, _chinese in VERDICTS.values():
            with pytest.raises(Judged):
                again(desk, town.tess, order.id)
        assert told(desk) == []
    with town.after(600) as desk:
        sweep(desk)
        assert name == "accepted" or alerted(desk) == []


def test_a_reason_of_ours_is_read_by_each_in_their_language(town: Reported) -> None:
    order = town.reported(followed_by=town.faye)
    with town.after(1) as desk:
        judging.decline(desk, town.cast.dina, order.id, "no_danger")
        (_ama, in_english), (_faye, in_chinese) = told(desk)
        assert "nobody can get hurt there" in in_english and "谢谢您" in in_chinese


def test_whoever_it_is_referred_to_is_named_with_number_and_time(town: Reported) -> None:
    order = town.reported()
    with town.after(1) as desk:
        judging.refer(desk, town.cast.dina, order.id, "power_company")
        (_chat, words), report = told(desk)[0], find_report(desk.conn, order.id)
        assert "The power company" in words and "95598" in words and "12:01" in words
        assert report is not None and (report.body, report.rung_by) == ("power_company", town.cast.dina.id)
        with pytest.raises(Judged):
            judging.refer(desk, town.cast.dina, order.id, "gas_company")


def test_only_whoever_is_in_charge_there_judges(town: Reported) -> None:
    order = town.reported()
    with town.after(1) as desk:
        for stranger in (town.cast.ben, town.cast.ama, town.gus):
            for deed, *_more in VERDICTS.values():
                with pytest.raises(NotAllowed):
                    deed(desk, stranger, order.id)
        for missing in (0, 10**9):
            with pytest.raises(NotFound):
                judging.accept(desk, town.cast.dina, missing)
        assert verdict(desk, order) is None


def test_before_it_is_judged_nobody_takes_it_and_no_team_is_asked(town: Reported) -> None:
    order = town.reported()
    with town.after(1) as desk:
        for deed in (
            lambda: claim(desk, town.cast.dina, order.id),
            lambda: assign(desk, town.cast.dina, order.id, town.cast.ben.id),
            lambda: offer_to(desk, town.cast.dina, order.id, town.handy),
            lambda: cancel(desk, town.cast.dina, order.id),
        ):
            with pytest.raises(NotJudgedYet):
                deed()
        assert offer_waiting(desk, town.handy) == 0
        assert now(desk, order).state == "new"
        cancel(desk, town.cast.ama, order.id)  # whoever reported it may take it back
        assert now(desk, order).state == "cancelled" and is_at_rest(desk, order.id)
        with pytest.raises(Judged):
            judging.accept(desk, town.cast.dina, order.id)


def test_asked_first_the_clock_stands_still_and_the_answer_wakes_whoever_asked(town: Reported) -> None:
    order = town.reported()
    with town.after(0) as desk:
        sweep(desk)
    with town.after(5) as desk:
        ask(desk, town.cast.dina, order.id, "Which of the two lamps?")
        assert now(desk, order).state == "waiting"
    with town.after(300) as desk:
        sweep(desk)
        assert alerted(desk) == []
        answer(desk, town.cast.ama, order.id, [{"kind": "text", "words": "The one by the gate"}])
        assert alerted(desk) == [DINA] and now(desk, order).state == "new"
        assert [part.words for part in parts_of(desk.conn, order.id)][-1] == "The one by the gate"
    with town.after(311) as desk:
        sweep(desk)
        assert alerted(desk) == [DINA]  # the second step, ten minutes after the answer as it was ten before


@pytest.mark.parametrize("name", VERDICTS)
def test_it_can_be_judged_without_the_answer(town: Reported, name: str) -> None:
    order = town.reported()
    with town.after(1) as desk:
        ask(desk, town.cast.dina, order.id, "Which of the two lamps?")
    with town.after(2) as desk:
        VERDICTS[name][0](desk, town.cast.dina, order.id)
        assert (now(desk, order).state, verdict(desk, order)) == (VERDICTS[name][1], name)
        assert find_pause(desk.conn, order.id) is None
        assert name == "accepted" or is_at_rest(desk, order.id)


def test_of_what_is_uncivil_the_team_reads_only_what_was_written_for_it(town: Reported) -> None:
    order = town.reported("litter", parts=[{"kind": "text", "words": "Faye leaves her bags"}])
    with town.after(1) as desk:
        with pytest.raises(NotFound):
            judging.accept(desk, town.cast.dina, order.id)
        assert verdict(desk, order) is None and now(desk, order).state == "new"
        judging.accept(desk, town.cast.dina, order.id, "Bags by the gate of building 3")
        assert now(desk, order).team_id == town.cast.team
        assert [what for what, _who, _note in history_of(desk.conn, order.id)] == ["made", "accept"]

"""What residents report: judged or not, who is called and rings whom, who else has seen it, and who stays unknown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.handlers.reports import paint_guardian
from bot.handlers.requests import paint_request
from desk import bodies, climbing, closing, holding, orders, relay, reports
from desk.alert_views import alert_view
from desk.front import CardRefresh, Copy, Desk, Line
from desk.order_views import view_for_holder, view_in_group
from desk.report_ladders import waits_for_judging
from desk.report_views import view_for_reporter
from domain.orders import Order
from domain.people import Person
from domain.refusals import AlreadyDone, NotAllowed, NotFound
from domain.reports import OverBy
from storage.escalation import find_run
from storage.households import join
from storage.people import change_person, get_person
from storage.points import balance_of
from storage.reports import find_report, followers_of
from storage.tables import orders as order_rows
from storage.tables import reports as report_rows
from tests.conftest import MORNING, AtDesk
from tests.deeds.cast import GROUP, Cast, add_account, add_team, gather, give, set_inside

PIN = {"latitude": 29.9500, "longitude": 122.3000}
PARTS = [{"kind": "photo", "file_id": "lamp-1"}, {"kind": "text", "words": "It has been dark since Friday"}]


def report(desk: Desk, cast: Cast, kind: str = "lamp", once: str = "r1", **more: Any) -> Order:
    """What Ama has seen."""
    told: dict[str, Any] = {"unit": "ankang", "reporter_id": cast.ama.id, "parts": PARTS, **PIN}
    return reports.make_report(desk, reports.NewReport(once, kind, **{**told, **more}))


def the_handy(desk: Desk, cast: Cast) -> int:
    """A team that mends things, with Ben in it."""
    team = add_team(desk, "handy", "Handy", -1003)
    give(desk, cast.ben, "volunteer", team_id=team)
    set_inside(desk, cast.ben, True, -1003)
    return team


def test_a_report_waits_for_those_who_judge_and_no_team_sees_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        the_handy(desk, cast)
        order = report(desk, cast)
        run = find_run(desk.conn, order_id=order.id)
        assert (order.state, order.team_id, waits_for_judging(desk, order)) == ("new", None, True)
        assert run is not None and run.ladder.steps == desk.file.ladders["calls"].steps
        assert not [said for said in desk.said if getattr(said, "subject", "") == "order"]
        again = report(desk, cast)
        assert again.id == order.id, "once for each conversation"
        assert len(desk.conn.execute(select(report_rows)).all()) == 1
    with at_desk() as desk:
        assert climbing.sweep_runs(desk)
        assert (14, "alert") in {(said.chat_id, said.subject) for said in desk.said if isinstance(said, CardRefresh)}


def test_an_urgent_hazard_goes_to_its_team_at_once(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        team = the_handy(desk, cast)
        order = report(desk, cast, "exit")
        assert (order.state, order.team_id, waits_for_judging(desk, order)) == ("offered", team, False)
        run = find_run(desk.conn, order_id=order.id)
        assert run is not None and run.ladder.urgent, "it does not wait for the morning"


def test_what_volunteers_must_not_touch_is_rung_in_whoever_has_it(at_desk: AtDesk) -> None:
    """The team is asked to keep people away; that Ben is there does not mean that anybody has told the company."""
    with at_desk() as desk:
        cast = gather(desk)
        the_handy(desk, cast)
        order = report(desk, cast, "wire")
        assert (order.state, find_report(desk.conn, order.id).body) == ("offered", "power_company")  # type: ignore[union-attr]
        seen = view_in_group(desk, order.id, -1003)
        assert seen is not None and seen.body == desk.file.bodies["power_company"].name
        orders.claim(desk, cast.ben, order.id, -1003)
        held = view_for_holder(desk, order.id, 12)
        assert held is not None and held.body is not None and held.body.phone == "95598"
    with at_desk() as desk:
        assert climbing.sweep_runs(desk), "Dina is called although Ben has it"
        seen_by_her = alert_view(desk, order.id, 14)
        assert seen_by_her is not None and seen_by_her.ring is not None and seen_by_her.ring.phone == "95598"
        with pytest.raises(NotAllowed):
            bodies.rung(desk, cast.faye, order.id)
        bodies.rung(desk, cast.dina, order.id)
        with pytest.raises(AlreadyDone):
            bodies.rung(desk, cast.dina, order.id)
        told = [said for said in desk.said if isinstance(said, Line) and said.chat_id == 11]
        assert len(told) == 1 and told[0].text.blanks == {"body": desk.file.bodies["power_company"].name}
    with at_desk(MORNING + timedelta(hours=3)) as desk:
        assert not climbing.sweep_runs(desk), "nobody else is called"
        after = alert_view(desk, order.id, 14)
        assert after is not None and after.ring is None


def test_where_no_team_keeps_people_away_it_is_the_bodys_once_they_are_told(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = report(desk, cast, "gas")
        assert order.state == "new"
        bodies.rung(desk, cast.dina, order.id)
        assert orders.get_order(desk, order.id).state == "referred"
        face = paint_request(desk, order.id, 11)
        assert face is not None and not face.buttons
        with pytest.raises(NotFound):
            bodies.rung(desk, cast.dina, order.id + 1)


# ── somebody reported this nearby ───────────────────────────────────────────────────────────────────────────────────


def near(desk: Desk, kind: str = "lamp", latitude: float = 29.9501, longitude: float = 122.3001) -> list[int]:
    found = reports.find_nearby(desk, desk.file.reports[kind], "ankang", latitude, longitude, None)
    return [each.order_id for each in found]


def test_open_reports_of_the_kind_within_reach_and_time_newest_first(at_desk: AtDesk) -> None:
    with at_desk(MORNING - timedelta(days=31)) as desk:
        cast = gather(desk)
        report(desk, cast, once="too long ago")
    with at_desk(MORNING - timedelta(days=1)) as desk:
        first = report(desk, cast, once="first")
        report(desk, cast, once="far away", latitude=29.9510)
        report(desk, cast, "other_hazard", once="another kind")
        closing.cancel(desk, cast.ama, report(desk, cast, once="called off").id)
    with at_desk() as desk:
        second = report(desk, cast, once="second")
        assert near(desk) == [second.id, first.id]
        assert near(desk, latitude=30.5) == []
        report(desk, cast, "noise", once="discreet")
        assert near(desk, "noise") == [], "of a private matter nobody hears"


def test_across_the_date_line_and_at_the_pole(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        fiji = report(desk, cast, once="fiji", latitude=-16.5, longitude=179.99995)
        pole = report(desk, cast, once="pole", latitude=89.9999, longitude=10.0)
        assert near(desk, latitude=-16.5, longitude=-179.99995) == [fiji.id]
        assert near(desk, latitude=89.99995, longitude=-170.0) == [pole.id]


def test_without_a_pin_what_is_in_the_same_building_is_near(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        there = {"latitude": None, "longitude": None, "place": "Ankang, building 3", "building": "3"}
        order = report(desk, cast, **there)
        kind = desk.file.reports["lamp"]
        found = reports.find_nearby(desk, kind, "ankang", None, None, "3")
        assert [(each.order_id, each.metres) for each in found] == [(order.id, None)]
        assert reports.find_nearby(desk, kind, "haitang", None, None, "3") == []
        assert reports.find_nearby(desk, kind, "ankang", None, None, None) == []


def test_it_is_the_same_makes_a_follower_once_and_no_second_report(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = report(desk, cast)
        reports.join(desk, cast.faye, order.id)
        for again in (cast.faye, cast.ama):
            assert "already" in reports.join(desk, again, order.id).msgid
        assert followers_of(desk.conn, order.id) == [cast.faye.id]
        hers, ama = view_for_reporter(desk, order.id, 16), view_for_reporter(desk, order.id, 11)
        assert hers is not None and not hers.is_reporter and hers.place is None and hers.votes == 1
        assert ama is not None and ama.is_reporter
        assert view_for_reporter(desk, order.id, 13) is None, "Cleo has nothing to do with it"
        assert (16, "request", order.id) in {
            (said.chat_id, said.subject, said.subject_id) for said in desk.said if isinstance(said, CardRefresh)
        }
        closing.cancel(desk, cast.ama, order.id)
        with pytest.raises(OverBy):
            reports.join(desk, cast.cleo, order.id)
        for hidden in (report(desk, cast, "noise", once="noise").id, 4711):
            with pytest.raises(NotFound):
                reports.join(desk, cast.cleo, hidden)


# ── who told us ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_takes_it_hears_the_name_only_if_the_reporter_likes(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        the_handy(desk, cast)
        hidden = report(desk, cast, "exit", once="hidden", place="Ankang, by the gate")
        shown = report(desk, cast, "exit", once="shown", show_name=True)
        for order in (hidden, shown):
            orders.claim(desk, cast.ben, order.id, -1003)
        without, with_name = view_for_holder(desk, hidden.id, 12), view_for_holder(desk, shown.id, 12)
        assert without is not None and (without.whom, without.phone, without.reporter) == (None, None, None)
        assert with_name is not None and with_name.reporter == "Ama"
        assert with_name.phone is None, "and never the number"
        relay.relay_words(desk, cast.ama, hidden.id, [{"kind": "text", "words": "mind the step"}])
        copied = [said for said in desk.said if isinstance(said, Copy) and said.chat_id == 12]
        assert "Ama" not in str(copied[-1]) and "mind the step" in str(copied[-1])
        assert relay.name_of_other(desk, cast.ben, shown.id) == "Ama"
        assert "Ama" not in str(relay.name_of_other(desk, cast.ben, hidden.id))


def test_words_that_were_struck_out_reach_nobody_who_takes_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        the_handy(desk, cast)
        long = [{"kind": "text", "words": "Old Zhao did it. " * 200}, {"kind": "voice", "file_id": "v"}]
        order = report(desk, cast, "exit", parts=[*long, {"kind": "photo", "file_id": "p", "words": "Old Zhao's bike"}])
        struck = {"team_words": "A bicycle in the way out"}
        desk.conn.execute(report_rows.update().where(report_rows.c.order_id == order.id).values(**struck))
        relay.relay_words(desk, cast.ama, order.id, [{"kind": "text", "words": "it was Old Zhao"}])
        orders.claim(desk, cast.ben, order.id, -1003)
        held = view_for_holder(desk, order.id, 12)
        assert held is not None and "Zhao" not in str(held) and "A bicycle in the way out" in str(held)
        to_ben = [said for said in desk.said if getattr(said, "chat_id", None) == 12]
        assert "Zhao" not in str(to_ben) and "'v'" not in str(to_ben), "and no voice that names somebody"


def test_nobody_of_the_reporters_home_learns_by_a_tap_who_it_was(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        team = the_handy(desk, cast)
        mate = add_account(desk, 21, "Hua", household_id=cast.ama.household_id)
        give(desk, mate, "volunteer", team_id=team)
        order = report(desk, cast, "exit")
        with pytest.raises(NotFound):
            orders.claim(desk, mate, order.id, -1003)
        give(desk, cast.ama, "volunteer", team_id=team)
        with pytest.raises(orders.YouReportedIt):
            orders.claim(desk, cast.ama, order.id, -1003)


# ── under fourteen ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_guardian_says_whether_a_name_and_points_appear(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        the_handy(desk, cast)
        mother = add_account(desk, 21, "Hua", household_id=cast.ama.household_id)
        brother = add_account(desk, 22, "Jun", household_id=cast.ama.household_id)
        change_person(desk.conn, brother.id, of_age=False)
        order = report(desk, cast, "exit", show_name=True, young=True)
        asked = {said.chat_id for said in desk.said if isinstance(said, CardRefresh) and said.subject == "guardian"}
        assert asked == {21}, "a child answers for nobody"
        orders.claim(desk, cast.ben, order.id, -1003)
        held = view_for_holder(desk, order.id, 12)
        assert held is not None and held.reporter is None, "not before somebody has said yes"
        for forged in (cast.ama, cast.faye, get_person(desk.conn, brother.id)):
            with pytest.raises(NotFound):
                reports.answer_for_young(desk, forged, order.id, True)
        asks = paint_guardian(desk, order.id, 21)
        assert asks is not None and len(asks.buttons) == 2 and paint_guardian(desk, order.id, 16) is None
        reports.answer_for_young(desk, mother, order.id, True)
        with pytest.raises(AlreadyDone):
            reports.answer_for_young(desk, mother, order.id, False)
        held = view_for_holder(desk, order.id, 12)
        assert held is not None and held.reporter == "Ama"
        answered = paint_guardian(desk, order.id, 21)
        assert answered is not None and not answered.buttons


def test_nothing_is_asked_of_anybody_where_nothing_would_be_shown(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        add_account(desk, 21, "Hua", household_id=cast.ama.household_id)
        order = report(desk, cast, "parking", young=True)
        assert find_report(desk.conn, order.id).guardian is None  # type: ignore[union-attr]
        assert not [said for said in desk.said if getattr(said, "subject", "") == "guardian"]
        assert join(desk.conn, cast.dina.id, cast.ama.household_id or 0)
        assert [each.called for each in reports.guardians_of(desk, cast.ama)] == ["Dina", "Hua"]


def test_the_first_answer_of_two_who_live_together_counts(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        first = add_account(desk, 21, "Hua", household_id=cast.ama.household_id)
        second = add_account(desk, 22, "Ming", household_id=cast.ama.household_id)
        order = report(desk, cast, show_name=True, young=True)
        reports.answer_for_young(desk, first, order.id, False)
        with pytest.raises(AlreadyDone):
            reports.answer_for_young(desk, second, order.id, True)
        kept = find_report(desk.conn, order.id)
        assert kept is not None and not kept.may_name and not kept.may_earn


def test_a_volunteer_gives_it_back_and_it_is_offered_again_as_before(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        the_handy(desk, cast)
        order = report(desk, cast, "wire")
        orders.claim(desk, cast.ben, order.id, -1003)
        holding.release(desk, cast.ben, order.id)
        run = find_run(desk.conn, order_id=order.id)
        assert run is not None and run.ladder.steps[0].reach == "duty", "the company has yet to be told"
        assert GROUP not in {getattr(said, "chat_id", None) for said in desk.said}


# ── points ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def mend(desk: Desk, cast: Cast, order: Order) -> None:
    orders.claim(desk, cast.ben, order.id, -1003)
    closing.resolve(desk, cast.ben, order.id, [{"kind": "photo", "file_id": "after"}])
    closing.close(desk, cast.ama, order.id)


def earned(desk: Desk, *people: Person) -> list[int]:
    return [balance_of(desk.conn, person.household_id or 0) for person in people]


def test_the_first_who_told_us_earns_once_and_those_who_joined_are_thanked(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        the_handy(desk, cast)
        order = report(desk, cast, "exit")
        reports.join(desk, cast.faye, order.id)
        mend(desk, cast, order)
        assert earned(desk, cast.ama, cast.ben, cast.faye) == [3, 5, 0]
        thanked = [said.text.msgid for said in desk.said if isinstance(said, Line) and said.chat_id == 16]
        assert "Thank you" in thanked[-1]
        closing.reopen(desk, cast.faye, order.id)
        mend(desk, cast, orders.get_order(desk, order.id))
        assert earned(desk, cast.ama, cast.ben, cast.faye) == [3, 5, 0], "opened again, it is the same report"


def test_of_somebody_under_fourteen_points_appear_when_a_guardian_agrees(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        the_handy(desk, cast)
        mother = add_account(desk, 21, "Hua", household_id=cast.ama.household_id)
        yes, no = (report(desk, cast, "exit", once=once, young=True) for once in ("yes", "no"))
        for order in (yes, no):
            mend(desk, cast, order)
        assert earned(desk, cast.ama) == [0]
        reports.answer_for_young(desk, mother, no.id, False)
        assert earned(desk, cast.ama) == [0]
        reports.answer_for_young(desk, mother, yes.id, True)
        assert earned(desk, cast.ama) == [3]


def test_nobody_earns_for_what_their_own_household_has_mended(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        the_handy(desk, cast)
        change_person(desk.conn, cast.ben.id, household_id=cast.faye.household_id)
        order = report(desk, cast, "exit", reporter_id=cast.faye.id)
        assigned = {"holder_id": cast.ben.id, "state": "resolved", "resolved_at": desk.now}
        desk.conn.execute(update(order_rows).where(order_rows.c.id == order.id).values(**assigned))
        closing.close(desk, cast.faye, order.id)
        assert earned(desk, cast.faye) == [0]

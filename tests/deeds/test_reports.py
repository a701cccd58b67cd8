"""What residents report: judged or not, who is called and rings whom, who else has seen it, and who stays unknown."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.handlers.reports import paint_guardian
from bot.handlers.requests import paint_request
from desk import asking, bodies, climbing, closing, holding, judging, mine, orders, relay, reports
from desk.alert_views import alert_view
from desk.front import CardRefresh, Copy, Desk, Line
from desk.order_views import view_for_holder, view_in_group
from desk.report_ladders import waits_for_judging
from desk.report_views import view_for_reporter
from domain.desk_file import DeskFile
from domain.nearby import band_of, distance
from domain.orders import Order
from domain.people import Person
from domain.refusals import AlreadyDone, NotAllowed, NotFound
from domain.reports import OverBy
from storage.escalation import find_run
from storage.households import join
from storage.pauses import find_pause
from storage.people import change_person, get_person
from storage.points import balance_of
from storage.reports import find_near, find_report, followers_of
from storage.tables import orders as order_rows
from storage.tables import reports as report_rows
from tests.conftest import MORNING, AtDesk
from tests.deeds.at_once import race
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


def test_whoever_was_called_reads_what_its_reporter_adds(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = report(desk, cast)
        assert climbing.sweep_runs(desk)
        desk.said.clear()
        relay.relay_words(desk, cast.ama, order.id, [{"kind": "text", "words": "And now it smells of burning"}])
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


@pytest.mark.parametrize(("kind", "state"), [("wire", "offered"), ("gas", "referred")])
def test_rung_while_an_answer_is_awaited_it_does_not_stand_still_for_ever(
    at_desk: AtDesk, kind: str, state: str
) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        if state == "offered":
            the_handy(desk, cast)
        order = report(desk, cast, kind)
        asking.ask(desk, cast.dina, order.id, "Which house?")
        bodies.rung(desk, cast.dina, order.id)
        if state == "offered":
            asking.answer(desk, cast.ama, order.id, [{"kind": "text", "words": "Number 3"}])
        run = find_run(desk.conn, order_id=order.id)
        assert orders.get_order(desk, order.id).state == state and run is not None
        assert run.state == ("running" if state == "offered" else "cancelled")
        assert find_pause(desk.conn, order.id) is None


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


def test_pictures_that_came_after_somebody_looked_are_shown_to_nobody_who_takes_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        picture = [{"kind": "photo", "file_id": "bags"}]
        order = report(desk, cast, "litter", parts=[{"kind": "text", "words": "Bags again"}, *picture])
        judging.accept(desk, cast.dina, order.id, "Bags at the gate", team_pictures=True)
    with at_desk(MORNING + timedelta(minutes=5)) as desk:
        asking.ask(desk, cast.dina, order.id, "Which gate?")
        asking.answer(desk, cast.ama, order.id, [{"kind": "photo", "file_id": "neighbour"}])
        relay.relay_words(desk, cast.ama, order.id, [{"kind": "photo", "file_id": "face"}])
        orders.claim(desk, cast.ben, order.id, GROUP)
        shown = [said.upload for said in desk.said if isinstance(said, Copy) and said.chat_id == 12 and said.upload]
        assert len(shown) == 1, "the one that was looked at"


def test_what_is_answered_with_a_pin_is_found_nearby_where_it_is(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = report(desk, cast, latitude=None, longitude=None, place="By the gate")
        wrong = report(desk, cast, once="wrong", latitude=30.5)
        for each in (order, wrong):
            asking.ask(desk, cast.dina, each.id, "Where is that?")
            asking.answer(desk, cast.ama, each.id, [{"kind": "place", **PIN}])
        assert near(desk) == [wrong.id, order.id]


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


def test_points_for_what_was_referred_also_wait_for_a_guardian(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        mother = add_account(desk, 21, "Hua", household_id=cast.ama.household_id)
        order = report(desk, cast, young=True)
        judging.refer(desk, cast.dina, order.id, "town_works")
        assert earned(desk, cast.ama) == [0]
        reports.answer_for_young(desk, mother, order.id, True)
        reward = desk.file.reports["lamp"].award.reporter
        assert reward > 0 and earned(desk, cast.ama) == [reward]


def test_nobody_who_was_not_asked_learns_by_a_tap_that_it_is_of_their_home(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        mate = add_account(desk, 21, "Hua", household_id=cast.ama.household_id)
        order = report(desk, cast)
        with pytest.raises(NotFound):
            reports.answer_for_young(desk, mate, order.id, True)


def test_without_anybody_to_ask_a_childs_name_stays_out_of_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = report(desk, cast, "exit", show_name=True, young=True)
        kept = find_report(desk.conn, order.id)
        assert kept is not None and not kept.may_name and not kept.may_earn
        face = paint_request(desk, order.id, 11)
        assert face is not None and "Your name stays out of it." in str(face.text)


def test_what_somebody_follows_stands_on_their_list_in_words_of_reports(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = report(desk, cast)
        reports.join(desk, cast.faye, order.id)
        for person in (cast.ama, cast.faye):
            [(found, stands)] = mine.asked_for(desk, person)
            assert found.id == order.id and "has to look at it first" in stands.msgid
        mine.show_request(desk, cast.faye, order.id)
        with pytest.raises(NotFound):
            mine.show_request(desk, cast.cleo, order.id)


def test_the_index_finds_what_looking_at_everything_would(at_desk: AtDesk) -> None:
    """Around a town, over the date line and around both poles."""
    chance = random.Random(5)
    middles = [(29.95, 122.3), (-16.5, 180.0), (90.0, 0.0), (-90.0, 77.0), (0.0, -180.0)]
    places = []
    for latitude, longitude in middles:
        for _each in range(40):
            north = max(-90.0, min(90.0, latitude + chance.uniform(-0.002, 0.002)))
            east = longitude + (chance.uniform(-180, 180) if abs(latitude) == 90 else chance.uniform(-0.002, 0.002))
            places.append((north, (east + 180) % 360 - 180))
    with at_desk() as desk:
        cast = gather(desk)
        same: dict[str, Any] = {"category": "lamp", "unit": "ankang", "state": "new", "asked_by": cast.ama.id}
        same |= {"wanted": {}, "door_word": 1, "made_at": desk.now}
        for number, (latitude, longitude) in enumerate(places):
            there = {"latitude": latitude, "longitude": longitude, "band": band_of(latitude)}
            named = {"id": number + 1, "once": str(number), "reference": str(number)}
            desk.conn.execute(insert(order_rows).values(**named, **there, **same))
        for here in chance.sample(places, 60):
            within = chance.choice([20, 60, 150])
            found = {each.order_id - 1 for each in find_near(desk.conn, "lamp", *here, within, desk.now)}
            assert found == {number for number, there in enumerate(places) if distance(*here, *there) <= within}


# ── at the same moment ──────────────────────────────────────────────────────────────────────────────────────────────


def test_many_who_join_answer_and_ring_at_once_do_each_once(
    database_url: str, desk_file: DeskFile, at_desk: AtDesk
) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        first, second = (add_account(desk, 30 + n, "Hua", household_id=cast.ama.household_id) for n in range(2))
        give(desk, cast.cleo, "supervisor", unit="ankang")
        order = report(desk, cast, "wire", show_name=True, young=True)
    deeds: list[Callable[[Desk], object]] = [
        lambda desk: reports.join(desk, cast.faye, order.id),
        lambda desk: reports.join(desk, cast.faye, order.id),
        lambda desk: reports.answer_for_young(desk, first, order.id, True),
        lambda desk: reports.answer_for_young(desk, second, order.id, False),
        lambda desk: bodies.rung(desk, cast.dina, order.id),
        lambda desk: bodies.rung(desk, cast.cleo, order.id),
    ]
    ends = race(database_url, desk_file, deeds)
    done = [not isinstance(each, type) for each in ends]
    assert {each for each in ends if isinstance(each, type)} == {AlreadyDone}
    assert (done[:2], sum(done[2:4]), sum(done[4:])) == ([True, True], 1, 1)
    with at_desk() as desk:
        kept = find_report(desk.conn, order.id)
        assert followers_of(desk.conn, order.id) == [cast.faye.id]
        assert kept is not None and kept.guardian == ("confirmed" if done[2] else "refused")
        assert kept.rung_by == (cast.dina.id if done[4] else cast.cleo.id)

"""Reports that keep coming from one place become a problem: with an owner, with news for everybody, and no names."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from bot.handlers.problems import paint_problem, paint_problems
from bot.words import Reader
from desk import closing, judging, problem_views, problems, reports
from desk.front import CardRefresh, Copy, Desk, Line
from domain import problems as rules
from domain.desk_file import DeskFile
from domain.orders import Order
from domain.people import Person
from domain.problems import Problem
from domain.refusals import NotFound
from domain.reports import NewReport
from storage import problems as rows
from storage.tables import orders, problem_history, problem_notes
from storage.tables import problems as table
from storage.tables import reports as report_rows
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk
from tests.deeds.cast import Cast, add_account, gather, give
from tests.deeds.test_good_deeds import cards, lines_to, refused

PIN = {"latitude": 29.9500, "longitude": 122.3000}
DAY = timedelta(days=1)


def north(metres: float, **pin: float) -> dict[str, float]:
    """The same place, so many metres further north."""
    here = {**PIN, **pin}
    return {"latitude": here["latitude"] + metres / 111_195, "longitude": here["longitude"]}


def report(desk: Desk, who: Person, once: str, kind: str = "exit", **more: Any) -> Order:
    """A way out is blocked: urgent, so nobody judges it first."""
    parts = [{"kind": "text", "words": f"Bicycles again, says {who.name}"}]
    return reports.make_report(desk, NewReport(once, kind, "ankang", who.id, **{"parts": parts, **PIN, **more}))


def problem_of(desk: Desk, order: Order) -> int | None:
    found = desk.conn.scalar(select(report_rows.c.problem_id).where(report_rows.c.order_id == order.id))
    return int(found) if found is not None else None


def three(desk: Desk, cast: Cast, **more: Any) -> Problem:
    for number, who in enumerate((cast.ama, cast.faye, cast.cleo)):
        last = report(desk, who, f"first {number}", **more)
    found = problem_of(desk, last)
    assert found is not None
    return problems.get_problem(desk, found)


# ── from repeats to a problem ───────────────────────────────────────────────────────────────────────────────────────


def test_the_third_of_a_month_makes_a_problem_with_an_owner_and_tells_everybody_once(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        first = report(desk, cast.ama, "1")
        reports.join(desk, cast.ben, first.id)
    with at_desk(MORNING + 20 * DAY) as desk:
        second = report(desk, cast.faye, "2", **north(40))
        assert desk.conn.execute(select(table)).all() == []
    with at_desk(MORNING + 29 * DAY) as desk:
        third = report(desk, cast.ama, "3", **north(-5))
        made = {problem_of(desk, order) for order in (first, second, third)}
        assert len(made) == 1 and None not in made
        problem = problems.get_problem(desk, made.pop() or 0)
        assert (problem.kind, problem.unit, problem.owner_id) == ("exit", "ankang", cast.dina.id)
        assert cards(desk, "problem") == [cast.dina.telegram_id]
        for person in (cast.ama, cast.ben, cast.faye):
            assert lines_to(desk, person).count(problems.BEGINS.msgid) == 1
        assert lines_to(desk, cast.cleo) == []
        what = desk.conn.scalars(select(problem_history.c.what).order_by(problem_history.c.id))
        assert list(what) == ["begun", "joined", "joined", "joined"]


@pytest.mark.parametrize(
    ("second", "third"),
    [
        ({}, {"kind": "manhole"}),
        (north(60), north(120)),
        ({}, {"after": 31}),
        ({}, {"latitude": None, "longitude": None}),
        ({}, {"latitude": None, "longitude": None, "building": "3"}),
    ],
    ids=["another kind", "too far apart", "too long ago", "nowhere", "a building is no pin"],
)
def test_what_does_not_keep_coming_from_one_place_is_no_problem(
    at_desk: AtDesk, second: dict[str, Any], third: dict[str, Any]
) -> None:
    third = dict(third)
    later = third.pop("after", 1)
    with at_desk() as desk:
        cast = gather(desk)
        report(desk, cast.ama, "1")
        report(desk, cast.ama, "2", **second)
    with at_desk(MORNING + later * DAY) as desk:
        report(desk, cast.faye, "3", **third)
        assert desk.conn.execute(select(table)).all() == []


def test_across_the_date_line_it_is_one_place(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        for number, longitude in enumerate((179.9999, -179.9999, 179.9998)):
            order = report(desk, cast.ama, str(number), latitude=0.0, longitude=longitude)
        assert problem_of(desk, order) is not None


def test_without_a_pin_a_building_is_a_place(at_desk: AtDesk) -> None:
    nowhere: dict[str, Any] = {"latitude": None, "longitude": None}
    with at_desk() as desk:
        cast = gather(desk)
        for number, building in enumerate(("3", "5", "3", "3")):
            order = report(desk, cast.ama, str(number), building=building, **nowhere)
        problem = problems.get_problem(desk, problem_of(desk, order) or 0)
        assert (problem.house, problem.latitude) == ("3", None)
        assert problem_of(desk, report(desk, cast.faye, "later", building="3", **nowhere)) == problem.id


def test_what_waits_to_be_judged_or_was_declined_does_not_count(at_desk: AtDesk) -> None:
    """A lamp is judged first."""
    with at_desk() as desk:
        cast = gather(desk)
        lamps = [report(desk, cast.ama, str(number), "lamp") for number in range(4)]

        judging.accept(desk, cast.dina, lamps[0].id)
        judging.decline(desk, cast.dina, lamps[1].id, "not_ours")
        judging.accept(desk, cast.dina, lamps[2].id)
        assert {problem_of(desk, each) for each in lamps} == {None}
        judging.refer(desk, cast.dina, lamps[3].id, "town_works")
        assert problem_of(desk, lamps[3]) is not None
        assert problem_of(desk, lamps[1]) is None


def test_new_reports_attach_themselves_until_it_is_closed(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        problem = three(desk, cast)
        del desk.said[:]
        fourth = report(desk, cast.ben, "fourth", **north(30))
        assert problem_of(desk, fourth) == problem.id
        assert lines_to(desk, cast.ben) == [problems.JOINS.msgid]
        assert lines_to(desk, cast.ama) == [], "they know"
        fifth = report(desk, cast.ben, "fifth")
        assert lines_to(desk, cast.ben) == [problems.JOINS.msgid], "once"
        assert problems.consider(desk, fifth.id) == problem.id
        problems.close(desk, cast.dina, problem.id, "closing", "There is a rack for them now")
        sixth = report(desk, cast.ama, "sixth")
        assert problem_of(desk, sixth) is None, "a new one begins to count anew"


def test_three_at_once_make_one_problem(at_desk: AtDesk, database_url: str, desk_file: DeskFile) -> None:
    with at_desk() as desk:
        cast = gather(desk)
    people = [cast.ama, cast.faye, cast.cleo, cast.ben]
    together = Barrier(len(people))

    def sees(number: int) -> None:
        own = open_writer(database_url)
        together.wait()
        try:
            with own.begin() as conn:
                report(Desk(conn, desk_file, MORNING, KEYS, random.Random(number)), people[number], str(number))
        finally:
            own.dispose()

    with ThreadPoolExecutor(len(people)) as threads:
        list(threads.map(sees, range(len(people))))
    with at_desk() as desk:
        assert len(desk.conn.execute(select(table)).all()) == 1
        assert len(set(desk.conn.scalars(select(report_rows.c.problem_id)))) == 1


# ── looked after ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_notes_are_heard_once_by_everybody_who_follows(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        problem = three(desk, cast)
        reports.join(desk, cast.ben, rows_of(desk, problem)[0])
        neighbour = add_account(desk, 30, "Zoe")
        problems.follow(desk, neighbour, problem.id)
        assert refused(lambda: problems.follow(desk, neighbour, problem.id)) is rules.FollowedAlready
        assert refused(lambda: problems.follow(desk, cast.ama, problem.id)) is rules.FollowedAlready
        del desk.said[:]
        for _again in range(2):
            problems.note(desk, cast.dina, problem.id, "talk-1", "A rack is ordered")
        for person in (cast.ama, cast.ben, cast.cleo, cast.faye, neighbour):
            assert lines_to(desk, person) == [problems.GOES.msgid]
        assert lines_to(desk, cast.dina) == []
        problems.close(desk, cast.dina, problem.id, "talk-2", "The rack is there")
        assert lines_to(desk, neighbour) == [problems.GOES.msgid, problems.SOLVED.msgid]
        assert refused(lambda: problems.close(desk, cast.dina, problem.id, "talk-3", "again")) is rules.Solved
        assert refused(lambda: problems.note(desk, cast.dina, problem.id, "talk-4", "late")) is rules.Solved
        assert len(desk.conn.execute(select(problem_notes)).all()) == 2


def rows_of(desk: Desk, problem: Problem) -> list[int]:
    theirs = select(report_rows.c.order_id).where(report_rows.c.problem_id == problem.id)
    return list(desk.conn.scalars(theirs.order_by(report_rows.c.order_id)))


def test_whoever_answers_for_the_place_may_take_it_over_and_hand_it_on(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        gita, hugo = add_account(desk, 17, "Gita"), add_account(desk, 18, "Hugo")
        give(desk, gita, "supervisor", unit="donggang")
        give(desk, hugo, "supervisor", unit="haitang")
        problem = three(desk, cast)
        for nobody in (cast.ama, cast.ben, hugo):
            for deed in (
                lambda who=nobody: problems.take_over(desk, who, problem.id),
                lambda who=nobody: problems.note(desk, who, problem.id, "x", "mine"),
                lambda who=nobody: problems.close(desk, who, problem.id, "x", "mine"),
                lambda who=nobody: problems.hand_over(desk, who, problem.id, who.id),
            ):
                assert refused(deed) is NotFound
        assert refused(lambda: problems.note(desk, gita, problem.id, "x", "mine")) is rules.NotYours
        assert refused(lambda: problems.hand_over(desk, cast.dina, problem.id, hugo.id)) is NotFound
        del desk.said[:]
        problems.hand_over(desk, cast.dina, problem.id, gita.id)
        assert cards(desk, "problem").count(gita.telegram_id or 0) == 1
        assert refused(lambda: problems.note(desk, cast.dina, problem.id, "x", "mine")) is rules.NotYours
        problems.take_over(desk, cast.dina, problem.id)
        assert len(lines_to(desk, gita)) == 1, "it is told whoever had it"
        assert refused(lambda: problems.take_over(desk, cast.dina, problem.id)) is rules.YoursAlready


def test_an_owner_who_is_forgotten_leaves_it_to_the_others(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        gita = add_account(desk, 17, "Gita")
        give(desk, gita, "supervisor", unit="donggang")
        problem = three(desk, cast)
        problems.note(desk, cast.dina, problem.id, "talk", "I will see")
        problems.forget(desk, cast.dina)
        assert problems.get_problem(desk, problem.id).owner_id is None
        assert rows.notes_of(desk.conn, problem.id, 3) == []
        problems.take_over(desk, gita, problem.id)
        assert problems.get_problem(desk, problem.id).owner_id == gita.id


# ── read ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def read(desk: Desk, paint: Callable[[Desk, int, int], Any], subject_id: int, reader: Person) -> str:
    face = paint(desk, subject_id, reader.telegram_id or 0)
    if face is None:
        return ""
    say = Reader("en", desk.file.zone, desk.now)
    return "\n".join([say.say(face.text), *(say.label(each.label) for each in face.buttons)])


def test_neighbours_read_what_where_roughly_and_how_it_goes_and_never_who(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        problem = three(desk, cast)
        problems.note(desk, cast.dina, problem.id, "talk", "A rack is ordered")
        neighbour, far = add_account(desk, 30, "Zoe"), add_account(desk, 31, "Yan")
        far = replace(far, unit="haitang")
        desk.conn.execute(orders.update().values(place="canary street 7"))
        listed = read(desk, paint_problems, neighbour.id, neighbour)
        card = read(desk, paint_problem, problem.id, neighbour)
        assert "A way out is blocked" in listed and "A way out is blocked" in card
        assert "A rack is ordered" in card and "Tell me how it goes" in card
        led = read(desk, paint_problem, problem.id, cast.dina)
        references = set(desk.conn.scalars(select(orders.c.reference)))
        assert all(each in led for each in references) and "You look after it" in led
        for public in (listed, card):
            assert not any(each in public for each in references)
            assert not any(secret in public for secret in ("Ama", "Faye", "Cleo", "Dina", "canary", "Bicycles", "29.9"))
        assert not any(secret in led for secret in ("Ama", "Faye", "Cleo", "canary", "Bicycles"))
        assert not problems.may_see(desk, far, problem)
        problems.show_place(desk, neighbour, problem.id)
        problems.show_place(desk, cast.dina, problem.id)
        pins = [said.fields for said in desk.said if isinstance(said, Copy) and said.method == "sendLocation"]
        assert [pin["latitude"] for pin in pins] == [29.95, 29.95]


def test_nothing_uncivil_or_discreet_is_public(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        litter = [report(desk, cast.ama, str(number), "litter") for number in range(3)]
        desk.conn.execute(report_rows.update().values(verdict="accepted"))
        problem_id = problems.consider(desk, litter[2].id)
        assert problem_id is not None
        neighbour = add_account(desk, 30, "Zoe")
        assert problem_views.listed(desk, neighbour) == []
        assert "Litter" not in read(desk, paint_problems, neighbour.id, neighbour)
        assert read(desk, paint_problem, problem_id, neighbour) == "Others look after this now. Thank you!"
        for deed in (
            lambda: problems.follow(desk, neighbour, problem_id),
            lambda: problems.show(desk, neighbour, problem_id),
            lambda: problems.show_place(desk, neighbour, problem_id),
        ):
            assert refused(deed) is NotFound
        assert "Litter" in read(desk, paint_problems, cast.dina.id, cast.dina)
        assert "Litter" in read(desk, paint_problem, problem_id, cast.ama), "whoever reported it knows of it"
        assert not [said for said in desk.said if isinstance(said, Line | CardRefresh) and said.chat_id < 0]


def test_a_kind_that_left_the_desk_file_stays_with_those_in_charge(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        problem = three(desk, cast)
        left = {key: kind for key, kind in desk.file.reports.items() if key != "exit"}
        desk.file = replace(desk.file, reports=left)
        assert [each.id for each in problem_views.listed(desk, cast.dina)] == [problem.id]
        assert problem_views.listed(desk, add_account(desk, 30, "Zoe")) == []
        assert "exit" in read(desk, paint_problem, problem.id, cast.dina)


def test_a_report_that_is_mended_still_counts_and_one_that_was_called_off_does_not(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        mended, called_off = report(desk, cast.ama, "1"), report(desk, cast.ama, "2")
        desk.conn.execute(orders.update().where(orders.c.id == mended.id).values(state="closed"))
        closing.cancel(desk, cast.ama, called_off.id)
        assert problem_of(desk, report(desk, cast.faye, "3")) is None
        assert problem_of(desk, report(desk, cast.faye, "4")) is not None
        assert (problem_of(desk, mended) is None, problem_of(desk, called_off)) == (False, None)

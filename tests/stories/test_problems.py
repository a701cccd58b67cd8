"""A way out is blocked again and again: somebody looks after it as a whole, and everybody hears how it goes."""

from __future__ import annotations

from sqlalchemy import func, select

from desk.front import Desk
from desk.problems import consider
from desk.reports import NewReport, make_report
from sandbox.phones import Phone
from storage.people import change_person, find_person
from storage.tables import orders, problems
from storage.tables import reports as report_rows
from tests.town import TestTown

CANARY = "kanarienvogel"
PIN = {"latitude": 29.95, "longitude": 122.3}


async def lives_in_ankang(town: TestTown, phone: Phone) -> None:
    def deed(desk: Desk) -> None:
        person = find_person(desk.conn, phone.id)
        assert person is not None
        change_person(desk.conn, person.id, unit="ankang")

    await town.at_desk(deed)


async def reported(town: TestTown, phone: Phone, once: str) -> None:
    """By somebody who was quicker than this story."""

    def deed(desk: Desk) -> None:
        person = find_person(desk.conn, phone.id)
        assert person is not None
        parts = [{"kind": "text", "words": f"{CANARY} bicycles"}, {"kind": "photo", "file_id": "photo"}]
        make_report(desk, NewReport(once, "exit", "ankang", person.id, place=CANARY, parts=parts, **PIN))

    await town.at_desk(deed)
    for chat in (phone, town.handy, town.ben):
        await chat.all_read()


async def test_three_reports_become_a_problem_that_is_looked_after_and_solved(town: TestTown) -> None:
    await town.joins(town.ama)
    await lives_in_ankang(town, town.ama)
    await reported(town, town.cleo, "first")
    await reported(town, town.cleo, "second")
    await town.faye.says("/report", "[Something dangerous]", "[A way out is blocked]")
    await town.faye.sends("photo", caption="Bicycles in front of the door")
    await town.faye.says("[That's all]")
    await town.faye.sends("location", **PIN)
    await town.faye.says("[It is something else]", "[Rather not]", "[Yes, 14 or older]", "[Yes, send it]")
    await town.faye.sees("has been reported from here again and again")
    await town.cleo.hears("has been reported from here again and again")
    await town.handy.all_read()
    await town.hugo.sees("The team has been asked", "Bicycles in front of the door")  # of the unit of her home
    card = await town.dina.hears(
        "A way out is blocked", "Reported 3 times", "You look after it", buttons=["Hand it over"]
    )
    assert CANARY not in card["text"] and "Cleo" not in card["text"] and "Faye" not in card["text"]

    await town.ama.says("/problems")
    await town.ama.sees("1 problem keeps coming back here", "A way out is blocked · Ankang Community")
    await town.ama.says("[A way out is blocked]")
    seen = await town.ama.sees("Reported 3 times", buttons=["Show the place", "Tell me how it goes"])
    assert not any(each in seen["text"] for each in (CANARY, "Cleo", "Faye", "Dina", "-"))
    await town.ama.taps("Tell me how it goes")
    await town.dina.taps("Say how it goes", on=await town.dina.hears("Reported 3 times"))
    await town.dina.says("A rack is ordered for the yard")
    for phone in (town.ama, town.cleo, town.faye):
        await phone.hears("About “A way out is blocked” in Ankang Community", "A rack is ordered for the yard")

    await reported(town, town.ben, "fourth")
    await town.dina.hears("Reported 4 times")
    await town.dina.says("[Hand it over]", "[Gita]")
    await town.gita.hears("You look after it", buttons=["It is solved"])
    await town.gita.says("[It is solved]", "The rack is there")
    for phone in (town.ama, town.cleo, town.faye, town.ben):
        await phone.hears("is solved: The rack is there")
    await town.dina.all_read()
    await town.ama.says("/problems")
    await town.ama.sees("There is no standing problem here")
    assert town.look(lambda desk: desk.conn.execute(select(problems.c.state)).scalar_one()) == "closed"
    belong = select(func.count()).where(report_rows.c.problem_id.is_not(None))
    assert town.look(lambda desk: desk.conn.scalar(belong)) == town.look(
        lambda desk: desk.conn.scalar(select(func.count()).select_from(orders))
    )


async def test_what_is_uncivil_is_no_neighbours_business(town: TestTown) -> None:
    await town.joins(town.ama)
    await lives_in_ankang(town, town.ama)

    def three(desk: Desk) -> None:
        person = find_person(desk.conn, town.cleo.id)
        assert person is not None
        for number in range(3):
            order = make_report(desk, NewReport(str(number), "litter", "ankang", person.id, place=CANARY, **PIN))
            row = report_rows.update().where(report_rows.c.order_id == order.id)
            desk.conn.execute(row.values(verdict="accepted"))
            consider(desk, order.id)

    await town.at_desk(three)
    await town.cleo.all_read()
    await town.dina.hears("Litter", "You look after it")
    await town.dina.all_read()
    await town.ama.says("/problems")
    await town.ama.sees("There is no standing problem here")
    shown = [
        str(call["params"]) for call in await town.demo.town.calls() if int(call["params"].get("chat_id") or 0) < 0
    ]
    assert not any("Litter" in each or CANARY in each for each in shown)

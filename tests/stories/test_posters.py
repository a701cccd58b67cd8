"""A poster is hung up, scanned, made anew; and what is scanned is a report with the place filled in."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from desk import posters
from sandbox.phones import Phone, text_of
from storage.tables import orders, reports
from tests.town import TestTown


def payload(town: TestTown, unit: str = "ankang", building: str = "3") -> str:
    [view] = town.look(lambda desk: posters.to_be_printed(desk, unit, building))
    return str(view.link.partition("start=")[2])


async def tells(town: TestTown, phone: Phone) -> None:
    await phone.says("[Something uncivil]", "[Noise]", "Bags on the stairs", "[That's all]")


async def test_scanned_it_opens_a_report_at_that_building(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.at_desk(posters.make_posters)
    await town.ama.starts(payload(town))
    await tells(town, town.ama)
    await town.ama.sees("May whoever comes know your name?")
    await town.ama.says("[Rather not]")
    await town.ama.sees("Ankang Community, building 3", buttons=["Yes, send it"])
    await town.ama.says("[Yes, send it]")
    [row] = town.look(
        lambda desk: desk.conn.execute(
            select(orders.c.unit, reports.c.building).join(reports, reports.c.order_id == orders.c.id)
        ).all()
    )
    assert (row.unit, row.building) == ("ankang", "ankang/3")
    await town.dina.all_read()
    await town.ama.all_read()


async def test_somebody_new_is_greeted_first_and_then_tells(town: TestTown) -> None:
    await town.at_desk(posters.make_posters)
    await town.ama.starts(payload(town))
    await town.ama.says("[That's fine]")
    await town.ama.sees("What have you seen?")


async def test_the_wrong_building_is_put_right(town: TestTown) -> None:
    await town.joins(town.faye)
    await town.at_desk(posters.make_posters)
    await town.faye.starts(payload(town))
    await tells(town, town.faye)
    await town.faye.says("[Rather not]", "[Change: Where]", "By the gate of Haitang")
    await town.faye.sees("By the gate of Haitang", buttons=["Yes, send it"])
    assert "building 3" not in text_of(await town.faye.last())
    await town.faye.says("[✕ Cancel]")
    await town.faye.all_read()


async def test_what_was_half_finished_goes_on_afterwards(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.at_desk(posters.make_posters)
    await town.ama.says("/help", "[Groceries]", "No rice")
    await town.ama.starts(payload(town))
    await town.ama.says("[✕ Cancel]")
    await town.ama.sees("I've noted it (1 part)")
    await town.ama.all_read()


@pytest.mark.parametrize("wrong", ["b_0123456789ABCDEF", "b_", "b_" + "x" * 60])
async def test_a_poster_of_another_desk_leads_to_the_menu(town: TestTown, wrong: str) -> None:
    await town.joins(town.ama)
    await town.ama.starts(wrong)
    await town.ama.sees("This poster is no longer in use")
    await town.ama.sees("What can I do for you?")


async def test_whoever_looks_after_the_place_has_it_sent_revokes_it_and_makes_it_anew(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.dina.says("/posters")
    await town.dina.sees("Which one?", buttons=["Ankang Community, building 3"])
    await town.dina.says("[Ankang Community, building 3]", "[🖨 Send me the sheet]")
    papers = [message for message in await town.dina.from_bot() if "document" in message]
    assert [paper["document"]["file_name"] for paper in papers] == ["poster.pdf"]
    stored = town.demo.sandbox.world.files.by_id[papers[0]["document"]["file_id"]]
    assert stored.data.startswith(b"%PDF")
    old = payload(town)
    await town.dina.says("[It is to lead nowhere]")
    await town.dina.sees("It leads nowhere", buttons=["Make a new poster"])
    assert not [message for message in await town.dina.from_bot() if "document" in message], "nobody prints it now"
    await town.ama.starts(old)
    await town.ama.sees("This poster is no longer in use")
    await town.dina.says("[Make a new poster]")
    await town.dina.sees("In use since")
    assert payload(town) != old
    await town.ama.starts(payload(town))
    await town.ama.sees("What have you seen?")
    await town.dina.all_read()
    await town.ama.all_read()


async def test_nobody_else_is_shown_any(town: TestTown) -> None:
    await town.at_desk(posters.make_posters)
    for phone in (town.faye, town.ben):
        await phone.says("/posters")
        await phone.sees("I can't find that")
        await phone.all_read()
    await town.hugo.says("/posters")
    await town.hugo.sees(buttons=["Haitang Community, building 3"])
    await town.hugo.does_not_see("Ankang")
    await town.hugo.all_read()

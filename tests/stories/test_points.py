"""What a household reads of its points: every entry, page by page and as a file; and the board of the neighbourhood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.handlers.standard import in_words
from desk.front import Desk
from desk.points import earn
from domain.caps import Caps
from domain.points import Earning
from domain.words import _
from sandbox.phones import Phone
from storage.households import find_household
from storage.people import find_person
from storage.points import audit
from tests.stories.test_asking import ASK
from tests.town import TestTown

SHOPPING = _("Help: {category}")(category="Groceries")


def earns(phone: Phone, amounts: Sequence[int], **more: object) -> object:
    """Whoever has that telephone has earned these, one after another."""

    def deed(desk: Desk) -> int | None:
        person = find_person(desk.conn, phone.id)
        assert person is not None and person.household_id is not None
        for number, points in enumerate(amounts):
            once = f"{phone.id}:{number}:{points}"
            earning = Earning(once, person.household_id, person.id, points, SHOPPING, **more)  # type: ignore[arg-type]
            assert earn(desk, earning) == points
        home = find_household(desk.conn, person.household_id)
        return home.id if home is not None else None

    return deed


async def test_every_point_is_explained_page_by_page_and_as_a_file(town: TestTown) -> None:
    dina = town.look(lambda desk: find_person(desk.conn, town.dina.id).id)
    await town.at_desk(earns(town.ben, [1] * 9))
    await town.at_desk(earns(town.ben, [9], decided_by=dina, note="=He swept the whole yard"))
    await town.at_desk(earns(town.ben, [2]))
    await town.ben.says("/statement")
    card = await town.ben.hears(
        "has 20 points", "+9", "decided by Dina: =He swept the whole yard", "Page 1 of 2", "Ben"
    )
    await town.ben.taps("Earlier ones", on=card)
    card = await town.ben.sees("+1", "Page 2 of 2", buttons=["Back to the newer ones"])
    await town.ben.taps("As a file", on=card)
    paper = await town.ben.hears("every entry of your household's statement")
    table = (await town.demo.app.office.wire.download(paper["document"]["file_id"])).decode("utf-8-sig").splitlines()
    assert len(table) == 14 and "'=He swept the whole yard" in table[3] and table[3].split(",")[2] == "9"
    assert "Mark of the last line" in table[-1]
    assert town.look(lambda desk: audit(desk.conn)) == []


async def test_the_board_says_who_earned_most_and_nothing_about_anybody(town: TestTown) -> None:
    await town.at_desk(earns(town.ben, [7]))
    await town.at_desk(earns(town.cleo, [7, 2], dimension="harmony"))
    await town.ben.says("/board")
    card = await town.ben.hears("Ankang", "1. A household: 9", "2. A household: 7", "← you")
    await town.ben.taps("Good neighbours", on=card)
    card = await town.ben.sees("Only: Good neighbours", "1. A household: 9")
    await town.ben.taps("Everything together", on=card)
    card = await town.ben.sees("2. A household: 7", buttons=["Leave us out"])
    await town.ben.taps("Leave us out", on=card)
    town.ben.is_told("on no board any more")
    card = await town.ben.sees("on no board", "It has earned 7 here", buttons=["Show us on the board"])
    await town.cleo.says("/board")
    await town.cleo.hears("1. A household: 9", "← you")
    await town.ben.taps("Show us on the board", on=card)
    town.ben.is_told("on the board again")
    card = await town.ben.sees("2. A household: 7", buttons=["This year"])
    await town.ben.taps("This year", on=card)
    await town.ben.sees("this year", "2. A household: 7")
    assert town.look(lambda desk: audit(desk.conn)) == []


async def test_many_points_by_hand_need_two_signatures_and_a_mistake_is_taken_back(town: TestTown) -> None:
    await town.dina.says(
        "/award", "[5]", "[302]", "[All of them]", "60", "[Good neighbours]", "He nursed her for a month"
    )
    await town.dina.says("[Yes, note them]")
    await town.dina.hears("need a second signature")
    card = await town.ivy.hears("Dina would like to give 60 points", "He nursed her", buttons=["I agree", "I don't"])
    await town.gita.hears("Dina would like to give 60 points")
    await town.kofi.hears("Dina would like to give 60 points")
    await town.ivy.taps("I agree", on=card)
    await town.dina.hears("Ivy has signed: 60 points noted")
    await town.ben.hears("Dina gave your household 60 points: He nursed her")
    await town.gita.sees("Ivy has signed.")
    await town.ivy.says("/audit")
    await town.ivy.hears("+60", "Dina and Ivy", "He nursed her")
    await town.ivy.says("[Take back 1]", "It was the family next door")
    await town.ivy.hears("Both entries stand")
    await town.ben.says("/points")
    await town.ben.hears("has 0 points", "−60", "decided by Ivy: It was the family next door")
    await town.faye.hears_nothing()
    assert town.look(lambda desk: audit(desk.conn)) == []


async def test_anybody_reads_what_earns_points(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says("/standard")
    await town.ama.hears(
        "What earns points", "At most 30 a day", "between the same two households", "two people in charge"
    )


async def test_whoever_came_along_is_asked_and_shares(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    await town.ben.taps("I'll take it", on=await town.volunteers.sees("Groceries", buttons=["I'll take it"]))
    await town.ben.says("[Done]", "Up the stairs", "[That's all; I wasn't alone]")
    await town.ben.hears("Who came along?")
    await town.ben.says("[Cleo]")
    await town.ama.hears("Is everything all right now?", "Came along: Cleo")
    card = await town.cleo.hears("Ben says that you came along: Groceries", "Were you there?")
    await town.cleo.taps("Yes, I was there", on=card)
    town.cleo.is_told("Your part is noted as soon as")
    await town.cleo.sees("You have said that you were there")
    await town.ama.says("[Yes, it's done]")
    await town.ben.hears("earned 3 points")
    await town.cleo.hears("earned 2 points")
    await town.ama.all_read()
    assert town.look(lambda desk: audit(desk.conn)) == []


async def test_the_standard_says_the_caps_of_a_deed_below_it(town: TestTown) -> None:
    file = town.demo.app.file
    errand = replace(file.categories["errand"], caps=Caps(household_week=20))
    text = in_words(replace(file, categories={**file.categories, "errand": errand}))
    assert "5 points · Public service\n   ↳ At most 20 a week for a household." in town.said(text)


async def test_the_standard_says_how_those_who_help_together_earn(town: TestTown) -> None:
    await town.ben.says("/standard")
    await town.ben.hears("Whoever takes it and whoever comes along share the points.")

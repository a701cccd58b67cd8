"""A household's first evening with the desk: the officer's list, the code on its card, and somebody who has none."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from aiohttp import FormData

from desk import households
from desk.front import Desk
from domain.households import Address, grouped
from sandbox.phones import Phone
from storage.forgetting import ACCOUNT, NAMELESS
from storage.households import find_at
from storage.people import find_person
from tests.deeds.traces import columns_with, pointing_at
from tests.town import TestTown

LILY = Address("ankang", "9", "101")


def code_at(town: TestTown, at: Address) -> str:
    def reading(desk: Desk) -> str:
        home = find_at(desk.conn, at)
        assert home is not None
        return households.code_of(desk, home)

    return str(town.look(reading))


async def stands(town: TestTown) -> str:
    await town.at_desk(lambda desk: households.let_stand(desk, [LILY]))
    return code_at(town, LILY)


async def test_without_a_code_the_supervisor_confirms_and_the_second_member_joins_by_link(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.joins(town.faye)
    await town.ama.says("/household", "[I have no code]", "[Ankang]", "Building 9", "101", "[Yes]")
    await town.ama.sees("I have asked those who can confirm it")
    await town.dina.taps("Yes, they live there", on=await town.dina.hears("Ama", "building 9, room 101"))
    await town.dina.hears("Ama", "confirmed by Dina")
    await town.ama.hears("Confirmed")
    await town.ama.says("/household", "[Invite somebody]")
    link = (await town.ama.hears("t.me/"))["text"].split()[-1]
    await town.cleo.says("/household", "[Leave this household]", "[Yes]")
    await town.cleo.starts(parse_qs(urlsplit(link).query)["start"][0])
    await town.cleo.says("[Yes]")
    await town.cleo.sees("you belong to the household")
    await town.ama.hears("Cleo now belongs to your household")


async def test_the_code_on_the_card_is_enough_wherever_it_is_typed(town: TestTown) -> None:
    code = await stands(town)
    await town.joins(town.ama)
    await town.ama.says(grouped(code).lower())
    await town.ama.sees("Do you live there?")
    await town.ama.says("[Yes]")
    await town.ama.sees("you belong to the household")
    await town.joins(town.faye)
    await town.faye.says("/household", "[Leave this household]", "[Yes]", "/household", "[I have its code]", "00000000")
    await town.faye.sees("I know no household with this code", "What is the code on its card?")


async def test_a_card_scanned_before_the_first_hello_waits_until_it_is_said(town: TestTown) -> None:
    code = await stands(town)
    await town.ama.starts(f"h_{code}")
    await town.ama.says("[That's fine]")
    await town.ama.sees("Do you live there?")
    await town.ama.says("[Yes]")
    await town.ama.sees("you belong to the household")


async def test_nobody_but_whoever_is_in_charge_answers(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.joins(town.faye)
    await town.ama.says("/household", "[I have no code]", "[Ankang]", "9", "101", "[Yes]")
    card = await town.dina.hears("Ama", buttons=["Yes, they live there"])
    forged = card["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await town.faye.forges(forged, on=await town.faye.last())
    town.faye.is_told("can't find that")
    await town.hugo.starts()
    await town.hugo.forges(forged, on=await town.hugo.last())
    town.hugo.is_told("can't find that")
    await town.dina.taps("No", on=card)
    await town.dina.hears("not confirmed by Dina")
    await town.dina.taps("Yes, they live there", on=card)
    town.dina.is_told("has answered this already")
    await town.ama.hears("Nobody could confirm")


async def sends_file(town: TestTown, phone: Phone, name: str, words: str) -> None:
    form = FormData({"user": str(phone.id), "chat": str(phone.id), "kind": "document"})
    form.add_field("file", words.encode(), filename=name, content_type="text/csv")
    async with phone.town.session.post(f"{phone.town.url}/control/send", data=form) as answer:
        assert answer.status == 200, await answer.text()
    await town.settle()


async def test_an_officer_sends_a_list_and_imports_it(town: TestTown) -> None:
    await sends_file(town, town.ivy, "list.csv", "unit,building,room\nankang,9,101\nankang,9,102\nnowhere,1,1\n")
    await town.ivy.sees("list.csv", "2 new households", "Line 4", buttons=["Import it"])
    await town.ivy.says("[Import it]")
    await town.ivy.sees("Done: 2 new households stand")
    assert code_at(town, LILY)


async def test_forgetting_leaves_nothing_in_the_group_and_begins_anew(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says("/help", "[Groceries]", "No rice", "[That's all]", "Ankang, building 3, room 201", "[Today]")
    await town.ama.says("[Yes, send it]")
    await town.ben.taps("I'll take it", on=await town.volunteers.sees("Groceries", buttons=["I'll take it"]))
    await town.ben.hears("No rice", "room 201")
    known = town.look(lambda desk: find_person(desk.conn, town.ama.id))
    await town.ama.says("/forget")
    await town.ama.sees("1 open request will be called off", "Shall I forget you?")
    await town.ama.says("[Yes, forget me]")
    await town.ama.sees("I have forgotten you")
    await town.ama.does_not_see("room 201", "Shall I forget you?")
    await town.ben.hears("called off, so you need not go")
    await town.volunteers.sees("called off")
    for chat in (town.ben, town.volunteers):
        await chat.does_not_see("No rice", "room 201", "Ama")
    for words in ("No rice", "Ankang, building 3", "Ama"):
        assert town.look(lambda desk, words=words: columns_with(desk, words)) == set()
    assert town.look(lambda desk: pointing_at(desk, known.id, town.ama.id)) <= {*NAMELESS, *ACCOUNT}
    await town.ama.says("/orders")
    await town.ama.starts()
    await town.ama.sees("To help you I keep your name")

"""What residents and those in charge may count on: an answer to every command, and help for somebody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.orders import Order
from sandbox.phones import labels_of, shown, text_of
from storage import orders
from tests.conftest import MORNING
from tests.stories.test_asking import ASK
from tests.town import TestTown, a_town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TestTown]:
    async with a_town(tmp_path, MORNING) as opened:
        yield opened


def made(town: TestTown, order_id: int = 1) -> Order:
    order: Order | None = town.look(lambda desk: orders.find_order(desk.conn, order_id))
    assert order is not None
    return order


async def test_every_command_is_answered(town: TestTown) -> None:
    await town.joins(town.ama)
    for words, answer in (
        ("/menu", "What can I do for you?"),
        ("/MENU", "What can I do for you?"),
        ("/settings", "This is what you can change"),
        ("/help", "What do you need help with?"),
        ("/cancel", "I've put it away"),
        ("/orders", "You have not asked for anything yet"),
        ("/points", ""),
        ("/language", "Which language do you read best?"),
        ("/cancel@linli_bot", ""),
        ("/frobnicate", "What can I do for you?"),
        ("/", "What can I do for you?"),
        ("//", "What can I do for you?"),
        ("/help@linli_bot", "What do you need help with?"),
        ("/frobnicate", "What do you need help with?"),
    ):
        before = len(await town.ama.from_bot())
        await town.ama.says(words)
        heard = (await town.ama.from_bot())[before:]
        assert heard, f"{words} is not answered"
        assert answer in text_of(heard[-1]), f"{words}: {shown(heard[-1])}"
    await town.ama.sees("I don't know that command")


async def test_settings_hold_what_can_be_changed(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says("/settings")
    card = await town.ama.sees(
        "This is what you can change", buttons=["中文", "I speak another language", "household", "Forget me"]
    )
    assert not any("Not tonight" in label for label in labels_of(card))
    await town.ama.says("[I speak another language]", "[Another language]", "Norsk", "/settings")
    await town.ama.sees("You speak Norsk")
    await town.ama.says("[Forget me]", "[Cancel]")
    await town.ben.says("/settings")
    await town.ben.sees("This is what you can change", buttons=["Not tonight"])
    await town.ben.taps("Not tonight")
    assert town.ben.answer is not None and town.ben.answer["text"]


async def test_the_first_menu_is_short(town: TestTown) -> None:
    await town.joins(town.ama)
    menu = await town.ama.sees("What can I do for you?")
    assert len(text_of(menu)) <= 300
    assert len(labels_of(menu)) <= 6
    assert all(len(row) == 1 for row in menu["reply_markup"]["inline_keyboard"])
    assert all(any(letter.isalpha() for letter in label) for label in labels_of(menu))


async def test_for_somebody_else_the_address_is_never_the_askers(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    await town.volunteers.all_read()
    await town.ama.says("/help", *ASK[1:4])
    await town.ama.sees("Where shall somebody come?", buttons=["Ankang, building 3, room 201"])
    await town.ama.says("[It is for somebody else]", "Grandpa Joe", "0580 777 7777")
    asked = await town.ama.last()
    assert "Where shall somebody come?" in text_of(asked) and not any("201" in label for label in labels_of(asked))
    await town.ama.says("Haitang, building 1", "[Tomorrow]")
    summary = await town.ama.sees("Grandpa Joe", "05807777777", "Haitang Community")
    assert "room 201" not in text_of(summary)
    await town.ama.says("[Yes, send it]")
    order = made(town, 2)
    assert (order.requester_id, order.for_name, order.for_phone) == (None, "Grandpa Joe", "05807777777")
    assert (order.place, order.unit) == ("Haitang, building 1", "haitang")
    card = await town.ama.sees("For: Grandpa Joe", buttons=["Call it off"])
    assert "Groceries" in text_of(card)
    await town.ama.says("/orders")
    assert len([label for label in labels_of(await town.ama.last()) if label.startswith("Show")]) == 2


@pytest.mark.parametrize("who", ["dina", "ivy"])
async def test_whoever_is_in_charge_writes_down_a_telephone_call(who: str, town: TestTown) -> None:
    phone = town.demo.phones[who]
    await phone.says("/help", *ASK[1:4])
    await phone.sees("For whom is it?", buttons=["For me", "For somebody else"])
    await phone.says("[For somebody else]", "Mrs Old", "0580 123 4567", "building 3, room 101", "[Ankang Community]")
    await phone.says("[As soon as somebody can]")
    await phone.sees("This is what I understood", "Mrs Old", "05801234567", "building 3, room 101", "Ankang Community")
    await phone.says("[Yes, send it]")
    order = made(town)
    assert (order.requester_id, order.for_name, order.unit) == (None, "Mrs Old", "ankang")
    card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    await phone.sees("For: Mrs Old", "Nobody has taken it yet")
    await town.ben.taps("I'll take it", on=card)
    await town.ben.hears("For: Mrs Old", "05801234567", "building 3, room 101")
    await phone.hears("Ben has taken it")


async def test_the_supervisor_can_ask_for_herself(town: TestTown) -> None:
    await town.dina.says("/help", *ASK[1:4], "[For me]", "Ankang, building 9", "[Today]")
    await town.dina.sees("This is what I understood", "For me")
    await town.dina.says("[Yes, send it]")
    assert made(town).for_name == "Dina"
    await town.volunteers.sees("Groceries")


async def test_what_nobody_can_read_outside_a_conversation(town: TestTown) -> None:
    await town.joins(town.ama)
    for kind in ("sticker", "poll", "contact"):
        await town.ama.sends(kind)
        await town.ama.sees("I can't read that")
        assert "What can I do for you?" in text_of(await town.ama.last())
    for kind in ("voice", "photo", "video", "video_note", "document", "location"):
        await town.ama.sends(kind)
        assert "Shall I ask the neighbours" in text_of(await town.ama.last()), kind
        await town.ama.says("/cancel")


async def test_an_album_outside_a_conversation_is_one_request(town: TestTown) -> None:
    await town.joins(town.ama)
    before = len(await town.ama.from_bot())
    await town.ama.sends("album", count=3)
    assert len(await town.ama.from_bot()) == before + 1
    await town.ama.says("[Something at home is broken]", *ASK[4:])
    summary = await town.ama.sees("This is what I understood")
    assert text_of(summary).count("a picture") == 3
    await town.ama.says("/cancel")

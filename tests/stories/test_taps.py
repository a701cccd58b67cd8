"""Impatient fingers, old buttons, cards that cannot be seen any more: the first tap counts, and all are answered."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from desk.front import Desk
from sandbox.phones import Json, Phone, data_of, labels_of
from storage.tables import order_history, orders
from tests.stories.test_asking import ASK
from tests.town import TestTown

TAKE, SEND = "I'll take it", "Yes, send it"


def how_often(town: TestTown, what: str) -> int:
    happened = select(func.count()).select_from(order_history).where(order_history.c.what == what)
    return int(town.look(lambda desk: desk.conn.scalar(happened)))


def holder_of(desk: Desk) -> Any:
    return desk.conn.execute(select(orders.c.state, orders.c.holder_id)).one()


async def tapped(town: TestTown, whose: Phone, label: str, on: Json, **how: Any) -> Any:
    """A tap by the button's data, which a card that is seen no more still carries."""
    where = {"user": whose.id, "chat": on["chat"]["id"], "message_id": on["message_id"]}
    answer = await town.demo.town.do("tap", **where, data=data_of(on, label), **how)
    await town.settle()
    return answer["answer"]


async def waiting(town: TestTown) -> Json:
    await town.joins(town.ama)
    await town.ama.says(*ASK, f"[{SEND}]")
    return await town.volunteers.sees("Groceries", buttons=[TAKE])


async def all_read(town: TestTown) -> None:
    for chat in (town.ama, town.ben, town.cleo, town.volunteers):
        await chat.all_read()


async def test_five_impatient_taps_make_one_request_and_each_is_answered(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK)
    question = await town.ama.sees(buttons=[SEND])
    answers = await asyncio.gather(*(tapped(town, town.ama, SEND, question) for _tap in range(5)))
    assert all(answer is not None for answer in answers)
    assert town.look(lambda desk: desk.conn.scalar(select(func.count()).select_from(orders))) == 1
    assert len([card for card in await town.volunteers.from_bot() if TAKE in labels_of(card)]) == 1
    await all_read(town)


async def test_five_impatient_taps_take_it_once_and_four_are_told_that_it_is_theirs(town: TestTown) -> None:
    card = await waiting(town)
    answers = await asyncio.gather(*(tapped(town, town.ben, TAKE, card) for _tap in range(5)))
    said = sorted(answer["text"].split(",")[0].split(".")[0] for answer in answers)
    assert said == ["It's yours", *["You have it already"] * 4]
    assert how_often(town, "claim") == 1
    await all_read(town)


async def test_a_button_of_before_is_answered_with_what_is_true_now(town: TestTown) -> None:
    """Cleo's phone still shows the card as it was before Ben took it, gave it back, and it was called off."""
    card = await waiting(town)
    await town.ben.taps(TAKE, on=card)
    answer = await tapped(town, town.cleo, TAKE, card)
    assert "Ben has it already" in answer["text"] and answer["show_alert"]
    await town.ama.says("[Call it off]", "[I don't need it any more]")
    answer = await tapped(town, town.cleo, TAKE, card)
    assert "It was called off" in answer["text"] and answer["show_alert"]
    assert how_often(town, "claim") == 1
    await all_read(town)


async def test_an_answer_that_comes_too_late_undoes_nothing(town: TestTown) -> None:
    """Telegram takes the answer no more, or is in trouble: Ben has it all the same, and he is not asked again."""
    card = await waiting(town)
    for fault in ({}, {"kind": "500", "method": "answerCallbackQuery", "count": 1}):
        before = len(town.demo.sandbox.world.calls)
        if fault:
            await town.demo.town.do("faults", **fault)
        await town.demo.app.office.fetch.stop()
        where = {"user": town.ben.id, "chat": card["chat"]["id"], "message_id": card["message_id"]}
        await town.demo.town.do("tap", **where, data=data_of(card, TAKE), wait=0)
        if not fault:
            town.demo.sandbox.world.taps.clear()  # "query is too old and response timeout expired"
        town.demo.app.office.fetch.start()
        await town.settle()
        calls = list(town.demo.sandbox.world.calls)[before:]
        answers = [call for call in calls if call["method"] == "answerCallbackQuery"]
        assert [answer["ok"] for answer in answers] == [False], "once, and not again"
    ben = town.look(lambda desk: desk.conn.scalar(select(orders.c.holder_id)))
    assert town.look(holder_of) == ("claimed", ben) and ben is not None
    assert how_often(town, "claim") == 1
    await town.ben.hears("room 201")
    await all_read(town)


@pytest.mark.parametrize("seen", ["inaccessible", "deleted", "nothing"])
async def test_a_tap_on_a_card_that_the_desk_cannot_see_takes_it(town: TestTown, seen: str) -> None:
    """The button alone says what is meant."""
    card = await waiting(town)
    if seen == "inaccessible":
        answer = await tapped(town, town.ben, TAKE, card, inaccessible=True)
        assert "It's yours" in answer["text"]
    elif seen == "deleted":
        await town.demo.town.do("delete", user=town.ivy.id, chat=card["chat"]["id"], message_id=card["message_id"])
        answer = await tapped(town, town.ben, TAKE, card)
        assert "It's yours" in answer["text"]
        stands = [each for each in await town.volunteers.from_bot() if "Ben" in each["text"]]
        assert len(stands) == 1, "the group sees how it stands"
    else:
        world = town.demo.sandbox.world
        person = world.people[town.ben.id]
        tap = {"id": "77", "from": person.user(), "chat_instance": "1", "data": data_of(card, TAKE)}
        await town.demo.town.do("raw", callback_query=tap)
        await town.settle()
    assert how_often(town, "claim") == 1
    await town.ben.hears("room 201")
    await all_read(town)


@pytest.mark.parametrize("seen", ["inaccessible", "nothing"])
async def test_every_button_of_a_request_works_on_a_card_that_cannot_be_seen(town: TestTown, seen: str) -> None:
    card = await waiting(town)
    await town.ben.taps(TAKE, on=card)
    world = town.demo.sandbox.world
    for phone, label in ((town.ben, "On my way"), (town.ben, "I need help"), (town.ama, "Call it off")):
        there = await phone.sees(buttons=[label])
        whole = next(each for each in labels_of(there) if label in each)
        if seen == "inaccessible":
            assert await tapped(town, phone, whole, there, inaccessible=True) is not None
        else:
            tap = {"id": "77", "from": world.people[phone.id].user(), "chat_instance": "1"}
            await town.demo.town.do("raw", callback_query={**tap, "data": data_of(there, whole)})
            await town.settle()
    assert how_often(town, "on_way") == 1
    assert how_often(town, "need_help") == 1
    await town.ama.sees("Why")
    await all_read(town)
    await town.dina.all_read()

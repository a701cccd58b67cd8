"""An order from hand to hand: given back, done, not done after all, done again, rated and thanked for."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from desk.front import Desk
from storage.points import audit
from storage.tables import contacts
from tests.stories.test_asking import ASK
from tests.town import TestTown


async def asks_and_ben_takes_it(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    await town.ben.taps("I'll take it", on=card)
    await town.ben.hears("Ankang, building 3, room 201", "my leg hurts")


async def test_given_back_the_address_goes_away_again(town: TestTown) -> None:
    await asks_and_ben_takes_it(town)
    await town.ama.hears("Ben has taken it")
    await town.ben.says("[Give it back]", "my bicycle broke")
    await town.ben.does_not_see("room 201", "my leg hurts")
    await town.ben.hears("You have given it back")
    await town.ama.hears("cannot come after all")
    card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    await town.cleo.taps("I'll take it", on=card)
    await town.cleo.hears("room 201")
    await town.ama.sees("Cleo")
    await town.faye.hears_nothing()


async def test_whoever_waits_knows_when_to_expect_somebody(town: TestTown) -> None:
    await asks_and_ben_takes_it(town)
    await town.ama.hears("Ben has taken it")
    card = await town.ben.hears("room 201", buttons=["There in 10 minutes", "There in an hour"])
    await town.ben.taps("There in half an hour", on=card)
    town.ben.is_told("They see that now")
    await town.ama.sees("Ben", "They should be with you about 10:30")
    await town.ben.sees("You said you would be there about 10:30")
    order = card["reply_markup"]["inline_keyboard"][0][0]["callback_data"].rsplit(":", 1)[1]
    await town.volunteers.sees("Ben has it")
    await town.cleo.forges(f"o:in_60:{order}", on=await town.volunteers.sees("Ben has it"))
    await town.ama.sees("about 10:30")


async def test_not_yet_and_then_done_rated_and_thanked_for(town: TestTown) -> None:
    await asks_and_ben_takes_it(town)
    await town.ben.says("[On my way]")
    await town.ama.hears("Ben is on the way")
    await town.ben.says("[Done]", "[That's all]")
    await town.ben.hears("whether everything is all right")
    await town.ama.says("[Not yet]")
    await town.ben.hears("not quite done yet")
    card = await town.volunteers.sees("needed once more", buttons=["I'll take it"])
    await town.ben.taps("I'll take it", on=card)
    await town.ama.hears("Ben has taken it")
    await town.ben.says("[Done]", "It is in her kitchen now", "[That's all]")
    await town.ama.sees("It is in her kitchen now", buttons=["Yes, it's done"])
    await town.ama.says("[Yes, it's done]", "[5 · very good]", "[4 · good]")
    await town.ben.hears("has earned 5 points")
    await town.ben.says("/points")
    await town.ben.hears("+5", "Groceries", "Ben")
    await town.ama.says("[Say a word]", "So kind of him")
    await town.ama.hears("Noted, thank you!")
    assert town.look(lambda desk: audit(desk.conn)) == []


async def test_a_taker_who_never_opened_the_chat_is_led_there(town: TestTown) -> None:
    def forget_chat(desk: Desk) -> None:
        desk.conn.execute(update(contacts).where(contacts.c.telegram_id == town.ben.id).values(reach="never_started"))

    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    await town.at_desk(forget_chat)
    card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    await town.ben.taps("I'll take it", on=card)
    assert town.ben.answer is not None and town.ben.answer["url"].endswith("?start=c_1")
    await town.ben.hears_nothing()
    await town.ama.does_not_see("Ben")
    await town.ben.starts("c_1")
    await town.ben.hears("room 201")
    await town.ama.hears("Ben has taken it")


async def a_stranger_to_the_chat_takes_it(town: TestTown) -> None:
    """Ben has never started the bot, and Telegram knows it too."""

    def forget_chat(desk: Desk) -> None:
        desk.conn.execute(update(contacts).where(contacts.c.telegram_id == town.ben.id).values(reach="never_started"))

    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    await town.at_desk(forget_chat)
    town.demo.sandbox.world.people[town.ben.id].started = False
    await town.ben.taps("I'll take it", on=await town.volunteers.sees("Groceries", buttons=["I'll take it"]))
    assert town.ben.answer is not None and town.ben.answer["url"].endswith("?start=c_1")


@pytest.mark.parametrize("minutes", [4, 6])
async def test_what_is_kept_for_a_taker_is_theirs_within_the_window_and_somebody_elses_after_it(
    town: TestTown, minutes: int
) -> None:
    await a_stranger_to_the_chat_takes_it(town)
    await town.volunteers.sees("Ben")
    await town.wait(minutes=minutes)
    if minutes > 5:
        card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
        await town.cleo.taps("I'll take it", on=card)
        town.cleo.is_told("It's yours")
    await town.ben.starts("c_1")
    if minutes < 5:
        await town.ben.hears("room 201")
        await town.ama.hears("Ben has taken it")
    else:
        await town.ben.hears("Somebody else has it by now")
        await town.ben.does_not_see("room 201", "my leg hurts")
        await town.ama.hears("Cleo has taken it")
    to_groups = [call for call in town.demo.sandbox.world.calls if call["params"].get("chat_id", 0) < 0]
    assert to_groups
    for call in to_groups:
        assert not any(secret in str(call) for secret in ("room 201", "my leg hurts", "Ama")), call
    for chat in (town.ama, town.ben, town.cleo, town.volunteers):
        await chat.all_read()


async def test_what_waits_again_is_promised_anew(town: TestTown) -> None:
    await asks_and_ben_takes_it(town)
    await town.ama.sees("Ben")
    await town.wait(minutes=70)
    await town.ben.says("[Give it back]", "my bicycle broke")
    await town.ama.hears("Somebody should have it by 11:40", "If nobody has taken it by 11:40")
    await town.wait(minutes=15)
    await town.wait(minutes=14)
    await town.dina.hears_nothing()
    await town.wait(minutes=1)
    await town.dina.hears("It was promised by 11:40")
    await town.ama.all_read()
    await town.volunteers.all_read()
    await town.ben.all_read()

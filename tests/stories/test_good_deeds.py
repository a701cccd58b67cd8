"""A kindness is told: a supervisor confirms it, whoever did it is asked, and the neighbours read what they may."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from desk.front import Desk
from sandbox.phones import Phone
from storage.people import find_person
from storage.points import audit, balance_of
from storage.tables import good_deeds, transfers
from tests.town import TestTown

PHONE = "13800138000"
CANARY = "kanarienvogel"


async def tells(town: TestTown, who: Phone, *how: str, words: str = "Carried my shopping up three floors") -> None:
    await who.says("/praise", *how, words, "[That's all]", "[Yes, send it]")
    await who.sees("Thank you for telling me")


def balance(town: TestTown, phone: Phone) -> int:
    def reading(desk: Desk) -> int:
        person = find_person(desk.conn, phone.id)
        assert person is not None and person.household_id is not None
        return balance_of(desk.conn, person.household_id)

    return int(town.look(reading))


async def in_groups(town: TestTown) -> str:
    """Everything the desk has ever asked Telegram to put into a group."""
    calls = await town.demo.town.calls()
    return "\n".join(str(call["params"]) for call in calls if int(call["params"].get("chat_id") or 0) < 0)


async def test_praise_is_confirmed_asked_about_paid_and_read(town: TestTown) -> None:
    words = f"Ben brought me soup to building 1, room 404, call me on {PHONE}"
    await tells(town, town.faye, "[I know where they live]", "99", "9", "Ben", "[No]", words=words)
    card = await town.hugo.hears("A good deed", "Told by Faye", "I don't know who it was", buttons=["Say who it was"])
    await town.ben.hears_nothing()
    await town.hugo.taps("I can't confirm it", on=card)
    await town.faye.hears("It could not be confirmed this time")
    assert balance(town, town.faye) == balance(town, town.ben) == 0

    await town.cleo.says("/praise", "[One of our volunteers]", "[Ben]", words, "[That's all]", "[Yes, send it]")
    card = await town.dina.hears("A good deed", "Told by Cleo", "Done by Ben", buttons=["Yes, it was so"])
    await town.faye.forges(data_of(card, "Yes, it was so"), on=await town.faye.last())
    town.faye.is_told("I can't find that")
    await town.ben.hears_nothing()
    await town.dina.taps("Yes, it was so", on=card)
    await town.cleo.hears("is confirmed")
    await town.cleo.hears("has earned 2 points")
    await town.ben.hears("your household has earned 10 points")
    asked = await town.ben.hears("May the neighbours read it?", "Well done, Ben", buttons=["Yes, without my name"])
    assert PHONE not in asked["text"] and "404" not in asked["text"]
    assert (balance(town, town.ben), balance(town, town.cleo)) == (10, 2)
    assert "soup" not in await in_groups(town), "not a word before Ben has said yes"
    await town.cleo.forges(data_of(asked, "Yes, you may say so"), on=await town.cleo.last())
    town.cleo.is_told("I can't find that")
    await town.ben.taps("Yes, you may say so", on=asked)
    await town.volunteers.sees("Well done, Ben", "soup")
    shown = await in_groups(town)
    assert not any(secret in shown for secret in (PHONE, "404", "Cleo", "Faye"))

    await town.ben.taps("Take it down again")
    town.ben.is_told("taken down")
    await town.volunteers.sees("Something good was done here")
    await town.volunteers.does_not_see("soup")
    assert town.look(lambda desk: audit(desk.conn)) == []


def data_of(message: Any, label: str) -> str:
    rows = message["reply_markup"]["inline_keyboard"]
    return next(each["callback_data"] for row in rows for each in row if each["text"] == label)


async def test_a_child_is_not_named_and_a_grown_up_answers(town: TestTown) -> None:
    await town.joins(town.ama)
    how = ("[I can describe them]", f"the girl of {CANARY} family", "[Yes]", "[Ankang]")
    await tells(town, town.ama, *how, words="Held the door and carried my bag")
    await town.dina.hears("It was a child", CANARY)
    await town.dina.says("[Say who it was]", "[I know where they live]", "5", "302", "[A child under fourteen]")
    await town.dina.hears("Now please tell me whether it was so")
    await town.dina.taps("Yes, it was so")
    await town.ama.hears("is confirmed")
    await town.ben.hears("has earned 10 points")
    asked = await town.ben.hears("a child of your household", buttons=["Yes, without a name"])
    assert "Yes, you may say so" not in str(asked["reply_markup"])
    await town.ben.taps("Yes, without a name", on=asked)
    await town.volunteers.sees("Somebody in Ankang Community did something good", "carried my bag")
    shown = await in_groups(town)
    assert CANARY not in shown and "Ben" not in shown and "Ama" not in shown


async def test_please_dont_means_that_nobody_reads_of_it(town: TestTown) -> None:
    await town.cleo.says("/praise", "[One of our volunteers]", "[Ben]", CANARY, "[That's all]", "[Yes, send it]")
    await town.dina.hears(CANARY)
    await town.dina.taps("Yes, it was so")
    await town.cleo.all_read()
    await town.ben.hears("has earned 10 points")
    await town.ben.hears("May the neighbours read it?")
    await town.ben.taps("Please don't")
    town.ben.is_told("it stays between us")
    assert CANARY not in await in_groups(town)


async def test_a_night_of_no_answer_climbs_and_stands_in_the_queue(town: TestTown) -> None:
    await town.cleo.says(
        "/praise", "[One of our volunteers]", "[Ben]", "Mended my bike", "[That's all]", "[Yes, send it]"
    )
    await town.dina.hears("Mended my bike")
    await town.wait(hours=24)
    await town.wait(hours=1)
    await town.gita.hears("Mended my bike")
    await town.dina.says("/queue")
    await town.dina.sees("1 good deed waits for your word")
    await town.dina.says("/deeds")
    await town.dina.sees("1 good deed waits for your word", buttons=["Look at it"])
    await town.dina.taps("Look at it")
    await town.dina.taps("I can't confirm it")
    await town.cleo.hears("could not be confirmed")
    await town.dina.says("/queue")
    await town.dina.sees("Nothing waits. Everything has found somebody.")


async def test_a_diary_of_small_deeds(town: TestTown) -> None:
    await town.ben.says("/diary", "Swept the stairs", "[That's all]")
    await town.ben.sees("It stands in your diary")
    await town.ben.says("/diary", "[My week]")
    await town.ben.sees("My week", "1 good deed", "Swept the stairs", buttons=["My month", "Note a good deed"])
    await town.ben.says("[My month]", "/cancel")
    await town.ben.sees("My month", "Swept the stairs")
    await town.faye.says("/deeds")
    await town.faye.sees("Only the people in charge")
    await town.dina.says("/deeds")
    await town.dina.sees("Swept the stairs", buttons=["⭐ 1. Ben"])
    await town.dina.taps("⭐ 1. Ben")
    await town.ben.hears("The community worker liked what you wrote in your diary", buttons=["Yes, without my name"])
    await town.ben.taps("Yes, you may say so")
    await town.volunteers.sees("Well done, Ben", "Swept the stairs")
    assert balance(town, town.ben) == 6
    assert town.look(lambda desk: desk.conn.scalar(select(func.count()).select_from(transfers))) == 2
    await town.ben.says("/points")
    await town.ben.sees("Diary of good deeds", "A good deed worth telling")


async def test_it_was_me_is_a_page_of_the_diary(town: TestTown) -> None:
    await town.ben.says("/praise", "[It was me]")
    await town.ben.sees("What good have you done today")
    await town.ben.says("Read to the children", "[That's all]")
    await town.ben.sees("It stands in your diary")
    kinds = town.look(lambda desk: list(desk.conn.scalars(select(good_deeds.c.kind))))
    assert kinds == ["diary"]


async def test_whoever_is_forgotten_is_read_of_no_more(town: TestTown) -> None:
    await town.cleo.says("/praise", "[One of our volunteers]", "[Ben]", CANARY, "[That's all]", "[Yes, send it]")
    await town.dina.taps("Yes, it was so", on=await town.dina.hears(CANARY))
    await town.ben.taps("Yes, you may say so", on=await town.ben.hears("May the neighbours read it?"))
    await town.volunteers.sees("Ben", CANARY)
    await town.ben.says("/forget", "[Yes, forget me]")
    await town.volunteers.does_not_see(CANARY)
    await town.volunteers.sees("Something good was done here")
    await town.dina.all_read()
    await town.cleo.all_read()
    assert town.look(lambda desk: audit(desk.conn)) == []

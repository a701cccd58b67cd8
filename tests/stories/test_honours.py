"""The honour board from end to end: a month is over, it is looked over, the households are asked, the groups see it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desk.front import Desk
from desk.points import earn
from domain.points import Earning
from domain.words import Text
from sandbox.phones import Phone
from storage import household_cards
from storage.honours import on_board
from storage.people import find_person
from tests.town import TestTown, a_town

LAST_DAY = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai


@pytest.fixture
async def november(tmp_path: Path, database_url: str) -> AsyncIterator[TestTown]:
    async with a_town(tmp_path, LAST_DAY, database_url=database_url) as town:
        yield town


def helps(phone: Phone, points: int, name: str | None = None) -> Any:
    """Their household has earned so many points, and calls itself so."""

    def deed(desk: Desk) -> None:
        person = find_person(desk.conn, phone.id)
        assert person is not None and person.household_id is not None
        reason = Text("Help: {category}", {"category": desk.file.categories["errand"].name})
        earn(desk, Earning(f"helps:{phone.id}", person.household_id, person.id, points, reason, dimension="service"))
        if name is not None:
            household_cards.change(desk.conn, person.household_id, name=name)

    return deed


def pictures(town: TestTown, chat: Any) -> list[Any]:
    """What stands in a group with a picture of ours."""
    here = town.demo.sandbox.world.chats[chat.id]
    return [each for each in here.messages.values() if "photo" in each.body and not each.deleted]


async def proposed(town: TestTown) -> None:
    """Ben has 12 points, Cleo 9; it is the first of December, and Dina sees the board."""
    await town.at_desk(helps(town.ben, 12, "陈家 the Chens"))
    await town.at_desk(helps(town.cleo, 9))
    await town.wait(hours=24)


async def test_a_month_is_thanked_for(november: TestTown) -> None:
    town = november
    await proposed(town)
    await town.dina.hears("Honour board", "November 2026", "building 5, room 302: 12 points, 1 deed", "not asked yet")
    await town.ben.hears_nothing()
    await town.dina.taps("Look at 1")
    await town.dina.sees("Help: Groceries", "1 time, 12 points", "Public service: 12", "“陈家 the Chens”")
    await town.dina.says("[Back to the list]", "[Add a quiet hero]", "2", "201")
    await town.dina.sees("Nobody who lives there talks with me")
    await town.dina.says("[✕ Cancel]")
    await town.dina.all_read()
    await town.wait(hours=24)
    asked = await town.ben.hears("May your name be on it?", "陈家 the Chens", "12 points", buttons=["Yes, gladly"])
    await town.cleo.hears("May your name be on it?", "A household", buttons=["Give our household a name"])
    await town.faye.starts()
    await town.faye.forges(data_of(asked, "Yes, gladly"), on=await town.faye.last())
    town.faye.is_told("I can't find that")
    await town.ben.taps("Yes, gladly", on=asked)
    town.ben.is_told("Thank you!")
    await town.ben.sees("Your household has said yes: it stands there as “陈家 the Chens”")
    await town.cleo.taps("Please don't name us")
    await town.dina.all_read()
    assert pictures(town, town.volunteers) == [], "nobody has published it"
    await town.dina.says("/honour")
    await town.dina.taps("Publish it")
    town.dina.is_told("It is out")
    await town.ben.hears("Your household is on the honour board of Ankang")
    [picture] = pictures(town, town.volunteers)
    caption = picture.body["caption"]
    assert "陈家 the Chens" in caption and "and 1 household that stays unnamed" in caption
    assert "12" not in caption and "Groceries" not in caption and "302" not in caption
    assert pictures(town, town.handy) == [], "Ankang has a group of its own"

    await town.cleo.says("/honour")
    await town.cleo.sees("陈家 the Chens")
    await town.ben.says("/honour")
    await town.ben.taps("Take our name down")
    town.ben.is_told("Your name is taken down")
    assert pictures(town, town.volunteers) == [], "the last name goes, and the picture with it"
    await town.wait(hours=72)
    for phone in (town.ben, town.cleo, town.dina, town.faye):
        await phone.all_read()


def data_of(message: Any, label: str) -> str:
    rows = message["reply_markup"]["inline_keyboard"]
    return next(each["callback_data"] for row in rows for each in row if each["text"] == label)


async def test_who_hides_is_never_proposed_and_a_board_without_anybody_is_not_made(november: TestTown) -> None:
    town = november
    await town.at_desk(helps(town.ben, 12))
    await town.ben.says("/board", "[Leave us out]")
    await town.ben.sees("Your household is on no board")
    await town.wait(hours=24)
    await town.dina.hears_nothing()
    await town.dina.says("/honour")
    await town.dina.sees("There is no honour board here yet")


async def test_one_is_left_out_and_put_back_and_there_is_no_board_after_all(november: TestTown) -> None:
    town = november
    await proposed(town)
    await town.dina.taps("Look at 2")
    await town.dina.says("/honour")  # the list again, whatever was open
    await town.dina.taps("Look at 2")
    await town.dina.says("[Leave it out…]", "They have asked me to", "[Yes, leave it out]")
    await town.dina.all_read()
    await town.wait(hours=24)
    await town.ben.hears("May your name be on it?")
    await town.cleo.hears_nothing()
    await town.ivy.says("/honour")
    await town.ivy.taps("Look at 2")
    await town.ivy.sees("Left out by Dina: “They have asked me to”")
    await town.ivy.taps("Put it back")
    await town.cleo.hears("May your name be on it?")
    await town.ivy.says("[Back to the list]", "[No board this time]")
    await town.ivy.taps("Yes, none this time")
    town.ivy.is_told("there is no board this time")
    await town.ben.sees("There is no board this time")
    await town.dina.all_read()
    await town.ivy.all_read()
    await town.cleo.all_read()
    assert town.look(lambda desk: [each.left_out for each in on_board(desk.conn, 1)]) == [False, False]


async def test_the_same_in_chinese(tmp_path: Path, database_url: str) -> None:
    async with a_town(tmp_path, LAST_DAY, language="zh_Hans", database_url=database_url) as town:
        await proposed(town)
        await town.dina.hears("光荣榜", "2026年11月", "12 分，1 件好事")
        await town.dina.taps("现在就去问")
        await town.ben.taps("好，愿意")
        await town.cleo.taps("好，愿意")
        await town.dina.taps("发布")
        town.dina.is_told("公布了")
        [picture] = pictures(town, town.volunteers)
        assert "陈家 the Chens" in picture.body["caption"] and "光荣榜" in picture.body["caption"]
        await town.volunteers.sees("光荣榜", "谢谢")
        message, file = picture.id, picture.body["photo"]
        await town.ben.says("/honour", "[把我家名字拿下来]")
        [after] = pictures(town, town.volunteers)
        assert after.id == message and after.body["photo"] != file, "it was drawn anew, where it stood"
        assert "陈家" not in after.body["caption"] and "还有 1 户人家" in after.body["caption"]
        await town.ben.all_read()
        await town.cleo.all_read()
        await town.dina.all_read()


async def test_a_hero_is_thought_of_while_somebody_else_gives_the_board_up(november: TestTown) -> None:
    town = november
    await proposed(town)
    await town.dina.says("[Add a quiet hero]", "5")
    await town.ivy.says("/honour", "[No board this time]", "[Yes, none this time]")
    await town.dina.says("201")
    await town.dina.sees("This board is finished")
    await town.dina.says("[✕ Cancel]")
    await town.dina.all_read()
    await town.ivy.all_read()

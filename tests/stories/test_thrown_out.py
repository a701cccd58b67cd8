"""The bot is thrown out of a team's group, loses a right or may not speak there, and comes back."""

from __future__ import annotations

import pytest

from bot.post.outcomes import PermanentlyRefused, why_unreachable
from desk.holes import holes
from sandbox.membership import member_of
from sandbox.phones import labels_of, text_of
from storage.groups import find_group
from tests.stories.test_asking import ASK
from tests.town import TestTown


async def stands(town: TestTown, status: str) -> None:
    """Where the bot stands in the volunteers' group, as Telegram tells it."""
    bot = town.demo.sandbox.world.bot.id
    await town.demo.town.do("members", group=town.volunteers.id, user=bot, status=status)
    await town.settle()


async def silently(town: TestTown, status: str) -> None:
    """The same, without a word of Telegram's."""
    world = town.demo.sandbox.world
    world.chats[town.volunteers.id].members[world.bot.id] = status


async def asks(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    await town.volunteers.all_read()


def standing(town: TestTown) -> str:
    found = town.look(lambda desk: find_group(desk.conn, town.volunteers.id))
    return found.standing if found else "unknown"


async def missing(town: TestTown) -> str:
    return "\n".join(town.said(hole) for hole in town.look(holes))


@pytest.mark.parametrize("status", ["kicked", "left", "member", "restricted"])
async def test_what_waits_climbs_and_comes_back_with_the_bot(town: TestTown, status: str) -> None:
    await asks(town)
    await stands(town, status)
    await town.dina.hears("I can no longer work in the group of Ankang Neighbours")
    await town.ivy.hears("I can no longer work in the group")
    assert standing(town) == ("member" if status == "member" else "left")
    assert "Ankang Neighbours" in await missing(town)
    await town.wait(seconds=1)
    await town.dina.hears("Groceries", buttons=["I'll take it"])
    await stands(town, "administrator")
    await town.dina.hears("I can work in the group of Ankang Neighbours again")
    await town.ivy.all_read()
    assert "Ankang Neighbours" not in await missing(town)
    card = (await town.volunteers.from_bot())[-1]
    assert "Groceries" in text_of(card)
    await town.ben.taps("I'll take it", on=card)
    town.ben.is_told("It's yours")
    for chat in (town.ama, town.ben, town.dina, town.volunteers):
        await chat.all_read()


@pytest.mark.parametrize("status", ["kicked", "left", "restricted"])
async def test_when_nobody_tells_the_next_card_finds_out(town: TestTown, status: str) -> None:
    await silently(town, status)
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    assert standing(town) == "left"
    await town.dina.hears("I can no longer work in the group of Ankang Neighbours")
    await town.ivy.hears("I can no longer work in the group")
    await town.wait(seconds=1)
    await town.dina.hears("Groceries", buttons=["I'll take it"])
    await town.ama.sees("Groceries")
    assert [text_of(message) for message in await town.volunteers.from_bot()] == []


@pytest.mark.parametrize(
    "words",
    [
        "Forbidden: the group chat was deleted",
        "Bad Request: group chat was deactivated",
        "Forbidden: bot was kicked from the supergroup chat",
        "Forbidden: bot is not a member of the supergroup chat",
        "Bad Request: not enough rights to send text messages to the chat",
        "Bad Request: have no rights to send a message",
        "Bad Request: CHAT_WRITE_FORBIDDEN",
    ],
)
def test_what_telegram_says_of_a_group_that_is_lost(words: str) -> None:
    assert why_unreachable(PermanentlyRefused(400, words)) == "left"


async def test_who_only_leaves_is_not_the_bot(town: TestTown) -> None:
    """What counts is where the bot itself stands: lines in the chat about who has left say nothing."""
    await asks(town)
    bot = {"id": town.demo.sandbox.world.bot.id, "is_bot": True, "first_name": "Linli"}
    chat = {"id": town.volunteers.id, "type": "supergroup", "title": "Ankang Neighbours"}
    said = {"message_id": 999, "date": int(town.now.timestamp()), "chat": chat, "left_chat_member": bot}
    ivy = {"id": town.ivy.id, "is_bot": False, "first_name": "Ivy"}
    await town.demo.town.do("raw", message={**said, "from": ivy})
    await town.settle()
    assert standing(town) == "administrator"


async def test_a_right_that_is_lost_is_named_and_stops_nothing(town: TestTown) -> None:
    await asks(town)
    world = town.demo.sandbox.world
    whole = member_of(world, world.chats[town.volunteers.id], world.bot.id, "administrator")
    change = {
        "chat": {"id": town.volunteers.id, "type": "supergroup", "title": "Ankang Neighbours"},
        "from": {"id": town.ivy.id, "is_bot": False, "first_name": "Ivy"},
        "date": int(town.now.timestamp()),
        "old_chat_member": whole,
        "new_chat_member": {**whole, "can_delete_messages": False},
    }
    await town.demo.town.do("raw", my_chat_member=change)
    await town.settle()
    await town.dina.hears("In the group of Ankang Neighbours", "delete messages")
    await town.ivy.hears("delete messages")
    assert "delete messages" in await missing(town)
    assert any("I'll take it" in labels_of(message) for message in await town.volunteers.from_bot())

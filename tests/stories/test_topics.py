"""A team's group with topics: the desk writes in the one it was given, and in the general one when that is gone."""

from __future__ import annotations

import pytest

from bot.post.outcomes import PermanentlyRefused, is_without_topic
from sandbox.phones import Chat, Json
from storage.groups import find_group
from tests.stories.test_asking import ASK
from tests.stories.test_setting_up import add_mediators
from tests.town import TestTown


async def topic(town: TestTown, group: Chat, name: str = "Requests") -> int:
    """A topic of this group, which is a forum from now on."""
    town.demo.sandbox.world.chats[group.id].forum = True
    opened = await town.demo.town.do("topics", group=group.id, user=town.ivy.id, name=name)
    await town.settle()
    return int(opened["id"])


async def says_in(town: TestTown, group: Chat, number: int | None, words: str, **how: object) -> None:
    where = {"topic": number} if number else {}
    await town.demo.town.do("say", user=town.ivy.id, chat=group.id, text=words, **where, **how)
    await town.settle()


async def asks(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")


def kept(town: TestTown, group: Chat) -> int | None:
    found = town.look(lambda desk: find_group(desk.conn, group.id))
    return found.topic_id if found else None


def bot_name(town: TestTown) -> str:
    return str(town.demo.sandbox.world.bot.username)


async def test_called_in_a_topic_by_an_officer_it_writes_there(town: TestTown) -> None:
    number = await topic(town, town.volunteers)
    await says_in(town, town.volunteers, number, f"/setup@{bot_name(town)}")
    hello = await town.volunteers.sees("From now on I show here")
    assert hello["message_thread_id"] == number
    await asks(town)
    card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    assert (card["message_thread_id"], card["is_topic_message"]) == (number, True)
    await town.ben.taps("I'll take it", on=card)
    town.ben.is_told("It's yours")
    await town.volunteers.sees("Groceries", "Ben has it")
    await says_in(town, town.volunteers, None, f"/setup@{bot_name(town)}")
    assert "message_thread_id" not in await town.volunteers.sees("From now on I show here")
    assert kept(town, town.volunteers) is None
    await town.ama.all_read()
    await town.ben.all_read()


async def test_a_group_that_is_set_up_inside_a_topic_is_served_there(town: TestTown) -> None:
    payload = await add_mediators(town)
    group = await town.demo.town.group("Mediators of Ankang", town.ivy, town.ben)
    number = await topic(town, group)
    await says_in(town, group, number, f"/start@{bot_name(town)} {payload}")
    await town.ivy.taps("Yes", on=await town.ivy.hears("Is “Mediators of Ankang” the group"))
    town.ivy.is_told("ready")
    assert (await group.sees("From now on"))["message_thread_id"] == number


@pytest.mark.parametrize("what", ["deleted", "closed", "never there"])
async def test_a_topic_that_is_closed_or_gone_leads_to_the_general_one_and_is_told(town: TestTown, what: str) -> None:
    number = await topic(town, town.volunteers)
    await says_in(town, town.volunteers, number, f"/setup@{bot_name(town)}")
    await town.volunteers.all_read()
    if what == "never there":  # of another chat, after a mistake of somebody's
        town.demo.sandbox.world.chats[town.volunteers.id].topics.clear()
    else:
        await town.demo.town.do("topics", group=town.volunteers.id, user=town.ivy.id, topic=number, status=what)
    if what == "closed":  # it was told apart from the rights that the desk knows of
        members = town.demo.sandbox.world.chats[town.volunteers.id].members
        members[town.demo.sandbox.world.bot.id] = "member"
    await asks(town)
    card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    assert "message_thread_id" not in card
    assert kept(town, town.volunteers) is None
    for phone in (town.dina, town.ivy):
        await phone.hears("the topic I wrote in is closed or gone", f"/setup@{bot_name(town)}")
    await town.wait(minutes=15)
    await town.volunteers.sees("Groceries")
    standing = [m for m in await town.volunteers.from_bot() if "Groceries" in m["text"] and m.get("reply_markup")]
    assert len(standing) == 1
    await town.volunteers.all_read()
    await town.ivy.hears_nothing()


async def test_everything_that_waits_for_a_lost_topic_comes_once_and_it_is_told_once(town: TestTown) -> None:
    number = await topic(town, town.volunteers)
    await says_in(town, town.volunteers, number, f"/setup@{bot_name(town)}")
    await town.demo.town.do("faults", kind="429", method="sendMessage", chat=town.volunteers.id, retry_after=5)
    await town.joins(town.ama)
    for _time in range(2):
        await town.ama.says(*ASK, "[Yes, send it]")
    await town.demo.town.do("topics", group=town.volunteers.id, user=town.ivy.id, topic=number, status="deleted")
    await town.wait(seconds=6)
    cards = [m for m in await town.volunteers.from_bot() if "Groceries" in m["text"]]
    assert len(cards) == 2
    assert all("message_thread_id" not in card for card in cards)
    assert len([m for m in await town.ivy.from_bot() if "closed or gone" in m["text"]]) == 1
    for chat in (town.volunteers, town.ivy, town.dina):
        await chat.all_read()


async def test_a_reply_in_the_general_topic_carries_a_number_that_is_none(town: TestTown) -> None:
    await asks(town)
    card: Json = await town.volunteers.sees("Groceries")
    town.demo.sandbox.world.chats[town.volunteers.id].forum = True
    await says_in(town, town.volunteers, None, f"/setup@{bot_name(town)}", reply_to=card["message_id"])
    heard = (await town.volunteers.messages())[-2]
    assert heard["message_thread_id"] == card["message_id"]
    assert "is_topic_message" not in heard
    assert kept(town, town.volunteers) is None
    assert "message_thread_id" not in await town.volunteers.sees("write to me in private")
    await town.ama.all_read()


async def test_only_an_officer_moves_the_desk_to_another_topic(town: TestTown) -> None:
    number = await topic(town, town.volunteers)
    for phone in (town.ben, town.dina):
        await town.demo.town.do("members", group=town.volunteers.id, user=phone.id, status="member")
        said = {"user": phone.id, "chat": town.volunteers.id, "topic": number}
        await town.demo.town.do("say", **said, text=f"/setup@{bot_name(town)}")
        await town.settle()
        await town.volunteers.sees("write to me in private")
    assert kept(town, town.volunteers) is None
    await town.volunteers.all_read()


@pytest.mark.parametrize(
    ("words", "so"),
    [
        ("Bad Request: message thread not found", True),
        ("Bad Request: TOPIC_CLOSED", True),
        ("Bad Request: TOPIC_DELETED", True),
        ("Bad Request: chat not found", False),
    ],
)
def test_what_telegram_says_of_topics(words: str, so: bool) -> None:
    assert is_without_topic(PermanentlyRefused(400, words)) is so

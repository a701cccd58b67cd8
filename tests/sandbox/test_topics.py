"""A forum has topics with numbers of their own; one that is closed, gone or never was is told in Telegram's words."""

from __future__ import annotations

from typing import Any

import pytest
import telegram
from aiogram import Bot, exceptions
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

NOT_FOUND = "Bad Request: message thread not found"
CLOSED = "Bad Request: TOPIC_CLOSED"


async def forum(town: Any, **details: Any) -> tuple[int, int]:
    ama = await town.person("Ama")
    group = await town.group(ama, forum=True, **details)
    assert await town.hear() == []
    return ama, group


async def test_a_topic_comes_closes_opens_and_goes(town: Any) -> None:
    _, group = await forum(town)
    made = await town.call("createForumTopic", chat_id=group, name="Groceries")
    topic = made["message_thread_id"]
    assert (made["name"], made["icon_color"]) == ("Groceries", 7322096)
    card = await town.call("sendMessage", chat_id=group, message_thread_id=topic, text="Card")
    assert (card["message_thread_id"], card["is_topic_message"], card["chat"]["is_forum"]) == (topic, True, True)
    assert await town.call("closeForumTopic", chat_id=group, message_thread_id=topic)
    assert "TOPIC_NOT_MODIFIED" in await town.refused("closeForumTopic", chat_id=group, message_thread_id=topic)
    [shown] = (await town.see("state"))["groups"]
    assert shown["topics"] == [{"id": topic, "name": "Groceries", "closed": True}]
    assert await town.call("reopenForumTopic", chat_id=group, message_thread_id=topic)
    lines = [update["message"] for update in await town.hear()]
    assert [line["message_thread_id"] for line in lines] == [topic] * 3
    assert lines[0]["forum_topic_created"]["name"] == "Groceries"
    assert "forum_topic_closed" in lines[1] and "forum_topic_reopened" in lines[2]
    assert await town.call("deleteForumTopic", chat_id=group, message_thread_id=topic)
    assert all(message["deleted"] for message in (await town.see("chat", chat=group))["messages"])
    edit = {"chat_id": group, "message_id": card["message_id"], "text": "x"}
    assert await town.refused("editMessageText", **edit) == "Bad Request: message to edit not found"
    assert await town.refused("sendMessage", chat_id=group, message_thread_id=topic, text="x") == NOT_FOUND
    assert "TOPIC_ID_INVALID" in await town.refused("deleteForumTopic", chat_id=group, message_thread_id=topic)


async def everything_sent(town: Any, group: int, user: int) -> list[tuple[str, dict[str, Any]]]:
    """Each way to speak, without a topic."""
    photo = await town.do("send", user=user, kind="photo")
    file = photo["photo"][-1]["file_id"]
    source = {"from_chat_id": user, "message_id": photo["message_id"]}
    media = [{"type": "photo", "media": file}] * 2
    return [
        ("sendMessage", {"chat_id": group, "text": "x"}),
        ("sendPhoto", {"chat_id": group, "photo": file}),
        ("sendMediaGroup", {"chat_id": group, "media": media}),
        ("sendLocation", {"chat_id": group, "latitude": 1, "longitude": 1}),
        ("copyMessage", {"chat_id": group, **source}),
        ("forwardMessage", {"chat_id": group, **source}),
        ("sendChatAction", {"chat_id": group, "action": "typing"}),
    ]


async def test_every_way_to_speak_knows_topics(town: Any) -> None:
    ama, group = await forum(town, bot="member")
    topic = (await town.do("topics", group=group, user=ama, name="Rides"))["id"]
    ways = await everything_sent(town, group, ama)
    for method, params in ways:
        assert await town.call(method, **params, message_thread_id=topic)
        assert await town.refused(method, **params, message_thread_id=999) == NOT_FOUND
    bodies = [m for m in (await town.see("chat", chat=group))["messages"] if m["from_bot"]]
    assert len(bodies) == len(ways)  # the album counts twice, the action not at all
    assert all(body["message_thread_id"] == topic and body["is_topic_message"] for body in bodies)
    await town.do("topics", group=group, user=ama, topic=topic, status="closed")
    for method, params in ways:
        assert await town.refused(method, **params, message_thread_id=topic) == CLOSED
    await town.do("members", group=group, user=42, status="administrator")
    for method, params in ways:
        assert await town.call(method, **params, message_thread_id=topic)


@pytest.mark.parametrize("number", [1, 7, 424242, -1])
async def test_a_number_that_is_no_topic(town: Any, number: int) -> None:
    ama, group = await forum(town)
    plain = await town.group(ama)
    other = await town.group(ama, forum=True)
    await town.call("createForumTopic", chat_id=other, name="Elsewhere")
    for chat in (group, plain, ama):
        assert await town.refused("sendMessage", chat_id=chat, message_thread_id=number, text="x") == NOT_FOUND


async def test_an_answer_in_general_carries_a_thread_that_is_no_topic(town: Any) -> None:
    ama, group = await forum(town)
    card = await town.call("sendMessage", chat_id=group, text="Card")
    assert "message_thread_id" not in card
    await town.do("say", user=ama, chat=group, text="answer", reply_to=card["message_id"])
    heard = (await town.hear())[-1]["message"]
    assert heard["message_thread_id"] == card["message_id"]
    assert "is_topic_message" not in heard
    bogus = {"message_thread_id": heard["message_thread_id"]}
    assert await town.refused("sendMessage", chat_id=group, text="x", **bogus) == NOT_FOUND
    said = await town.call("sendMessage", chat_id=group, text="x", reply_to_message_id=heard["message_id"])
    assert "is_topic_message" not in said


async def test_people_speak_in_topics_and_an_answer_stays_there(town: Any) -> None:
    ama, group = await forum(town)
    topic = (await town.do("topics", group=group, user=ama, name="Rides"))["id"]
    said = await town.do("say", user=ama, chat=group, topic=topic, text="a lift?")
    assert (said["message_thread_id"], said["is_topic_message"]) == (topic, True)
    assert said["reply_to_message"]["forum_topic_created"]["name"] == "Rides"
    answer = await town.call("sendMessage", chat_id=group, text="yes", reply_to_message_id=said["message_id"])
    assert (answer["message_thread_id"], answer["is_topic_message"]) == (topic, True)
    photo = await town.do("send", user=ama, chat=group, kind="photo", topic=topic)
    assert photo["message_thread_id"] == topic
    copied = await town.call("copyMessage", chat_id=ama, from_chat_id=group, message_id=said["message_id"])
    body = (await town.see("chat", chat=ama))["messages"][-1]
    assert body["message_id"] == copied["message_id"]
    assert "message_thread_id" not in body and "is_topic_message" not in body


async def test_words_in_the_bots_own_topic_are_no_answer_to_it(town: Any) -> None:
    ama, group = await forum(town)
    topic = (await town.call("createForumTopic", chat_id=group, name="Rides"))["message_thread_id"]
    await town.do("members", group=group, user=42, status="member")
    await town.hear()
    await town.do("say", user=ama, chat=group, topic=topic, text="chatter")
    assert await town.hear() == []


async def test_who_may_do_what_with_topics(town: Any) -> None:
    ama, group = await forum(town, bot="member")
    ben = await town.person("Ben")
    await town.do("members", group=group, user=ben, status="member")
    assert "not enough rights to create a topic" in await town.refused("createForumTopic", chat_id=group, name="x")
    plain = await town.group(ama)
    assert await town.refused("createForumTopic", chat_id=plain, name="x") == "Bad Request: the chat is not a forum"
    topic = (await town.do("topics", group=group, user=ama, name="Rides"))["id"]
    assert "no administrator" in (await town.unclear("topics", group=group, user=ben, topic=topic, status="closed"))[1]
    assert "open, closed or deleted" in (await town.unclear("topics", group=group, user=ama, topic=topic))[1]
    await town.do("topics", group=group, user=ama, topic=topic, status="closed")
    assert "closed" in (await town.unclear("say", user=ben, chat=group, topic=topic, text="x"))[1]
    await town.do("say", user=ama, chat=group, topic=topic, text="x")
    await town.do("topics", group=group, user=ama, topic=topic, status="deleted")
    assert "no such topic" in (await town.unclear("say", user=ama, chat=group, topic=topic, text="x"))[1]
    assert "not a forum" in (await town.unclear("topics", group=plain, user=ama, name="x"))[1]
    assert "a forum" in (await town.unclear("groups", title="x", type="group", forum=True))[1]


async def test_both_libraries_know_topics(town: Any, box: Any) -> None:
    ama, group = await forum(town)
    async with Bot("42:TEST", session=AiohttpSession(api=TelegramAPIServer.from_base(box.url))).context() as aio:
        topic = (await aio.create_forum_topic(group, "Rides")).message_thread_id
        await town.do("say", user=ama, chat=group, topic=topic, text="a lift?")
        line, words = (update.message for update in await aio.get_updates())
        assert line and line.forum_topic_created and line.forum_topic_created.name == "Rides"
        assert words and (words.message_thread_id, words.is_topic_message) == (topic, True)
        answer = await words.answer("yes")
        assert (answer.message_thread_id, answer.chat.is_forum) == (topic, True)
        with pytest.raises(exceptions.TelegramBadRequest, match="message thread not found"):
            await aio.send_message(group, "x", message_thread_id=7)
    async with telegram.Bot("42:TEST", base_url=f"{box.url}/bot") as ptb:
        assert await ptb.close_forum_topic(group, topic)
        assert (await ptb.send_message(group, "x", message_thread_id=topic)).is_topic_message
        assert await ptb.delete_forum_topic(group, topic)
        with pytest.raises(telegram.error.BadRequest, match="Message thread not found"):
            await ptb.send_message(group, "x", message_thread_id=topic)

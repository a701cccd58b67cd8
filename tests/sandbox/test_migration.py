"""A group becomes a supergroup: the bot is told before, after, or only when it speaks to the old one."""

from __future__ import annotations

from typing import Any

import pytest
import telegram
from aiogram import Bot, exceptions
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

UPGRADED = "Bad Request: group chat was upgraded to a supergroup chat"


async def small_group(town: Any, **details: Any) -> tuple[int, int]:
    ama = await town.person("Ama")
    group = await town.group(ama, type="group", **details)
    assert await town.hear() == []
    return ama, group


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ("both", ["migrate_to_chat_id", "migrate_from_chat_id"]),
        ("old_first", ["migrate_to_chat_id", "migrate_from_chat_id"]),
        ("new_first", ["migrate_from_chat_id", "migrate_to_chat_id"]),
        ("old_only", ["migrate_to_chat_id"]),
        ("new_only", ["migrate_from_chat_id"]),
        ("error_only", []),
    ],
)
async def test_the_two_lines_come_in_any_order_or_not_at_all(town: Any, order: str, told: list[str]) -> None:
    ama, old = await small_group(town)
    made = await town.do("migrate", group=old, order=order)
    new = made["id"]
    assert str(new).startswith("-100")
    messages = [update["message"] for update in await town.hear()]
    assert [next(name for name in m if name.startswith("migrate_")) for m in messages] == told
    for message in messages:
        if "migrate_to_chat_id" in message:
            assert (message["chat"]["id"], message["migrate_to_chat_id"]) == (old, new)
            assert (message["chat"]["type"], message["from"]["id"]) == ("group", ama)
        else:
            assert (message["chat"]["id"], message["migrate_from_chat_id"]) == (new, old)
            assert (message["chat"]["type"], message["sender_chat"]["id"]) == ("supergroup", new)
    assert made["group"]["members"] == [
        {"user_id": ama, "status": "creator"},
        {"user_id": 42, "status": "administrator"},
    ]
    await town.do("say", user=ama, chat=new, text="here we are")
    assert (await town.hear())[-1]["message"]["chat"]["id"] == new


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("sendMessage", {"text": "x"}),
        ("sendLocation", {"latitude": 1, "longitude": 1}),
        ("sendPoll", {"question": "Tea?", "options": ["yes", "no"]}),
        ("sendChatAction", {"action": "typing"}),
        ("editMessageText", {"message_id": 1, "text": "x"}),
        ("editMessageReplyMarkup", {"message_id": 1}),
        ("deleteMessage", {"message_id": 1}),
        ("pinChatMessage", {"message_id": 1}),
        ("getChatMember", {"user_id": 42}),
        ("getChatAdministrators", {}),
    ],
)
async def test_the_old_group_answers_with_the_new_id(town: Any, method: str, params: dict[str, Any]) -> None:
    _, old = await small_group(town)
    new = (await town.do("migrate", group=old, order="error_only"))["id"]
    for _ in range(2):
        assert await town.ask(method, chat_id=old, **params) == {
            "ok": False,
            "error_code": 400,
            "description": UPGRADED,
            "parameters": {"migrate_to_chat_id": new},
        }


async def test_old_messages_are_not_to_be_found_in_the_new_group(town: Any) -> None:
    _, old = await small_group(town)
    cards = [(await town.call("sendMessage", chat_id=old, text=f"Card {n}"))["message_id"] for n in range(3)]
    new = (await town.do("migrate", group=old))["id"]
    assert (
        await town.refused("editMessageText", chat_id=new, message_id=cards[-1], text="x")
        == "Bad Request: message to edit not found"
    )
    assert await town.refused("forwardMessage", chat_id=new, from_chat_id=old, message_id=cards[0]) == UPGRADED
    assert (await town.call("sendMessage", chat_id=new, text="Card"))["message_id"] == 2
    assert await town.call("getChatMember", chat_id=new, user_id=42)


async def test_the_old_group_is_deserted_and_says_what_it_became(town: Any) -> None:
    ama, old = await small_group(town)
    new = (await town.do("migrate", group=old))["id"]
    shown = {group["id"]: group for group in (await town.see("state"))["groups"]}
    assert (shown[old]["members"], shown[old]["became"]) == ([], new)
    assert "is not in" in (await town.unclear("say", user=ama, chat=old, text="x"))[1]


async def test_what_cannot_be_upgraded(town: Any) -> None:
    ama, old = await small_group(town)
    await town.do("migrate", group=old)
    big = await town.group(ama)
    for group in (old, big):
        assert "Only a group" in (await town.unclear("migrate", group=group))[1]
    assert "a person" in (await town.unclear("migrate", group=ama))[1]
    other = await town.group(ama, type="group")
    assert "'sideways'" in (await town.unclear("migrate", group=other, order="sideways"))[1]


async def test_both_libraries_read_the_new_id(town: Any, box: Any) -> None:
    _, old = await small_group(town)
    new = (await town.do("migrate", group=old))["id"]
    async with Bot("42:TEST", session=AiohttpSession(api=TelegramAPIServer.from_base(box.url))).context() as aio:
        with pytest.raises(exceptions.TelegramMigrateToChat) as seen:
            await aio.send_message(old, "x")
        assert seen.value.migrate_to_chat_id == new
        told = [update.message for update in await aio.get_updates()]
        assert [(m.migrate_to_chat_id, m.migrate_from_chat_id) for m in told if m] == [(new, None), (None, old)]
    async with telegram.Bot("42:TEST", base_url=f"{box.url}/bot") as ptb:
        with pytest.raises(telegram.error.ChatMigrated) as moved:
            await ptb.send_message(old, "x")
        assert moved.value.new_chat_id == new

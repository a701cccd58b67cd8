"""In a group the bot hears what Telegram would let it hear, and may do what its rank allows."""

from __future__ import annotations

from typing import Any

import pytest


async def heard(town: Any) -> list[str]:
    """What the bot heard, in short: texts of messages, kinds of the rest."""
    return [
        update["message"].get("text", "·") if "message" in update else list(update)[1] for update in await town.hear()
    ]


@pytest.mark.parametrize(
    ("bot", "texts"),
    [
        ("administrator", ["chatter", "/help", "/help@linli_bot", "/help@other_bot", "answer"]),
        ("member", ["/help", "/help@linli_bot", "answer"]),
        (None, []),
    ],
)
async def test_privacy_mode(town: Any, bot: str | None, texts: list[str]) -> None:
    ama = await town.person("Ama")
    group = await town.group(ama, bot="administrator")
    card = await town.call("sendMessage", chat_id=group, text="Card")
    await town.do("members", group=group, user=42, status=bot or "left")
    await town.hear()
    for text in ("chatter", "/help", "/help@linli_bot", "/help@other_bot"):
        await town.do("say", user=ama, chat=group, text=text)
    await town.do("say", user=ama, chat=group, text="answer", reply_to=card["message_id"])
    assert await heard(town) == texts


async def test_privacy_mode_can_be_switched_off(town: Any) -> None:
    ama = await town.person("Ama")
    group = await town.group(ama, bot="member")
    assert (await town.call("getMe"))["can_read_all_group_messages"] is False
    assert (await town.do("settings", privacy=False))["privacy"] is False
    assert (await town.call("getMe"))["can_read_all_group_messages"] is True
    await town.do("say", user=ama, chat=group, text="chatter")
    assert await heard(town) == ["chatter"]


async def test_coming_and_going_is_told(town: Any) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    await town.hear(allowed_updates=["message", "chat_member", "my_chat_member"])
    group = (await town.do("groups", title="Team", members=[ama, ben]))["id"]
    came, joined = await town.hear()
    assert came["my_chat_member"]["new_chat_member"]["status"] == "administrator"
    assert came["my_chat_member"]["from"]["id"] == ama
    assert joined["chat_member"]["new_chat_member"]["user"]["id"] == ben
    for status in ("administrator", "member", "left"):
        await town.do("members", group=group, user=ben, status=status)
    up, down, gone, line = await town.hear()
    assert up["chat_member"]["old_chat_member"]["status"] == "member"
    assert up["chat_member"]["new_chat_member"]["can_delete_messages"] is True
    assert up["chat_member"]["from"]["id"] == ama
    assert down["chat_member"]["new_chat_member"]["status"] == "member"
    assert gone["chat_member"]["from"]["id"] == ben
    assert line["message"]["left_chat_member"]["id"] == ben
    await town.do("members", group=group, user=ben, status="member")
    await town.do("members", group=group, user=ben, status="kicked")
    assert await heard(town) == ["chat_member", "·", "chat_member", "·"]


async def test_a_bot_that_is_no_administrator_hears_service_lines_only(town: Any) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    await town.hear(allowed_updates=["message", "chat_member", "my_chat_member"])
    group = await town.group(ama, bot="member")
    await town.do("members", group=group, user=ben, status="member")
    [line] = await town.hear()
    assert line["message"]["new_chat_members"][0]["id"] == ben


async def test_the_bot_is_put_out_and_brought_back(town: Any) -> None:
    ama = await town.person("Ama")
    group = await town.group(ama)
    await town.do("members", group=group, user=42, status="kicked")
    await town.do("members", group=group, user=42, status="administrator")
    out, back, line = await town.hear()
    assert out["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert back["my_chat_member"]["old_chat_member"]["status"] == "kicked"
    assert line["message"]["new_chat_members"][0]["id"] == 42


async def test_a_startgroup_link_makes_it_administrator(town: Any) -> None:
    ama = await town.person("Ama")
    group = await town.group(ama, bot=None)
    said = await town.do("start", user=ama, group=group, payload="t_9")
    assert said["text"] == "/start@linli_bot t_9"
    added, line, start = await town.hear()
    assert added["my_chat_member"]["new_chat_member"]["status"] == "administrator"
    assert added["my_chat_member"]["from"]["id"] == ama
    assert line["message"]["from"]["id"] == ama
    assert start["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 16}]
    stranger = await town.person("Faye")
    assert "Only a member" in (await town.unclear("start", user=stranger, group=group))[1]


async def test_an_anonymous_administrator_speaks_as_the_group_and_taps_as_themselves(town: Any) -> None:
    ama = await town.person("Ama")
    group = await town.group(ama)
    said = await town.do("say", user=ama, chat=group, text="/queue", anonymous=True)
    assert (said["from"]["id"], said["sender_chat"]["id"]) == (1087968824, group)
    card = await town.call("sendMessage", chat_id=group, text="Card")
    await town.do("tap", user=ama, chat=group, message_id=card["message_id"], data="x", wait=0)
    assert (await town.hear())[-1]["callback_query"]["from"]["id"] == ama


async def test_ranks_are_needed_and_owners_safe(town: Any) -> None:
    ama, ben, cleo = [await town.person(name) for name in ("Ama", "Ben", "Cleo")]
    group = await town.group(ama, ben, cleo, bot="member")
    ban = {"chat_id": group, "user_id": ben}
    assert (
        await town.refused("banChatMember", **ban)
        == "Bad Request: not enough rights to restrict/unrestrict chat member"
    )
    card = await town.call("sendMessage", chat_id=group, text="Card")
    pin = {"chat_id": group, "message_id": card["message_id"]}
    assert "not enough rights to manage pinned messages" in await town.refused("pinChatMessage", **pin)
    assert "not enough rights" in await town.refused("exportChatInviteLink", chat_id=group)
    await town.do("members", group=group, user=42, status="administrator")
    await town.do("members", group=group, user=cleo, status="administrator")
    assert await town.call("banChatMember", **ban)
    assert "owner" in await town.refused("banChatMember", chat_id=group, user_id=ama)
    assert "administrator of the chat" in await town.refused("banChatMember", chat_id=group, user_id=cleo)
    assert "Ben is not in The helpers" in (await town.unclear("say", user=ben, chat=group, text="x"))[1]


async def test_pins_are_shown_and_told(town: Any) -> None:
    ama = await town.person("Ama")
    group = await town.group(ama)
    cards = [await town.call("sendMessage", chat_id=group, text=f"Card {n}") for n in range(2)]
    for card in cards:
        await town.call("pinChatMessage", chat_id=group, message_id=card["message_id"], disable_notification=True)
    assert (await town.hear())[0]["message"]["pinned_message"]["text"] == "Card 0"
    [shown] = (await town.see("state"))["groups"]
    assert shown["pinned"] == cards[1]["message_id"]
    assert await town.call("unpinChatMessage", chat_id=group)
    [shown] = (await town.see("state"))["groups"]
    assert shown["pinned"] == cards[0]["message_id"]
    assert (
        await town.refused("unpinChatMessage", chat_id=group, message_id=99)
        == "Bad Request: message to unpin not found"
    )


async def test_supergroups_count_their_messages_alone(town: Any) -> None:
    ama = await town.person("Ama")
    one, other = await town.group(ama), await town.group(ama)
    for group in (one, other):
        assert (await town.call("sendMessage", chat_id=group, text="x"))["message_id"] == 1

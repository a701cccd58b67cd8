"""What gets lost, stuck or out of reach with time, and by other people's hands."""

from __future__ import annotations

from typing import Any

import pytest

NOT_FOUND = "Bad Request: message to edit not found"
UNEDITABLE = "Bad Request: message can't be edited"
MUTED = "Bad Request: not enough rights to send text messages to the chat"
GONE = "Forbidden: user is deactivated"
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
YES = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


async def card_for(town: Any, chat: int) -> dict[str, Any]:
    said = await town.call("sendMessage", chat_id=chat, text="Card", reply_markup=YES)
    return {"chat_id": chat, "message_id": said["message_id"]}


@pytest.mark.parametrize(
    ("minutes", "kinds"),
    [
        (0, ["message", "callback_query", "edited_message", "my_chat_member"]),
        (2.5, ["message", "edited_message", "my_chat_member"]),
        (24 * 60 - 1, ["message", "edited_message", "my_chat_member"]),
        (24 * 60, []),
    ],
)
async def test_after_an_outage_taps_are_lost_first_and_after_a_day_everything(
    town: Any, minutes: float, kinds: list[str]
) -> None:
    ama = await town.person("Ama")
    card = await card_for(town, ama)
    assert await town.hear() == []
    said = await town.do("say", user=ama, text="rice")
    tap = await town.do("tap", user=ama, message_id=card["message_id"], label="Yes", wait=0)
    await town.do("edit", user=ama, message_id=said["message_id"], text="noodles")
    await town.do("block", user=ama, blocked=True)
    await town.do("clock", minutes=minutes)
    assert [list(update)[1] for update in await town.hear()] == kinds
    answer = await town.ask("answerCallbackQuery", callback_query_id=tap["callback_id"])
    assert answer["ok"] if minutes <= 2.5 else answer["description"] == TOO_OLD


async def test_an_administrator_deletes_the_bots_message_and_nobody_tells(town: Any) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    group = await town.group(ama, ben)
    assert await town.hear() == []
    card = await card_for(town, group)
    wish = {"chat": group, "message_id": card["message_id"]}
    assert "administrator" in (await town.unclear("delete", user=ben, **wish))[1]
    await town.do("members", group=group, user=ben, status="administrator")
    await town.do("delete", user=ben, **wish)
    assert await town.hear() == []
    assert await town.refused("editMessageText", **card, text="x") == NOT_FOUND
    assert await town.refused("editMessageReplyMarkup", **card) == NOT_FOUND
    assert await town.refused("pinChatMessage", **card) == "Bad Request: message to pin not found"
    assert await town.refused("deleteMessage", **card) == "Bad Request: message to delete not found"


async def test_somebody_clears_their_chat(town: Any) -> None:
    ama = await town.person("Ama")
    group = await town.group(ama)
    cards = [await card_for(town, ama) for _ in range(2)]
    await town.do("delete", user=ama, all=True)
    for card in cards:
        assert await town.refused("editMessageText", **card, text="x") == NOT_FOUND
    assert await town.call("sendMessage", chat_id=ama, text="anew")
    assert "Only a private chat" in (await town.unclear("delete", user=ama, chat=group, all=True))[1]


async def test_a_frozen_message_cannot_be_edited_but_its_buttons_still_work(town: Any) -> None:
    ama = await town.person("Ama")
    card = await card_for(town, ama)
    await town.hear()
    assert await town.do("freeze", chat=ama, message_id=card["message_id"]) == {"frozen": True}
    assert await town.refused("editMessageText", **card, text="x") == UNEDITABLE
    assert await town.refused("editMessageReplyMarkup", **card) == UNEDITABLE
    await town.do("tap", user=ama, message_id=card["message_id"], label="Yes", wait=0)
    assert (await town.hear())[0]["callback_query"]["message"]["text"] == "Card"
    await town.do("freeze", chat=ama, message_id=card["message_id"], frozen=False)
    assert await town.call("editMessageText", **card, text="x")
    assert "no such message" in (await town.unclear("freeze", chat=ama, message_id=99))[1]


async def test_a_tap_on_a_message_that_the_bot_cannot_see(town: Any) -> None:
    ama = await town.person("Ama")
    card = await card_for(town, ama)
    await town.hear()
    tap = {"user": ama, "message_id": card["message_id"], "label": "Yes", "wait": 0}
    await town.do("tap", **tap, inaccessible=True)
    query = (await town.hear())[0]["callback_query"]
    assert query["data"] == "y"
    assert query["message"] == {"chat": query["message"]["chat"], "message_id": card["message_id"], "date": 0}


@pytest.mark.parametrize(
    ("method", "params", "words"),
    [
        ("sendMessage", {"text": "x"}, MUTED),
        ("sendLocation", {"latitude": 1, "longitude": 1}, MUTED),
        ("editMessageText", {"message_id": 1, "text": "x"}, MUTED),
        ("getChat", {}, None),
        ("getChatMember", {"user_id": 42}, None),
        ("getChatAdministrators", {}, None),
    ],
)
async def test_a_muted_bot_may_look_but_not_speak(
    town: Any, method: str, params: dict[str, Any], words: str | None
) -> None:
    ama = await town.person("Ama")
    group = await town.group(ama)
    assert await town.hear() == []
    await card_for(town, group)
    await town.do("members", group=group, user=42, status="restricted")
    [update] = await town.hear()
    member = update["my_chat_member"]["new_chat_member"]
    assert (member["status"], member["can_send_messages"], member["is_member"]) == ("restricted", False, True)
    answer = await town.ask(method, chat_id=group, **params)
    assert answer["ok"] if words is None else answer["description"] == words
    await town.do("members", group=group, user=42, status="member")
    assert (await town.ask("sendMessage", chat_id=group, text="x"))["ok"]


async def test_a_muted_person_does_not_speak(town: Any) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    group = await town.group(ama, ben)
    await town.do("members", group=group, user=ben, status="restricted")
    assert "Ben is muted" in (await town.unclear("say", user=ben, chat=group, text="x"))[1]


async def test_a_deactivated_account_neither_hears_nor_acts(town: Any) -> None:
    ama = await town.person("Ama")
    card = await card_for(town, ama)
    await town.do("people", id=ama, deactivated=True)
    for method, params in (
        ("sendMessage", {"chat_id": ama, "text": "x"}),
        ("editMessageText", {**card, "text": "x"}),
        ("sendChatAction", {"chat_id": ama, "action": "typing"}),
    ):
        answer = await town.ask(method, **params)
        assert (answer["error_code"], answer["description"]) == (403, GONE)
    for deed in ({"text": "x"}, {"message_id": card["message_id"], "label": "Yes"}):
        code, why = await town.unclear("say" if "text" in deed else "tap", user=ama, **deed)
        assert (code, why) == (400, "Ama's account is deactivated.")
    assert (await town.see("state"))["people"][0]["deactivated"] is True

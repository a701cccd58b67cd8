"""Buttons: only what stands there can be pressed, and a tap is answered once while it is fresh."""

from __future__ import annotations

import asyncio
from typing import Any

TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
KEYBOARD = {
    "inline_keyboard": [
        [{"text": "Yes", "callback_data": "y"}, {"text": "No", "callback_data": "n"}],
        [{"text": "Open", "url": "https://t.me/linli_bot?start=c_1"}],
    ]
}


async def card(town: Any, chat: int) -> int:
    number: int = (await town.call("sendMessage", chat_id=chat, text="Sure?", reply_markup=KEYBOARD))["message_id"]
    return number


async def answered(town: Any, answer: dict[str, Any], **tap: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Somebody taps, the bot answers: the query it heard, and what the finger felt."""
    finger = asyncio.create_task(town.do("tap", **tap))
    [update] = await town.hear(timeout=5)
    query: dict[str, Any] = update["callback_query"]
    await town.call("answerCallbackQuery", callback_query_id=query["id"], **answer)
    return query, await finger


async def test_a_tap_reaches_the_bot_and_its_answer_the_finger(town: Any) -> None:
    ama = await town.person("Ama", language_code="zh-hans")
    number = await card(town, ama)
    query, felt = await answered(town, {"text": "Done", "show_alert": True}, user=ama, message_id=number, label="Yes")
    assert (query["data"], query["from"]["id"], query["from"]["language_code"]) == ("y", ama, "zh-hans")
    assert query["message"]["reply_markup"] == KEYBOARD
    assert query["chat_instance"].isdigit()
    assert felt == {"callback_id": query["id"], "answer": {"text": "Done", "show_alert": True, "url": None}}
    query, _ = await answered(town, {}, user=ama, message_id=number, row=0, col=1)
    assert query["data"] == "n"


async def test_only_a_standing_button_can_be_pressed(town: Any) -> None:
    ama = await town.person("Ama")
    number = await card(town, ama)
    code, why = await town.unclear("tap", user=ama, message_id=number, label="Maybe")
    assert (code, why) == (400, "No button “Maybe” stands on that message (there: Yes, No, Open).")
    assert (await town.unclear("tap", user=ama, message_id=number, row=5, col=0))[0] == 400
    await town.call("editMessageReplyMarkup", chat_id=ama, message_id=number)
    assert "(there: none)" in (await town.unclear("tap", user=ama, message_id=number, label="Yes"))[1]
    assert "no such message" in (await town.unclear("tap", user=ama, message_id=99, label="Yes"))[1]
    assert await town.hear() == []


async def test_a_modified_client_can_send_any_data_even_on_a_deleted_message(town: Any) -> None:
    ama = await town.person("Ama")
    number = await card(town, ama)
    query, _ = await answered(town, {}, user=ama, message_id=number, data="admin:1")
    assert (query["data"], query["message"]["message_id"]) == ("admin:1", number)
    await town.do("delete", user=ama, message_id=number)
    assert "deleted" in (await town.unclear("tap", user=ama, message_id=number, label="Yes"))[1]
    query, _ = await answered(town, {}, user=ama, message_id=number, data="y")
    assert query["message"] == {"chat": query["message"]["chat"], "message_id": number, "date": 0}


async def test_a_link_is_opened_without_telling_the_bot(town: Any) -> None:
    ama = await town.person("Ama")
    felt = await town.do("tap", user=ama, message_id=await card(town, ama), label="Open")
    assert felt["url"] == "https://t.me/linli_bot?start=c_1"
    assert await town.hear() == []


async def test_nobody_answers(town: Any) -> None:
    ama = await town.person("Ama")
    felt = await town.do("tap", user=ama, message_id=await card(town, ama), label="Yes", wait=0.05)
    assert felt["answer"] is None
    assert felt["callback_id"]


async def test_a_tap_is_answered_once_and_only_while_it_is_fresh(town: Any) -> None:
    ama = await town.person("Ama")
    number = await card(town, ama)
    query, _ = await answered(town, {}, user=ama, message_id=number, label="Yes")
    assert await town.refused("answerCallbackQuery", callback_query_id=query["id"]) == TOO_OLD
    tap = await town.do("tap", user=ama, message_id=number, label="Yes", wait=0)
    await town.do("clock", seconds=151)
    assert await town.refused("answerCallbackQuery", callback_query_id=tap["callback_id"]) == TOO_OLD


async def test_an_answer_may_open_the_bot_and_nothing_else(town: Any) -> None:
    ama = await town.person("Ama")
    number = await card(town, ama)
    link = "https://t.me/linli_bot?start=c_2"
    _, felt = await answered(town, {"url": link}, user=ama, message_id=number, label="Yes")
    assert felt["answer"]["url"] == link
    tap = await town.do("tap", user=ama, message_id=number, label="Yes", wait=0)
    said = await town.refused("answerCallbackQuery", callback_query_id=tap["callback_id"], url="https://example.org")
    assert said == "Bad Request: URL_INVALID"


async def test_reply_keyboards_speak_for_the_person(town: Any) -> None:
    ama = await town.person("Ama")
    keyboard = {
        "keyboard": [["Menu"], [{"text": "My number", "request_contact": True}]],
        "resize_keyboard": True,
    }
    asked = await town.call("sendMessage", chat_id=ama, text="Who?", reply_markup=keyboard)
    assert "reply_markup" not in asked
    assert (await town.see("chat", chat=ama))["messages"][-1]["reply_markup"]["resize_keyboard"]
    await town.do("tap", user=ama, message_id=asked["message_id"], label="Menu")
    await town.do("tap", user=ama, message_id=asked["message_id"], label="My number")
    menu, number = await town.hear()
    assert menu["message"]["text"] == "Menu"
    assert number["message"]["contact"]["user_id"] == ama
    refused = await town.refused("editMessageText", chat_id=ama, message_id=asked["message_id"], text="x")
    assert refused == "Bad Request: message can't be edited"


async def test_fifty_fingers_at_once(town: Any) -> None:
    people = [(await town.do("people", first_name=f"P{n}"))["id"] for n in range(50)]
    group = await town.group(*people)
    number = await card(town, group)
    fingers = [
        asyncio.create_task(town.do("tap", user=user, chat=group, message_id=number, label="Yes")) for user in people
    ]
    answers = 0
    while answers < 50:
        for update in await town.hear(timeout=5):
            query = update["callback_query"]
            await town.call("answerCallbackQuery", callback_query_id=query["id"], text=str(query["from"]["id"]))
            answers += 1
    assert [finger["answer"]["text"] for finger in await asyncio.gather(*fingers)] == [str(user) for user in people]

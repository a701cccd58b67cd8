"""What Telegram refuses, in Telegram's own words."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

HELLO = {"text": "hello"}
LONG = "😀" * 2049  # 4098 units in 2049 characters


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x", **button}]]}


@pytest.mark.parametrize(
    ("method", "params", "words"),
    [
        ("sendMessage", HELLO, "chat_id is empty"),
        ("sendMessage", {"chat_id": 999, **HELLO}, "chat not found"),
        ("sendMessage", {"chat_id": "@nobody", **HELLO}, "chat not found"),
        ("sendMessage", {"chat_id": "xyz", **HELLO}, "chat not found"),
        ("sendMessage", {"chat_id": 1001}, "message text is empty"),
        ("sendMessage", {"chat_id": 1001, "text": " \n "}, "message text is empty"),
        ("sendMessage", {"chat_id": 1001, "text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ("sendMessage", {"chat_id": 1001, "text": LONG}, "message is too long"),
        ("sendMessage", {"chat_id": 1001, "text": "x" * 40_000}, "text is too long"),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "é<x>", "parse_mode": "HTML"},
            'can\'t parse entities: Unsupported start tag "x" at byte offset 2',
        ),
        ("sendMessage", {"chat_id": 1001, **HELLO, "reply_to_message_id": 77}, "message to be replied not found"),
        (
            "sendMessage",
            {"chat_id": 1001, **HELLO, "reply_parameters": {"message_id": 77}},
            "message to be replied not found",
        ),
        ("sendMessage", {"chat_id": 1001, **HELLO, "reply_markup": inline(callback_data="")}, "BUTTON_DATA_INVALID"),
        (
            "sendMessage",
            {"chat_id": 1001, **HELLO, "reply_markup": inline(callback_data="é" * 33)},
            "BUTTON_DATA_INVALID",
        ),
        (
            "sendMessage",
            {"chat_id": 1001, **HELLO, "reply_markup": inline()},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            "sendMessage",
            {"chat_id": 1001, **HELLO, "reply_markup": inline(url="no link")},
            "inline keyboard button URL 'no link' is invalid: Wrong HTTP URL",
        ),
        (
            "sendMessage",
            {"chat_id": 1001, **HELLO, "reply_markup": "{"},
            "can't parse reply keyboard markup JSON object",
        ),
        ("sendPhoto", {"chat_id": 1001}, "there is no photo in the request"),
        ("sendPhoto", {"chat_id": 1001, "photo": "AgACnothing"}, "wrong file identifier/HTTP URL specified"),
        ("sendPhoto", {"chat_id": 1001, "photo": "attach://x"}, "wrong file identifier/HTTP URL specified"),
        ("sendPhoto", {"chat_id": 1001, "photo": "http://x.org/a.png"}, "failed to get HTTP URL content"),
        ("sendPhoto", {"chat_id": 1001, "photo": "x", "caption": "x" * 1025}, "message caption is too long"),
        ("sendMediaGroup", {"chat_id": 1001, "media": []}, "there are no media in the request"),
        ("sendLocation", {"chat_id": 1001, "longitude": 1}, "latitude is empty"),
        ("sendLocation", {"chat_id": 1001, "latitude": 91, "longitude": 1}, "wrong geo point specified"),
        ("sendContact", {"chat_id": 1001, "first_name": "x"}, "phone number is empty"),
        ("sendPoll", {"chat_id": 1001, "options": ["a", "b"]}, "poll question must be non-empty"),
        ("sendChatAction", {"chat_id": 1001, "action": "dancing"}, "wrong parameter action in request"),
        ("editMessageText", {"chat_id": 1001, "message_id": 99, "text": "x"}, "message to edit not found"),
        ("editMessageText", {"chat_id": 1001, "text": "x"}, "message identifier is not specified"),
        ("editMessageText", {"chat_id": 1001, "message_id": 1, "text": "x"}, "message can't be edited"),
        ("deleteMessage", {"chat_id": 1001, "message_id": 99}, "message to delete not found"),
        ("forwardMessage", {"chat_id": 1001, "from_chat_id": 1001, "message_id": 99}, "message to forward not found"),
        ("copyMessage", {"chat_id": 1001, "from_chat_id": 1001, "message_id": 99}, "message to copy not found"),
        (
            "answerCallbackQuery",
            {"callback_query_id": "1"},
            "query is too old and response timeout expired or query ID is invalid",
        ),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "MESSAGE_TOO_LONG"),
        ("getChatMember", {"chat_id": 1001, "user_id": 5}, "user not found"),
        (
            "banChatMember",
            {"chat_id": 1001, "user_id": 1001},
            "method is available for supergroup and channel chats only",
        ),
        ("getFile", {"file_id": "nothing"}, "invalid file_id"),
        ("setMyCommands", {"commands": [{"command": "No Way", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "x", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("pinChatMessage", {"chat_id": 1001, "message_id": 99}, "message to pin not found"),
        (
            "setWebhook",
            {"url": "https://example.org/"},
            "webhooks are not yet here in this sandbox; use getUpdates",
        ),
    ],
)
async def test_a_wrong_call_is_refused_in_telegrams_words(
    town: Any, method: str, params: dict[str, Any], words: str
) -> None:
    await town.person("Ama", id=1001)
    answer = await town.ask(method, **params)
    assert answer == {"ok": False, "error_code": 400, "description": f"Bad Request: {words}"}


async def test_exactly_4096_units_and_1024_units_are_welcome(town: Any) -> None:
    ama = await town.person("Ama")
    said = await town.call("sendMessage", chat_id=ama, text=f"<b>{'😀' * 2048}</b>", parse_mode="HTML")
    assert said["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]
    photo = await town.do("send", user=ama, kind="photo")
    file = photo["photo"][-1]["file_id"]
    assert await town.call("sendPhoto", chat_id=ama, photo=file, caption="é" * 1024)
    assert "caption is too long" in await town.refused("sendPhoto", chat_id=ama, photo=file, caption="😀" * 513)


async def test_people_who_cannot_be_reached(town: Any) -> None:
    stranger = (await town.do("people", first_name="Faye"))["id"]
    said = await town.ask("sendMessage", chat_id=stranger, text="x")
    assert (said["error_code"], said["description"]) == (
        403,
        "Forbidden: bot can't initiate conversation with a user",
    )
    await town.do("start", user=stranger)
    assert await town.call("sendMessage", chat_id=stranger, text="x")
    await town.do("block", user=stranger, blocked=True)
    assert await town.refused("sendMessage", chat_id=stranger, text="x") == "Forbidden: bot was blocked by the user"
    await town.do("block", user=stranger, blocked=False)
    assert await town.call("sendMessage", chat_id=stranger, text="x")
    await town.do("people", id=stranger, deactivated=True)
    assert await town.refused("sendMessage", chat_id=stranger, text="x") == "Forbidden: user is deactivated"


async def test_groups_that_cannot_be_reached(town: Any) -> None:
    ama = await town.person("Ama")
    without = await town.group(ama, bot=None)
    small = await town.group(ama, type="group")
    assert (
        await town.refused("sendMessage", chat_id=without, text="x")
        == "Forbidden: bot is not a member of the supergroup chat"
    )
    await town.do("members", group=small, user=42, status="kicked")
    assert await town.refused("sendMessage", chat_id=small, text="x") == "Forbidden: bot was kicked from the group chat"


async def test_wrong_tokens_and_unknown_methods(town: Any, box: Any) -> None:
    for path, code, words in [
        ("/bot42:OTHER/getMe", 401, "Unauthorized"),
        ("/botnonsense/getMe", 404, "Not Found"),
        ("/bot42:TEST/dance", 404, "Not Found: method not found"),
        ("/elsewhere", 404, "Not Found"),
        ("/file/bot42:OTHER/photos/file_1.jpg", 401, "Unauthorized"),
        ("/file/bot42:TEST/photos/file_1.jpg", 404, "Not Found"),
    ]:
        async with town.http.get(path) as response:
            assert response.status == code
            assert await response.json() == {"ok": False, "error_code": code, "description": words}


async def test_a_call_comes_as_json_form_multipart_or_query(town: Any) -> None:
    ama = await town.person("Ama")
    url = "/bot42:TEST/sendMessage"
    markup = '{"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]}'
    fields = {"chat_id": str(ama), "text": "hello", "reply_markup": markup, "disable_notification": "true"}
    form = aiohttp.FormData(fields, default_to_multipart=True)
    answers = []
    for response in (
        await town.http.post(url, data=fields),
        await town.http.post(url, data=form),
        await town.http.get(url, params=fields),
        await town.http.post("/bot42:TEST/SENDMESSAGE", json=fields),
    ):
        answers.append((await response.json())["result"])
        response.release()
    assert {answer["text"] for answer in answers} == {"hello"}
    assert all(answer["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "y" for answer in answers)
    assert all(message["silent"] for message in (await town.see("chat", chat=ama))["messages"][1:])
    async with town.http.post(url, data=b"{nonsense", headers={"Content-Type": "application/json"}) as response:
        assert (response.status, (await response.json())["description"]) == (
            400,
            "Bad Request: can't parse request body as JSON",
        )

"""Whatever nonsense a bot or a page sends is refused politely; nothing in the sandbox breaks."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.control import DO
from sandbox.methods import METHODS

ODD: list[Any] = [
    "",
    "x",
    "-1",
    -1,
    0,
    10**20,
    1.5,
    True,
    [],
    {},
    [1],
    ["x"],
    [[None]],
    [{}],
    {"a": 1},
    {"type": 5},
    "{",
]
NAMES = [
    *("chat_id", "from_chat_id", "user_id", "message_id", "message_ids", "text", "caption", "parse_mode", "entities"),
    *("reply_markup", "reply_parameters", "link_preview_options", "media", "photo", "voice", "document", "offset"),
    *("limit", "allowed_updates", "commands", "scope", "language_code", "options", "question", "latitude", "longitude"),
    *("phone_number", "first_name", "action", "callback_query_id", "file_id", "name", "menu_button", "reaction", "url"),
]
GOOD = {"text": "hello", "question": "Tea?", "options": ["a", "b"], "latitude": 1, "longitude": 2, "action": "typing"}
MARKUPS: list[Any] = [
    *({"inline_keyboard": odd} for odd in ODD),
    *({"inline_keyboard": [[odd]]} for odd in ODD),
    *({"inline_keyboard": [[{"text": odd, "callback_data": odd}]]} for odd in ODD),
    *({"keyboard": odd} for odd in ODD),
    *({"keyboard": [[odd]]} for odd in ODD),
]


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"getUpdates"}))
async def test_a_method_survives_nonsense(town: Any, method: str) -> None:
    ama = await town.person("Ama")
    for odd in ODD:
        for known in ({}, {"chat_id": ama, "from_chat_id": ama, "message_id": 1, "user_id": ama}):
            answer = await town.ask(method, **{**dict.fromkeys(NAMES, odd), **known})
            assert answer["ok"] or answer["error_code"] < 500
    for name in NAMES:
        for odd in ODD:
            answer = await town.ask(method, **{"chat_id": ama, **GOOD, "photo": "x", name: odd})
            assert answer["ok"] or answer["error_code"] < 500, (name, odd)


async def test_no_keyboard_breaks_it(town: Any) -> None:
    ama = await town.person("Ama")
    for markup in MARKUPS:
        answer = await town.ask("sendMessage", chat_id=ama, text="x", reply_markup=markup)
        assert answer["ok"] or answer["error_code"] == 400
        if answer["ok"]:
            await town.http.post(
                "/control/tap", json={"user": ama, "message_id": answer["result"]["message_id"], "row": 0, "wait": 0}
            )


@pytest.mark.parametrize("deed", sorted(set(DO) - {"raw"}))
async def test_a_deed_survives_nonsense(town: Any, deed: str) -> None:
    ama = await town.person("Ama")
    names = ["user", "chat", "group", "message_id", "text", "kind", "members", "status", "title", "reply_to", "label"]
    for name in [*names, "data", "id", "minutes", "to", "story", "payload", "from_chat", "bot", "count", "wait"]:
        for odd in ODD:
            wish = {"user": ama, "message_id": 1, "text": "x", "wait": 0, name: odd}
            async with town.http.post(f"/control/{deed}", json=wish) as response:
                assert response.status in (200, 400, 409), (name, odd, await response.text())

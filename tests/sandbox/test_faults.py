"""Things go wrong on order, as often as ordered, and every call says what struck it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest
import telegram
from aiogram import Bot, exceptions
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram import error
from telegram.request import HTTPXRequest

SEND = "/bot42:TEST/sendMessage"
# kind, code of the answer (0: the line breaks; 200: the answer cannot be read), what stands in the chat afterwards
TABLE = [
    ("429", 429, []),
    ("429_all", 429, []),
    ("500", 500, []),
    ("502_html", 502, []),
    ("401", 401, []),
    ("reset_before", 0, []),
    ("reset_after", 0, ["x"]),
    ("invalid_json", 200, ["x"]),
    ("slow", 200, ["x"]),
]


async def stands(town: Any, chat: int) -> list[str]:
    return [m["text"] for m in (await town.see("chat", chat=chat))["messages"] if m["from_bot"]]


async def sent(town: Any, chat: int) -> tuple[int, str]:
    """Status and body of a send as they come over the wire; 0 when the line broke."""
    try:
        async with town.http.post(SEND, json={"chat_id": chat, "text": "x"}) as response:
            return response.status, await response.text()
    except aiohttp.ClientError:
        return 0, ""


@pytest.mark.parametrize(("kind", "code", "left"), TABLE, ids=[kind for kind, _, _ in TABLE])
async def test_each_fault_strikes_once_and_is_noted(town: Any, kind: str, code: int, left: list[str]) -> None:
    ama = await town.person("Ama")
    before = (await town.see("calls"))["calls"][-1]["n"]
    await town.do("faults", kind=kind, count=1, seconds=0.05, method="sendMessage")
    assert (await town.see("faults"))["faults"][0]["kind"] == kind
    assert (await sent(town, ama))[0] == code
    assert await stands(town, ama) == left
    assert (await town.see("faults"))["faults"] == []
    assert (await sent(town, ama))[0] == 200
    struck, healthy = (await town.see("calls", since=before))["calls"]
    assert struck["fault"] == kind
    assert struck["ok"] is bool(left)
    assert struck["params"] == {"chat_id": ama, "text": "x"}
    if not left:
        assert struck["error_code"] == code
    assert healthy["ok"] and "fault" not in healthy


async def test_what_the_answers_look_like(town: Any) -> None:
    ama = await town.person("Ama")
    for kind in ("502_html", "invalid_json", "500", "401"):
        await town.do("faults", kind=kind)
    assert (await sent(town, ama))[1].startswith("<html>")
    half = (await sent(town, ama))[1]
    assert half.startswith('{"ok":true')
    with pytest.raises(json.JSONDecodeError):
        json.loads(half)
    assert await town.refused("sendMessage", chat_id=ama, text="x") == "Internal Server Error"
    assert await town.refused("getUpdates") == "Unauthorized"


async def test_one_chat_is_told_to_wait_until_the_time_has_passed(town: Any) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    await town.do("faults", kind="429", chat=ama, retry_after=30)
    for seconds, left in ((0, 30), (10, 20), (19, 1)):
        await town.do("clock", seconds=seconds)
        answer = await town.ask("sendMessage", chat_id=ama, text="x")
        assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": left})
        assert answer["description"] == f"Too Many Requests: retry after {left}"
        assert (await town.ask("sendMessage", chat_id=ben, text="x"))["ok"]
    await town.do("clock", seconds=1)
    assert (await town.ask("sendMessage", chat_id=ama, text="x"))["ok"]
    assert (await town.see("faults"))["faults"] == []


async def test_everybody_is_told_to_wait_but_the_poll_goes_on(town: Any) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    await town.do("faults", kind="429_all", retry_after=5)
    for chat in (ama, ben):
        assert (await town.ask("sendMessage", chat_id=chat, text="x"))["parameters"] == {"retry_after": 5}
    assert (await town.ask("getMe"))["ok"]
    assert (await town.ask("getUpdates"))["ok"]
    await town.do("clock", seconds=5)
    assert (await town.ask("sendMessage", chat_id=ben, text="x"))["ok"]


async def test_the_poll_is_struck_only_by_name(town: Any) -> None:
    await town.do("faults", kind="500", count=0)
    await town.do("faults", kind="429", method="getUpdates", count=2)
    assert [(await town.ask("getUpdates"))["ok"] for _ in range(3)] == [False, False, True]
    assert not (await town.ask("getMe"))["ok"]
    assert not (await town.ask("getMe"))["ok"]
    [left] = (await town.see("faults"))["faults"]
    assert (left["kind"], left["left"], left["struck"]) == ("500", None, 2)
    assert await town.do("faults", clear=True) == {"faults": []}
    assert (await town.ask("getMe"))["ok"]


async def test_a_slow_answer_comes_after_the_deed(town: Any) -> None:
    ama = await town.person("Ama")
    await town.do("faults", kind="slow", seconds=0.2)
    sending = asyncio.create_task(sent(town, ama))
    await asyncio.sleep(0.1)
    assert await stands(town, ama) == ["x"]
    assert not sending.done()
    assert (await sending)[0] == 200


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"kind": "earthquake"}, "not 'earthquake'"),
        ({}, "not ''"),
        ({"kind": "500", "count": -1}, "not negative"),
        ({"kind": "slow", "seconds": -1}, "not negative"),
    ],
)
async def test_what_cannot_go_wrong(town: Any, wish: dict[str, Any], words: str) -> None:
    code, why = await town.unclear("faults", **wish)
    assert code == 400 and words in why


@pytest.mark.parametrize(
    ("kind", "in_aiogram", "in_ptb"),
    [
        ("429", exceptions.TelegramRetryAfter, error.RetryAfter),
        ("500", exceptions.TelegramServerError, error.NetworkError),
        ("502_html", exceptions.ClientDecodeError, error.NetworkError),
        ("401", exceptions.TelegramUnauthorizedError, error.InvalidToken),
        ("reset_before", exceptions.TelegramNetworkError, error.NetworkError),
        ("reset_after", exceptions.TelegramNetworkError, error.NetworkError),
        ("invalid_json", exceptions.ClientDecodeError, error.TelegramError),
        ("slow", exceptions.TelegramNetworkError, error.TimedOut),
    ],
)
async def test_how_both_libraries_take_it(
    town: Any,
    box: Any,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    in_aiogram: type[Exception],
    in_ptb: type[Exception],
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # the newer kind of retry_after, without a warning
    ama = await town.person("Ama")
    session = AiohttpSession(api=TelegramAPIServer.from_base(box.url), timeout=0.2)
    async with Bot("42:TEST", session=session).context() as aio:
        await town.do("faults", kind=kind, count=1, seconds=0.4, method="sendMessage")
        with pytest.raises(in_aiogram):
            await aio.send_message(ama, "x")
    request = HTTPXRequest(read_timeout=0.2)
    async with telegram.Bot("42:TEST", base_url=f"{box.url}/bot", request=request) as ptb:
        await town.do("faults", kind=kind, count=1, seconds=0.4, method="sendMessage")
        with pytest.raises(in_ptb):
            await ptb.send_message(ama, "x")
    assert [call["fault"] for call in (await town.see("calls"))["calls"] if "fault" in call] == [kind, kind]
    arrived = kind in ("reset_after", "invalid_json", "slow")
    assert await stands(town, ama) == ["x", "x"] * arrived

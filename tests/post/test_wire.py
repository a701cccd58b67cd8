"""The wire: what surely did not arrive is told from what may have, and no error carries the token."""

from __future__ import annotations

import asyncio
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from bot.post.outcomes import (
    Migrated,
    NotSent,
    Parked,
    PermanentlyRefused,
    Sent,
    Uncertain,
    is_gone,
    is_unchanged,
    why_unreachable,
)
from bot.post.wire import ALLOWED_UPDATES, NoFile, Wire
from tests.post.conftest import Town

SECRET = "4242:SECRET-TOKEN"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Answer], Awaitable[Wire]]]:
    """A Telegram that answers in a given way."""
    opened: list[tuple[web.AppRunner, Wire]] = []

    async def one(answer: Answer) -> Wire:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        wire = Wire(SECRET, f"http://127.0.0.1:{runner.addresses[0][1]}", patience=0.2)
        await wire.open()
        opened.append((runner, wire))
        return wire

    yield one
    for runner, wire in opened:
        await wire.close()
        await runner.cleanup()


Serve = Callable[[Answer], Awaitable[Wire]]


async def test_nobody_there_is_surely_not_sent(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    wire = Wire(SECRET, f"http://127.0.0.1:{port}")
    await wire.open()
    outcome = await wire.call("sendMessage", {"chat_id": 1, "text": "x"})
    fetched = await wire.fetch(0, 0)
    await wire.close()
    assert isinstance(outcome, NotSent)
    assert isinstance(fetched, NotSent)
    assert "SECRET" not in repr(outcome) + repr(fetched) + caplog.text


async def test_a_closed_wire_sends_nothing() -> None:
    assert isinstance(await Wire(SECRET).call("getMe"), NotSent)


async def _reset(request: web.Request) -> web.StreamResponse:
    await request.read()
    assert request.transport
    request.transport.close()
    return web.Response()


async def _slow(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(0.5)
    return web.json_response({"ok": True, "result": True})


async def _html(request: web.Request) -> web.StreamResponse:
    return web.Response(text="<html>fine</html>")


async def _gateway(request: web.Request) -> web.StreamResponse:
    return web.Response(text="<html>502</html>", status=502)


async def _half(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "100"})
    await response.prepare(request)
    await response.write(b'{"ok"')
    assert request.transport
    request.transport.close()
    return response


@pytest.mark.parametrize("answer", [_reset, _slow, _html, _gateway, _half])
async def test_a_lost_answer_is_uncertain(serve: Serve, answer: Answer, caplog: pytest.LogCaptureFixture) -> None:
    wire = await serve(answer)
    caplog.set_level("DEBUG")
    outcome = await wire.call("sendMessage", {"chat_id": 1, "text": "canary"})
    assert isinstance(outcome, Uncertain)
    assert "SECRET" not in repr(outcome) + caplog.text
    assert "canary" not in caplog.text


async def test_no_error_of_aiohttps_hangs_on_to_ours() -> None:
    from bot.post.carriage import Carriage, Unsent

    carriage = Carriage(1, 1)
    await carriage.initialize()
    with pytest.raises(Unsent) as caught:
        await carriage.do_request(f"http://127.0.0.1:1/bot{SECRET}/getMe", "POST")
    await carriage.shutdown()
    assert caught.value.__context__ is None
    told = traceback.format_exception(caught.value)
    assert SECRET not in "".join(told)


@pytest.mark.parametrize(
    ("code", "body", "outcome"),
    [
        (429, {"description": "Too Many Requests", "parameters": {"retry_after": 7}}, Parked(7.0)),
        (429, {"description": "Too Many Requests"}, Parked(5.0)),
        (400, {"description": "moved", "parameters": {"migrate_to_chat_id": -100}}, Migrated(-100)),
        (403, {"description": "Forbidden: no"}, PermanentlyRefused(403, "Forbidden: no")),
        (409, {"description": "Conflict"}, PermanentlyRefused(409, "Conflict")),
        (500, {"description": "Internal"}, NotSent("Internal", unreachable=False)),
    ],
)
async def test_telegrams_own_words_are_kept(serve: Serve, code: int, body: dict[str, object], outcome: object) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": False, "error_code": code, **body}, status=code)

    wire = await serve(answer)
    assert await wire.call("sendMessage", {"chat_id": 1}) == outcome


@pytest.mark.parametrize(
    ("words", "reach"),
    [
        ("Forbidden: bot was blocked by the user", "blocked"),
        ("Forbidden: user is deactivated", "deactivated"),
        ("Forbidden: bot can't initiate conversation with a user", "never_started"),
        ("Forbidden: bot can't send messages to the user", "never_started"),
        ("Bad Request: chat not found", "never_started"),
        ("Bad Request: PEER_ID_INVALID", "never_started"),
        ("Forbidden: bot was kicked from the group chat", "left"),
        ("Forbidden: bot was kicked from the supergroup chat", "left"),
        ("Forbidden: bot was kicked from the channel chat", "left"),
        ("Forbidden: bot is not a member of the group chat", "left"),
        ("Forbidden: bot is not a member of the supergroup chat", "left"),
        ("Forbidden: bot is not a member of the channel chat", "left"),
        ("Forbidden: the group chat was deleted", "left"),
        ("Bad Request: group chat was deactivated", "left"),
        ("FORBIDDEN: Bot Was Blocked By The User", "blocked"),
        ("Bad Request: message contains the words: user is deactivated", None),
        ("Bad Request: message text is empty", None),
        ("Bad Request: not enough rights to send text messages to the chat", "left"),
    ],
)
def test_who_cannot_be_reached(words: str, reach: str | None) -> None:
    assert why_unreachable(PermanentlyRefused(403, words)) == reach


def test_words_about_edits() -> None:
    long = (
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
        "as a current content and reply markup of the message"
    )
    assert is_unchanged(PermanentlyRefused(400, long))
    assert is_gone(PermanentlyRefused(400, "Bad Request: message to edit not found"))
    assert is_gone(PermanentlyRefused(400, "Bad Request: message can't be edited"))
    assert not is_gone(PermanentlyRefused(400, long))


async def test_files_go_out_and_come_back(town: Town) -> None:
    ama = await town.person()
    wire = Wire("42:TEST", town.box.url)
    await wire.open()
    photo = await wire.call("sendDocument", {"chat_id": ama, "document": b"\x00bytes\xff", "caption": "a file"})
    assert isinstance(photo, Sent)
    assert await wire.download(photo.result["document"]["file_id"]) == b"\x00bytes\xff"
    with pytest.raises(NoFile):
        await wire.download("no such file")
    await wire.close()


async def test_every_fetch_says_what_it_wants(town: Town) -> None:
    wire = Wire("42:TEST", town.box.url)
    await wire.open()
    assert await wire.fetch(0, 0) == []
    await wire.close()
    assert (await town.calls("getUpdates"))[0]["params"]["allowed_updates"] == ALLOWED_UPDATES

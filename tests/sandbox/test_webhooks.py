"""A webhook gets every update with its secret, each chat in order and all of them side by side, until it takes them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram import Bot, Dispatcher, types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from tests.sandbox.doors import Door, PushedClock

HOOKED = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@pytest.fixture
def clock() -> PushedClock:
    return PushedClock()


@pytest.fixture
async def door(town: Any) -> AsyncIterator[Door]:
    door = Door()
    app = web.Application()
    app.router.add_post("/hook", door.knock)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    door.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield door
    door.open.set()
    await town.call("deleteWebhook")
    await runner.cleanup()


async def somebody(town: Any, name: str) -> int:
    """A person who has started the bot, with nothing left waiting."""
    user: int = await town.person(name)
    assert await town.hear() == []
    return user


async def info(town: Any) -> dict[str, Any]:
    found: dict[str, Any] = await town.call("getWebhookInfo")
    return found


async def taken(town: Any) -> None:
    """Nothing waits any more."""
    for _ in range(200):
        if not (await info(town))["pending_update_count"]:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(await info(town))


async def first_error(town: Any) -> str:
    """What went wrong at the door, as soon as something has."""
    for _ in range(200):
        if "last_error_message" in (shown := await info(town)):
            return str(shown["last_error_message"])
        await asyncio.sleep(0.01)
    raise AssertionError("nothing went wrong")


async def test_it_gets_each_update_once_with_its_secret(town: Any, door: Door) -> None:
    ama = await somebody(town, "Ama")
    await town.do("say", user=ama, text="before")
    assert await town.call("setWebhook", url=door.url, secret_token="s-3_X")
    await town.do("say", user=ama, text="after")
    await door.until(2)
    first, second = (update for update, _ in door.knocks)
    assert second["update_id"] == first["update_id"] + 1
    assert door.texts == ["before", "after"]
    assert {secret for _, secret in door.knocks} == {"s-3_X"}
    shown = await info(town)
    assert (shown["url"], shown["pending_update_count"], shown["max_connections"]) == (door.url, 0, 40)
    assert "last_error_date" not in shown
    assert await town.call("deleteWebhook")
    assert (await info(town))["url"] == ""
    assert await town.call("getUpdates") == []


async def test_nobody_polls_while_it_is_set(town: Any, door: Door) -> None:
    poll = asyncio.create_task(town.ask("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    await town.call("setWebhook", url=door.url)
    sent_away = await poll
    assert (sent_away["error_code"], sent_away["description"]) == (409, "Conflict: terminated by setWebhook request")
    refused = await town.ask("getUpdates")
    assert (refused["error_code"], refused["description"]) == (409, HOOKED)
    await town.call("setWebhook", url="")
    assert await town.call("getUpdates") == []


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"url": "http://example.org/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "nonsense"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://[x"}, "bad webhook: invalid webhook URL specified"),
        ({"url": "http://127.0.0.1/", "secret_token": "no spaces"}, "secret token contains unallowed characters"),
        ({"url": "http://127.0.0.1/", "secret_token": "x" * 257}, "secret token is too long"),
    ],
)
async def test_a_door_that_cannot_be(town: Any, wish: dict[str, Any], words: str) -> None:
    assert await town.refused("setWebhook", **wish) == f"Bad Request: {words}"
    assert (await info(town))["url"] == ""


async def test_only_what_was_asked_for_comes_and_what_waits_can_be_dropped(town: Any, door: Door) -> None:
    ama = await somebody(town, "Ama")
    card = (await town.call("sendMessage", chat_id=ama, text="Card"))["message_id"]
    await town.do("say", user=ama, text="old")
    await town.call("setWebhook", url=door.url, allowed_updates=["callback_query"], drop_pending_updates=True)
    await town.do("say", user=ama, text="not asked for")
    await town.do("tap", user=ama, message_id=card, data="x", wait=0)
    await door.until(1)
    assert door.texts == ["x"]
    assert (await info(town))["allowed_updates"] == ["callback_query"]


async def test_a_chat_is_served_in_order_and_a_tap_overtakes_words(town: Any, door: Door) -> None:
    ama, ben = await somebody(town, "Ama"), await somebody(town, "Ben")
    card = (await town.call("sendMessage", chat_id=ama, text="Card"))["message_id"]
    door.open.clear()
    await town.call("setWebhook", url=door.url)
    await town.do("say", user=ama, text="first")
    await town.do("say", user=ama, text="second")
    await town.do("tap", user=ama, message_id=card, data="tap", wait=0)
    await town.do("say", user=ben, text="Ben's")
    await door.until(3)
    assert sorted(door.texts) == ["Ben's", "first", "tap"]
    assert (await info(town))["pending_update_count"] == 4
    door.open.set()
    await door.until(4)
    assert door.texts[-1] == "second"
    await taken(town)


async def test_no_more_at_once_than_connections(town: Any, door: Door) -> None:
    people = [await somebody(town, f"P{n}") for n in range(5)]
    door.open.clear()
    await town.call("setWebhook", url=door.url, max_connections=2)
    for person in people:
        await town.do("say", user=person, text=str(person))
    await door.until(2)
    door.open.set()
    await door.until(5)


async def test_what_fails_comes_again_later_and_later(town: Any, door: Door) -> None:
    ama, ben = await somebody(town, "Ama"), await somebody(town, "Ben")
    door.status = 500
    await town.call("setWebhook", url=door.url)
    await town.do("say", user=ama, text="poison")
    await town.do("say", user=ama, text="behind it")
    await door.until(1)
    shown = await info(town)
    assert shown["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    assert shown["last_error_date"] > 0
    for n, seconds in enumerate((1, 2, 4, 8, 16, 32, 60, 60), 2):
        await town.do("clock", seconds=seconds - 0.5)
        await door.until(n - 1)
        await town.do("clock", seconds=0.5)
        await door.until(n)
    assert set(door.texts) == {"poison"}
    door.status = 204
    await town.do("say", user=ben, text="Ben's")
    await door.until(10)
    assert door.texts[-1] == "Ben's"
    await town.do("clock", seconds=60)
    await door.until(12)
    assert door.texts[-2:] == ["poison", "behind it"]
    await taken(town)


async def test_it_may_say_when_to_come_again(town: Any, door: Door) -> None:
    ama = await somebody(town, "Ama")
    door.status, door.headers = 503, {"Retry-After": "600"}
    await town.call("setWebhook", url=door.url)
    await town.do("say", user=ama, text="x")
    await door.until(1)
    await town.do("clock", seconds=590)
    await door.until(1)
    await town.do("clock", seconds=10)
    await door.until(2)


async def test_what_nobody_takes_is_too_old_in_time(town: Any, door: Door) -> None:
    ama = await somebody(town, "Ama")
    card = (await town.call("sendMessage", chat_id=ama, text="Card"))["message_id"]
    door.status = 500
    await town.call("setWebhook", url=door.url)
    await town.do("tap", user=ama, message_id=card, data="lost", wait=0)
    await town.do("say", user=ama, text="kept")
    await door.until(2)
    door.status = 200
    await town.do("clock", seconds=151)
    await door.until(3)
    assert door.texts[2] == "kept"
    await taken(town)


async def test_a_door_that_nobody_keeps_is_noted_and_its_updates_wait(town: Any, door: Door, box: Any) -> None:
    ama = await somebody(town, "Ama")
    await town.call("setWebhook", url="http://127.0.0.1:9/")
    await town.do("say", user=ama, text="x")
    assert await first_error(town) == "Connection refused"
    await town.call("setWebhook", url=door.url)
    await door.until(1)


async def test_410_for_a_day_takes_the_webhook_off(town: Any, door: Door) -> None:
    ama = await somebody(town, "Ama")
    door.status = 410
    await town.call("setWebhook", url=door.url)
    await town.do("say", user=ama, text="x")
    await door.until(1)
    await town.do("clock", minutes=22 * 60)
    await door.until(2)
    assert (await info(town))["url"] == door.url
    await town.do("clock", minutes=61)
    await door.until(3)
    assert (await info(town))["url"] == ""
    assert [update["message"]["text"] for update in await town.call("getUpdates")] == ["x"]


async def test_naming_the_same_door_again_sends_nothing_twice(town: Any, door: Door) -> None:
    ama = await somebody(town, "Ama")
    door.open.clear()
    await town.call("setWebhook", url=door.url)
    await town.do("say", user=ama, text="x")
    await door.until(1)
    await town.call("setWebhook", url=door.url)
    await door.until(1)
    door.open.set()
    await taken(town)
    assert door.texts == ["x"]


async def test_aiograms_own_door_lets_the_sandbox_in(town: Any, box: Any) -> None:
    ama = await somebody(town, "Ama")
    desk = Dispatcher()

    async def echo(message: types.Message) -> None:
        await message.answer(message.text or "")

    desk.message.register(echo)
    async with Bot("42:TEST", session=AiohttpSession(api=TelegramAPIServer.from_base(box.url))).context() as bot:
        app = web.Application()
        door = SimpleRequestHandler(desk, bot, handle_in_background=False, secret_token="s3")
        door.register(app, path="/hook")
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        await bot.set_webhook(url, secret_token="wrong")
        await town.do("say", user=ama, text="hello")
        assert "401" in await first_error(town)
        await bot.set_webhook(url, secret_token="s3")
        await taken(town)
        assert (await town.see("chat", chat=ama))["messages"][-1]["text"] == "hello"
        assert (await bot.get_webhook_info()).url == url
        await bot.delete_webhook()
        await runner.cleanup()


async def test_a_stopped_sandbox_leaves_the_door_at_once(town: Any, door: Door, box: Any) -> None:
    people = [await somebody(town, f"P{n}") for n in range(3)]
    await town.call("setWebhook", url=door.url)
    door.status = 500
    await town.do("say", user=people[0], text="waits for its next turn")
    await door.until(1)
    door.open.clear()
    for person in people[1:]:
        await town.do("say", user=person, text="on its way")
    await door.until(3)
    await asyncio.wait_for(box.stop(), 2)
    assert [task for task in asyncio.all_tasks() if "_walk" in repr(task)] == []
    await box.start()

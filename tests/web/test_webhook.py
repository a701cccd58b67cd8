"""The webhook: only Telegram gets in, nothing is answered before it is safe, and nothing said there is logged."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import aiohttp
import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot.post.wire import ALLOWED_UPDATES
from tests.post.conftest import ends, settled
from tests.post.tiny import done
from tests.web.conftest import OURS, Open, OpenSurface, Town, brought, where, written
from web.app import build
from web.serving import NoListener, Serving
from web.webhook import MOST, SECRET, Webhook

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_what_is_said_comes_by_webhook_and_is_answered(
    town: Town, open_office: Open, open_surface: OpenSurface, look: Any
) -> None:
    ama = await town.person()
    post = await open_office(fetch=False)
    await town.says(ama, "said before the door was open")
    surface = await open_surface(post)
    await town.says(ama, "hello")
    await settled(town, post)
    assert await town.heard(ama) == ["You said: said before the door was open", "You said: hello"]
    assert ends(look) == ["done", "done"]
    [told] = await town.calls("setWebhook")
    assert told["params"]["url"] == where(surface)
    assert told["params"]["allowed_updates"] == ALLOWED_UPDATES
    assert told["params"].get("drop_pending_updates") in (None, False, "false")
    assert await town.calls("getUpdates", "deleteWebhook") == []
    assert post.health.ready


@on_sqlite
async def test_a_forged_secret_gets_nobody_in_and_is_not_logged(
    open_office: Open, open_surface: OpenSurface, look: Any, http: aiohttp.ClientSession, caplog: Any
) -> None:
    post = await open_office(fetch=False)
    surface = await open_surface(post)
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        for forged in (None, "", "canary-secret", OURS[:-1], OURS + "x", "canary-sécret"):
            assert await brought(http, surface, written(1, "canary words of somebody else"), forged) == 401
    assert ends(look) == []
    assert "canary" not in f"{logs}{caplog.text}" and OURS not in f"{logs}{caplog.text}"
    assert len([entry for entry in logs if entry["log_level"] == "warning"]) == 6


@on_sqlite
async def test_what_is_no_update_is_refused(
    open_office: Open, open_surface: OpenSurface, look: Any, http: aiohttp.ClientSession, caplog: Any
) -> None:
    post = await open_office(fetch=False)
    surface = await open_surface(post)
    caplog.set_level(logging.DEBUG)
    bodies: list[Any] = [
        b"",
        b"canary",
        b'"canary"',
        b"\xff\xfe",
        b"[" * 100_000,
        [],
        {},
        {"update_id": "1"},
        {"update_id": True},
        {"update_id": 1.5},
        {"update_id": -1},
        {"update_id": 1 << 63},
    ]
    with capture_logs() as logs:
        for body in bodies:
            assert await brought(http, surface, body) == 400, body
    assert ends(look) == []
    assert "canary" not in f"{logs}{caplog.text}"


@on_sqlite
async def test_a_body_that_is_too_large_is_not_read(
    open_office: Open, open_surface: OpenSurface, look: Any, http: aiohttp.ClientSession
) -> None:
    post = await open_office(fetch=False)
    surface = await open_surface(post)
    assert await brought(http, surface, b"x" * (MOST + 1)) == 413

    async def piece_by_piece() -> Any:
        for _ in range(20):
            yield b"x" * (MOST // 16)

    async with http.post(where(surface), data=piece_by_piece(), headers={SECRET: OURS}) as answer:
        assert answer.status == 413
    assert await brought(http, surface, written(1, "quiet " + "x" * (MOST - 1000))) == 200
    assert ends(look) == ["done"]


@on_sqlite
async def test_only_this_path_and_only_posts(
    open_office: Open, open_surface: OpenSurface, http: aiohttp.ClientSession
) -> None:
    surface = await open_surface(await open_office(fetch=False))
    root = where(surface).rsplit("/linli/", 1)[0]
    for path in ("/", "/linli", "/linli/webhook", "/healthz", "/readyz", "/metrics"):
        async with http.post(root + path, json=written(1, "hello"), headers={SECRET: OURS}) as answer:
            assert answer.status == 404, path
    async with http.get(where(surface), headers={SECRET: OURS}) as answer:
        assert answer.status == 405
        assert "server" not in answer.headers


async def test_what_is_brought_again_is_handled_once(
    open_office: Open, open_surface: OpenSurface, look: Any, http: aiohttp.ClientSession
) -> None:
    post = await open_office(fetch=False)
    surface = await open_surface(post)
    at_once = await asyncio.gather(*(brought(http, surface, written(5, "hello")) for _ in range(20)))
    later = await brought(http, surface, written(5, "hello"))
    assert {*at_once, later} == {200}
    await post.pump.rest()
    assert ends(look) == ["done"]
    with post.pump._tx.writer.connect() as conn:
        assert done(conn) == ["hello"]


async def test_numbers_that_jump_back_are_taken_like_any_other(
    open_office: Open, open_surface: OpenSurface, look: Any, http: aiohttp.ClientSession
) -> None:
    post = await open_office(fetch=False)
    surface = await open_surface(post)
    for number in (10**9, 17, 10**9, 17):
        assert await brought(http, surface, written(number, f"words of {number}")) == 200
    await post.pump.rest()
    assert ends(look) == ["done", "done"]
    with post.pump._tx.writer.connect() as conn:
        assert done(conn) == [f"words of {10**9}", "words of 17"]


async def test_a_handler_that_fails_is_our_own_affair(
    open_office: Open, open_surface: OpenSurface, look: Any, http: aiohttp.ClientSession
) -> None:
    post = await open_office(fetch=False)
    surface = await open_surface(post)
    assert await brought(http, surface, written(5, "poison")) == 200
    assert await brought(http, surface, written(6, "hello", user=8)) == 200
    await post.pump.rest()
    assert ends(look) == ["quarantined", "done"]


@on_sqlite
async def test_while_the_house_is_in_trouble_telegram_keeps_it(
    open_office: Open, open_surface: OpenSurface, look: Any, http: aiohttp.ClientSession
) -> None:
    post = await open_office(fetch=False)
    surface = await open_surface(post)
    post.health.red("database", "The database takes nothing at the moment.")
    async with http.post(where(surface), json=written(5, "hello"), headers={SECRET: OURS}) as answer:
        assert answer.status == 503 and int(answer.headers["Retry-After"]) > 0
    assert ends(look) == []
    post.health.green("database")
    assert await brought(http, surface, written(5, "hello")) == 200
    assert ends(look) == ["done"]


async def test_what_takes_too_long_is_taken_once_all_the_same(http: aiohttp.ClientSession) -> None:
    taken: list[Any] = []
    may_go = asyncio.Event()

    async def take(updates: list[Any]) -> None:
        taken.extend(updates)
        await may_go.wait()

    webhook = Webhook(OURS, take, patience=0.05)
    serving = Serving(build(webhook=webhook), "127.0.0.1:0")
    await serving.start()
    url, headers = f"http://127.0.0.1:{serving.port}/{webhook.door}", {SECRET: OURS}
    for _knock in range(3):
        async with http.post(url, json=written(5, "hello"), headers=headers) as answer:
            assert answer.status == 503 and answer.headers["Retry-After"]
    may_go.set()
    async with http.post(url, json=written(5, "hello"), headers=headers) as answer:
        assert answer.status == 200
    assert taken == [written(5, "hello")] * 2  # the second is known to the pump, which leaves it out
    await serving.stop()
    await webhook.close()


@on_sqlite
async def test_where_a_request_says_it_comes_from_means_nothing(
    open_office: Open, open_surface: OpenSurface, look: Any, http: aiohttp.ClientSession
) -> None:
    surface = await open_surface(await open_office(fetch=False))
    said = {"X-Forwarded-For": "149.154.167.220", "X-Real-IP": "149.154.167.220", "X-Forwarded-Proto": "https"}
    async with http.post(where(surface), json=written(1, "hello"), headers=said) as answer:
        assert answer.status == 401
    async with http.post(where(surface), json=written(1, "hello"), headers={**said, SECRET: OURS}) as answer:
        assert answer.status == 200


async def test_an_address_that_is_taken_is_said_plainly() -> None:
    first = Serving(Starlette(), "127.0.0.1:0")
    await first.start()
    second = Serving(Starlette(), f"127.0.0.1:{first.port}")
    with pytest.raises(NoListener, match=str(first.port)):
        await second.start()
    await first.stop()
    begun = time.monotonic()
    await second.stop()
    assert time.monotonic() - begun < 1


def test_no_webhook_without_a_secret() -> None:
    async def take(updates: list[Any]) -> None:
        raise AssertionError

    with pytest.raises(ValueError, match="secret"):
        Webhook("", take)


@on_sqlite
async def test_telegram_is_told_again_until_it_has_taken_it_in(
    town: Town, open_office: Open, open_surface: OpenSurface
) -> None:
    await town.do("faults", kind="500", method="setWebhook")
    post = await open_office(fetch=False)
    await open_surface(post)
    async with asyncio.timeout(5):
        while len(await town.calls("setWebhook")) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await post.drained()
    assert post.health.ready


async def test_closed_under_load_everybody_is_heard_once_and_in_order(
    town: Town, open_office: Open, open_surface: OpenSurface, look: Any
) -> None:
    people = [await town.person(name) for name in ("Ama", "Ben", "Cleo", "Dina")]
    post = await open_office(fetch=False)
    surface = await open_surface(post)

    async def talk(user: int) -> None:
        for n in range(25):
            await town.says(user, f"{n}")

    talking = asyncio.gather(*(talk(user) for user in people))
    async with asyncio.timeout(10):
        while len(ends(look)) < 10:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    await surface.close_door()
    await post.close()
    await surface.close()
    await talking
    assert 0 < len(town.box.world.updates.waiting) < 100
    again = await open_office(fetch=False)
    await open_surface(again)
    await settled(town, again)
    assert ends(look) == ["done"] * 100
    for user in people:
        assert await town.heard(user) == [f"You said: {n}" for n in range(25)]

"""The bot's plug on the page and over the control API: in, out, starting, and what is told afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from playwright.async_api import expect

from sandbox.server import Sandbox
from tests.sandbox.page_browser import visit

TOLD = {"en": "Nothing was lost.", "zh_Hans": "一件没丢。"}


class Bot:
    """A bot that dies and wakes as it is told; `awake` lets it."""

    def __init__(self) -> None:
        self.deeds: list[str] = []
        self.awake = asyncio.Event()
        self.fails = False

    async def pull(self) -> None:
        self.deeds.append("pulled")

    async def put_back(self) -> dict[str, str]:
        await self.awake.wait()
        if self.fails:
            raise RuntimeError("it does not start")
        self.deeds.append("put back")
        return TOLD


@pytest.fixture
async def bot() -> Bot:
    return Bot()


@pytest.fixture
async def plugged(bot: Bot) -> AsyncIterator[Sandbox]:
    box = Sandbox("42:TEST", plug=bot)
    await box.start()
    yield box
    await box.stop()


async def put(box: Sandbox, into: bool) -> tuple[int, dict[str, object]]:
    async with aiohttp.ClientSession() as http, http.post(f"{box.url}/control/plug", json={"in": into}) as answer:
        return answer.status, await answer.json()


async def state(box: Sandbox) -> object:
    async with aiohttp.ClientSession() as http, http.get(f"{box.url}/control/state") as answer:
        return (await answer.json())["plug"]


async def test_pulled_and_put_back(plugged: Sandbox, bot: Bot) -> None:
    assert await state(plugged) == {"state": "in", "told": None}
    assert await put(plugged, False) == (200, {"state": "out", "told": None})
    assert (await put(plugged, False))[0] == 409
    assert bot.deeds == ["pulled"]
    assert await put(plugged, True) == (200, {"state": "starting", "told": None})
    assert (await put(plugged, True))[0] == 409
    bot.awake.set()
    async with asyncio.timeout(5):
        while await state(plugged) != {"state": "in", "told": TOLD}:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert bot.deeds == ["pulled", "put back"]
    assert await put(plugged, False) == (200, {"state": "out", "told": None})


async def test_a_bot_that_does_not_start_can_be_tried_again(
    plugged: Sandbox, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    await put(plugged, False)
    bot.fails = True
    bot.awake.set()
    await put(plugged, True)
    async with asyncio.timeout(5):
        while await state(plugged) != {"state": "out", "told": None}:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert "does not start again" in caplog.text
    bot.fails = False
    assert (await put(plugged, True))[0] == 200


async def test_without_a_plug_nobody_can_pull_it() -> None:
    box = Sandbox("42:TEST")
    await box.start()
    try:
        assert await state(box) is None
        assert (await put(box, False))[0] == 400
        box.world.add_person("Ama")
        async with visit(box.url) as seen:
            await expect(seen.page.locator("[data-plug]")).to_have_count(0)
    finally:
        await box.stop()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)], ids=["wide", "narrow"])
async def test_the_page_says_it_in_the_language_of_whoever_looks(
    plugged: Sandbox, bot: Bot, width: int, height: int
) -> None:
    plugged.world.add_person("Ama")
    async with visit(plugged.url, width=width, height=height) as seen:
        page = seen.page
        await page.locator('[data-plug="pull"]').click()
        await expect(page.locator('[data-told="out"]')).to_contain_text("dead")
        await page.locator('[data-plug="putBack"]').click()
        await expect(page.locator('[data-plug="putBack"]')).to_be_disabled()
        bot.awake.set()
        await expect(page.locator('[data-told="in"]')).to_have_text("Nothing was lost.")
        await page.locator("[data-language]").click()
        await expect(page.locator('[data-told="in"]')).to_have_text("一件没丢。")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.locator(".told button").click()
        await expect(page.locator("[data-told]")).to_have_count(0)

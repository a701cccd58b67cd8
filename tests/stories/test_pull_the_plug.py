"""The bot's plug is pulled in the middle of the story, by a finger on the page; people go on, and it is counted."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.demo.count import Count
from bot.demo.stories import STORIES, Telling
from bot.demo.town import DemoTown, open_town
from bot.words import Reader
from domain.words import _
from sandbox.phones import labels_of
from tests.sandbox.page_browser import visit
from tests.stories.test_phones import Hands, ask_for_rice

STARTS = 60_000  # milliseconds the desk may take to start again on a busy machine


def in_words(demo: DemoTown, count: Count) -> str:
    told = Reader(demo.language, demo.app.file.zone, demo.clock.now()).label(count.told())
    return {"en": " ", "zh_Hans": ""}[demo.language].join(told.splitlines())


def killed(pid: int) -> bool:
    """No process has this id any more."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def pull(hands: Hands) -> None:
    """A finger on the page; the process is gone."""
    apart = hands.demo.apart
    assert apart is not None
    assert apart.pid is not None
    pid = apart.pid
    await hands.seen.page.locator('[data-plug="pull"]').click()
    await expect(hands.seen.page.locator('[data-told="out"]')).to_be_visible()
    await expect(hands.seen.page.locator('[data-plug="putBack"]')).to_be_enabled()
    assert apart.ended_by == -signal.SIGKILL
    assert killed(pid)


async def again(demo: DemoTown, key: str, label: str) -> None:
    """Nothing happens, so she taps on her tablet, too."""
    person = demo.phones[key]
    card = await person.sees(buttons=[label])
    await demo.town.do("tap", user=person.id, chat=person.id, message_id=card["message_id"], label=label, wait=0)


async def put_back(hands: Hands, count: Count) -> None:
    await hands.seen.page.locator('[data-plug="putBack"]').click()
    told = hands.seen.page.locator('[data-told="in"]')
    await expect(told).to_be_visible(timeout=STARTS)
    assert await told.inner_text() == in_words(hands.demo, count)


@pytest.mark.parametrize(("language", "locale"), [("en", "en-US"), ("zh_Hans", "zh-CN")])
async def test_people_go_on_while_it_is_dead_and_nothing_is_lost_or_doubled(
    tmp_path: Path, language: str, locale: str
) -> None:
    demo = await open_town(language, tmp_path, budgets=False, apart=True)  # at ten in the morning
    begun = demo.clock.now()
    try:
        async with visit(demo.sandbox.url, locale=locale) as seen:
            hands = Hands(demo, seen)
            ama, ben, dina = [await hands.phone(key) for key in ("ama", "ben", "dina")]
            await ask_for_rice(hands, ama, send=False)
            await expect(hands.key(ama, _("Yes, send it"))).to_be_visible()

            await pull(hands)
            await hands.key(ama, _("Yes, send it")).evaluate("button => button.click()")
            await again(demo, "ama", hands.said(_("Yes, send it")))
            await hands.write(ben, _("Good morning"))
            await hands.later(1)
            await put_back(hands, Count(3, 0, 0, 1, 1, 0, 0, 0))
            await expect(hands.key(hands.group, _("I'll take it"))).to_have_count(1)

            for minutes in (10, 10, 10):  # the clock of the new process goes with the town's
                await hands.later(minutes)
            await expect(hands.key(dina, _("I've seen it"))).to_be_visible()
            assert demo.clock.now() - begun >= timedelta(minutes=31)

            await hands.group.locator("[data-speaker]").select_option(str(demo.phones["ben"].id))
            await pull(hands)
            await hands.key(hands.group, _("I'll take it")).evaluate("button => button.click()")
            await hands.later(10)  # Telegram does not keep a tap for so long
            await put_back(hands, Count(1, 1, 0, 1, 1, 0, 0, 0))
            take = hands.key(hands.group, _("I'll take it"))
            await expect(take).not_to_have_attribute("aria-busy", "true")  # the finger of before still waits on it
            await take.click()
            await expect(take).to_have_count(0)
            await expect(hands.key(ben, _("On my way"))).to_be_visible()
            await seen.page.screenshot(path=tmp_path / f"plug-{language}.png")
    finally:
        await demo.close()


async def test_a_story_waits_while_the_plug_is_out_and_ends_as_promised(tmp_path: Path) -> None:
    demo = await open_town("en", tmp_path, budgets=False, apart=True)
    try:
        story = asyncio.create_task(STORIES["help"][1](Telling(demo, pause=0.2, patience=20)))
        card = _("I'll take it").msgid
        async with asyncio.timeout(60):
            while not any(card in labels_of(each) for each in await demo.groups["neighbours"].from_bot()):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await demo.town.do("plug", **{"in": False})
        await asyncio.sleep(1)
        assert not story.done()
        await demo.town.do("plug", **{"in": True})
        await asyncio.wait_for(story, 100)
        told = (await demo.town.ask("state"))["plug"]["told"]["en"]
        assert told.startswith(
            "While the bot was dead, nothing came from the phones. So far people have sent 1 request,"
        )
        assert "lost" not in told.replace("Nothing was lost", "")  # the card may stand there twice: it had just gone
    finally:
        await demo.close()

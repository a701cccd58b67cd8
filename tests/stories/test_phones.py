"""The main job by hand, in a real browser: a resident, a volunteer and a supervisor on the phones page."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from bot.demo.stories.help import ADDRESS, STORY
from bot.demo.town import DemoTown, open_town
from bot.words import Reader
from domain.words import Text, _
from tests.sandbox.page_browser import PATIENCE, Visit, visit

expect.set_options(timeout=PATIENCE)

QUESTIONS = (_("How quickly did somebody come? From 1 to 5:"), _("And how well was it done? From 1 to 5:"))


class Hands:
    """Somebody's fingers on the page, reading buttons in the town's language."""

    def __init__(self, demo: DemoTown, seen: Visit) -> None:
        self.demo, self.seen = demo, seen

    def said(self, text: Text) -> str:
        return Reader(self.demo.language, self.demo.app.file.zone, self.demo.clock.now()).label(text)

    async def phone(self, key: str) -> Locator:
        """This person's phone, put on the table when it does not stand there yet."""
        person = self.demo.phones[key].id
        if not await self.seen.phone(person).count():
            await self.seen.page.locator(f'[data-chip="{person}"]').click()
        return self.seen.phone(person)

    @property
    def group(self) -> Locator:
        return self.seen.group(self.demo.groups["neighbours"].id)

    def key(self, place: Locator, label: Text | str) -> Locator:
        words = label if isinstance(label, str) else self.said(label)
        return place.get_by_role("button", name=words, exact=True).last

    async def tap(self, place: Locator, label: Text | str) -> None:
        await self.key(place, label).click()

    async def write(self, place: Locator, text: Text) -> None:
        await place.locator("textarea[data-input]").fill(self.said(text))
        await place.locator("[data-send]").click()

    async def reads(self, place: Locator) -> str:
        """The words that passed by, or those that popped up: a no waits for OK."""
        words = await place.locator("[data-alert] p, [data-toast]").last.inner_text()
        if await place.locator("[data-alert] button").count():
            await place.locator("[data-alert] button").click()
        return words

    async def later(self, minutes: int) -> None:
        await self.seen.page.locator(f'[data-later="{minutes}"]').click()


async def ask_for_rice(hands: Hands, ama: Locator, send: bool = True) -> None:
    """From the first hello to *Yes, send it*."""
    file, language = hands.demo.app.file, hands.demo.language
    await ama.locator("[data-start]").click()
    await hands.tap(ama, _("That's fine"))
    await hands.tap(ama, _("🙋 Ask for help"))
    await hands.tap(ama, file.categories["errand"].name[language])
    await expect(ama).to_contain_text(hands.said(_("Take your time: write, speak or send a picture.")))
    await hands.write(ama, STORY)
    await hands.tap(ama, _("That's all"))
    await expect(ama).to_contain_text(
        hands.said(_("Where shall somebody come? Write the address, or send your place with the paper clip."))
    )
    await hands.write(ama, ADDRESS)
    await hands.tap(ama, _("As soon as somebody can"))
    if send:
        await hands.tap(ama, _("Yes, send it"))


async def both_tap(hands: Hands, cleo: Locator) -> tuple[str, str]:
    """Ben in the group, Cleo on her own phone, in the same instant. Who has it, and who is told so."""
    await hands.group.locator("[data-speaker]").select_option(str(hands.demo.phones["ben"].id))
    await cleo.locator(f'[data-tab="{hands.demo.groups["neighbours"].id}"]').click()
    fingers = [await hands.key(place, _("I'll take it")).element_handle() for place in (hands.group, cleo)]
    await hands.seen.page.evaluate("fingers => fingers.forEach(finger => finger.click())", fingers)
    told: dict[str, str] = {}
    for key, place in (("ben", hands.group), ("cleo", cleo)):
        told[key] = await hands.reads(place)
    names = {key: hands.demo.phones[key].name for key in told}
    lost = [key for key, words in told.items() if words.startswith(tuple(names.values()))]
    assert len(lost) == 1, told
    held = "cleo" if lost == ["ben"] else "ben"
    assert names[held] in told[lost[0]]
    return held, lost[0]


@pytest.mark.parametrize(("language", "locale"), [("en", "en-US"), ("zh_Hans", "zh-CN")])
async def test_a_resident_two_volunteers_and_a_supervisor_by_hand(tmp_path: Path, language: str, locale: str) -> None:
    demo = await open_town(language, tmp_path, budgets=False)  # at ten in the morning
    begun = demo.clock.now()
    try:
        async with visit(demo.sandbox.url, locale=locale) as seen:
            hands = Hands(demo, seen)
            ama, ben, dina, cleo = [await hands.phone(key) for key in ("ama", "ben", "dina", "cleo")]
            await ask_for_rice(hands, ama)
            await expect(hands.key(hands.group, _("I'll take it"))).to_be_visible()
            await expect(hands.group).not_to_contain_text(hands.said(STORY))

            await hands.later(10)
            await hands.later(10)
            await expect(hands.key(dina, _("I've seen it"))).to_have_count(0)
            await hands.later(10)
            await expect(hands.key(dina, _("I've seen it"))).to_be_visible()
            assert demo.clock.now() - begun >= timedelta(minutes=30)

            held, _lost = await both_tap(hands, cleo)
            holder = ben if held == "ben" else cleo
            if held == "cleo":
                await cleo.locator(f'[data-tab="{demo.phones["cleo"].id}"]').click()
            await expect(holder).to_contain_text(hands.said(ADDRESS))
            await expect(holder).to_contain_text(hands.said(STORY))
            await expect(hands.group).to_contain_text(demo.phones[held].name)
            await expect(hands.group).not_to_contain_text(hands.said(STORY))
            await hands.tap(holder, _("On my way"))
            assert await hands.reads(holder)
            on_way = _("{name} is on the way.")(name=demo.phones[held].name)
            await expect(ama).to_contain_text(hands.said(on_way))
            await seen.page.screenshot(path=tmp_path / f"phones-{language}.png")

            await hands.tap(holder, _("Done"))
            await hands.write(holder, _("The rice is in her kitchen."))
            await hands.tap(holder, _("That's all"))
            await hands.tap(ama, _("Yes, it's done"))
            assert await hands.reads(ama)
            for question in QUESTIONS:
                await expect(ama).to_contain_text(hands.said(question))
                await ama.locator(".key", has_text="5 ·").click()
                assert await hands.reads(ama)
            await expect(ama.locator(".key", has_text="5 ·")).to_have_count(0)
    finally:
        await demo.close()
    picture = tmp_path / f"phones-{language}.png"
    assert picture.stat().st_size > 50_000, "several phones with something on them"

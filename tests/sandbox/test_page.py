"""The phones by hand: what a visitor types, taps and sends reaches the bot, and what the bot says is seen."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from sandbox.server import Sandbox
from tests.sandbox.conftest import StillClock, Town
from tests.sandbox.page_browser import PATIENCE, visit

expect.set_options(timeout=PATIENCE)


@pytest.fixture(params=[(1440, 900), (390, 844)], ids=["wide", "narrow"])
def screen(request: pytest.FixtureRequest) -> dict[str, Any]:
    width, height = request.param
    return {"width": width, "height": height}


def keys(*labels: str) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": label, "callback_data": label}] for label in labels]}


async def hears(town: Town, kind: str) -> dict[str, Any]:
    """The next update of this kind; a browser takes a moment."""
    for _ in range(100):
        for update in await town.hear(timeout=1):
            if kind in update:
                found: dict[str, Any] = update[kind]
                return found
    raise AssertionError(f"the bot heard no {kind}")


async def fits(phone: Locator) -> bool:
    wide: bool = await phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return wide


async def test_a_neighbour_starts_types_taps_and_is_told(box: Sandbox, town: Town, screen: dict[str, Any]) -> None:
    ama = (await town.do("people", first_name="Ama"))["id"]
    async with visit(box.url, **screen) as seen:
        phone = seen.phone(ama)
        await phone.locator("[data-start]").click()
        assert (await hears(town, "message"))["text"] == "/start"
        await phone.locator("textarea[data-input]").fill("No rice <b>left</b> 🍚")
        await phone.locator("textarea[data-input]").press("Enter")
        assert (await hears(town, "message"))["text"] == "No rice <b>left</b> 🍚"
        await expect(phone.locator(".mine .words").last).to_have_text("No rice <b>left</b> 🍚")

        card = await town.call("sendMessage", chat_id=ama, text="Right?", reply_markup=keys("Yes", "Not quite"))
        button = phone.locator(f'[data-message="{card["message_id"]}"] .key', has_text="Not quite")
        await button.click()
        query = await hears(town, "callback_query")
        assert query["data"] == "Not quite"
        await town.call("answerCallbackQuery", callback_query_id=query["id"], text="Take your time.", show_alert=True)
        await expect(phone.locator("[data-alert]")).to_contain_text("Take your time.")
        await phone.locator("[data-alert] button").click()
        await expect(phone.locator("[data-alert]")).to_have_count(0)

        where = {"chat_id": ama, "message_id": card["message_id"]}
        await town.call("editMessageText", **where, text="🛒 Ben has it", entities=bold(3, 3))
        await expect(phone.locator(".words strong")).to_have_text("Ben")
        await expect(button).to_have_count(0)
        await town.call("deleteMessage", **where)
        await expect(phone.locator(f'[data-message="{card["message_id"]}"]')).to_have_count(0)
        assert await fits(phone)


def bold(offset: int, length: int) -> list[dict[str, Any]]:
    return [{"type": "bold", "offset": offset, "length": length}]


async def test_photo_album_voice_place_and_number_are_sent(box: Sandbox, town: Town, screen: dict[str, Any]) -> None:
    ama = await town.person("Ama")
    async with visit(box.url, **screen) as seen:
        phone = seen.phone(ama)
        for item, kind in (("photo", "photo"), ("voice", "voice"), ("place", "location"), ("contact", "contact")):
            await phone.locator('[data-menu="attach"] summary').click()
            await phone.locator(f'[data-attach="{item}"]').click()
            assert kind in await hears(town, "message")
        await phone.locator('[data-menu="attach"] summary').click()
        await phone.locator('[data-attach="album"]').click()
        assert "media_group_id" in await hears(town, "message")
        await expect(phone.locator(".album img")).to_have_count(3)
        picture = phone.locator(".picture img").first
        await expect(picture).to_have_js_property("complete", True)
        assert await picture.evaluate("picture => picture.naturalWidth") > 0
        await expect(phone.locator(".voice, .place, .contact")).to_have_count(3)
        await phone.locator("input[type=file]").set_input_files(
            {"name": "leak.png", "mimeType": "image/png", "buffer": await picture_of(town, ama)}
        )
        await expect(phone.locator(".picture")).to_have_count(5)
        assert await fits(phone)


async def picture_of(town: Town, user: int) -> bytes:
    """The bytes of the first photo that stands in this chat."""
    messages = (await town.see("chat", chat=user))["messages"]
    photo = next(message["photo"] for message in messages if "photo" in message)
    async with town.http.get(f"/control/file/{photo[-1]['file_id']}") as response:
        return await response.read()


async def test_ben_sees_the_group_from_his_phone_and_replies(box: Sandbox, town: Town) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    group = await town.group(ben)
    card = await town.call("sendMessage", chat_id=group, text="Groceries", reply_markup=keys("I'll take it"))
    await town.call("pinChatMessage", chat_id=group, message_id=card["message_id"])
    await town.hear()
    async with visit(box.url) as seen:
        await expect(seen.phone(ama).locator("[data-tab]")).to_have_count(0)
        phone = seen.phone(ben)
        await phone.locator(f'[data-tab="{group}"]').click()
        await expect(phone.locator(".pinned")).to_contain_text("Groceries")
        message = phone.locator(f'[data-message="{card["message_id"]}"]')
        await message.hover()
        await message.locator(".reply-button").click()
        await phone.locator("textarea[data-input]").fill("At six")
        await phone.locator("[data-send]").click()
        heard = await hears(town, "message")
        assert (heard["text"], heard["reply_to_message"]["message_id"]) == ("At six", card["message_id"])
        await expect(seen.group(group).locator(".quote")).to_contain_text("Groceries")

        await seen.group(group).locator(".key", has_text="I'll take it").click()
        query = await hears(town, "callback_query")
        assert query["from"]["id"] == ben
        await town.call("answerCallbackQuery", callback_query_id=query["id"], text="Thank you!")
        await expect(seen.group(group).locator("[data-toast]")).to_have_text("Thank you!")


async def test_reply_keys_and_links_of_the_bot_lead_back_to_it(box: Sandbox, town: Town) -> None:
    ama = await town.person("Ama")
    await town.call("sendMessage", chat_id=ama, text="Where?", reply_markup={"keyboard": [[{"text": "At home"}]]})
    link = f"https://t.me/{box.world.bot.username}?start=o42"
    row = [{"text": "Open", "url": link}, {"text": "Elsewhere", "url": "https://example.org/"}]
    await town.call("sendMessage", chat_id=ama, text="Here", reply_markup={"inline_keyboard": [row]})
    async with visit(box.url) as seen:
        phone = seen.phone(ama)
        await phone.locator(".reply-key", has_text="At home").click()
        assert (await hears(town, "message"))["text"] == "At home"
        await phone.locator(".key", has_text="Open").click()
        assert (await hears(town, "message"))["text"] == "/start o42"
        await phone.locator(".key", has_text="Elsewhere").click()
        await expect(seen.page.locator("dialog")).to_contain_text("https://example.org/")


async def test_at_phone_width_a_chip_turns_to_another_phone_at_its_last_words(box: Sandbox, town: Town) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    async with visit(box.url, width=390, height=844) as seen:
        await expect(seen.phone(ama)).to_be_visible()
        await expect(seen.phone(ben)).to_be_hidden()
        for number in range(30):
            last = await town.call("sendMessage", chat_id=ben, text=f"Line {number}")
        await expect(seen.page.locator(f'[data-chip="{ben}"] .dot')).to_be_visible()
        await seen.page.locator(f'[data-chip="{ben}"]').click()
        await expect(seen.phone(ama)).to_be_hidden()
        await expect(seen.phone(ben).locator(f'[data-message="{last["message_id"]}"]')).to_be_in_viewport()
        assert await fits(seen.phone(ben))


async def test_block_and_unblock(box: Sandbox, town: Town) -> None:
    ama = await town.person("Ama")
    async with visit(box.url) as seen:
        phone = seen.phone(ama)
        await phone.locator('[data-block="true"]').click()
        assert (await hears(town, "my_chat_member"))["new_chat_member"]["status"] == "kicked"
        await expect(phone.locator("textarea[data-input]")).to_have_count(0)
        await phone.locator('.composer [data-block="false"]').click()
        await expect(phone.locator("textarea[data-input]")).to_be_visible()


async def test_the_clock_moves(box: Sandbox, town: Town, clock: StillClock, screen: dict[str, Any]) -> None:
    await town.person("Ama")
    async with visit(box.url, **screen) as seen:
        time = seen.page.locator(".town-time").first
        await expect(time).to_have_text("17:00")  # nine in the morning of UTC is five in Shanghai
        await seen.page.locator('[data-later="10"]').click()
        await expect(time).to_have_text("17:10")
        await seen.page.locator('[data-later="morning"]').click()
        await expect(time).to_have_text("08:00")
        assert clock.now().isoformat() == "2026-05-05T00:00:00+00:00"


async def test_a_story_is_shown_and_taken_over_by_typing(box: Sandbox, town: Town) -> None:
    async def play(sandbox: Sandbox) -> None:
        sandbox.caption("Ama has no rice.")
        await asyncio.Event().wait()

    box.stories["help"] = ("Ama asks for help", play)
    ama = await town.person("Ama")
    async with visit(box.url) as seen:
        await seen.page.locator('[data-show="help"]').click()
        await expect(seen.page.locator("[data-caption]")).to_have_text("Ama has no rice.")
        await seen.phone(ama).locator("textarea[data-input]").fill("Me now")
        await seen.phone(ama).locator("[data-send]").click()
        await expect(seen.page.locator("[data-caption]")).to_have_count(0)
        await expect(seen.page.locator('[data-show="help"]')).to_be_visible()
        assert box.playing is None


async def test_one_tap_changes_the_language_and_keeps_what_was_being_written(box: Sandbox, town: Town) -> None:
    ama = await town.person("Ama")
    async with visit(box.url, locale="zh-CN") as seen:
        await expect(seen.page.locator("html")).to_have_attribute("lang", "zh-Hans")
        await expect(seen.page.locator('[data-later="10"]')).to_contain_text("过 10 分钟")
        await seen.phone(ama).locator("textarea[data-input]").fill("半句话")
        await seen.page.locator("[data-language]").click()
        await expect(seen.page.locator('[data-later="10"]')).to_contain_text("10 minutes later")
        await expect(seen.phone(ama).locator("textarea[data-input]")).to_have_value("半句话")


async def test_a_new_phone_and_a_message_nobody_can_draw(box: Sandbox, town: Town) -> None:
    ama = await town.person("Ama")
    async with visit(box.url) as seen:
        await seen.page.locator("[data-add-phone]").click()
        await seen.page.locator("dialog input").fill("Gus")
        await seen.page.locator("dialog .primary").click()
        await expect(seen.page.locator("[data-phone]")).to_have_count(2)
        strange = {"message_id": 990, "date": 1_777_885_200, "from_bot": True, "hologram": {"depth": 3}}
        box.world.events.tell("message", chat=ama, message=strange)
        box.world.events.tell("weather", sky="clear")
        await expect(seen.phone(ama).locator('[data-message="990"]')).to_be_visible()
        await town.call("sendMessage", chat_id=ama, text="Still here")
        await expect(seen.phone(ama)).to_contain_text("Still here")

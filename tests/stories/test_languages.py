"""Everybody is spoken to in a language they read, may change it at any moment, and loses nothing by it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.phones import labels_of, text_of
from tests.conftest import MORNING
from tests.stories.test_asking import ASK
from tests.town import TestTown, a_town

CHINESE = ("zh", "zh-CN", "zh-Hans", "zh-hans-raw", "zh-SG", "ZH_cn")
ENGLISH = ("en", "en-GB", "en-raw")
UNHEARD_OF = ("nb-raw", "x-1", "", "zh-TW", "-", "tlh", "zh-Hant")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TestTown]:
    async with a_town(tmp_path, MORNING) as opened:
        yield opened


async def test_every_client_code_finds_its_way(town: TestTown) -> None:
    for code in (*CHINESE, *ENGLISH, *UNHEARD_OF):
        phone = await town.demo.town.person("Somebody", language_code=code)
        town.demo.sandbox.world.people[phone.id].language_code = code
        await phone.starts()
        asked = await phone.last()
        if code in CHINESE:
            assert "为了帮您" in text_of(asked), code
            assert any("English" in label for label in labels_of(asked))
        elif code in ENGLISH:
            assert "To help you" in text_of(asked), code
            assert any("中文" in label for label in labels_of(asked))
        else:
            assert {"中文", "English", "Another language"} <= set(labels_of(asked)), code
            await phone.says("[中文]")
            await phone.sees("为了帮您")


async def test_another_language_is_an_answer_and_whoever_comes_is_told(town: TestTown) -> None:
    ama = await town.demo.town.person("Astrid", language_code="nb-raw")
    await ama.starts()
    await ama.says("[Another language]", "Norsk", "[That's fine]", *ASK, "[Yes, send it]")
    card = await town.volunteers.sees("Groceries", "Speaks Norsk", buttons=["I'll take it"])
    await town.ben.taps("I'll take it", on=card)
    await town.ben.hears("Speaks Norsk", "room 201")


async def test_who_reads_it_badly_says_so_at_the_first_question(town: TestTown) -> None:
    await town.ama.starts()
    await town.ama.says("[I speak another language]", "[Another language]", "Yorùbá", "[That's fine]")
    await town.ama.sees("What can I do for you?")
    await town.ama.says(*ASK, "[Yes, send it]")
    await town.volunteers.sees("Groceries", "Speaks Yorùbá")


async def test_one_tap_changes_it_and_the_conversation_goes_on(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK[:3], "[中文]")
    assert "记下了" in text_of(await town.ama.last())
    await town.ama.says("[English]", "[That's all]", "[中文]", "安康 3 幢 201", "[English]", "[Today]")
    await town.ama.sees("This is what I understood", "No rice, my leg hurts", "Today")
    await town.ama.says("[中文]")
    await town.ama.sees("我是这么记的", "No rice, my leg hurts", "今天")
    await town.ama.does_not_see("This is what I understood")
    await town.ama.says("[English]", "[Yes, send it]")
    await town.volunteers.sees("Groceries", buttons=["I'll take it"])


async def test_the_language_command_asks_and_what_was_half_finished_goes_on(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says("/language")
    await town.ama.sees("Which language do you read best?", buttons=["中文", "English", "Another language"])
    await town.ama.says("[English]")
    await town.ama.sees("I'll write to you in this language")
    await town.ama.says(*ASK[:3], "/language", "[中文]")
    assert "记下了" in text_of(await town.ama.last())
    await town.ama.says("/language", "[别的语言]", "Norsk")
    await town.ama.sees("Norsk")
    await town.ama.says("[English]", *ASK[3:], "[Yes, send it]")
    await town.volunteers.sees("Groceries", "Speaks Norsk")


async def test_before_the_first_yes_the_language_can_be_changed_too(town: TestTown) -> None:
    await town.ama.starts()
    await town.ama.says("[中文]")
    await town.ama.sees("为了帮您")
    await town.ama.says("/language", "[English]")
    await town.ama.sees("To help you")
    await town.ama.says("[中文]", "[好的]")
    await town.ama.sees("东港邻里")


async def test_a_forged_language_is_refused_kindly(town: TestTown) -> None:
    await town.joins(town.ama)
    for data in ("lang:xx", "lang:", "lang:../../en"):
        await town.ama.forges(data, on=await town.ama.last())
        assert town.ama.answer is not None and town.ama.answer["text"]

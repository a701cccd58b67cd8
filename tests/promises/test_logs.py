"""Nothing that anybody has said, is called or lives at, and no token, stands in any line of the logs."""

from __future__ import annotations

import asyncio
import io
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import text

from bot import switchboard
from bot.cards import CARDS
from bot.demo.town import TOKEN, open_town
from bot.logs import LOUD, set_up_logs
from bot.post.clock import FrozenClock
from desk.front import Desk
from sandbox.phones import Phone
from tests.conftest import MORNING
from tests.promises.runner import poisoned
from tests.town import TestTown

NAME, PLACE, STORY, NOTE = "Quillfeather", "Marzipan Lane 77", "the turquoise kettle weeps", "left it on the ottoman"
NUMBER, ELSE, TALK, WORD = "+8613800442211", "Uncle Zanzibar", "ring like a cuckoo", "like a velvet walrus"
CANARIES = (NAME, PLACE, STORY, NOTE, NUMBER, ELSE, TALK, WORD)
SECRETS = (*CANARIES, *(word for said in CANARIES for word in said.split() if len(word) > 5), NUMBER[1:], TOKEN, "DEMO")


@pytest.fixture(params=["text", "json"])
def written(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The logs as operators have them, from the lowest level on. Everything is set back afterwards."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in LOUD}
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    set_up_logs("DEBUG", request.param)
    yield stream
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in LOUD:
        logging.getLogger(name).setLevel(levels[name])


@pytest.fixture
async def town(written: io.StringIO, tmp_path: Path, database_url: str) -> AsyncIterator[TestTown]:
    demo = await open_town(
        "en", tmp_path, budgets=False, clock=FrozenClock(MORNING), database_url=database_url, tick=3600
    )
    yield TestTown(demo, [])
    await demo.close()


async def the_help_story(town: TestTown) -> Phone:
    """Asked for somebody else, talked about, done and rated, with words that nobody else would use."""
    asker = await town.demo.town.person(NAME, language_code="en")
    await town.joins(asker)
    await asker.says("/help", "[Groceries]", STORY, "[That's all]", "[It is for somebody else]")
    await asker.says(ELSE, NUMBER, f"Ankang, {PLACE}", "[Today]", "[Yes, send it]")
    return asker


async def until_it_is_thanked_for(town: TestTown, asker: Phone) -> None:
    """Talked about, done and rated."""
    await town.ben.taps("I'll take it", on=await town.volunteers.sees("Groceries", buttons=["I'll take it"]))
    await town.ben.hears(STORY, ELSE, NUMBER, PLACE)
    await asker.replies(TALK, to=await asker.sees("Ben", buttons=["Call it off"]))
    await town.ben.hears(TALK)
    await town.ben.says("[On my way]", "[Done]", NOTE, "[That's all]")
    await asker.says("[Yes, it's done]", "[5 · very good]", "[5 · very good]", "[Say a word]", WORD)


def logged(written: io.StringIO, *events: str) -> None:
    """These stand in the logs, and nothing of anybody's."""
    lines = written.getvalue()
    for event in events:
        assert event in lines, lines
    leaks = [line for line in lines.splitlines() if any(secret in line for secret in SECRETS)]
    assert not leaks, "\n".join(leaks)


async def test_the_help_story_leaves_nothing_of_it_in_the_logs(town: TestTown, written: io.StringIO) -> None:
    await until_it_is_thanked_for(town, await the_help_story(town))
    logged(written, "the desk is open")


async def test_faults_are_told_by_type_and_place(
    town: TestTown, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a handler, a statement, a card, a job, a sweep, and wherever nobody catches them."""
    asker, office, handle = await the_help_story(town), town.demo.app.office, switchboard.handle

    async def with_faults(desk: Desk, raw: Any, jobs: Any) -> bool:
        match raw.get("message", {}).get("text", ""):
            case said if said == STORY:
                raise RuntimeError(said)
            case said if said == TALK:
                desk.conn.execute(text("SELECT nothing FROM nowhere WHERE words = :words"), {"words": said})
        return await handle(desk, raw, jobs)

    def fails(*_given: Any) -> Any:
        raise ValueError(f"{NAME} lives in {PLACE}: {NUMBER}, {TOKEN}")

    async def failing_job() -> None:
        fails()

    monkeypatch.setattr(switchboard, "handle", with_faults)
    monkeypatch.setitem(CARDS, "requests", fails)
    await asker.says(STORY, TALK, "/orders")
    office.jobs.start("a job of the test", failing_job())
    monkeypatch.setattr(office.ticker, "_sweeps", [fails])
    await office.sweep_now()
    asyncio.get_running_loop().call_soon(fails, NAME)
    logging.getLogger("somebody.else").warning("%s said %s", "bot" + TOKEN, NUMBER)
    await town.settle()
    events = ("quarantined", "RuntimeError at", "a card could not be rendered", "a job failed", "a sweep failed")
    logged(written, *events, "ValueError at test_logs.py")


async def test_what_telegram_refuses_and_when_it_is_not_there(town: TestTown, written: io.StringIO) -> None:
    asker = await the_help_story(town)
    await asker.blocks()
    card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    await town.demo.town.do("settings", budgets=True)
    await town.ben.taps("I'll take it", on=card)
    for _line in range(5):
        await town.demo.town.do("say", user=town.ben.id, chat=town.ben.id, text=TALK)
    await town.settle()
    await town.demo.sandbox.stop()
    async with asyncio.timeout(5):
        while "fetching" not in town.demo.app.office.health.flags:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    logged(written, "Telegram cannot be reached")


async def test_logs_that_cannot_be_written_stop_nobody(town: TestTown, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, or whoever read them has gone."""

    class Full(io.StringIO):
        def write(self, words: str) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stderr", Full())
    set_up_logs("DEBUG", "text")
    monkeypatch.setattr(switchboard, "handle", poisoned(switchboard.handle, {STORY: "raise"}))
    asker = await town.demo.town.person(NAME, language_code="en")
    await town.joins(asker)
    await asker.says(STORY)
    await asker.hears("Something went wrong on our side")
    await asker.says("/orders")
    await asker.hears("You have not asked for anything yet")

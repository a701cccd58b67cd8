"""The desk is closed and opened again: conversations go on where they were; what fell due meanwhile happens once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.app import App
from domain.shipped import shipped_desk_file
from sandbox.phones import Json, Phone, labels_of, text_of
from storage.lock import AnotherIsRunning
from storage.tables import outbox
from tests.promises.conftest import ROOT, Nursery, opens
from tests.stories.test_asking import ASK
from tests.town import TestTown


async def test_a_half_finished_conversation_survives_a_restart_and_three_days(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK[:3])
    question = await town.ama.last()
    await town.demo.app.close()
    town.demo.clock.move(timedelta(days=3))
    await opens(town)
    assert await town.ama.last() == question  # nobody asks her anything by themselves
    await town.ama.starts()
    await town.ama.sees(text_of(question).splitlines()[-1], buttons=["That's all"])
    await town.ama.says(*ASK[3:], "[Yes, send it]")
    await town.ama.sees("Nobody has taken it yet")
    await town.volunteers.sees("Groceries", buttons=["I'll take it"])


async def test_the_button_of_before_the_restart_still_answers(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK)
    await town.demo.app.close()
    town.demo.clock.move(timedelta(days=2, hours=23))
    await opens(town)
    await town.ama.says("[Yes, send it]")
    await town.ama.sees("Nobody has taken it yet")


async def alerts_of(phone: Phone) -> list[Json]:
    return [message for message in await phone.from_bot() if "I've seen it" in labels_of(message)]


async def asks(town: TestTown, phone: Phone) -> str:
    """Its reference."""
    await town.joins(phone)
    await phone.says("/help", *ASK[1:], "[Yes, send it]")
    return text_of(await phone.sees("Nobody has taken it yet")).splitlines()[0].split(" · ")[-1]


async def test_what_fell_due_while_the_desk_was_down_happens_once_the_longest_due_first(town: TestTown) -> None:
    first = await asks(town, town.ama)
    await town.wait(minutes=5)
    second = await asks(town, town.faye)
    await town.demo.app.close()
    town.demo.clock.move(timedelta(minutes=50))
    for _restart in range(2):
        await opens(town, tick=0.05)
        async with asyncio.timeout(5):
            while len(await alerts_of(town.dina)) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)  # some more ticks
        await town.settle()
        alerts = [text_of(message) for message in await alerts_of(town.dina)]
        assert [first in alerts[0], second in alerts[1], len(alerts)] == [True, True, 2]
        await town.demo.app.close()
    await opens(town)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_second_desk_on_the_same_file_refuses_with_a_sentence(town: TestTown, tmp_path: Path) -> None:
    second = App(town.demo.app.settings, town.demo.app.file)
    with pytest.raises(AnotherIsRunning, match=r"another Linli is running on linli\.db: stop it first"):
        await second.open()
    await second.close_databases()
    (tmp_path / "desk.toml").write_text(shipped_desk_file("demo"), encoding="utf-8")
    settings = town.demo.app.settings
    given = {
        "LINLI_BOT_TOKEN": settings.token(),
        "LINLI_BOT_API": settings.bot_api,
        "LINLI_DATABASE_URL": settings.database,
        "LINLI_DESK": str(tmp_path / "desk.toml"),
        "LINLI_DATA": str(tmp_path),
    }
    env = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")}
    command = [sys.executable, "-m", "bot", "run", "--lang", "en"]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env | given, stdout=pipe, stderr=pipe)
    said, complained = await asyncio.wait_for(process.communicate(), 120)
    assert (process.returncode, said) == (2, b"")
    assert complained.decode().startswith("another Linli is running"), complained.decode()
    assert "Traceback" not in complained.decode()
    await town.joins(town.ama)  # the first goes on undisturbed


async def test_restarted_at_every_step_the_conversation_goes_on(town: TestTown) -> None:
    """Seven restarts in one request: each finds the question that stands, and the answers that were given."""
    await town.joins(town.ama)
    for deed in (*ASK, "[Yes, send it]"):
        await town.ama.says(deed)
        question = await town.ama.last()
        await town.demo.app.close()
        await opens(town)
        assert await town.ama.last() == question
    await town.ama.sees("Nobody has taken it yet")
    await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    await town.ben.taps("I'll take it", chat=town.volunteers.id)
    await town.ben.sees("room 201", "my leg hurts")


@pytest.mark.parametrize("after", [1, 20, 45])
async def test_told_to_stop_in_the_middle_of_it_everything_is_passed_on_once_and_in_order(
    town: TestTown, nursery: Nursery, after: int
) -> None:
    """Fifty messages wait; a desk in a process of its own is told to end after some of them, and another goes on."""
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    await town.ben.taps("I'll take it", chat=town.volunteers.id)
    card = await town.ama.sees("Ben has it", buttons=["Write to Ben"])
    await town.demo.app.close()
    words = [f"Bag number {n}" for n in range(50)]
    for each in words:
        where = {"user": town.ama.id, "chat": town.ama.id, "reply_to": card["message_id"]}
        await town.demo.town.do("say", text=each, **where)
    world = town.demo.sandbox.world
    child = await nursery.begins(town)
    try:
        async with asyncio.timeout(20):
            while sum("Bag number" in str(call["params"].get("text")) for call in world.calls) < after:  # noqa: ASYNC110
                await asyncio.sleep(0.002)
    finally:
        os.kill(child, signal.SIGTERM)
        code = await nursery.line()
    assert code == 0
    assert not world.updates.waiting, "what was fetched is confirmed"
    await opens(town)
    heard = [text_of(message) for message in await town.ben.from_bot()]
    assert [each for each in heard if "Bag number" in each] == [f"Ama: {each}" for each in words]
    unsent = select(func.count()).where(outbox.c.state != "sent", outbox.c.kind != "card")
    assert town.look(lambda desk: desk.conn.scalar(unsent)) == 0

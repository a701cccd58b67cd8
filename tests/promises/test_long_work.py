"""Work that takes its time is done beside: while a long list is read, everybody is answered."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.darkroom import Developed
from bot.handlers import import_file
from bot.pictures import Apart
from desk import lists
from storage.tables import households
from tests import hostile
from tests.stories.test_households import sends_file
from tests.stories.test_pictures_kept import REPAIR, SEND_IT, rows_of, sends
from tests.town import TestTown

TAPS = 20


async def test_while_a_list_of_five_thousand_homes_is_read_everybody_is_answered(
    town: TestTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is being read when the first tap comes, and read to its end only after the last answer."""
    reading, go_on, events = threading.Event(), threading.Event(), []
    understand = import_file._understand

    def slowly(*given: Any) -> Any:
        reading.set()
        events.append("begins")
        assert go_on.wait(30)
        found = understand(*given)
        events.append("ends")
        return found

    monkeypatch.setattr(import_file, "_understand", slowly)
    await town.joins(town.faye)
    rows = "".join(f"ankang,{n // 50},{n % 50}\n" for n in range(5000))
    sending = asyncio.create_task(sends_file(town, town.ivy, "list.csv", f"unit,building,room\n{rows}"))
    await asyncio.to_thread(reading.wait, 10)
    world = town.demo.sandbox.world
    menu = await town.faye.last()
    where = {"user": town.faye.id, "chat": town.faye.id, "message_id": menu["message_id"]}
    for _tap in range(TAPS):
        answer = await town.demo.town.do("tap", **where, data="o:show:99")
        assert answer["answer"] is not None
    events.append("everybody is answered")
    go_on.set()
    await sending
    assert events == ["begins", "everybody is answered", "ends"]
    assert len([call for call in world.calls if call["method"] == "answerCallbackQuery"]) >= TAPS
    await town.ivy.sees("list.csv", "5,000 new households", buttons=["Import it"])


async def test_while_a_long_list_is_imported_others_are_served_in_between(
    town: TestTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three steps; after the first of them the desk is closed, and after that a second tap goes on where it was."""
    monkeypatch.setattr(import_file, "AT_ONCE", 50)
    await town.joins(town.faye)
    homes = "".join(f"ankang,9{n // 50},{n % 50}\n" for n in range(150))
    await sends_file(town, town.ivy, "list.csv", f"unit,building,room\n{homes}")
    events: list[str] = []
    let_some_stand = lists.let_some_stand
    pump = town.demo.app.office.pump

    def step(desk: Any, person: Any, some: Any) -> int:
        events.append("step")
        if len(events) == 1:
            asyncio.get_running_loop().create_task(beside())
        if len(events) > 2 and events.count("step") == 3:
            raise RuntimeError("the plug is pulled")
        return int(let_some_stand(desk, person, some))

    async def beside() -> None:
        await pump.do(lambda desk: events.append("somebody else"))

    monkeypatch.setattr(lists, "let_some_stand", step)
    await town.ivy.says("[Import it]")
    town.ivy.is_told("I am importing it")
    assert events == ["step", "somebody else", "step", "step"]
    assert standing(town) == 100
    await town.ivy.sees("list.csv", buttons=["Import it"])
    monkeypatch.setattr(lists, "let_some_stand", let_some_stand)
    await town.ivy.says("[Import it]")
    await town.ivy.sees("Done: 50 new households stand")
    assert standing(town) == 150
    town.logs[:] = [entry for entry in town.logs if entry["event"] != "a job failed"]


def standing(town: TestTown) -> int:
    there = select(func.count()).where(households.c.building.like("9%"))
    return int(town.look(lambda desk: desk.conn.scalar(there)))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_while_a_picture_of_a_good_camera_is_unpacked_everybody_is_answered(
    town: TestTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is unpacked apart: the loop is never held up by it for as long as a tap may take."""
    begun, ended = asyncio.Event(), asyncio.Event()
    loop, app = asyncio.get_running_loop(), town.demo.app

    def watched(data: bytes) -> Developed:
        loop.call_soon_threadsafe(begun.set)
        try:
            return Apart()(data)
        finally:
            loop.call_soon_threadsafe(ended.set)

    app.pictures._develop = watched
    await town.joins(town.ama)
    await town.ama.says(*REPAIR)
    await sends(town, town.ama, "document", hostile.jpeg(8000, 6000, quality=90), "large.jpg")
    await town.ama.says(*SEND_IT)
    sweeping = asyncio.create_task(app.office.sweep_now())
    await begun.wait()
    longest, last = 0.0, loop.time()
    while not ended.is_set():
        await asyncio.sleep(0.001)
        longest, last = max(longest, loop.time() - last), loop.time()
    await sweeping
    await town.settle()
    assert [row.state for row in rows_of(town)] == ["kept"]
    assert longest < 0.25, "somebody would have waited for it"

"""Work that takes its time is done beside: while a long list is read, everybody is answered."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from bot.handlers import import_file
from tests.stories.test_households import sends_file
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

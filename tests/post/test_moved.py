"""A group becomes a supergroup while messages for it wait: they follow it, once each and in their order."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from desk.front import Desk, Line
from domain.words import plain
from storage.moving import move_chat
from storage.tables import outbox
from tests.post.conftest import Open, Town, out, settled


def moved(desk: Desk, old: int, new: int) -> None:
    move_chat(desk.conn, old, new)


async def test_ten_messages_that_wait_follow_it(town: Town, open_office: Open, look: Any) -> None:
    ama = await town.person()
    group = (await town.do("groups", title="The helpers", members=[ama], type="group"))["id"]
    heard: list[tuple[int, int]] = []

    def note(desk: Desk, old: int, new: int) -> None:
        heard.append((old, new))
        moved(desk, old, new)

    post = await open_office(moved=note, fetch=False)
    new = (await town.do("migrate", group=group, order="error_only"))["id"]
    await post.pump.do(lambda desk: desk.say(*(Line(group, plain(f"{n}")) for n in range(10))))
    await post.drained()
    assert await town.heard(new) == [f"{n}" for n in range(10)]
    assert heard == [(group, new)], "nobody runs against the old number ten times"
    assert out(look) == [("sent", None)] * 10
    assert {row.chat_id for row in look(select(outbox.c.chat_id))} == {new}


async def test_a_card_that_was_on_its_way_stands_in_the_new_chat(town: Town, open_office: Open) -> None:
    ama = await town.person()
    group = (await town.do("groups", title="The helpers", members=[ama], type="group"))["id"]
    town.box.world.updates.waiting.clear()
    post = await open_office(moved=moved)
    await town.says(ama, f"card {group}")
    await settled(town, post)
    new = (await town.do("migrate", group=group, order="error_only"))["id"]
    for _change in range(2):
        await town.says(ama, f"card {group}")
        await settled(town, post)
    assert [text for text in await town.heard(new) if text] == ["Done so far: 3"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_fault_of_ours_in_following_does_not_hold_up_the_chat(town: Town, open_office: Open, look: Any) -> None:
    ama = await town.person()
    group = (await town.do("groups", title="The helpers", members=[ama], type="group"))["id"]
    faults = [ValueError("no")]

    def stumbles(desk: Desk, old: int, new: int) -> None:
        if faults:
            raise faults.pop()
        moved(desk, old, new)

    post = await open_office(moved=stumbles, fetch=False)
    new = (await town.do("migrate", group=group, order="error_only"))["id"]
    with capture_logs() as logs:
        await post.pump.do(lambda desk: desk.say(*(Line(group, plain(f"{n}")) for n in range(3))))
        await post.drained()
    assert await town.heard(new) == ["1", "2"]
    assert [state for state, _reason in out(look)] == ["dead", "sent", "sent"]
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["a message could not be sent"]

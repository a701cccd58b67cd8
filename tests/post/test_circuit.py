"""Telegram is in trouble: it is not hammered, nothing is lost or doubled by it, and it is found again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.post.circuit import IN_A_ROW
from bot.post.clock import FrozenClock
from storage.tables import outbox
from tests.conftest import MORNING
from tests.post.conftest import Open, Town, out, settled

LONGER = timedelta(minutes=10)


async def people(town: Town, count: int) -> list[int]:
    return [await town.person(f"Neighbour {n}") for n in range(count)]


async def sends(town: Town) -> int:
    """How often a message was tried to be sent."""
    return len(await town.calls("sendMessage"))


@pytest.mark.parametrize("kind", ["500", "reset_before", "reset_after", "502_html", "invalid_json"])
async def test_after_a_few_failures_nothing_more_goes_out_until_a_question_is_answered(
    town: Town, open_office: Open, look: Any, kind: str
) -> None:
    clock = FrozenClock(MORNING)
    everybody = await people(town, 20)
    await town.do("faults", kind=kind, count=0, method="sendMessage")
    await town.do("faults", kind="reset_before", count=0, method="getMe")
    post = await open_office(clock=clock)
    for each in everybody[:IN_A_ROW]:
        await town.says(each, "urgent")
    await settled(town, post)
    assert "in trouble" in post.health.flags["telegram"]
    tried = await sends(town)
    assert tried == IN_A_ROW
    for each in everybody[IN_A_ROW:]:
        await town.says(each, "urgent")
    for _minute in range(30):
        clock.move(timedelta(minutes=1))
        await settled(town, post)
    assert await sends(town) == tried, "nothing is tried while it is open"
    asked = len(await town.calls("getMe"))
    assert 20 <= asked <= 40, "with growing pauses, a minute at most"
    await town.do("faults", clear=True)
    clock.move(LONGER)
    await settled(town, post)
    for _wave in range(10):
        clock.move(LONGER)
        await settled(town, post)
    assert {state for state, _reason in out(look)} == {"sent"}
    for each in everybody:
        heard = await town.heard(each)
        assert heard[-1].startswith("urgent")
        assert (
            len(heard) == (2 if kind == "reset_after" or kind == "invalid_json" else 1) or each in everybody[IN_A_ROW:]
        )
    assert post.health.ready


async def test_a_partial_outage_is_felt_with_one_message_at_a_time(town: Town, open_office: Open, look: Any) -> None:
    """`getMe` is answered, and messages are refused all the same: none of them dies of it, however long it lasts."""
    clock = FrozenClock(MORNING)
    everybody = await people(town, 12)
    await town.do("faults", kind="500", count=0, method="sendMessage")
    post = await open_office(clock=clock)
    for each in everybody:
        await town.says(each, "hello")
    await settled(town, post)
    before = await sends(town)
    for _time in range(60):
        clock.move(timedelta(minutes=2))
        await settled(town, post)
    assert await sends(town) - before <= 61
    assert {state for state, _reason in out(look)} == {"sending"} or {s for s, _r in out(look)} <= {"sending", "queued"}
    await town.do("faults", clear=True)
    for _time in range(20):
        clock.move(LONGER)
        await settled(town, post)
    assert [await town.heard(each) for each in everybody] == [["You said: hello"]] * 12


async def test_one_message_that_always_fails_holds_nobody_up_and_dies(town: Town, open_office: Open, look: Any) -> None:
    clock = FrozenClock(MORNING)
    ama, ben = await people(town, 2)
    await town.do("faults", kind="500", count=0, method="sendMessage", chat=ama)
    post = await open_office(clock=clock)
    await town.says(ama, "hello")
    for n in range(12):
        await settled(town, post)
        await town.says(ben, f"{n}")
        await settled(town, post)
        clock.move(LONGER)
        await settled(town, post)
    assert await town.heard(ben) == [f"You said: {n}" for n in range(12)]
    assert look(select(outbox.c.state, outbox.c.tries).where(outbox.c.chat_id == ama)) == [("dead", 8)]


async def test_a_token_that_is_refused_stops_everything_and_loses_nothing(
    town: Town, open_office: Open, look: Any
) -> None:
    clock = FrozenClock(MORNING)
    everybody = await people(town, 10)
    post = await open_office(clock=clock, fetch=False)
    town.box.world.token = "42:ANOTHER"
    for number, each in enumerate(everybody):
        update = {"update_id": number, "message": {"chat": {"id": each, "type": "private"}, "text": "hello"}}
        await post.pump.take([update])
    await post.drained()
    assert "@BotFather" in post.health.flags["token"]
    assert "LINLI_BOT_TOKEN" in post.health.flags["token"]
    asked = 0
    call = post.wire.call

    async def counted(method: str, fields: Any = None) -> Any:
        nonlocal asked
        asked += 1
        assert method == "getMe", "nothing is sent"
        return await call(method, fields)

    post.wire.call = counted  # type: ignore[method-assign]
    for _minute in range(60):
        clock.move(timedelta(minutes=1))
        await post.drained()
        await asyncio.sleep(0)
    assert 10 <= asked <= 14, "about every five minutes"
    assert {state for state, _reason in out(look)} <= {"sending", "queued"}
    post.wire.call = call  # type: ignore[method-assign]
    town.box.world.token = "42:TEST"
    for _time in range(3):
        clock.move(LONGER)
        await post.drained()
    assert [await town.heard(each) for each in everybody] == [["You said: hello"]] * 10
    assert post.health.ready


async def test_a_slow_answer_is_uncertain_and_holds_up_neither_the_poll_nor_others(
    town: Town, open_office: Open, look: Any
) -> None:
    clock = FrozenClock(MORNING)
    ama, ben = await people(town, 2)
    await town.do("faults", kind="slow", seconds=3, method="sendMessage", chat=ama)
    post = await open_office(clock=clock, patience=0.3)
    await town.says(ama, "hello")
    await town.confirmed()
    await asyncio.sleep(0.02)
    await town.says(ben, "hello")
    await town.confirmed()
    async with asyncio.timeout(2):
        while not await town.heard(ben):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await settled(town, post)
    states = {row.chat_id: row.state for row in look(select(outbox.c.chat_id, outbox.c.state))}
    assert states == {ama: "uncertain", ben: "sent"}
    assert await town.heard(ama) == ["You said: hello"]

"""Fetching: another program, a refused token, and a stop that loses nothing."""

from __future__ import annotations

import asyncio

from bot.post.fetch import ANOTHER, UNTAKEN
from bot.post.raw import Raw
from bot.post.wire import Wire
from tests.post.conftest import Open, Town, ends, out, settled


async def test_another_program_is_named_and_waited_for(town: Town, open_office: Open) -> None:
    ama = await town.person()
    post = await open_office()
    other = Wire("42:TEST", town.box.url)
    await other.open()
    await asyncio.sleep(0.05)
    taking = asyncio.create_task(other.fetch(0, 1))
    async with asyncio.timeout(5):
        while post.health.ready:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert post.health.flags["fetching"] == ANOTHER
    await taking
    await other.close()
    await town.says(ama, "hello")
    await settled(town, post)
    assert await town.heard(ama) == ["You said: hello"]
    assert post.health.ready


async def test_a_refused_token_stops_the_fetching(town: Town, open_office: Open) -> None:
    town.box.world.token = "43:OTHER"
    post = await open_office()
    async with asyncio.timeout(5):
        while post.health.ready:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert "BotFather" in post.health.flags["token"]
    assert len(await town.calls("getUpdates")) == 0
    town.box.world.token = "42:TEST"


async def test_what_cannot_be_taken_is_fetched_again(town: Town, open_office: Open, look: object) -> None:
    """Whatever the fault, the desk goes on asking, and says meanwhile that something is wrong."""
    ama = await town.person()
    post = await open_office()
    take, told = post.fetch._take, []

    async def stumbles(updates: list[Raw]) -> None:
        told.append(len(updates))
        if len(told) <= 2:
            raise ArithmeticError
        assert post.health.flags["fetching"] == UNTAKEN
        await take(updates)

    post.fetch._take = stumbles
    await town.says(ama, "hello")
    async with asyncio.timeout(10):
        while len(told) < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await settled(town, post)
    assert await town.heard(ama) == ["You said: hello"]
    assert ends(look) == ["done"]  # type: ignore[arg-type]
    assert post.health.ready


async def test_a_stop_finishes_what_was_fetched(town: Town, open_office: Open, look: object) -> None:
    ama = await town.person()
    for n in range(30):
        await town.says(ama, f"{n}")
    post = await open_office()
    await town.confirmed()
    await post.close()
    assert ends(look) == ["done"] * 30  # type: ignore[arg-type]
    again = await open_office()
    assert getattr(again.pump, "_unsure", 0) == 0  # it was closed in good order
    await again.drained()
    assert await town.heard(ama) == [f"You said: {n}" for n in range(30)]
    assert {state for state, _ in out(look)} == {"sent"}  # type: ignore[arg-type]


async def test_jobs_run_beside_and_fail_alone(open_office: Open) -> None:
    post, seen = await open_office(fetch=False), []

    async def good() -> None:
        await asyncio.sleep(0.01)
        seen.append("good")

    async def bad() -> None:
        raise ValueError("no")

    post.jobs.start("bad", bad())
    post.jobs.start("good", good())
    await post.drained()
    assert seen == ["good"]


async def test_after_a_week_of_silence_the_numbers_may_be_lower(town: Town, open_office: Open, look: object) -> None:
    """Our old offset would confirm them unseen, so nothing is confirmed twice."""
    updates, ama = town.box.world.updates, await town.person()
    updates.next_id = 1_000_000_000
    await town.says(ama, "before")
    post = await open_office(poll=0)
    await settled(town, post)
    asked = len(await town.calls("getUpdates"))
    async with asyncio.timeout(5):
        while len(await town.calls("getUpdates")) < asked + 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    updates.next_id = 17
    await town.says(ama, "after")
    await town.says(ama, "and now")
    await settled(town, post)
    assert await town.heard(ama) == ["You said: before", "You said: after", "You said: and now"]
    assert ends(look) == ["done"] * 3  # type: ignore[arg-type]

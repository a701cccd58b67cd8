"""A stop ends within its budget, also when Telegram never answers; nothing is lost by it and nothing said twice."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import App
from bot.post.budget import Budget
from bot.post.farewell import Farewell
from storage.tables import inbox, outbox
from tests.conftest import MORNING
from tests.post.conftest import Open, Town, ends, out, settled
from tests.town import a_town
from tests.web.conftest import OURS, free_port

WITHIN, SLACK = 2.0, 1.5
"""Without one budget each part would have its own: more than half a minute altogether."""


async def hangs(town: Town, *methods: str) -> None:
    """From now on these calls are carried out, and answered long after anybody waits for it."""
    for method in methods:
        await town.do("faults", kind="slow", method=method, count=0, seconds=60)


async def test_a_telegram_that_never_answers_holds_up_no_stop(town: Town, open_office: Open, look: Any) -> None:
    people = [await town.person(name) for name in ("Ama", "Ben", "Cleo")]
    post = await open_office()
    await town.says(people[0], "before")
    await settled(town, post)
    await hangs(town, "sendMessage")
    for person in people:
        for n in range(3):
            await town.says(person, f"{n}")
    async with asyncio.timeout(10):
        while len(await town.calls("sendMessage")) < 4:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await hangs(town, "getUpdates")
    begun = time.monotonic()
    await post.close(Farewell(WITHIN))
    assert time.monotonic() - begun < WITHIN + SLACK
    assert set(ends(look)) == {"done"}

    await town.do("faults", clear=True)
    again = await open_office()
    assert getattr(again.pump, "_unsure", 0) == 0  # it was closed in good order
    await settled(town, again)
    assert set(ends(look)) == {"done"} and len(ends(look)) == 10
    assert {state for state, _reason in out(look)} == {"sent", "uncertain"}
    assert await town.heard(people[0]) == ["You said: before", *(f"You said: {n}" for n in range(3))]
    for person in people[1:]:
        assert await town.heard(person) == [f"You said: {n}" for n in range(3)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_doors_and_jobs_that_hang_share_the_same_budget(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, watch = free_port(), free_port()
    monkeypatch.setenv("LINLI_WEBHOOK_URL", f"http://127.0.0.1:{door}")
    monkeypatch.setenv("LINLI_WEBHOOK_SECRET", OURS)
    monkeypatch.setenv("LINLI_WEBHOOK_LISTEN", f"127.0.0.1:{door}")
    monkeypatch.setenv("LINLI_LISTEN", f"127.0.0.1:{watch}")
    options: dict[str, Any] = {"close_within": WITHIN, "strict": False}
    async with a_town(tmp_path, MORNING, database_url=database_url, **options) as town:
        demo = town.demo
        await town.joins(town.ama)
        for method in ("sendMessage", "editMessageText", "getChatMember"):
            await demo.town.do("faults", kind="slow", method=method, count=0, seconds=60)
        halves = [await asyncio.open_connection("127.0.0.1", port) for port in (door, watch)]
        for _reader, writer in halves:
            writer.write(b"POST /readyz HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\nhalf")
        demo.app.office.jobs.start("a job that hangs", asyncio.sleep(60))
        await demo.town.do("say", user=town.ama.id, chat=town.ama.id, text="/menu")
        async with asyncio.timeout(10):
            while demo.sandbox.world.updates.waiting or not demo.app.office.courier.busy:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        begun = time.monotonic()
        await demo.app.close()
        assert time.monotonic() - begun < WITHIN + SLACK
        for _reader, writer in halves:
            writer.close()

        await demo.town.do("faults", clear=True)
        demo.app = App(demo.app.settings, demo.app.file, clock=demo.clock, budget=Budget.none(), tick=3600)
        await demo.app.open()
        await town.settle()
        with demo.app.writer.connect() as conn:
            assert set(conn.scalars(select(inbox.c.state))) == {"done"}
            assert not set(conn.scalars(select(outbox.c.state))) & {"queued", "sending"}

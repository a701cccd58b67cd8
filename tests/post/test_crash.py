"""The process is killed at each of its four dangerous moments, by an update, and by a handler that never comes back."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage.tables import audit_log, inbox
from tests.conftest import leases_end
from tests.post.conftest import Town, ends, out

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


@asynccontextmanager
async def desk(town: Town, url: str, *point: str) -> AsyncIterator[asyncio.subprocess.Process]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    runner = await asyncio.create_subprocess_exec(
        sys.executable,
        str(HERE / "runner.py"),
        url,
        town.box.url,
        *point,
        env=env,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield runner
    finally:
        if runner.returncode is None:
            runner.send_signal(signal.SIGTERM)
        await runner.wait()
        leases_end(url)


async def killed(town: Town, url: str, *point: str) -> int | None:
    async with desk(town, url, *point) as runner, asyncio.timeout(20):
        return await runner.wait()


async def quiet(town: Town, look: Any) -> None:
    """Everything is handled and nothing waits to go out."""
    await town.confirmed()
    async with asyncio.timeout(10):
        while any(state in ("queued", "sending") for state, _reason in out(look)) or "new" in ends(look):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("point", ["after_fetch", "in_handler", "after_commit"])
async def test_killed_before_the_sending_nothing_is_lost_or_doubled(
    town: Town, database_url: str, look: Any, point: str
) -> None:
    ama = await town.person()
    group = await town.group(ama)
    await town.says(ama, "hello")
    await town.says(ama, f"card {group}")
    assert await killed(town, database_url, point) == -signal.SIGKILL
    async with desk(town, database_url):
        await quiet(town, look)
    assert await town.heard(ama) == ["You said: hello"]
    assert [each for each in await town.heard(group) if each] == ["Done so far: 2"]
    assert len(look(select(audit_log))) == 2
    assert ends(look)[:2] == ["done", "done"]


@pytest.mark.parametrize(
    ("words", "heard", "end"),
    [
        ("hello", ["You said: hello"], "uncertain"),
        ("urgent", ["urgent", "urgent\n\nThis may be a repeat."], "sent"),
        ("bulk 1", ["bulk 0"], "uncertain"),
        ("card", ["Done so far: 1", "Done so far: 1"], "sent"),
    ],
)
async def test_killed_before_the_mark_the_rule_of_its_class_holds(
    town: Town, database_url: str, look: Any, words: str, heard: list[str], end: str
) -> None:
    ama = await town.person()
    await town.says(ama, words)
    assert await killed(town, database_url, "after_send") == -signal.SIGKILL
    async with desk(town, database_url):
        await quiet(town, look)
    assert await town.heard(ama) == heard
    assert [state for state, _reason in out(look)] == [end]
    assert len(look(select(audit_log))) == 1


async def test_an_update_that_kills_the_process_ends_in_quarantine(town: Town, database_url: str, look: Any) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    await town.says(ama, "die")
    await town.says(ben, "hello")
    deaths = 0
    while "quarantined" not in ends(look) and deaths < 6:
        async with desk(town, database_url) as runner:
            gone, settled = asyncio.create_task(runner.wait()), asyncio.create_task(quiet(town, look))
            await asyncio.wait([gone, settled], return_when=asyncio.FIRST_COMPLETED)
            settled.cancel()
            await asyncio.gather(settled, return_exceptions=True)
            deaths += gone.done()
    assert deaths == 4  # once in company, three times alone
    async with desk(town, database_url):
        await quiet(town, look)
    assert sorted(ends(look)) == ["done", "quarantined"]
    assert await town.heard(ben) == ["You said: hello"]
    assert look(select(inbox.c.fault).where(inbox.c.state == "quarantined")) == [("the process ended each time",)]


async def test_a_handler_that_never_gives_back_is_seen_by_the_watchdog(town: Town, database_url: str) -> None:
    ama = await town.person()
    await town.says(ama, "block")
    assert await killed(town, database_url) == 70

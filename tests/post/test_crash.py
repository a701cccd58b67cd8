"""The process is killed at each of its four dangerous moments, by an update, and by a handler that never comes back."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage.tables import audit_log, inbox
from tests.conftest import leases_end
from tests.post.conftest import Town, ends, out

ROOT = Path(__file__).parent.parent.parent


@dataclass
class Desk:
    """A desk in a process of its own; how that ends comes back as a line."""

    pid: int
    ended: asyncio.Task[int]

    async def wait(self) -> int:
        return await asyncio.shield(self.ended)


class Nursery:
    """Everything is imported once; each desk is forked from that."""

    def __init__(self) -> None:
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "tests.post.runner"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )

    async def line(self) -> int:
        assert self.process.stdout is not None
        return int(await asyncio.to_thread(self.process.stdout.readline))

    async def begins(self, **case: str) -> Desk:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(case) + "\n")
        self.process.stdin.flush()
        return Desk(await self.line(), asyncio.create_task(self.line()))

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)  # with whatever it has forked
            self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    opened = Nursery()
    yield opened
    opened.close()


@pytest.fixture
def desk(nursery: Nursery, town: Town, database_url: str) -> Opens:
    @asynccontextmanager
    async def open_one(**case: str) -> AsyncIterator[Desk]:
        opened = await nursery.begins(database=database_url, api=town.box.url, **case)
        try:
            yield opened
        finally:
            if not opened.ended.done():
                os.kill(opened.pid, signal.SIGTERM)
            await opened.ended
            leases_end(database_url)

    return open_one


Opens = Callable[..., AbstractAsyncContextManager[Desk]]


async def killed(desk: Opens, **case: str) -> int:
    async with desk(**case) as opened, asyncio.timeout(20):
        return await opened.wait()


async def quiet(town: Town, look: Any) -> None:
    """Everything is handled and nothing waits to go out."""
    await town.confirmed()
    async with asyncio.timeout(10):
        while any(state in ("queued", "sending") for state, _reason in out(look)) or "new" in ends(look):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("point", ["after_fetch", "in_handler", "after_commit"])
async def test_killed_before_the_sending_nothing_is_lost_or_doubled(
    town: Town, desk: Opens, look: Any, point: str
) -> None:
    ama = await town.person()
    group = await town.group(ama)
    await town.says(ama, "hello")
    await town.says(ama, f"card {group}")
    assert await killed(desk, point=point) == -signal.SIGKILL
    async with desk():
        await quiet(town, look)
    assert await town.heard(ama) == ["You said: hello"]
    assert [each for each in await town.heard(group) if each] == ["Done so far: 2"]
    assert len(look(select(audit_log))) == 2
    assert ends(look)[:2] == ["done", "done"]


@pytest.mark.parametrize("point", ["after_fetch", "in_handler", "after_commit"])
async def test_what_nobody_may_see_twice_is_sent_if_it_surely_was_not(
    town: Town, desk: Opens, look: Any, point: str
) -> None:
    ama = await town.person()
    await town.says(ama, "once")
    assert await killed(desk, point=point) == -signal.SIGKILL
    async with desk():
        await quiet(town, look)
    assert await town.heard(ama) == ["Done so far: 1"]
    assert [state for state, _reason in out(look)] == ["sent"]


@pytest.mark.parametrize(
    ("words", "heard", "end"),
    [
        ("hello", ["You said: hello"], "uncertain"),
        ("urgent", ["urgent", "urgent\n\nThis may be a repeat."], "sent"),
        ("bulk 1", ["bulk 0"], "uncertain"),
        ("card", ["Done so far: 1", "Done so far: 1"], "sent"),
        ("once", ["Done so far: 1"], "uncertain"),
    ],
)
async def test_killed_before_the_mark_the_rule_of_its_class_holds(
    town: Town, desk: Opens, look: Any, words: str, heard: list[str], end: str
) -> None:
    ama = await town.person()
    await town.says(ama, words)
    assert await killed(desk, point="after_send") == -signal.SIGKILL
    async with desk():
        await quiet(town, look)
    assert await town.heard(ama) == heard
    assert [state for state, _reason in out(look)] == [end]
    assert len(look(select(audit_log))) == 1


async def test_an_update_that_kills_the_process_ends_in_quarantine(town: Town, desk: Opens, look: Any) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    await town.says(ama, "die")
    await town.says(ben, "hello")
    deaths = 0
    while "quarantined" not in ends(look) and deaths < 6:
        async with desk() as opened:
            gone, settled = asyncio.create_task(opened.wait()), asyncio.create_task(quiet(town, look))
            await asyncio.wait([gone, settled], return_when=asyncio.FIRST_COMPLETED)
            settled.cancel()
            await asyncio.gather(settled, return_exceptions=True)
            deaths += gone.done()
    assert deaths == 4  # once in company, three times alone
    async with desk():
        await quiet(town, look)
    assert sorted(ends(look)) == ["done", "quarantined"]
    assert await town.heard(ben) == ["You said: hello"]
    assert look(select(inbox.c.fault).where(inbox.c.state == "quarantined")) == [("the process ended each time",)]


async def test_a_handler_that_never_gives_back_is_seen_by_the_watchdog(town: Town, desk: Opens) -> None:
    ama = await town.person()
    await town.says(ama, "block")
    assert await killed(desk) == 70

"""Several workers on one PostgreSQL, each a process of its own: they are stopped, killed and put to sleep."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage.tables import audit_log, inbox, leases, outbox
from tests.post.conftest import Town

ROOT = Path(__file__).parent.parent.parent
LEASE = 1.0
ALL = {"poll", "courier", "ticker"}

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@dataclass
class Crew:
    """Workers that share a database and a Telegram."""

    process: subprocess.Popen[str]
    database: str = ""
    api: str = ""
    alive: set[int] = field(default_factory=set)

    async def hire(self, **case: Any) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        case = {"database": self.database, "api": self.api, "lease": LEASE, **case}
        self.process.stdin.write(json.dumps(case) + "\n")
        self.process.stdin.flush()
        worker = int(await asyncio.to_thread(self.process.stdout.readline))
        self.alive.add(worker)
        return worker

    async def gone(self, worker: int) -> None:
        async with asyncio.timeout(20):
            while runs(worker):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        self.alive.discard(worker)

    async def stops(self, worker: int) -> None:
        os.kill(worker, signal.SIGTERM)
        await self.gone(worker)


def runs(worker: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(worker, 0)
        return True
    return False


@pytest.fixture(scope="module")
def foreman() -> Iterator[subprocess.Popen[str]]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.post.crew"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    yield process
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        pipe.close()


@pytest.fixture
def crew(foreman: subprocess.Popen[str], database_url: str, town: Town) -> Iterator[Crew]:
    hired = Crew(foreman, database_url, town.box.url)
    yield hired
    for worker in hired.alive:
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGCONT)
            os.kill(worker, signal.SIGKILL)


Look = Callable[[Any], list[Any]]


async def until(there: Callable[[], object], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not there():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def held(look: Look) -> dict[str, int]:
    """Duty -> the process that has it."""
    rows = look(select(leases.c.name, leases.c.holder).where(leases.c.holder.is_not(None)))
    return {row.name: int(row.holder.split(":")[1]) for row in rows}


def all_said(look: Look, count: int) -> Callable[[], bool]:
    ended = select(outbox.c.id).where(outbox.c.state.not_in(("queued", "sending")))
    return lambda: len(look(ended)) >= count


async def heard(town: Town, people: list[int]) -> list[list[str]]:
    return [await town.heard(person) for person in people]


async def crowd(town: Town, people: int) -> list[int]:
    """So many people; before there is a worker, who would hear that they start."""
    return [await town.person(f"P{n}") for n in range(people)]


async def write(town: Town, people: list[int], each: int) -> list[list[str]]:
    """Everybody writes so many messages; what they ought to hear."""
    for n in range(each):
        await asyncio.gather(*(town.says(person, f"{n:02}") for person in people))
    return [[f"{n:02}" for n in range(each)]] * len(people)


def never_side_by_side(deeds: list[Any]) -> bool:
    """Each person's deeds end before their next begins, whichever worker did them."""
    ended: dict[int, float] = {}
    for deed in sorted(deeds, key=lambda deed: deed["from"]):
        if deed["from"] < ended.get(deed["who"], 0):
            return False
        ended[deed["who"]] = deed["to"]
    return True


async def test_four_workers_and_a_thousand_updates_each_handled_and_sent_once_in_order(
    town: Town, crew: Crew, look: Look
) -> None:
    people = await crowd(town, 50)
    expected = await write(town, people, 20)
    for _worker in range(4):
        await crew.hire()
    await until(all_said(look, 1000), 40)
    assert await heard(town, people) == expected
    assert Counter(row.state for row in look(select(outbox))) == {"sent": 1000}
    assert {(row.state, row.raw, row.tries) for row in look(select(inbox))} == {("done", None, 0)}
    deeds = [row.about for row in look(select(audit_log))]
    assert len(deeds) == 1000
    assert never_side_by_side(deeds)
    assert len({deed["by"] for deed in deeds}) > 1, "one did it all"


async def test_one_persons_updates_are_never_side_by_side(town: Town, crew: Crew, look: Look) -> None:
    [ama] = await crowd(town, 1)
    [expected] = await write(town, [ama], 60)
    for _worker in range(2):
        await crew.hire()
    await until(all_said(look, 60))
    assert await town.heard(ama) == expected
    assert never_side_by_side([row.about for row in look(select(audit_log))])


@pytest.mark.parametrize("kill", ["after_fetch", "after_commit 3", "after_send 3"])
async def test_whoever_holds_everything_is_killed_and_another_takes_over_within_the_lease(
    town: Town, crew: Crew, look: Look, kill: str
) -> None:
    people = await crowd(town, 5)
    first = await crew.hire(kill=kill)
    await until(lambda: held(look) == dict.fromkeys(ALL, first))
    second = await crew.hire()
    expected = await write(town, people, 4)
    await crew.gone(first)
    died = time.monotonic()
    await until(lambda: held(look) == dict.fromkeys(ALL, second))
    assert time.monotonic() - died < LEASE + 0.5
    await until(all_said(look, 20))
    assert len(look(select(audit_log))) == 20
    uncertain = [row for row in look(select(outbox)) if row.state == "uncertain"]
    assert len(uncertain) <= (1 if kill.startswith("after_commit") else 5 if "send" in kill else 0)
    for chat, words, wanted in zip(people, await heard(town, people), expected, strict=True):
        lost = len([row for row in uncertain if row.chat_id == chat])
        assert words == sorted(set(words)), "nothing twice, and in order"
        assert len(wanted) - len(words) <= lost  # of a receipt nobody knows whether it has arrived
    assert {row.state for row in look(select(inbox))} == {"done"}


async def test_a_courier_that_was_asleep_and_has_been_replaced_sends_nothing_twice(
    town: Town, crew: Crew, look: Look
) -> None:
    people = await crowd(town, 20)
    first = await crew.hire()
    await until(lambda: held(look) == dict.fromkeys(ALL, first))
    second = await crew.hire()
    expected = await write(town, people, 2)
    os.kill(first, signal.SIGSTOP)
    await until(lambda: held(look) == dict.fromkeys(ALL, second))
    await asyncio.gather(*(town.says(person, "02") for person in people))
    await asyncio.sleep(0.1)
    os.kill(first, signal.SIGCONT)
    await until(lambda: len(look(select(audit_log))) >= 60)
    await until(all_said(look, 60))
    assert held(look) == dict.fromkeys(ALL, second)
    lost = {row.chat_id for row in look(select(outbox)) if row.state == "uncertain"}
    for chat, words, wanted in zip(people, await heard(town, people), expected, strict=True):
        assert words == sorted(set(words)), "nothing twice, and in order"
        assert words == [*wanted, "02"] or chat in lost


async def test_workers_are_replaced_one_by_one_under_load_and_nobody_notices(
    town: Town, crew: Crew, look: Look
) -> None:
    people = await crowd(town, 10)
    crewed = [await crew.hire(lease=30) for _ in range(3)]

    async def keep_writing() -> None:
        for n in range(40):
            await asyncio.gather(*(town.says(person, f"{n:02}") for person in people))
            await asyncio.sleep(0.05)

    writing = asyncio.create_task(keep_writing())
    for worker in crewed:
        await until(lambda: len(held(look)) == 3, 5)  # far within the lease: they are laid down, not lost
        await crew.hire(lease=30)
        await crew.stops(worker)
    await writing
    await until(all_said(look, 400))
    assert await heard(town, people) == [[f"{n:02}" for n in range(40)]] * len(people)
    assert Counter(row.state for row in look(select(outbox))) == {"sent": 400}
    assert {(row.state, row.tries) for row in look(select(inbox))} == {("done", 0)}

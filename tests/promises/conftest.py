"""The whole application over HTTP, on both databases: a town for each promise, and ways to break and to inspect it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.app import App
from bot.post.budget import Budget
from storage.tables import metadata
from tests.conftest import MORNING, leases_end
from tests.town import TestTown, a_town

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
async def town(tmp_path: Path, database_url: str) -> AsyncIterator[TestTown]:
    """Who hears what is proved by the stories; here nobody has to have expected every message."""
    async with a_town(tmp_path, MORNING, database_url=database_url, strict=False) as opened:
        yield opened


async def opens(town: TestTown, **options: Any) -> None:
    """The desk is started again, on the same database, in this process."""
    demo = town.demo
    options = {"tick": 3600, "pause": 0.01, **options}
    demo.app = App(demo.app.settings, demo.app.file, clock=demo.clock, budget=Budget.none(), **options)
    await demo.app.open()
    await town.settle()


def rows(conn: Connection, *names: str) -> dict[str, list[str]]:
    """Everything in these tables, to be compared with later."""
    return {name: sorted(map(repr, conn.execute(select(metadata.tables[name])).all())) for name in names}


@dataclass
class Nursery:
    """Desks in processes of their own. Each case is one line; its process id and its exit code come back."""

    process: subprocess.Popen[str]

    async def line(self) -> int:
        assert self.process.stdout is not None
        return int(await asyncio.to_thread(self.process.stdout.readline))

    async def begins(self, town: TestTown, **case: Any) -> int:
        assert self.process.stdin is not None
        settings = town.demo.app.settings
        plain = settings.model_dump(mode="json") | {
            "bot_token": settings.bot_token.get_secret_value(),
            "key": settings.key.get_secret_value(),
        }
        case |= {"settings": plain, "language": town.demo.language, "now": town.now.isoformat()}
        self.process.stdin.write(json.dumps(case) + "\n")
        self.process.stdin.flush()
        return await self.line()

    async def ends(self, town: TestTown, **case: Any) -> int:
        """How a desk that is going to be killed ends; one that is not fails after some seconds."""
        child = await self.begins(town, **case)
        ended = asyncio.create_task(self.line())
        await asyncio.wait([ended], timeout=10)
        if not ended.done():
            os.kill(child, signal.SIGTERM)
        code = await ended
        leases_end(town.demo.app.settings.database)
        return code


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.promises.runner"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    yield Nursery(process)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # with whatever it has forked
        process.wait()
    process.stdout.close()

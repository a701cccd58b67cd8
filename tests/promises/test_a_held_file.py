"""Somebody else holds the database when a desk starts: it waits for them, and in the end says so in a sentence."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from bot.demo.town import TOKEN
from bot.post import starting
from bot.post.starting import once_it_can
from sandbox.server import Sandbox

HOUSE = Path(__file__).parent.parent.parent
SENTENCE = (
    "Another program is writing to the database and does not let go of it. Let it finish or end it, then try again."
)
STARTS = 120  # seconds that may take on a busy machine
BRIEFLY = "from bot.post import starting; starting.WITHIN = 0.1; "
DEMO = "import asyncio, bot.demo.running as running; running.set_up_logs('WARNING'); asyncio.run(running.main())"
LINLI = "from bot.__main__ import main; main(['run', '--lang', 'en'])"


@pytest.fixture
async def telegram() -> AsyncIterator[Sandbox]:
    box = Sandbox(TOKEN, budgets=False)
    await box.start()
    yield box
    await box.stop()


def hold(url: str) -> Any:
    """As an import does, or a shell that somebody has left open: begun for writing, and not ended."""
    other = sqlite3.connect(make_url(url).database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


async def started(program: str, **env: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, cwd=HOUSE, env=env, stdin=pipe, stdout=pipe, stderr=pipe
    )


async def demo(program: str, url: str, data: Path, box: Sandbox) -> asyncio.subprocess.Process:
    """The demo's desk, told to run."""
    settings = {"bot_token": TOKEN, "bot_api": box.url, "data": str(data), "database_url": url, "key": "k"}
    told = {"settings": settings, "language": "en", "budgets": False, "lease": 15, "ahead": 0}
    process = await started(program)
    assert process.stdin is not None
    process.stdin.write(json.dumps(told).encode() + b"\n")
    return process


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_file_that_is_let_go_of_is_waited_for(database_url: str, tmp_path: Path, telegram: Sandbox) -> None:
    """Held for longer than one statement waits, counted from when the desk has noticed."""
    other = hold(database_url)
    process = await demo(DEMO, database_url, tmp_path, telegram)
    assert process.stdout is not None
    assert process.stderr is not None
    async with asyncio.timeout(STARTS):
        noticed = await process.stderr.readline()
        assert b"the database is held by somebody else, the start waits" in noticed
        other.rollback()
        assert json.loads(await process.stdout.readline()) == {"open": True}
        assert process.stdin is not None
        process.stdin.close()  # nobody speaks to it any more
        _said, complained = await process.communicate()
    assert (process.returncode, complained) == (0, b"")
    other.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_whoever_is_not_let_in_says_why_and_shows_no_trace(
    database_url: str, tmp_path: Path, telegram: Sandbox
) -> None:
    other = hold(database_url)
    (tmp_path / "desk.toml").write_text((HOUSE / "domain/shipped/demo.toml").read_text(encoding="utf-8"))
    given = {"BOT_TOKEN": TOKEN, "BOT_API": telegram.url, "DATABASE_URL": database_url, "DATA": str(tmp_path)}
    env = {f"LINLI_{name}": value for name, value in given.items()} | {"LINLI_DESK": str(tmp_path / "desk.toml")}
    for start in (demo(BRIEFLY + DEMO, database_url, tmp_path, telegram), started(BRIEFLY + LINLI, **env)):
        process = await start
        said, complained = await asyncio.wait_for(process.communicate(), STARTS)
        assert (process.returncode, said) == (2, b"")
        assert complained.decode().splitlines()[-1] == SENTENCE
        assert "Traceback" not in complained.decode()
    other.rollback()
    other.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_connection_that_is_cut_is_made_again(database_url: str) -> None:
    engine, cuts = create_engine(database_url), list[int]()
    server = create_engine(database_url, isolation_level="AUTOCOMMIT")

    async def work() -> str:
        with engine.begin() as conn:
            if len(cuts) < 2:
                cuts.append(conn.scalar(text("SELECT pg_backend_pid()")))
                with server.connect() as other:
                    other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": cuts[-1]})
            conn.execute(text("SELECT 1"))
            return "done"

    assert await once_it_can(work) == "done"
    assert len(set(cuts)) == 2
    engine.dispose()
    server.dispose()


async def test_a_database_that_is_not_there_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its address may be wrong."""
    monkeypatch.setattr(starting, "PAUSE", 60)
    engine = create_engine("postgresql+psycopg://linli@127.0.0.1:9/linli")

    async def work() -> None:
        engine.connect()

    with pytest.raises(OperationalError):
        async with asyncio.timeout(10):
            await once_it_can(work)

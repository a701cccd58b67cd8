"""Trouble of the house: a lock, a full disk, a lost connection. Nothing is lost, nobody is quarantined for it."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from bot.post.office import PostOffice
from desk.front import Desk
from tests.post import tiny
from tests.post.conftest import Open, Town, ends, out, settled


async def red(post: PostOffice) -> None:
    async with asyncio.timeout(5):
        while post.health.ready:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def the_file(url: str) -> Path:
    return Path(make_url(url).database or "")


async def test_a_locked_database_is_waited_for(town: Town, open_office: Open, look: Any, database_url: str) -> None:
    ama = await town.person()
    post = await open_office()
    if database_url.startswith("sqlite"):
        other: Any = sqlite3.connect(the_file(database_url), isolation_level=None)
        await post.pump.ride(lambda conn: conn.exec_driver_sql("PRAGMA busy_timeout=20"))
        other.execute("BEGIN IMMEDIATE")
    else:
        engine = create_engine(database_url)
        other = engine.connect()
        await post.pump.ride(lambda conn: conn.execute(text("SET lock_timeout = '20ms'")))
        other.execute(text("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE"))
    await town.says(ama, "hello")
    await red(post)
    assert "database" in post.health.flags
    other.rollback()
    await settled(town, post)
    other.close()
    if not database_url.startswith("sqlite"):
        engine.dispose()
    assert post.health.ready
    assert ends(look) == ["done"]
    assert await town.heard(ama) == ["You said: hello"]


@on_sqlite
async def test_a_full_disk_is_waited_for(town: Town, open_office: Open, look: Any, database_url: str) -> None:
    file = the_file(database_url)
    ama, ben = await town.person("Ama"), await town.person("Ben")
    post = await open_office()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    full = file.with_name(file.name + "-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (full, hard))
    try:
        await town.says(ama, "hello " + "very " * 700)
        await town.says(ben, "hello")
        await red(post)
        assert look(tiny.select(tiny.func.count()).select_from(tiny.audit_log)) == [(0,)]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    await settled(town, post)
    assert ends(look) == ["done", "done"]
    assert await town.heard(ben) == ["You said: hello"]


@on_postgresql
async def test_a_lost_connection_is_made_again(town: Town, open_office: Open, look: Any, database_url: str) -> None:
    ama, lost = await town.person(), []

    async def handle(desk: Desk, raw: dict[str, Any]) -> bool:
        if not lost:
            lost.append(desk.conn.scalar(text("SELECT pg_backend_pid()")))
            cut(database_url, lost[0])
        return await tiny.handle(desk, raw)

    await town.says(ama, "hello")
    post = await open_office(handle=handle)
    await settled(town, post)
    assert lost
    assert ends(look) == ["done"]
    assert await town.heard(ama) == ["You said: hello"]


def cut(url: str, pid: int) -> None:
    engine: Engine = create_engine(url)
    with engine.begin() as conn:
        conn.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    engine.dispose()


@on_sqlite
async def test_half_a_deed_after_a_swallowed_full_disk_does_not_commit(
    town: Town, open_office: Open, look: Any, database_url: str
) -> None:
    """SQLite may end a transaction by itself; whoever goes on writing would stand alone."""
    ama, ended = await town.person(), []

    async def handle(desk: Desk, raw: dict[str, Any]) -> bool:
        if not ended:
            ended.append(True)
            tiny.deed(desk, "half")
            driver: Any = desk.conn.connection.driver_connection
            driver.execute("ROLLBACK")
            return True
        return await tiny.handle(desk, raw)

    await town.says(ama, "whole")
    post = await open_office(handle=handle)
    await settled(town, post)
    with tiny.create_engine(database_url).connect() as conn:
        assert tiny.done(conn) == ["whole"]
    assert ends(look) == ["done"]


def commits_without_an_answer(post: PostOffice, nth: int) -> None:
    """The nth commit stands, and whoever asked for it hears nothing but trouble."""
    dialect: Any = post.pump._tx.writer.dialect
    commit, left = dialect.do_commit, nth

    def do_commit(connection: Any) -> None:
        nonlocal left
        commit(connection)
        left -= 1
        if left == 0:
            lost = sqlite3.OperationalError("disk I/O error")
            lost.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise lost

    dialect.do_commit = do_commit


@on_sqlite
async def test_what_a_commit_said_goes_out_though_its_answer_was_lost(
    town: Town, open_office: Open, look: Any, database_url: str
) -> None:
    ama = await town.person()
    post = await open_office()
    commits_without_an_answer(post, 1)
    await town.says(ama, "hello")
    await settled(town, post)
    assert ends(look) == ["done"]
    assert await town.heard(ama) == ["You said: hello"]
    assert {state for state, _reason in out(look)} == {"sent"}


@on_sqlite
async def test_what_a_commit_accepted_is_handled_though_its_answer_was_lost(
    town: Town, open_office: Open, look: Any, database_url: str
) -> None:
    ama = await town.person()
    await town.says(ama, "poison")
    await town.says(ama, "hello")
    post = await open_office(fetch=False)
    commits_without_an_answer(post, 1)
    post.fetch.start()  # the batch fails by the first update, and both are accepted in that commit
    await settled(town, post)
    assert ends(look) == ["quarantined", "done"]
    assert "You said: hello" in await town.heard(ama)


@on_sqlite
async def test_nothing_is_sent_twice_because_an_answer_was_lost(
    town: Town, open_office: Open, look: Any, database_url: str
) -> None:
    ama = await town.person()
    for nth in range(1, 9):
        post = await open_office()
        commits_without_an_answer(post, nth)
        await town.says(ama, f"hello {nth}")
        await settled(town, post)
        await town.says(ama, "card")
        await settled(town, post)
        await post.close()
    heard = await town.heard(ama)
    assert [words for words in heard if words.startswith("You")] == [f"You said: hello {n}" for n in range(1, 9)]
    assert {state for state, _reason in out(look)} == {"sent"}

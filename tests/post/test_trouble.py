"""Trouble of the house: a lock, a full disk, a lost connection. Nothing is lost, nobody is quarantined for it."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from bot.post.clock import SystemClock
from bot.post.office import PostOffice
from desk.front import Desk
from storage.work import open_writer
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


@on_postgresql
@pytest.mark.parametrize("code", ["40001", "40P01", "57014", "53100"])
async def test_a_clash_a_deadlock_and_a_full_server_are_tried_again(
    town: Town, open_office: Open, look: Any, code: str
) -> None:
    """Serialisation failure, deadlock, a statement that was stopped, no room on the server's disk."""
    ama, struck = await town.person(), []

    async def handle(desk: Desk, raw: dict[str, Any]) -> bool:
        done = await tiny.handle(desk, raw)
        if len(struck) < 3:
            struck.append(code)
            desk.conn.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$"))
        return done

    await town.says(ama, "hello")
    post = await open_office(handle=handle)
    await settled(town, post)
    assert len(struck) == 3
    assert ends(look) == ["done"]
    assert await town.heard(ama) == ["You said: hello"]
    assert look(tiny.select(tiny.func.count()).select_from(tiny.audit_log)) == [(1,)], (
        "nothing half done, nothing twice"
    )
    assert post.health.ready


@on_postgresql
async def test_a_true_deadlock_ends_with_both_done(town: Town, open_office: Open, look: Any, database_url: str) -> None:
    """Somebody else holds what we need, and waits for what we hold."""
    ama, begun = await town.person(), threading.Event()
    engine: Engine = create_engine(database_url)
    other: list[str] = []
    tries: list[int] = []

    def across() -> None:
        with engine.begin() as conn:
            conn.execute(text("SET LOCAL deadlock_timeout = '20s'"))  # it is we who shall find out
            conn.execute(text("SELECT pg_advisory_xact_lock(2)"))
            begun.set()
            other.append("begun")
            conn.execute(text("SELECT pg_advisory_xact_lock(1)"))
            other.append("done")

    thread = threading.Thread(target=across)

    async def handle(desk: Desk, raw: dict[str, Any]) -> bool:
        desk.conn.execute(text("SELECT pg_advisory_xact_lock(1)"))
        if not other:
            thread.start()
            begun.wait(5)
        desk.conn.execute(text("SET LOCAL lock_timeout = 0"))
        desk.conn.execute(text("SET LOCAL deadlock_timeout = '50ms'"))
        tries.append(len(tries))
        desk.conn.execute(text("SELECT pg_advisory_xact_lock(2)"))
        return await tiny.handle(desk, raw)

    await town.says(ama, "hello")
    post = await open_office(handle=handle)
    try:
        await settled(town, post)
    finally:
        thread.join(10)
        engine.dispose()
    assert len(tries) > 1
    assert other == ["begun", "done"]
    assert ends(look) == ["done"]
    assert await town.heard(ama) == ["You said: hello"]


@on_sqlite
async def test_a_database_that_may_only_be_read_is_waited_for_and_nobody_is_told_anything(
    town: Town, open_office: Open, look: Any
) -> None:
    ama = await town.person()
    post = await open_office()
    await town.says(ama, "before")
    await settled(town, post)
    writer = post.pump._tx.writer
    with writer.begin() as conn:
        conn.exec_driver_sql("PRAGMA query_only=ON")
    await town.says(ama, "hello")
    await red(post)
    assert await town.heard(ama) == ["You said: before"], "what is not saved is not said to be done"
    assert len(town.box.world.updates.waiting) == 1, "and Telegram keeps it"
    driver: Any = writer.raw_connection().driver_connection
    driver.execute("PRAGMA query_only=OFF")
    await settled(town, post)
    assert ends(look) == ["done", "done"]
    assert await town.heard(ama) == ["You said: before", "You said: hello"]
    assert post.health.ready


async def test_whoever_else_writes_at_the_same_time_loses_nothing_and_takes_nothing(
    town: Town, open_office: Open, look: Any, database_url: str
) -> None:
    """A command of the operator beside the desk that runs: each write begins at once, and waits for the other."""
    ama, faults = await town.person(), []

    def write() -> None:
        engine = open_writer(database_url)
        try:
            for n in range(25):
                with engine.begin() as conn:
                    seen = conn.scalar(tiny.select(tiny.func.count()).select_from(tiny.audit_log))
                    row = {"at": SystemClock().now(), "what": "deed", "about": {"words": f"other {n} after {seen}"}}
                    conn.execute(tiny.insert(tiny.audit_log).values(**row))
        except Exception as fault:
            faults.append(fault)
        finally:
            engine.dispose()

    post = await open_office(limit=3)
    thread = threading.Thread(target=write)
    thread.start()
    for n in range(25):
        await town.says(ama, f"{n}")
    await asyncio.to_thread(thread.join)
    await settled(town, post)
    assert faults == []
    assert ends(look) == ["done"] * 25
    assert await town.heard(ama) == [f"You said: {n}" for n in range(25)]
    assert look(tiny.select(tiny.func.count()).select_from(tiny.audit_log)) == [(50,)]

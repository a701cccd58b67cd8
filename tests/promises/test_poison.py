"""An update that cannot be handled harms nobody else: it stands in quarantine, and whoever wrote behind it is answered.

Trouble of the house (a full disk, a lost database) is nobody's fault: nothing is quarantined, and no word is lost.
"""

from __future__ import annotations

import asyncio
import resource
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, select, text

from bot import switchboard
from sandbox.phones import Phone
from storage.tables import inbox, orders
from tests.conftest import MORNING
from tests.promises.conftest import Nursery, opens
from tests.promises.runner import poisoned
from tests.stories.test_asking import ASK
from tests.town import TestTown, a_town

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
SORRY = "Something went wrong on our side. What you wrote is safe."


def ends(town: TestTown, *states: str) -> list[tuple[str, str | None, int]]:
    """How the updates with these states ended: state, fault, tries."""
    query = select(inbox.c.state, inbox.c.fault, inbox.c.tries).where(inbox.c.state.in_(states))
    return [tuple(row) for row in town.look(lambda desk: desk.conn.execute(query.order_by(inbox.c.update_id)).all())]


async def unheard(town: TestTown, phone: Phone, words: str) -> None:
    """Said while the desk is closed: all of it will come in one batch."""
    await town.demo.town.do("say", user=phone.id, chat=phone.id, text=words)


async def is_answered(town: TestTown, phone: Phone, words: str) -> None:
    async with asyncio.timeout(5):
        while not any(words in str(message.get("text")) for message in await phone.from_bot()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@pytest.fixture
async def town(tmp_path: Path, database_url: str) -> AsyncIterator[TestTown]:
    """Both are known already. A quarantine is logged as an error, and is the only one there may be."""
    async with a_town(tmp_path, MORNING, database_url=database_url, strict=False) as opened:
        await opened.joins(opened.ama)
        await opened.joins(opened.faye)
        yield opened
        opened.logs[:] = [entry for entry in opened.logs if entry["event"] != "quarantined"]


async def test_what_cannot_be_read_and_what_nobody_knows(town: TestTown) -> None:
    await town.demo.app.close()
    ama = {"id": town.ama.id, "is_bot": False, "first_name": "Ama"}
    forward = {
        "message_id": 9001,
        "date": 1,
        "chat": {"id": town.ama.id, "type": "private", "first_name": "Ama"},
        "from": ama,
        "text": "an old forward",
        "forward_origin": {"type": "hidden_user", "date": 1},
    }
    await town.demo.town.do("raw", message=forward)
    await town.demo.town.do("raw", telepathy={"from": ama, "thought": "?"})
    await town.demo.town.do("raw", message="not even an object")
    await town.demo.town.do("raw")
    await unheard(town, town.faye, "/orders")
    await opens(town)
    await is_answered(town, town.faye, "You have not asked for anything yet")
    assert [state for state, _fault, _tries in ends(town, "quarantined")] == ["quarantined"] * 4
    await town.ama.hears(SORRY)
    await town.ama.says("/orders")
    await town.ama.sees("You have not asked for anything yet")


UNREADABLE: list[dict[str, Any]] = [
    {"message": {"forward_origin": {"type": "hidden_user", "date": 1}}},  # an old forward without a name
    {"message": {"external_reply": {"origin": {"type": "user", "date": 1}, "story": {}}}},
    {"message": {"entities": [{"type": "bold"}]}},
    {"message": {"chat": None}},
    {"callback_query": {"data": 7}},
    {"something_new": {}},
]
"""What is odd about each; the rest is as Telegram writes it."""


@pytest.mark.parametrize("odd", UNREADABLE, ids=["forward", "story", "entity", "chat", "tap", "kind"])
async def test_one_of_a_hundred_that_cannot_be_read_is_put_aside_and_the_others_are_heard(
    town: TestTown, odd: dict[str, Any]
) -> None:
    await town.demo.app.close()
    ama = {"id": town.ama.id, "is_bot": False, "first_name": "Ama"}
    whole = {"message_id": 9, "date": 1, "from": ama, "chat": {"id": town.ama.id, "type": "private"}, "text": "odd"}
    for n in range(99):
        if n == 50:
            kind, fields = next(iter(odd.items()))
            await town.demo.town.do("raw", **{kind: {**whole, "id": "1", "chat_instance": "1", **fields}})
        await unheard(town, town.faye, "/orders")
    await opens(town)
    await is_answered(town, town.faye, "You have not asked for anything yet")
    assert len(ends(town, "done")) >= 99
    assert [tries for _state, _fault, tries in ends(town, "quarantined")] == [0]
    aside = [entry for entry in town.logs if entry["log_level"] == "error"]
    assert [entry["event"] for entry in aside] == ["quarantined"], "whoever runs the desk hears of it"
    assert town.look(lambda desk: desk.conn.scalar(select(inbox.c.raw).where(inbox.c.state == "quarantined")))
    answers = len(await town.faye.from_bot())
    await town.faye.says("/orders")
    assert len(await town.faye.from_bot()) == answers + 1, "later ones are fetched"


@pytest.mark.parametrize("number", ["from", "chat"])
async def test_a_number_that_no_database_holds_stops_nobody(town: TestTown, number: str) -> None:
    """Telegram's are far smaller; but nothing that comes in may make the desk deaf."""
    ama = {"id": town.ama.id, "is_bot": False, "first_name": "Ama"}
    whole = {"message_id": 9, "date": 1, "from": ama, "chat": {**ama, "type": "private"}, "text": "odd"}
    await town.demo.town.do("raw", message={**whole, number: {**whole[number], "id": 2**70}})
    await unheard(town, town.faye, "/orders")
    await is_answered(town, town.faye, "You have not asked for anything yet")
    async with asyncio.timeout(30):
        while ends(town, "new"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("fault", ["raise", "hang"])
async def test_what_always_fails_and_what_hangs(town: TestTown, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    await town.demo.app.close()
    monkeypatch.setattr(switchboard, "handle", poisoned(switchboard.handle, {"/help me": fault}))
    await unheard(town, town.ama, "/help me")
    await unheard(town, town.faye, "/orders")
    await unheard(town, town.ama, "/points")
    await opens(town, handler_seconds=0.1)
    await is_answered(town, town.faye, "You have not asked for anything yet")
    assert [(state, tries) for state, _fault, tries in ends(town, "quarantined")] == [("quarantined", 3)]
    await town.ama.hears(SORRY)
    await town.ama.hears("Points belong to a household")  # her later words go on
    await town.ama.does_not_see("What is it about?")


@pytest.mark.parametrize("fault", ["kill", "block"])
async def test_what_kills_the_process_and_what_never_comes_back(town: TestTown, nursery: Nursery, fault: str) -> None:
    await town.demo.app.close()
    await unheard(town, town.ama, "/help me")
    await unheard(town, town.faye, "/orders")
    deaths = {"kill": -signal.SIGKILL, "block": 70}
    for _death in range(4):  # once in company, three times alone
        assert await nursery.ends(town, poison={"/help me": fault}) == deaths[fault]
    await opens(town)
    assert ends(town, "quarantined") == [("quarantined", "the process ended each time", 4)]
    await is_answered(town, town.faye, "You have not asked for anything yet")
    await town.ama.hears(SORRY)
    assert len([m for m in await town.faye.from_bot() if "You have not asked" in m["text"]]) == 1


# ── trouble of the house ────────────────────────────────────────────────────────────────────────────────────────────


async def goes_red(town: TestTown) -> None:
    async with asyncio.timeout(5):
        while "database" not in town.demo.app.office.health.flags:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def trouble_is_over(town: TestTown) -> None:
    """The request that was in hand is sent, once; nobody was blamed."""
    async with asyncio.timeout(10):
        await town.settle()
    await town.ama.sees("Nobody has taken it yet")
    assert ends(town, "quarantined", "new") == []
    assert len(town.look(lambda desk: desk.conn.execute(select(orders.c.id)).all())) == 1
    assert town.demo.app.office.health.ready


@asynccontextmanager
async def asking(town: TestTown) -> AsyncIterator[None]:
    """Up to the last tap; and then that one, in the middle of what happens inside."""
    await town.ama.says(*ASK)
    card = await town.ama.sees(buttons=["Yes, send it"])
    where = {"user": town.ama.id, "chat": town.ama.id, "message_id": card["message_id"], "label": "Yes, send it"}
    yield
    await town.demo.town.do("tap", **where, wait=0)
    await goes_red(town)


@on_sqlite
async def test_a_full_disk(town: TestTown, database_url: str) -> None:
    file = Path(make_url(database_url).database or "")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        async with asking(town):
            full = file.with_name(file.name + "-wal").stat().st_size
            resource.setrlimit(resource.RLIMIT_FSIZE, (full, hard))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    await trouble_is_over(town)


@on_sqlite
async def test_a_locked_file(town: TestTown, database_url: str) -> None:
    other: Any = sqlite3.connect(make_url(database_url).database or "", isolation_level=None)
    try:
        async with asking(town):
            with town.demo.app.writer.begin() as conn:
                conn.exec_driver_sql("PRAGMA busy_timeout=20")
            other.execute("BEGIN IMMEDIATE")
        other.rollback()
    finally:
        other.close()
    await trouble_is_over(town)


@on_postgresql
async def test_a_lost_database(town: TestTown, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connections are cut under an open transaction, three times; then it answers again."""
    lost: list[int] = []
    handle = switchboard.handle
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")

    async def cut(desk: Any, raw: Any, jobs: Any) -> bool:
        done = await handle(desk, raw, jobs)
        if len(lost) < 3:
            lost.append(desk.conn.scalar(text("SELECT pg_backend_pid()")))
            with engine.connect() as conn:
                conn.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": lost[-1]})
        return done

    async with asking(town):
        monkeypatch.setattr(switchboard, "handle", cut)
    await trouble_is_over(town)
    engine.dispose()
    assert len(lost) == 3

"""Health and figures: each thing that is wrong turns us red and is named; nothing tells of anybody."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection, insert, make_url, text, update
from structlog.testing import capture_logs

from bot.post.clock import SystemClock
from bot.post.office import PostOffice
from bot.surface import Surface
from storage.tables import deadlines, orders, outbox
from tests.post.conftest import Open, settled
from tests.web.conftest import OpenSurface, Town, brought, written
from web.health import Limits

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Watcher:
    """Whoever asks this desk how it is."""

    def __init__(self, http: aiohttp.ClientSession, surface: Surface) -> None:
        assert surface.watch is not None
        self.http, self.root = http, f"http://127.0.0.1:{surface.watch.port}"

    async def asks(self, path: str) -> tuple[int, str]:
        async with self.http.get(self.root + path) as answer:
            return answer.status, await answer.text()

    async def wrong(self) -> dict[str, str]:
        async with self.http.get(f"{self.root}/readyz") as answer:
            said = await answer.json()
            assert answer.status == (503 if said["wrong"] else 200)
            assert said["ready"] is not bool(said["wrong"])
            found: dict[str, str] = said["wrong"]
            return found

    async def figures(self) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        _status, body = await self.asks("/metrics")
        return {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(body)
            for sample in family.samples
        }


OpenWatch = Callable[..., Any]


@pytest.fixture
def open_watch(open_office: Open, open_surface: OpenSurface, http: aiohttp.ClientSession) -> OpenWatch:
    async def open_one(limits: Limits | None = None) -> tuple[PostOffice, Surface, Watcher]:
        post = await open_office(fetch=False)
        surface = await open_surface(post, limits=limits)
        await post.drained()
        return post, surface, Watcher(http, surface)

    return open_one


async def test_a_desk_that_is_well_says_so(open_watch: OpenWatch) -> None:
    post, _surface, watcher = await open_watch()
    assert await watcher.asks("/healthz") == (200, "ok\n")
    assert {"courier", "ticker"} <= post.duties
    told = {"ready": True, "wrong": {}, "duties": sorted(post.duties)}
    assert await watcher.asks("/readyz") == (200, json.dumps(told, separators=(",", ":")))
    assert (await watcher.figures())["linli_ready", ()] == 1
    assert (await watcher.asks("/anything-else"))[0] == 404


async def test_what_the_post_office_sees_is_named(open_watch: OpenWatch) -> None:
    post, _surface, watcher = await open_watch()
    post.health.red("fetching", "Telegram cannot be reached (Unsent).")
    assert await watcher.wrong() == {"fetching": "Telegram cannot be reached (Unsent)."}
    post.health.green("fetching")
    assert await watcher.wrong() == {}


@on_sqlite
async def test_a_database_that_takes_nothing(open_watch: OpenWatch, database_url: str) -> None:
    post, _surface, watcher = await open_watch(Limits(patience=0.1))
    await post.pump.ride(lambda conn: conn.exec_driver_sql("PRAGMA busy_timeout=10"))
    other = sqlite3.connect(Path(make_url(database_url).database or ""), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert set(await watcher.wrong()) == {"database"}
    assert set(await watcher.wrong()) == {"database"}
    assert len(post.pump._rides) <= 1  # however often somebody looks
    figures = await watcher.figures()
    assert figures["linli_ready", ()] == 0 and figures["linli_wrong", (("what", "database"),)] == 1
    other.rollback()
    other.close()
    await post.pump.rest()
    assert await watcher.wrong() == {}


async def test_a_database_that_cannot_be_read(open_watch: OpenWatch) -> None:
    _post, surface, watcher = await open_watch()

    async def gone(question: object) -> object:
        raise ConnectionError("secret words of an address")

    assert surface.health is not None
    object.__setattr__(surface.health._sources, "read", gone)
    wrong = await watcher.wrong()
    assert set(wrong) == {"database"} and "secret" not in f"{wrong}"
    _status, body = await watcher.asks("/metrics")
    assert "linli_updates_waiting NaN" in body


async def test_a_schema_that_is_not_ours(open_watch: OpenWatch) -> None:
    post, _surface, watcher = await open_watch()
    [was] = await post.pump.do(lambda desk: desk.conn.execute(text("SELECT version_num FROM alembic_version")).one())
    await post.pump.ride(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = 'later'")))
    wrong = await watcher.wrong()
    assert set(wrong) == {"schema"} and "later" in wrong["schema"] and was in wrong["schema"]
    await post.pump.ride(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = :was"), {"was": was}))
    assert await watcher.wrong() == {}


async def test_a_long_silence(open_watch: OpenWatch, http: aiohttp.ClientSession) -> None:
    _post, surface, watcher = await open_watch(Limits(silence=timedelta(milliseconds=300)))
    assert await brought(http, surface, written(1, "quiet")) == 200
    await asyncio.sleep(0.3)
    assert set(await watcher.wrong()) == {"updates"}
    assert await brought(http, surface, written(2, "quiet")) == 200
    assert await watcher.wrong() == {}


def an_order(conn: Connection) -> int:
    row = {"once": "talk-1", "reference": "K7-42M", "category": "errand", "unit": "x", "state": "new", "wanted": {}}
    made = insert(orders).values(**row, door_word=1, made_at=SystemClock().now()).returning(orders.c.id)
    order: int = conn.execute(made).scalar_one()
    return order


def waiting(conn: Connection, age: timedelta, state: str = "queued") -> None:
    """A message that has been waiting for so long; the courier has not been told of it."""
    row = {"chat_id": 7, "lane": 0, "kind": "line", "rule": "urgent", "body": {"text": "canary words"}}
    conn.execute(insert(outbox).values(**row, state=state, made_at=SystemClock().now() - age))


async def test_a_message_that_does_not_go_out(open_watch: OpenWatch) -> None:
    post, _surface, watcher = await open_watch()
    await post.pump.ride(lambda conn: waiting(conn, timedelta(minutes=5)))
    assert await watcher.wrong() == {}
    await post.pump.ride(lambda conn: waiting(conn, timedelta(minutes=30), "sending"))
    wrong = await watcher.wrong()
    assert set(wrong) == {"outbox"} and "30 minutes" in wrong["outbox"]
    figures = await watcher.figures()
    assert figures["linli_outbox_oldest_age_seconds", (("lane", "urgent"),)] == pytest.approx(1800, abs=60)
    assert figures["linli_outbox_messages", (("lane", "urgent"), ("state", "sending"))] == 1
    later = SystemClock().now() + timedelta(hours=1)
    await post.pump.ride(lambda conn: conn.execute(update(outbox).values(not_before=later)))
    assert await watcher.wrong() == {}  # it is not to go before


async def test_a_clock_that_nobody_looks_at(open_watch: OpenWatch) -> None:
    post, _surface, watcher = await open_watch()

    def run_a_clock(conn: Connection, ago: timedelta) -> None:
        now = SystemClock().now()
        conn.execute(deadlines.delete())
        conn.execute(insert(deadlines).values(order_id=order, metric="resolution", due_at=now - ago))

    order = await post.pump.do(lambda desk: an_order(desk.conn))
    await post.pump.ride(lambda conn: run_a_clock(conn, timedelta(minutes=-10)))
    assert await watcher.wrong() == {}
    await post.pump.ride(lambda conn: run_a_clock(conn, timedelta(hours=3)))
    wrong = await watcher.wrong()
    assert set(wrong) == {"deadlines"} and "3 hours" in wrong["deadlines"]
    assert (await watcher.figures())["linli_deadline_overdue_seconds", ()] == pytest.approx(3 * 3600, abs=60)


async def test_a_full_disk(open_watch: OpenWatch) -> None:
    _post, _surface, watcher = await open_watch(Limits(disk=1 << 60))
    wrong = await watcher.wrong()
    assert set(wrong) == {"disk"} and "MiB" in wrong["disk"]
    assert (await watcher.figures())["linli_disk_free_bytes", ()] > 0


async def test_figures_tell_of_the_desk_and_of_nobody(
    town: Town, open_watch: OpenWatch, http: aiohttp.ClientSession, caplog: Any
) -> None:
    ama = await town.person("Amaryllis")
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        post, surface, watcher = await open_watch()
        await town.says(ama, "canary words")
        await brought(http, surface, written(3, "poison canary", user=424242))
        await settled(town, post)
        surface.metrics.handled("done", 0.002)
        figures = await watcher.figures()
        body = (await watcher.asks("/metrics"))[1] + (await watcher.asks("/readyz"))[1]
    assert figures["linli_updates_total", (("result", "done"),)] == 1
    assert figures["linli_handler_seconds_count", ()] == 1
    assert figures["linli_updates_quarantined", ()] == 1
    assert figures["linli_updates_waiting", ()] == 0
    assert figures["linli_last_update_age_seconds", ()] < 60
    assert figures["linli_outbox_messages", (("lane", "personal"), ("state", "sent"))] == 1
    assert {name for _sample, labels in figures for name, _value in labels} <= {
        "result",
        "lane",
        "state",
        "le",
        "what",
        "duty",
    }
    for personal in ("canary", "Amaryllis", str(ama), "424242", "42:TEST"):
        assert personal not in body
    assert "canary" not in f"{logs}{caplog.text}"


async def test_counting_is_not_done_at_every_look(open_watch: OpenWatch) -> None:
    post, _surface, watcher = await open_watch()
    await watcher.figures()
    await post.pump.ride(lambda conn: waiting(conn, timedelta(), "sending"))
    figures = await watcher.figures()
    assert ("linli_outbox_messages", (("lane", "urgent"), ("state", "sending"))) not in figures
    assert ("linli_outbox_oldest_age_seconds", (("lane", "urgent"),)) in figures


async def test_a_loop_that_is_held_up_is_seen_in_the_figures(open_watch: OpenWatch) -> None:
    _post, _surface, watcher = await open_watch()
    late = "linli_loop_late_seconds", ()
    await watcher.figures()
    time.sleep(0.6)  # noqa: ASYNC251 - somebody's long work
    await asyncio.sleep(0)
    assert (await watcher.figures())[late] >= 0.3
    time.sleep(0.6)  # noqa: ASYNC251
    await asyncio.sleep(0.3)
    assert (await watcher.figures())[late] >= 0.3, "also when it has caught up meanwhile"

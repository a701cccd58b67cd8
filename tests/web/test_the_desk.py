"""The whole desk behind its webhook: people talk, it closes in the middle of it and opens again, nothing is lost."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.app import App
from bot.post.budget import Budget
from bot.post.fetch import HOOKED
from storage.tables import inbox, outbox
from tests.conftest import MORNING
from tests.post.conftest import Open, Town
from tests.town import a_town
from tests.web.conftest import OURS, free_port
from web.serving import NoListener

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def by_webhook(monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment of a desk that is brought its updates."""
    door = f"127.0.0.1:{free_port()}"
    monkeypatch.setenv("LINLI_WEBHOOK_URL", f"http://{door}")
    monkeypatch.setenv("LINLI_WEBHOOK_SECRET", OURS)
    monkeypatch.setenv("LINLI_WEBHOOK_LISTEN", door)
    monkeypatch.setenv("LINLI_LISTEN", f"127.0.0.1:{free_port()}")
    return door


async def test_somebody_asks_for_help_by_webhook(tmp_path: Path, by_webhook: str, database_url: str) -> None:
    async with a_town(tmp_path, MORNING, database_url=database_url) as town:
        await town.joins(town.ama)
        await town.ama.says("[Ask for help]", "[Groceries]", "No rice, my leg hurts", "[That's all]")
        await town.ama.says("Ankang, building 3, room 201", "[Today]", "[Yes, send it]")
        card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
        await town.ben.taps("I'll take it", on=card)
        await town.ben.hears("Ankang, building 3, room 201", "my leg hurts")
        await town.ama.sees("Ben")
        methods = Counter(call["method"] for call in town.demo.sandbox.world.calls)
        assert methods["setWebhook"] == 1 and not methods["getUpdates"]
        port = listening(town.demo.app)
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
            async with http.get("/readyz") as answer:
                told = {"ready": True, "wrong": {}, "duties": ["courier", "ticker"]}
                assert (answer.status, await answer.json()) == (200, told)
            async with http.get("/metrics") as answer:
                figures = await answer.text()
                assert 'linli_updates_total{result="done"} ' in figures
                assert 'linli_duty{duty="courier"} 1.0' in figures and 'duty="poll"' not in figures


def listening(app: App) -> int:
    assert app.surface.watch is not None
    return app.surface.watch.port


async def test_closed_in_the_middle_of_it_nothing_is_lost_or_doubled(
    tmp_path: Path, by_webhook: str, database_url: str
) -> None:
    async with a_town(tmp_path, MORNING, database_url=database_url, strict=False) as town:
        demo = town.demo
        before = count(demo.app, inbox)
        people = [town.ama, town.ben, town.cleo, town.faye, town.dina]

        async def talk(phone: Any) -> None:
            for n in range(20):
                await demo.town.do("say", user=phone.id, chat=phone.id, text=f"{phone.name} says {n}")

        talking = asyncio.gather(*(talk(phone) for phone in people))
        async with asyncio.timeout(10):
            while count(demo.app, inbox) < before + 20:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        await demo.app.close()
        await talking
        waiting = len(demo.sandbox.world.updates.waiting)
        assert waiting > 0, "it was to be closed in the middle"
        demo.app = App(demo.app.settings, demo.app.file, clock=demo.clock, budget=Budget.none(), tick=3600)
        await demo.app.open()
        demo.clock.move(timedelta(minutes=5))
        await town.settle()
        with demo.app.writer.connect() as conn:
            came = conn.scalars(select(inbox.c.state)).all()
            said = Counter((chat, state) for chat, state in conn.execute(select(outbox.c.chat_id, outbox.c.state)))
        assert len(came) == before + 100 and set(came) == {"done"}
        for phone in people:
            assert said.pop((phone.id, "sent")) == 20
            assert 0 < len(await phone.from_bot()) <= 20  # what waited for the same card went out as one
        assert not said


def count(app: App, table: Any) -> int:
    with app.writer.connect() as conn:
        return conn.scalar(select(func.count()).select_from(table)) or 0


@on_sqlite
async def test_a_webhook_that_is_set_is_named_and_left_alone(town: Town, open_office: Open, database_url: str) -> None:
    port = free_port()
    await town.box.world.updates.unhook()
    async with town.http.post("/bot42:TEST/setWebhook", json={"url": f"http://127.0.0.1:{port}/other"}) as answer:
        assert answer.status == 200
    post = await open_office()
    async with asyncio.timeout(5):
        while post.health.ready:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert post.health.flags["fetching"] == HOOKED
    assert await town.calls("deleteWebhook") == []
    assert town.box.world.updates.hook is not None
    await town.box.world.updates.unhook()
    await town.says(await town.person(), "hello")
    async with asyncio.timeout(5):
        while not post.health.ready:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@on_sqlite
async def test_a_listener_that_is_taken_leaves_nothing_half_open(
    tmp_path: Path, by_webhook: str, database_url: str
) -> None:
    host, _sign, port = by_webhook.rpartition(":")
    with socket.create_server((host, int(port))), pytest.raises(NoListener, match=port):
        async with a_town(tmp_path, MORNING, database_url=database_url):
            raise AssertionError("it must not open")

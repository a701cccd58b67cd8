"""The way to Telegram: another Bot API server, at a path of its own, and a proxy in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.app import App, NotAnswering
from bot.demo.town import TOKEN, town_file
from bot.post.budget import Budget
from bot.settings import Settings, SettingsFaults, read_settings
from sandbox.server import Sandbox


@dataclass
class Between:
    """A server in front of the sandbox: a proxy when it is asked for whole addresses, a path of its own otherwise."""

    target: str
    prefix: str = ""
    credentials: str = ""
    passed: list[str] = field(default_factory=list)
    url: str = ""

    async def pass_on(self, request: web.Request) -> web.Response:
        wanted = str(request.url) if request.raw_path.startswith("http://") else f"{self.target}{request.path_qs}"
        self.passed.append(request.raw_path)
        if self.credentials and request.headers.get("Proxy-Authorization") != self.credentials:
            return web.Response(status=407, text="Who are you?")
        path = wanted.replace(self.prefix, "", 1) if self.prefix else wanted
        headers = {name: value for name, value in request.headers.items() if not name.startswith("Proxy-")}
        async with (
            aiohttp.ClientSession() as http,
            http.request(request.method, path, data=await request.read(), headers=headers) as answer,
        ):
            return web.Response(body=await answer.read(), status=answer.status, content_type="application/json")


@pytest.fixture
async def between() -> AsyncIterator[Between]:
    sandbox = Sandbox(TOKEN, budgets=False)
    await sandbox.start()
    server = Between(sandbox.url)
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", server.pass_on)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()
    await sandbox.stop()


def settings(data: Path, **more: str) -> Settings:
    return Settings.model_validate({"bot_token": TOKEN, "data": data, "key": "of a test", **more})


async def learns_its_name(settings: Settings) -> str:
    """The desk asks Telegram who it is, by the way that the settings name."""
    app = App(settings, town_file("en"), budget=Budget.none())
    await app.learn_name()
    await app.office.wire.close()
    await app.close_databases()
    return app.username


async def test_a_server_of_ones_own_at_a_path(between: Between, tmp_path: Path) -> None:
    between.prefix = "/telegram/api"
    assert await learns_its_name(settings(tmp_path, bot_api=f"{between.url}/telegram/api/")) == "linli_bot"
    assert between.passed == [f"/telegram/api/bot{TOKEN}/getMe"]


async def test_through_a_proxy_that_wants_to_know_who_it_is(between: Between, tmp_path: Path) -> None:
    between.credentials = aiohttp.encode_basic_auth("linli", "secret")
    known = between.url.replace("http://", "http://linli:secret@")
    assert await learns_its_name(settings(tmp_path, bot_api=between.target, proxy=known)) == "linli_bot"
    assert between.passed == [f"{between.target}/bot{TOKEN}/getMe"]
    with pytest.raises(NotAnswering, match="NotSent") as told:
        await learns_its_name(settings(tmp_path, bot_api=between.target, proxy=between.url))
    assert TOKEN not in str(told.value)


async def test_a_proxy_that_is_not_there_is_surely_not_sent(tmp_path: Path) -> None:
    nobody = settings(tmp_path, bot_api="http://telegram.example", proxy="http://127.0.0.1:1")
    with pytest.raises(NotAnswering, match="NotSent"):
        await learns_its_name(nobody)


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "127.0.0.1:3128", "http://", "http://proxy/path"])
def test_another_kind_of_proxy_is_refused_in_a_sentence(proxy: str) -> None:
    with pytest.raises(SettingsFaults) as found:
        read_settings({"LINLI_PROXY": proxy})
    assert found.value.faults[0].startswith("LINLI_PROXY: write the address of an HTTP proxy")
    assert "canary" not in repr(settings(Path(), proxy="http://linli:canary@127.0.0.1:1"))

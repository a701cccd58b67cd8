"""What Telegram knows of our webhook: a foreign one is noticed at the start and later, and a door it cannot find."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.post.clock import FrozenClock
from bot.post.fetch import HOOKED
from bot.post.lookout import EVERY, Lookout
from bot.post.office import PostOffice
from bot.surface import Surface
from tests.conftest import MORNING
from tests.post.conftest import Open, Town
from tests.web.conftest import OpenSurface, free_port, where
from tests.web.test_health import OpenWatch, Watcher, open_watch

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
__all__ = ["Watcher", "open_watch"]


async def sets(town: Town, url: str) -> None:
    """Somebody with the token tells Telegram of another address."""
    async with town.http.post("/bot42:TEST/setWebhook", json={"url": url}) as answer:
        assert answer.status == 200


def hooked(town: Town) -> str:
    hook = town.box.world.updates.hook
    return hook.url if hook is not None else ""


@on_sqlite
async def test_who_fetches_is_told_of_a_webhook_at_the_start(town: Town, open_office: Open) -> None:
    elsewhere = f"http://127.0.0.1:{free_port()}/secret-path"
    await sets(town, elsewhere)
    post = await open_office(fetch=False)
    await Lookout(post.wire, post.health, post.clock).begin()
    assert post.health.flags == {"fetching": HOOKED}
    assert "fetches its updates" in HOOKED and "webhook is set" in HOOKED
    assert hooked(town) == elsewhere  # it may be another desk's


@on_sqlite
async def test_another_address_is_replaced_by_ours_at_the_start_and_later(
    town: Town, open_office: Open, open_surface: OpenSurface
) -> None:
    elsewhere = f"http://127.0.0.1:{free_port()}/secret-path"
    await sets(town, elsewhere)
    post = await open_office(fetch=False)
    with capture_logs() as logs:
        surface = await open_surface(post)
        await post.drained()
    assert hooked(town) == where(surface)
    said = [entry for entry in logs if "another address was set" in entry["event"]]
    assert [entry["was"] for entry in said] == ["127.0.0.1"] and "secret-path" not in str(logs)

    assert surface.lookout is not None
    await sets(town, elsewhere)
    await surface.lookout.look()
    assert hooked(town) == where(surface)
    assert "somebody else has its token" in post.health.flags["webhook"]
    assert "secret-path" not in post.health.flags["webhook"]
    await surface.lookout.look()
    assert post.health.ready


@on_sqlite
async def test_it_looks_by_itself(town: Town, open_office: Open, open_surface: OpenSurface) -> None:
    clock = FrozenClock(MORNING)
    post = await open_office(fetch=False, clock=clock)
    surface = await open_surface(post)
    await post.drained()
    await sets(town, f"http://127.0.0.1:{free_port()}/")
    clock.move(EVERY)
    async with asyncio.timeout(5):
        while hooked(town) != where(surface):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@on_sqlite
async def test_a_door_that_telegram_does_not_find_is_named_with_what_waits_there(
    town: Town, open_watch: OpenWatch
) -> None:
    opened: tuple[PostOffice, Surface, Watcher] = await open_watch()
    _post, surface, watcher = opened
    assert surface.door is not None and surface.lookout is not None
    await surface.lookout.look()
    assert (await watcher.figures())["linli_webhook_pending_updates", ()] == 0
    await surface.door.stop()
    ama = await town.person()
    await town.says(ama, "hello")
    async with asyncio.timeout(5):
        while town.box.world.updates.hook.last_error is None:  # type: ignore[union-attr] # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await surface.lookout.look()
    sentence = (await watcher.wrong())["webhook"]
    assert "does not get through to LINLI_WEBHOOK_URL" in sentence and "1 updates wait" in sentence
    figures: dict[Any, float] = await watcher.figures()
    assert figures["linli_webhook_pending_updates", ()] == 1 and figures["linli_telegram_dark_seconds", ()] >= 0


@on_sqlite
async def test_a_telegram_that_cannot_be_reached_is_named(town: Town, open_watch: OpenWatch) -> None:
    post, surface, watcher = await open_watch()
    await town.box.go_dark()
    await surface.lookout.look()
    assert "cannot be reached" in (await watcher.wrong())["telegram"]
    await town.box.listen()
    await surface.lookout.look()
    assert post.health.ready

"""An album is several messages without an end, and the desk may be stopped between any two of them."""

from __future__ import annotations

import asyncio
import random
import signal
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.app import App
from bot.post.budget import Budget
from bot.post.raw import Raw
from desk.front import Desk
from sandbox.methods.media import content_of
from sandbox.phones import Json, Phone, text_of
from sandbox.samples import sample
from storage import orders
from storage.tables import inbox, outbox, reports
from tests.promises.conftest import Nursery, opens
from tests.stories.test_asking import ASK
from tests.stories.test_pictures_kept import REPAIR, SEND_IT, nothing_is_half_stored, rows_of
from tests.town import TestTown


async def parts(town: TestTown, phone: Phone, count: int, album: str) -> list[Json]:
    """The messages of an album that is about to come, each with a picture of its own."""
    world = town.demo.sandbox.world
    person = {"id": phone.id, "is_bot": False, "first_name": phone.name}
    chat = {"id": phone.id, "type": "private", "first_name": phone.name}
    return [
        {
            "message_id": 9000 + 100 * int(album) + number,
            "date": int(town.now.timestamp()),
            "from": person,
            "chat": chat,
            "media_group_id": album,
            **content_of(world, "photo", sample("photo", number % 4), {}, []),
        }
        for number in range(count)
    ]


async def comes(town: TestTown, *messages: Json) -> None:
    for message in messages:
        await town.demo.town.do("raw", message=message)


def files(town: TestTown, order_id: int = 1) -> list[str | None]:
    return town.look(  # type: ignore[no-any-return]
        lambda desk: [part.file_id for part in orders.parts_of(desk.conn, order_id)]
    )


def pictures(messages: list[Json]) -> list[str]:
    return [message["photo"][-1]["file_id"] for message in messages]


async def noted(phone: Phone, before: int) -> list[str]:
    return [text_of(message).split(".")[0] for message in (await phone.from_bot())[before:]]


@pytest.mark.parametrize("seed", range(3))
async def test_ten_pictures_with_a_restart_in_the_middle(town: TestTown, seed: int) -> None:
    """Some at once, some later, the desk stopped in between: one request, and one acknowledgement that grows."""
    chance = random.Random(seed)
    await town.joins(town.ama)
    await town.ama.says(*ASK[:2])
    album = await parts(town, town.ama, 10, "1")
    stop = chance.randrange(1, 10)
    before = len(await town.ama.from_bot())
    for part in album[:stop]:
        await comes(town, part)
        if chance.random() < 0.4:
            await town.settle()
    await town.settle()
    await town.demo.app.close()
    await comes(town, *album[stop:])
    town.demo.clock.move(timedelta(seconds=chance.randrange(60)))
    await opens(town)
    assert len(set(await noted(town.ama, before))) == len(await noted(town.ama, before)) <= 2
    assert "I've noted it (10 parts)" in text_of(await town.ama.last())
    await town.ama.says(*ASK[3:], "[Yes, send it]")
    assert files(town) == pictures(album)
    assert town.look(lambda desk: orders.find_order(desk.conn, 2)) is None


async def test_two_albums_between_each_other_and_words_among_them(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK[:2])
    one, two = await parts(town, town.ama, 4, "1"), await parts(town, town.ama, 4, "2")
    mixed = [each for pair in zip(one, two, strict=True) for each in pair]
    before = len(await town.ama.from_bot())
    await comes(town, *mixed[:5])
    await town.settle()
    await town.ama.says("The kitchen and the hall")
    await comes(town, *mixed[5:])
    await town.settle()
    assert len(await noted(town.ama, before)) <= 3, "one for each album, and one for the words"
    await town.ama.says(*ASK[3:], "[Yes, send it]")
    assert files(town) == [*pictures(mixed[:5]), None, *pictures(mixed[5:])]


async def test_two_people_at_once_keep_their_own(town: TestTown) -> None:
    for phone in (town.ama, town.faye):
        await town.joins(phone)
        await phone.says("/help", "[Groceries]")
    one, two = await parts(town, town.ama, 3, "1"), await parts(town, town.faye, 3, "2")
    await comes(town, *(each for pair in zip(one, two, strict=True) for each in pair))
    await town.settle()
    await town.ama.says(*ASK[3:], "[Yes, send it]")
    await town.faye.says("[That's all]", "Haitang, building 1", "[Today]", "[Yes, send it]")
    assert (files(town, 1), files(town, 2)) == (pictures(one), pictures(two))


async def test_a_part_that_comes_after_thats_all_joins_silently_until_it_is_sent(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK[:2])
    album = await parts(town, town.ama, 5, "1")
    await comes(town, *album[:3])
    await town.settle()
    await town.ama.says("[That's all]", "Ankang, building 3")
    before = len(await town.ama.from_bot())
    await comes(town, *album[3:])
    await town.settle()
    assert len(await town.ama.from_bot()) == before
    await town.ama.says("[Today]", "[Yes, send it]")
    assert files(town) == pictures(album)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("at_once", [False, True], ids=["one after another", "at once"])
async def test_parts_brought_to_two_workers_in_turn_are_one_request(town: TestTown, at_once: bool) -> None:
    """Half of an album comes to one process and half to the other: still one acknowledgement, and every picture."""
    handled = set[App]()

    class Watched(App):
        async def handle(self, desk: Desk, raw: Raw) -> bool:
            handled.add(self)
            return await super().handle(desk, raw)

    def opened() -> Watched:
        now = town.demo.app
        return Watched(now.settings, now.file, clock=town.demo.clock, budget=Budget.none(), tick=3600)

    async def all_is_said(count: int) -> None:
        """So many of its parts are handled, by whichever worker, and nothing is on its way out."""
        mine = select(func.count()).where(inbox.c.update_id >= 10**9, inbox.c.state == "done")
        out = select(func.count()).where(outbox.c.state.in_(("queued", "sending")))
        async with asyncio.timeout(20):
            while town.look(lambda desk: (desk.conn.scalar(mine), desk.conn.scalar(out))) != (count, 0):  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    await town.demo.app.close()
    first, other = opened(), opened()
    town.demo.app = first
    await first.open()
    await town.joins(town.ama)
    await town.ama.says(*ASK[:2])
    before, album = len(await town.ama.from_bot()), await parts(town, town.ama, 10, "1")
    handled.clear()
    await other.open()
    try:
        take = [
            (first, other)[number % 2].office.pump.take([{"update_id": 10**9 + number, "message": part}])
            for number, part in enumerate(album)
        ]
        if at_once:
            await asyncio.gather(*take)
        else:
            for count, one in enumerate(take, start=1):
                await one
                await all_is_said(count)
            assert handled == {first, other}
        await all_is_said(10)
    finally:
        await other.close()
    assert len(await noted(town.ama, before)) == 1
    assert "I've noted it (10 parts)" in text_of(await town.ama.last())
    await town.ama.says(*ASK[3:], "[Yes, send it]")
    kept = files(town)
    assert sorted(map(str, kept)) == sorted(pictures(album))
    assert at_once or kept == pictures(album)
    assert town.look(lambda desk: orders.find_order(desk.conn, 2)) is None


async def test_stopped_in_the_middle_of_an_album_one_report_has_every_picture(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says("/report", "[Something dangerous]", "[Something else that is dangerous]")
    album = await parts(town, town.ama, 10, "1")
    await comes(town, *album[:4])
    await town.settle()
    await town.demo.app.close()
    await comes(town, *album[4:])
    await opens(town)
    await town.ama.says("The railing is loose", "[That's all]", "Ankang, building 3")
    await town.ama.says("[Rather not]", "[Yes, 14 or older]", "[Yes, send it]")
    assert [file for file in files(town) if file] == pictures(album)
    assert town.look(lambda desk: [row.order_id for row in desk.conn.execute(select(reports))]) == [1]


@pytest.mark.parametrize("kill", ["before_download 4", "after_file 1", "after_file 7"])
async def test_killed_while_an_album_is_being_kept_every_picture_is_kept_once(
    town: TestTown, nursery: Nursery, kill: str
) -> None:
    """The desk stops in the middle of it, and is killed when its pictures are fetched: one request, every photo."""
    await town.joins(town.ama)
    await town.ama.says(*REPAIR)
    album = await parts(town, town.ama, 10, "1")
    await comes(town, *album[:4])
    await town.settle()
    await town.demo.app.close()
    await comes(town, *album[4:])
    await opens(town)
    await town.ama.says(*SEND_IT)
    await town.demo.app.close()
    assert await nursery.ends(town, kill=kill, tick=0.02) == -signal.SIGKILL
    await opens(town)
    for _try in range(3):
        await town.wait(minutes=2)
    assert [file for file in files(town) if file] == pictures(album)
    assert town.look(lambda desk: orders.find_order(desk.conn, 2)) is None
    assert [row.state for row in rows_of(town)] == ["kept"] * 10
    nothing_is_half_stored(town)

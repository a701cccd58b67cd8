"""What is sent as evidence is kept by the desk: shown when Telegram has lost it, and refused with a kind sentence."""

from __future__ import annotations

import hashlib
import io
import os
import time
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from sqlalchemy import select

from desk import pictures
from sandbox.files import Upload
from sandbox.methods.media import content_of
from sandbox.phones import Json, Phone, text_of
from storage.tables import pictures as table
from tests import hostile
from tests.stories.test_lost_files import LOST, forgets_files
from tests.town import TestTown

REPAIR = ("/help", "[Something at home is broken]", "The tap drips")
SEND_IT = ("[That's all]", "Ankang, building 3, room 201", "[Today]", "[Yes, send it]")


def files_of(town: TestTown) -> list[Path]:
    folder = town.demo.data / "files"
    return sorted(path for path in folder.rglob("*") if path.is_file())


def rows_of(town: TestTown) -> list[Any]:
    return town.look(lambda desk: desk.conn.execute(select(table).order_by(table.c.id)).all())  # type: ignore[no-any-return]


def nothing_is_half_stored(town: TestTown) -> None:
    """Every file belongs to a row that is kept, and says what the row says."""
    kept = {row.name: row for row in rows_of(town) if row.state == "kept"}
    assert {path.name for path in files_of(town)} == set(kept)
    for path in files_of(town):
        data, row = path.read_bytes(), kept[path.name]
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (row.sha256, row.bytes)
        assert path.stat().st_mode & 0o077 == 0 and path.parent.stat().st_mode & 0o077 == 0


async def sends(town: TestTown, phone: Phone, kind: str, data: bytes, name: str) -> None:
    form = FormData({"user": str(phone.id), "chat": str(phone.id), "kind": kind})
    form.add_field("file", io.BytesIO(data), filename=name, content_type="application/octet-stream")
    async with phone.town.session.post(f"{phone.town.url}/control/send", data=form) as answer:
        assert answer.status == 200, await answer.text()
    await town.settle()


async def asks_with(town: TestTown, *files: tuple[str, bytes, str]) -> None:
    await town.joins(town.ama)
    await town.ama.says(*REPAIR)
    for kind, data, name in files:
        await sends(town, town.ama, kind, data, name)
    await town.ama.says(*SEND_IT)
    await town.handy.sees("broken", buttons=["I'll take it"])
    await town.wait(seconds=1)


async def test_a_picture_sent_with_a_request_is_kept_and_shown_though_telegram_has_lost_it(town: TestTown) -> None:
    await asks_with(town, ("photo", hostile.with_place(), "kitchen.jpg"))
    [row] = rows_of(town)
    assert (row.state, row.kind, row.width, row.height) == ("kept", "photo", 320, 240)
    nothing_is_half_stored(town)
    forgets_files(town)
    await town.ben.taps("I'll take it", on=await town.handy.sees("broken"))
    await town.ben.hears("The tap drips")
    shown = [message for message in await town.ben.from_bot() if "photo" in message]
    assert len(shown) == 1
    assert not [message for message in await town.ben.from_bot() if LOST in text_of(message)]
    [row] = rows_of(town)
    assert row.shown_id == shown[0]["photo"][-1]["file_id"], "the next time Telegram knows it again"
    await town.ben.all_read()
    await town.ama.all_read()


async def test_a_picture_sent_as_a_file_comes_to_the_helper_without_the_place_in_it(town: TestTown) -> None:
    """It is taken before the picture has been looked at: nothing is handed over until it has."""
    await town.joins(town.ama)
    await town.ama.says(*REPAIR)
    await sends(town, town.ama, "document", hostile.with_place(), "../../kitchen.jpg")
    await town.ama.says(*SEND_IT)
    await town.ben.taps("I'll take it", on=await town.handy.sees("broken", buttons=["I'll take it"]))
    await town.ben.hears("The tap drips")
    assert not [message for message in await town.ben.from_bot() if {"photo", "document"} & set(message)]
    await town.wait(seconds=1)
    await town.wait(seconds=10)
    [shown] = [message for message in await town.ben.from_bot() if {"photo", "document"} & set(message)]
    stored = town.demo.sandbox.world.files.by_id[shown["photo"][-1]["file_id"]]
    assert b"canary" not in stored.data and stored.data.startswith(b"\xff\xd8\xff")
    nothing_is_half_stored(town)
    await town.ben.all_read()
    await town.ama.all_read()


KINDLY = {
    "tampered with": ("document", hostile.tampered_png, "kitchen.png", "arrived damaged"),
    "fifty thousand points wide": ("document", hostile.wide_png, "wide.png", "more points than I can open"),
    "a program": ("document", hostile.executable, "kitchen.jpg", "not a picture or recording"),
    "cut off": ("document", hostile.truncated, "kitchen.jpg", "arrived damaged"),
    "no film": ("video", hostile.executable, "film.mp4", "not a picture or recording"),
    "21 MB": ("video", lambda: hostile.film(21 << 20), "film.mp4", "larger than 20 MB"),
}


@pytest.mark.parametrize("what", KINDLY)
async def test_what_cannot_be_kept_is_answered_and_what_is_not_what_it_seems_reaches_nobody(
    town: TestTown, what: str
) -> None:
    kind, make, name, answer = KINDLY[what]
    await asks_with(town, (kind, make(), name), ("document", make(), name))
    heard = await town.ama.hears(answer)
    assert sum(answer in text_of(message) for message in await town.ama.from_bot()) == 1, text_of(heard)
    assert [row.state for row in rows_of(town)] == ["refused", "refused"]
    assert files_of(town) == []
    await town.ben.taps("I'll take it", on=await town.handy.sees("broken"))
    await town.ben.hears("The tap drips")
    handed = [message for message in await town.ben.from_bot() if {"photo", "document", "video"} & set(message)]
    assert [set(message) & {"photo", "document", "video"} for message in handed] == [{"video"}] * (what == "21 MB")
    await town.ben.all_read()
    await town.ama.all_read()


async def album(town: TestTown, phone: Phone, count: int, name: str) -> list[Json]:
    world = town.demo.sandbox.world
    chat = {"id": phone.id, "type": "private", "first_name": phone.name}
    return [
        {
            "message_id": 9000 + 100 * int(name) + number,
            "date": int(town.now.timestamp()),
            "from": {"id": phone.id, "is_bot": False, "first_name": phone.name},
            "chat": chat,
            "media_group_id": name,
            **content_of(world, "photo", Upload("photo.jpg", hostile.jpeg(200 + number, 150)), {}, []),
        }
        for number in range(count)
    ]


async def test_an_album_of_thirty_is_bounded_and_said(town: TestTown) -> None:
    """Telegram sends it as three of ten. What fits is kept, and the rest is not passed over in silence."""
    await town.joins(town.ama)
    await town.ama.says(*REPAIR)
    before = len(await town.ama.from_bot())
    for name in ("1", "2", "3"):
        for part in await album(town, town.ama, 10, name):
            await town.demo.town.do("raw", message=part)
        await town.settle()
    told = [text_of(message) for message in (await town.ama.from_bot())[before:]]
    assert sum("That is as much as I can take" in words for words in told) == 2, "once for each that was cut short"
    await town.ama.says(*SEND_IT)
    await town.handy.sees("broken", buttons=["I'll take it"])
    await town.wait(seconds=1)
    assert [row.state for row in rows_of(town)] == ["kept"] * 19
    nothing_is_half_stored(town)
    await town.ama.all_read()


async def test_when_telegram_cannot_be_reached_it_is_fetched_later(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*REPAIR)
    await town.ama.sends("photo")
    await town.ama.says(*SEND_IT)
    await town.handy.sees("broken", buttons=["I'll take it"])
    await town.demo.town.do("faults", method="getFile", kind="502_html", count=2)
    for _try in range(3):
        assert [row.state for row in rows_of(town)] == ["wanted"]
        await town.wait(minutes=2)
    assert [(row.state, row.tries) for row in rows_of(town)] == [("kept", 3)]
    nothing_is_half_stored(town)


async def test_whoever_is_forgotten_leaves_no_file(town: TestTown) -> None:
    await asks_with(town, ("photo", hostile.jpeg(), "kitchen.jpg"), ("video", hostile.film(), "film.mp4"))
    assert len(files_of(town)) == 2
    await town.ama.says("/forget", "[Yes, forget me]")
    await town.wait(seconds=1)
    assert (files_of(town), rows_of(town)) == ([], [])
    await town.ama.all_read()
    await town.handy.all_read()


async def test_what_belongs_to_nothing_is_removed_after_a_day(town: TestTown) -> None:
    await asks_with(town, ("photo", hostile.jpeg(), "kitchen.jpg"))
    folder = town.demo.data / "files" / "ab"
    folder.mkdir(exist_ok=True)
    for name in ("ab" + "0" * 30, "ab" + "1" * 30 + ".half", "ab" + "2" * 30):
        (folder / name).write_bytes(b"left over")
        os.utime(folder / name, (time.time() - 90_000,) * 2)
    (folder / ("ab" + "3" * 30)).write_bytes(b"just being written")
    await town.wait(hours=7)
    assert [path.name for path in files_of(town) if path.parent == folder and path.name.startswith("ab")][-1:] == [
        "ab" + "3" * 30
    ]
    assert len(files_of(town)) == 2
    found = town.look(lambda desk: pictures.find_picture(desk, 1))
    assert found is not None and found.is_kept
    await town.dina.all_read()
    await town.handy.all_read()

"""Pictures, albums and papers: measured, named, sent again and fetched."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from sandbox.files import picture_size
from sandbox.samples import picture, voice

JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 600, 1000) + b"\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"
)
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8X\n\0\0\0\0\0\0\0" + (511).to_bytes(3, "little") + (299).to_bytes(3, "little")


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (picture(), (640, 480)),
        (JPEG, (1000, 600)),
        (WEBP, (512, 300)),
        (b"GIF89a" + struct.pack("<HH", 12, 34), (12, 34)),
        (b"no picture at all", None),
        (b"\xff\xd8\xff", None),
        (b"", None),
    ],
)
def test_a_picture_is_measured_by_its_first_bytes(data: bytes, size: tuple[int, int] | None) -> None:
    assert picture_size(data) == size


def test_the_sample_voice_is_an_ogg_of_two_seconds() -> None:
    data = voice()
    assert data.startswith(b"OggS")
    assert b"OpusHead" in data
    last = data.rindex(b"OggS")
    assert struct.unpack("<q", data[last + 6 : last + 14])[0] == 2 * 48000


async def upload(town: Any, method: str, field: str, data: bytes, name: str = "a.png", **fields: Any) -> dict[str, Any]:
    form = aiohttp.FormData({key: str(value) for key, value in fields.items()})
    form.add_field(field, data, filename=name)
    async with town.http.post(f"/bot42:TEST/{method}", data=form) as response:
        answer: dict[str, Any] = await response.json()
        return answer


async def test_a_photo_comes_in_several_sizes_and_can_be_sent_again(town: Any) -> None:
    ama = await town.person("Ama")
    sizes = (await upload(town, "sendPhoto", "photo", JPEG, chat_id=ama))["result"]["photo"]
    assert [(size["width"], size["height"]) for size in sizes] == [(90, 54), (320, 192), (800, 480), (1000, 600)]
    assert len({size["file_id"] for size in sizes}) == len({size["file_unique_id"] for size in sizes}) == 4
    again = await town.call("sendPhoto", chat_id=ama, photo=sizes[0]["file_id"])
    assert again["photo"] == sizes
    twice = (await upload(town, "sendPhoto", "photo", JPEG, chat_id=ama))["result"]["photo"]
    assert twice[-1]["file_unique_id"] == sizes[-1]["file_unique_id"]
    assert twice[-1]["file_id"] != sizes[-1]["file_id"]


async def test_what_is_no_picture_is_refused(town: Any) -> None:
    ama = await town.person("Ama")
    assert (await upload(town, "sendPhoto", "photo", b"text", chat_id=ama))["description"] == (
        "Bad Request: IMAGE_PROCESS_FAILED"
    )
    assert (await upload(town, "sendPhoto", "photo", b"", chat_id=ama))["description"] == (
        "Bad Request: file must be non-empty"
    )


async def test_a_file_of_one_kind_is_not_another(town: Any) -> None:
    ama = await town.person("Ama")
    voice_id = (await town.do("send", user=ama, kind="voice"))["voice"]["file_id"]
    assert "can't use file of type Voice as Photo" in await town.refused("sendPhoto", chat_id=ama, photo=voice_id)
    sent = await town.call("sendVoice", chat_id=ama, voice=voice_id, caption="again")
    assert sent["voice"]["file_id"] == voice_id
    assert sent["voice"]["duration"] == 2


async def test_a_file_is_fetched_by_its_path(town: Any) -> None:
    ama = await town.person("Ama")
    document = (await upload(town, "sendDocument", "document", b"a,b\n", "list.csv", chat_id=ama))["result"]["document"]
    assert (document["file_name"], document["file_size"]) == ("list.csv", 4)
    file = await town.call("getFile", file_id=document["file_id"])
    async with town.http.get(f"/file/bot42:TEST/{file['file_path']}") as response:
        assert (response.status, await response.read()) == (200, b"a,b\n")
    async with town.http.get(f"/control/file/{document['file_id']}") as response:
        assert await response.read() == b"a,b\n"
    async with town.http.get("/control/file/nothing") as response:
        assert response.status == 404


async def test_more_than_20_megabytes_cannot_be_fetched(town: Any) -> None:
    ama = await town.person("Ama")
    form = aiohttp.FormData({"user": str(ama), "kind": "video"})
    form.add_field("file", BytesIO(b"x" * (20 * 1024 * 1024 + 1)), filename="long.mp4", content_type="video/mp4")
    async with town.http.post("/control/send", data=form) as response:
        sent = await response.json()
    assert await town.refused("getFile", file_id=sent["video"]["file_id"]) == "Bad Request: file is too big"


async def test_an_album_arrives_as_separate_updates(town: Any) -> None:
    ama = await town.person("Ama")
    sent = await town.do("send", user=ama, kind="album", caption="The stairs")
    updates = await town.hear()
    assert [update["message"]["message_id"] for update in updates] == [message["message_id"] for message in sent]
    assert len({update["message"]["media_group_id"] for update in updates}) == 1
    assert [update["message"].get("caption") for update in updates] == ["The stairs", None, None]
    form = aiohttp.FormData({"user": str(ama), "kind": "album"})
    for n in range(4):
        form.add_field("file", picture(n), filename=f"{n}.png", content_type="image/png")
    async with town.http.post("/control/send", data=form) as response:
        more = await response.json()
    assert len(more) == 4
    assert more[0]["media_group_id"] != sent[0]["media_group_id"]


async def test_an_album_of_the_bot_is_checked_as_a_whole(town: Any) -> None:
    ama = await town.person("Ama")
    photo = {"type": "photo", "media": (await town.do("send", user=ama, kind="photo"))["photo"][0]["file_id"]}
    paper = {"type": "document", "media": (await town.do("send", user=ama, kind="document"))["document"]["file_id"]}
    for media, words in [
        ([photo], "group of media must have 2-10 items"),
        ([photo] * 11, "group of media must have 2-10 items"),
        ([photo, paper], "DOCUMENT/AUDIO media can't be mixed with other media types"),
        ([photo, {"type": "photo", "media": "gone"}], "wrong file identifier/HTTP URL specified"),
    ]:
        assert await town.refused("sendMediaGroup", chat_id=ama, media=media) == f"Bad Request: {words}"
    assert len(await town.call("sendMediaGroup", chat_id=ama, media=[photo, photo])) == 2
    assert len((await town.see("chat", chat=ama))["messages"]) == 5

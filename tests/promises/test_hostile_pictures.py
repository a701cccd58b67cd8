"""What is not a picture, or too much of one, is answered with a sentence; and nothing is kept but what is seen."""

from __future__ import annotations

import io
import os
import random
import threading
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from bot.darkroom import Developed, Undevelopable, develop
from bot.pictures import Apart, NotKept, look
from domain.pictures import LONGEST_EDGE, MOST_BYTES, MOST_PIXELS
from tests import hostile


def developed(data: bytes) -> Image.Image:
    done = Apart()(data)
    picture = Image.open(io.BytesIO(done.jpeg))
    picture.load()
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (done.width, done.height))
    assert not picture.getexif() and "icc_profile" not in picture.info and "xmp" not in picture.info
    return picture


REFUSED = {
    "fifty thousand points wide": (hostile.wide_png, "too_wide"),
    "a strip of two billion points": (lambda: hostile.wide_png(2**31 - 1), "too_wide"),
    "tampered with": (hostile.tampered_png, "damaged"),
    "cut off": (hostile.truncated, "damaged"),
    "a program": (hostile.executable, "no_picture"),
    "a web page": (lambda: b"<html><script>alert(1)</script></html>", "no_picture"),
    "drawn in words": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no_picture"),
    "a sound that begins like a picture": (lambda: b"RIFF\0\0\0\0WAVEfmt ", "no_picture"),
    "only the first bytes": (lambda: b"\xff\xd8\xff", "no_picture"),
    "nothing at all": (lambda: b"", "no_picture"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_picture_is_refused_apart(what: str) -> None:
    make, why = REFUSED[what]
    with pytest.raises(Undevelopable) as refused:
        Apart()(make())
    assert refused.value.why == why


def test_where_it_was_taken_is_nowhere_in_what_is_kept() -> None:
    for data in (hostile.with_place(), hostile.png_with_place()):
        assert hostile.PLACE.encode() in data or b"Location" in data
        kept = Apart()(data).jpeg
        assert b"canary" not in kept and b"Exif" not in kept and b"GPS" not in kept and b"ICC_PROFILE" not in kept


def test_it_stands_upright_as_it_was_held() -> None:
    corner = Image.new("RGB", (64, 32), "white")
    corner.paste("black", (0, 0, 16, 16))  # above on the left, as the camera saw it
    for orientation, (x, y) in {1: (4, 4), 3: (60, 28), 6: (28, 4), 8: (4, 60)}.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        upright = developed(hostile.saved(corner, "JPEG", exif=exif, quality=95))
        assert upright.size == ((64, 32) if orientation < 5 else (32, 64))
        assert max(upright.getpixel((x, y))) < 60, orientation  # type: ignore[type-var]


def test_what_hides_behind_a_picture_is_left_behind() -> None:
    kept = Apart()(hostile.polyglot()).jpeg
    assert b"canary" not in kept and b"PK\x03\x04" not in kept and b"html" not in kept


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_of_what_moves_the_first_frame_is_kept(kind: str) -> None:
    assert developed(hostile.moving(kind)).size == (320, 240)


def test_other_ways_to_write_colours() -> None:
    red, green, blue = developed(hostile.cmyk()).resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    expected = hostile.street().resize((1, 1)).getpixel((0, 0))
    assert all(abs(a - b) < 25 for a, b in zip((red, green, blue), expected, strict=True))  # type: ignore[arg-type]
    grey = developed(hostile.sixteen_bits())
    assert grey.getpixel((2, 4))[0] < 20 and grey.getpixel((253, 4))[0] > 235  # type: ignore[index]
    assert developed(hostile.see_through()).getpixel((5, 5)) == (255, 255, 255)


def test_a_large_one_becomes_as_large_as_is_of_use() -> None:
    assert max(developed(hostile.jpeg(6000, 4500)).size) == LONGEST_EDGE


def test_a_picture_that_kills_whoever_unpacks_it_kills_nobody_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dying = tmp_path / "darkroom.py"
    dying.write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    monkeypatch.setattr("bot.pictures.darkroom.__file__", str(dying))
    with pytest.raises(Undevelopable):
        Apart()(hostile.jpeg())


def test_the_one_who_unpacks_holds_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LINLI_BOT_TOKEN", "42:canary")
    telling = tmp_path / "darkroom.py"
    telling.write_text(
        "import json, os, sys\nsys.stdout.write(json.dumps({'width': 1, 'height': 1}) + '\\n' + str(dict(os.environ)))"
    )
    monkeypatch.setattr("bot.pictures.darkroom.__file__", str(telling))
    assert b"canary" not in Apart()(b"").jpeg


def here(data: bytes) -> Developed:
    return develop(data, MOST_PIXELS, LONGEST_EDGE)


def test_films_and_voices_stay_as_they_are_but_for_what_is_said_beside() -> None:
    film = hostile.film()
    kept = look(film, "video", here).data
    assert len(kept) == len(film) and b"seen and heard" in kept
    assert b"canary" not in kept and b"\xd1\xe2\xf3\x04" not in kept
    assert look(film, "document", here).data == kept
    assert look(film, "voice", here).data == kept, "some telephones put voices into such boxes"
    assert look(hostile.moving("GIF"), "video", here).data.startswith(b"\xff\xd8\xff"), "and call a picture a film"
    song = look(hostile.song(), "voice", here).data
    assert song.startswith(b"\xff\xfb") and b"canary" not in song and b"TAG" not in song


@pytest.mark.parametrize("kind", ["video", "voice", "document", "photo"])
def test_a_recording_is_known_by_what_it_is(kind: str) -> None:
    boxes_that_do_not_fit = hostile.film()[:200]
    for data in (hostile.executable(), b"OggS" + bytes(100), os.urandom(5000), b"", boxes_that_do_not_fit):
        with pytest.raises(NotKept):
            look(data, kind, here)
    with pytest.raises(NotKept, match="too_large"):
        look(bytes(MOST_BYTES + 1), kind, here)


def test_when_the_desk_closes_nobody_waits_for_a_picture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    slow = tmp_path / "darkroom.py"
    slow.write_text("import time; time.sleep(60)")
    monkeypatch.setattr("bot.pictures.darkroom.__file__", str(slow))
    apart = Apart()
    ended: list[str] = []

    def develops() -> None:
        try:
            apart(hostile.jpeg())
        except Undevelopable as fault:
            ended.append(fault.why)

    thread = threading.Thread(target=develops)
    thread.start()
    while thread.is_alive():
        apart.end()
        thread.join(0.01)
    assert ended == ["damaged"]


def bent(data: bytes, chance: random.Random) -> bytes:
    """A few bytes are others, some are missing, some are too many; mostly where a file says what it is."""
    changed = bytearray(data)
    for _change in range(chance.randint(1, 8)):
        at = chance.randrange(chance.choice((len(changed), min(400, len(changed)))))
        match chance.randrange(6):
            case 0:
                del changed[at : at + chance.randint(1, 40)]
            case 1:
                changed[at:at] = chance.randbytes(chance.randint(1, 20))
            case _:
                changed[at] = chance.randrange(256)
    return bytes(changed)


def test_whatever_is_bent_ends_in_one_of_two_ways() -> None:
    chance, ended = random.Random(11), Counter[str]()
    pictures = [hostile.with_place(), hostile.png_with_place(), hostile.cmyk(), hostile.sixteen_bits()]
    pictures += [hostile.saved(hostile.street(), "WEBP"), hostile.moving("GIF"), hostile.jpeg(progressive=True)]
    film = hostile.film()
    for number in range(105):
        for kind, data in (("photo", pictures[number % 7]), ("video", film)):
            try:
                look(bent(data, chance), kind, here)
                ended[f"{kind} kept"] += 1
            except NotKept as refused:
                ended[f"{kind} {refused.why}"] += 1
    assert min(ended[f"{kind} {how}"] for kind in ("photo", "video") for how in ("kept", "no_picture")) > 5, ended


def test_boxes_within_boxes_within_boxes() -> None:
    box = b""
    for _deeper in range(5000):
        box = (8 + len(box)).to_bytes(4, "big") + b"moov" + box
    with pytest.raises(NotKept):
        look(hostile.film()[:24] + box, "video", here)

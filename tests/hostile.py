"""Files nobody should be hurt by: what looks like a picture and is none, is too much of one, or says too much."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from functools import cache

from PIL import Image, PngImagePlugin

PLACE = "N29.9851-E122.2074-canary"
"""Where it was taken, and other words that must not be kept."""


@cache
def street(width: int = 320, height: int = 240) -> Image.Image:
    """Something to be seen, never the same twice in a row."""
    chance = random.Random(7)
    small = Image.frombytes("RGB", (16, 12), bytes(chance.randrange(256) for _each in range(16 * 12 * 3)))
    return small.resize((width, height), Image.Resampling.BICUBIC)


def saved(picture: Image.Image, kind: str, **more: object) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **more)
    return written.getvalue()


def jpeg(width: int = 320, height: int = 240, **more: object) -> bytes:
    return saved(street(width, height), "JPEG", **more)


def with_place(orientation: int = 1) -> bytes:
    """As a camera writes it: GPS, a name, and how it was held; and the same again as XMP, a comment and a profile."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = PLACE
    exif.get_ifd(0x8825).update({1: "N", 2: (29.0, 59.0, 6.36), 3: "E", 4: (122.0, 12.0, 26.64), 29: PLACE})
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><place>{PLACE}</place></x:xmpmeta>'.encode()
    return jpeg(exif=exif, xmp=xmp, comment=PLACE.encode(), icc_profile=PLACE.encode() * 10)


def png_with_place() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Location", PLACE)
    words.add_itxt("XML:com.adobe.xmp", PLACE, zip=True)
    return saved(street(), "PNG", pnginfo=words)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def wide_png(side: int = 50_000) -> bytes:
    """A few hundred bytes that say they are fifty thousand points wide and as many high."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(100_000), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def tampered_png() -> bytes:
    """Somebody has changed a few bytes in the middle."""
    whole = bytearray(saved(street(), "PNG"))
    middle = len(whole) // 2
    whole[middle : middle + 8] = b"tampered"
    return bytes(whole)


def truncated() -> bytes:
    whole = jpeg()
    return whole[: len(whole) // 3]


def executable() -> bytes:
    return b"MZ\x90\0\x03" + bytes(500) + b"This program cannot be run in DOS mode"


def polyglot() -> bytes:
    """A picture in front, a web page and an archive behind it: each opens with whoever opens such things."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("canary.txt", PLACE)
    return jpeg(comment=b"<script>canary</script>") + b"<html><script>canary</script></html>" + archive.getvalue()


def moving(kind: str) -> bytes:
    """A few frames."""
    frames = [street(320, 240).rotate(angle) for angle in range(0, 360, 120)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=20, loop=0)


def cmyk() -> bytes:
    return saved(street().convert("CMYK"), "JPEG")


def sixteen_bits() -> bytes:
    """A grey ramp from black to white."""
    ramp = Image.new("I;16", (256, 8))
    for x in range(256):
        for y in range(8):
            ramp.putpixel((x, y), x * 257)
    return saved(ramp, "PNG")


def see_through() -> bytes:
    return saved(Image.new("RGBA", (40, 30), (0, 0, 0, 0)), "PNG")


def _box(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 8 + len(data)) + name + data


def film(size: int = 0, made: int = 0xD1E2F304) -> bytes:
    """An MP4 as a telephone writes it, with the place and the time in it."""
    place = _box(b"udta", _box(b"\xa9xyz", b"\0\x19\x15\xc7" + PLACE.encode()))
    meta = _box(b"meta", bytes(4) + PLACE.encode())
    head = _box(b"mvhd", bytes(4) + struct.pack(">II", made, made) + bytes(88))
    track = _box(b"trak", _box(b"tkhd", bytes(4) + struct.pack(">II", made, made) + bytes(72)) + place)
    movie = _box(b"moov", head + track + place + meta)
    begins = _box(b"ftyp", b"isom\0\0\2\0isomiso2") + movie
    return begins + _box(b"mdat", b"seen and heard" + bytes(max(0, size - len(begins) - 22)))


def song() -> bytes:
    title = PLACE.encode()
    return (
        b"ID3\x03\0\0" + bytes((0, 0, 0, len(title))) + title + b"\xff\xfb\x90\x64" + bytes(400) + b"TAG" + bytes(125)
    )

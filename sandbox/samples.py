"""Small things to send when nobody picked a file: a picture, two quiet seconds of voice, a paper."""

from __future__ import annotations

import struct
import zlib
from functools import cache

from sandbox.files import Upload


def sample(kind: str, number: int = 0) -> Upload:
    if kind in ("photo", "album"):
        return Upload(f"photo{number}.png", picture(number), "image/png")
    if kind == "voice":
        return Upload("voice.oga", voice(), "audio/ogg")
    if kind in ("video", "video_note"):
        return Upload("video.mp4", film(), "video/mp4")
    if kind == "sticker":
        return Upload("sticker.webp", picture(number), "image/webp")
    return Upload("paper.txt", b"A paper from the sandbox.\n", "text/plain")


@cache
def picture(number: int = 0, width: int = 640, height: int = 480) -> bytes:
    """A PNG of an evening sky over a street; every number has its own colour."""
    tint = (number * 53) % 120
    rows = bytearray()
    for y in range(height):
        sky = y * 200 // height
        line = bytes((250 - sky // 2, 170 + tint // 3 - sky // 2, 90 + tint + sky // 4)) * width
        if y > height * 3 // 4:
            line = bytes((60, 58 + tint // 4, 70)) * width
        rows += b"\0" + line
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows), 6)), (b"IEND", b""))
    )


@cache
def voice(seconds: int = 2) -> bytes:
    """Silence in Opus, in an Ogg file that any browser plays."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 7) + b"sandbox" + struct.pack("<I", 0)
    silence = b"\xf8\xff\xfe"  # one frame of 20 ms
    frames = seconds * 50
    pages = [_page([head], 0, 0, 2), _page([tags], 1, 0, 0)]
    for number, begin in enumerate(range(0, frames, 50)):
        last = begin + 50 >= frames
        pages.append(_page([silence] * min(50, frames - begin), number + 2, (begin + 50) * 960, 4 if last else 0))
    return b"".join(pages)


def _page(packets: list[bytes], number: int, position: int, flags: int) -> bytes:
    lacing = bytes(len(packet) for packet in packets)
    head = b"OggS" + struct.pack("<BBqIIIB", 0, flags, position, 1, number, 0, len(lacing)) + lacing
    page = head + b"".join(packets)
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


@cache
def _checksum_table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        rest = value << 24
        for _ in range(8):
            rest = (rest << 1 ^ (0x04C11DB7 if rest & 0x80000000 else 0)) & 0xFFFFFFFF
        table.append(rest)
    return tuple(table)


def _checksum(page: bytes) -> int:
    table = _checksum_table()
    rest = 0
    for byte in page:
        rest = (rest << 8 & 0xFFFFFFFF) ^ table[rest >> 24 ^ byte]
    return rest


def film() -> bytes:
    """The first box of an MP4: enough to be a file, not enough to be watched."""
    return struct.pack(">I", 24) + b"ftypisom\0\0\2\0isomiso2" + struct.pack(">I", 8) + b"mdat"

"""Films and voices as they came, without what they say beside what is seen and heard: titles, places, times.

A film is not unpacked here: its boxes are walked, and what tells of the place or the person is written over with zeros,
where it stands, so that nothing else of it moves. What lies inside the picture or the sound is left as it is.
"""

from __future__ import annotations

TELLING = (b"udta", b"meta", b"uuid")
"""Boxes that hold words, places and whatever an app adds."""
INSIDE = (b"moov", b"trak", b"mdia", b"moof", b"traf")
HEADS = {b"mvhd": (4, 12), b"tkhd": (4, 12), b"mdhd": (4, 12)}
"""When it was made and changed: from where to where after the box's name, in its short form."""
MOST_BOXES, DEEPEST = 10_000, 8


class NoRecording(Exception):
    """Neither a film nor a voice that is known here."""


def is_film(data: bytes) -> bool:
    return data[4:8] == b"ftyp"


def as_recorded(data: bytes) -> bytes:
    """What is kept of it, which its first bytes decide and not its name. A voice may lie in a film's boxes as well."""
    if is_film(data):
        return _without_telling(data)
    if data.startswith(b"OggS") and b"OpusHead" in data[:64]:
        return data
    if data.startswith(b"ID3") or data[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return _without_tags(data)
    raise NoRecording


def _without_telling(data: bytes) -> bytes:
    film = bytearray(data)
    left = [MOST_BOXES]
    _walk(film, 0, len(film), left)
    return bytes(film)


def _walk(film: bytearray, at: int, end: int, left: list[int], deep: int = 0) -> None:
    while at + 8 <= end:
        left[0] -= 1
        size, name, head = int.from_bytes(film[at : at + 4], "big"), bytes(film[at + 4 : at + 8]), 8
        if size == 1 and at + 16 <= end:
            size, head = int.from_bytes(film[at + 8 : at + 16], "big"), 16
        size = end - at if size == 0 else size
        if size < head or at + size > end or left[0] < 0 or deep > DEEPEST:
            raise NoRecording  # boxes that do not fit into one another: nobody's camera made this
        inside, after = at + head, at + size
        if name in TELLING:
            film[at + 4 : at + 8] = b"free"
            film[inside:after] = bytes(after - inside)
        elif name in INSIDE:
            _walk(film, inside, after, left, deep + 1)
        elif name in HEADS and after - inside >= 20:
            first, last = HEADS[name]
            last += 8 if film[inside] == 1 else 0  # its long form
            film[inside + first : inside + last] = bytes(last - first)
        at = after


def _without_tags(data: bytes) -> bytes:
    """An MP3 without the title, the names and the pictures before and behind it."""
    if data.startswith(b"ID3") and len(data) > 10:
        size = 0
        for each in data[6:10]:
            size = size << 7 | each & 0x7F
        data = data[10 + size + (10 if data[5] & 0x10 else 0) :]
    if data[-128:-125] == b"TAG":
        data = data[:-128]
    if data[:2] not in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        raise NoRecording
    return data

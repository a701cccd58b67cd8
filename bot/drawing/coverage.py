"""Which signs a font can draw, read from the font file itself, so that nobody's name comes out as empty boxes."""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Coverage:
    """Ranges of code points, in order."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __contains__(self, sign: object) -> bool:
        code = ord(sign) if isinstance(sign, str) else -1
        at = bisect_right(self.starts, code) - 1
        return at >= 0 and code <= self.ends[at]


def read_coverage(path: Path, face: int = 0) -> Coverage:
    """1. the face in its file 2. its table of characters 3. the fullest of those that speak Unicode."""
    with path.open("rb") as file:
        begin = _begin(file, face)
        table = _table(file, begin, b"cmap")
    (count,) = struct.unpack_from(">H", table, 2)
    spoken = {}
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", table, 4 + 8 * number)
        (form,) = struct.unpack_from(">H", table, offset)
        if (platform == 0 or (platform, encoding) in ((3, 1), (3, 10))) and form in (4, 12):
            spoken[form] = offset
    ranges = _long(table, spoken[12]) if 12 in spoken else _short(table, spoken[4])
    joined: list[list[int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    return Coverage(tuple(first for first, _last in joined), tuple(last for _first, last in joined))


def _begin(file: BinaryIO, face: int) -> int:
    """Where the face begins; a collection holds several."""
    head = file.read(12)
    if head[:4] != b"ttcf":
        return 0
    file.seek(12 + 4 * face)
    return int(struct.unpack(">I", file.read(4))[0])


def _table(file: BinaryIO, begin: int, name: bytes) -> bytes:
    file.seek(begin + 4)
    (count,) = struct.unpack(">H", file.read(2))
    file.seek(begin + 12)
    for _number in range(count):
        tag, _sum, offset, length = struct.unpack(">4sIII", file.read(16))
        if tag == name:
            file.seek(offset)
            return file.read(length)
    raise ValueError(f"a font without {name.decode()}")


def _long(table: bytes, offset: int) -> list[tuple[int, int]]:
    (count,) = struct.unpack_from(">I", table, offset + 12)
    groups = struct.iter_unpack(">III", table[offset + 16 : offset + 16 + 12 * count])
    return [(first, last) for first, last, _glyph in groups]


def _short(table: bytes, offset: int) -> list[tuple[int, int]]:
    (twice,) = struct.unpack_from(">H", table, offset + 6)
    count = twice // 2
    lasts = struct.unpack_from(f">{count}H", table, offset + 14)
    firsts = struct.unpack_from(f">{count}H", table, offset + 16 + twice)
    return [(first, last) for first, last in zip(firsts, lasts, strict=True) if first != 0xFFFF]

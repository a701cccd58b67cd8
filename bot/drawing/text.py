"""Words set into a box: broken where their script allows it, smaller before they are cut, and never outside of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from unicodedata import east_asian_width

from PIL import ImageDraw

from bot.drawing.direction import base_of, in_order, turned
from bot.drawing.fonts import Font, Weight, clusters, in_fonts, shapes

Align = Literal["left", "middle", "right"]
SHARE: dict[Align, float] = {"left": 0, "middle": 0.5, "right": 1}

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

NEVER_FIRST = set("，。、；：！？）》」』】〕〉”’…—·％%),.;:!?]}»›")
NEVER_LAST = set("（《「『【〔〈“‘([{«‹￥$€£")
LEADING = 1.4
"""Height of a line, in sizes: room for the tallest scripts."""
RISE = 1.04
"""From a line's top to where its letters stand."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words as they are handed to the font: one font, one direction."""

    words: str
    font: Font
    direction: Literal["ltr", "rtl"] | None


def pieces_of(line: str) -> tuple[Piece, ...]:
    """The line from left to right."""
    return _pieces_of(line, shapes())


@lru_cache(4096)
def _pieces_of(line: str, shaping: bool) -> tuple[Piece, ...]:
    """Sizes are tried one after the other, and this is the same in all of them."""
    found = []
    for part, backwards in in_order(line, base_of(line)):
        runs = in_fonts(part)
        for run in reversed(runs) if backwards else runs:
            if shaping:
                found.append(Piece(run.words, run.font, "rtl" if backwards else "ltr"))
            else:
                words = turned(run.words, clusters(run.words)) if backwards else run.words
                found.append(Piece(words, run.font, None))
    return tuple(found)


def measure(line: str, size: int, weight: Weight) -> float:
    return sum(_wide(piece, size, weight) for piece in pieces_of(line))


def _wide(piece: Piece, size: int, weight: Weight) -> float:
    return piece.font.at(size, weight).getlength(piece.words, direction=piece.direction)


# ── lines ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _parts(words: str) -> Iterator[str]:
    """What stays together: Latin words with the space after them, Chinese signs with their punctuation."""
    part = ""
    for cluster in clusters(words):
        if part and _may_break(part, cluster):
            yield part
            part = ""
        part += cluster
    if part:
        yield part


def _may_break(part: str, after: str) -> bool:
    last = part[-1]
    if last.isspace():
        return not after.isspace()
    if after[0] in NEVER_FIRST or last in NEVER_LAST or after.isspace():
        return False
    return _is_wide(last) or _is_wide(after[0]) or (last == "-" and part[-2:-1].isalpha() and after[0].isalpha())


def _is_wide(sign: str) -> bool:
    return east_asian_width(sign) in ("W", "F")


def broken(words: str, width: float, size: int, weight: Weight) -> tuple[list[str], bool]:
    """Lines that fit, and whether a word had to be cut for it."""
    lines, cut = [], False
    for paragraph in words.split("\n"):
        line = ""
        for part in _parts(paragraph.strip()):
            if measure((line + part).rstrip(), size, weight) <= width:
                line += part
                continue
            if line.strip():
                lines.append(line.rstrip())
            line = part.lstrip()
            while measure(line.rstrip(), size, weight) > width:
                kept = _longest(line, width, size, weight)
                lines.append(line[:kept])
                line, cut = line[kept:], True
        lines.append(line.rstrip())
    return lines, cut


def _longest(line: str, width: float, size: int, weight: Weight) -> int:
    """As many of its signs as fit; one at least."""
    signs = clusters(line)
    kept = _fitting(signs, "", width, size, weight)
    return sum(map(len, signs[: max(1, kept)]))


def _shortened(line: str, width: float, size: int, weight: Weight) -> str:
    signs = clusters(line)
    return "".join(signs[: _fitting(signs, "…", width, size, weight)]).rstrip() + "…"


def _fitting(signs: Sequence[str], after: str, width: float, size: int, weight: Weight) -> int:
    """How many of the signs fit, with what comes after them."""
    wide = bisect_right(
        range(1, len(signs) + 1), width, key=lambda n: measure("".join(signs[:n]) + after, size, weight)
    )
    return int(wide)


# ── blocks ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one size."""

    lines: tuple[str, ...]
    size: int
    weight: Weight
    width: float

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LEADING

    def draw(self, on: ImageDraw.ImageDraw, left: float, top: float, ink: str, align: Align = "left") -> Box | None:
        """Where ink has come to stand; None: nowhere."""
        marked: list[Box] = []
        for number, line in enumerate(self.lines):
            pieces = pieces_of(line)
            room = self.width - sum(_wide(piece, self.size, self.weight) for piece in pieces)
            x = left + room * SHARE[align]
            y = top + number * self.size * LEADING + self.size * RISE
            for piece in pieces:
                font, thicker = piece.font.at(self.size, self.weight), piece.font.stroke(self.size, self.weight)
                at, how = (x, y), {"font": font, "anchor": "ls", "direction": piece.direction, "stroke_width": thicker}
                on.text(at, piece.words, fill=ink, **how)  # type: ignore[arg-type]
                if piece.words.strip():
                    marked.append(on.textbbox(at, piece.words, **how))  # type: ignore[arg-type]
                x += _wide(piece, self.size, self.weight)
        if not marked:
            return None
        lefts, tops, rights, bottoms = zip(*marked, strict=True)
        return min(lefts), min(tops), max(rights), max(bottoms)


def fit(
    words: str,
    width: float,
    size: int,
    smallest: int,
    most: int = 1,
    weight: Weight = "regular",
    height: float = float("inf"),
) -> Block:
    """As large as so many lines and so much height allow; what does not fit in the smallest ends in an ellipsis."""
    for each in (*range(size, smallest, -2), smallest):
        lines, cut = broken(words, width, each, weight)
        within = len(lines) <= most and len(lines) * each * LEADING <= height
        if within and not (cut and each > smallest):
            return Block(tuple(lines), each, weight, width)
    most = max(1, min(most, int(height / (smallest * LEADING)))) if height < float("inf") else most
    if len(lines) <= most:
        return Block(tuple(lines), smallest, weight, width)
    kept = [*lines[: most - 1], _shortened(lines[most - 1] + lines[most], width, smallest, weight)]
    return Block(tuple(kept), smallest, weight, width)

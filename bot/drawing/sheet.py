"""A sheet to draw on: words in boxes, bars, lines and QR codes, in colours that tired eyes can tell apart."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import segno
from babel.dates import format_date, format_time
from PIL import Image, ImageDraw

from bot.drawing.fonts import Weight
from bot.drawing.text import Align, Box, fit
from bot.words import Reader
from domain.words import Text

PAPER, INK, SOFT, PALE, RULE = "#ffffff", "#14201b", "#3f4f48", "#e9f3ee", "#b9cbc2"
DEEP, WARM = "#0b5d3b", "#9a3412"
QUIET = 4
"""Empty modules around a QR code, without which many cameras do not find it."""

Words = Text | str | Mapping[str, str]
"""A sentence, somebody's own words, or a name that the desk file gives in several languages."""


def said(reader: Reader, words: Words) -> str:
    """In the reader's language, without markup."""
    if isinstance(words, Text):
        return reader.label(words)
    return reader.blank(words, escape=False)


def on_day(reader: Reader, at: datetime | date) -> str:
    """A day as it stands on paper: it is looked at again next week, so never "tomorrow"."""
    day = at.astimezone(reader.zone).date() if isinstance(at, datetime) else at
    return format_date(day, "full" if reader.language.startswith("zh") else "EEEE d MMMM y", locale=reader.language)


def at_time(reader: Reader, at: datetime | time) -> str:
    there = at.astimezone(reader.zone) if isinstance(at, datetime) else at
    return format_time(there, "HH:mm", locale=reader.language)


@dataclass(frozen=True, slots=True)
class Written:
    """Words on the sheet: the room they were given, and where there is ink."""

    words: str
    room: Box
    ink: Box | None


class Sheet:
    """So many pixels; no side over 1280, or Telegram would make it smaller and the words with it."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.image = Image.new("RGB", (width, height), PAPER)
        self.pen = ImageDraw.Draw(self.image)
        self.written: list[Written] = []

    def write(
        self,
        words: str,
        left: float,
        top: float,
        width: float,
        size: int,
        *,
        smallest: int = 0,
        lines: int = 1,
        ink: str = INK,
        weight: Weight = "regular",
        align: Align = "left",
        high: float | None = None,
        most: float = float("inf"),
    ) -> float:
        """Where the next may begin. `most`: no more room than this; `high`: just so much, the words in its middle."""
        block = fit(words, width, size, smallest or size * 2 // 3, lines, weight, high or most)
        begin = top + (max(0, high - block.height) / 2 if high else 0)
        marked = block.draw(self.pen, left, begin, ink, align)
        below = top + (high or block.height)
        self.written.append(Written(words, (left, top, left + width, below), marked))
        return below

    def bar(self, top: float, height: float, fill: str = DEEP) -> None:
        self.pen.rectangle((0, top, self.width, top + height), fill=fill)

    def panel(self, left: float, top: float, width: float, height: float, fill: str = PALE) -> None:
        self.pen.rounded_rectangle((left, top, left + width, top + height), radius=18, fill=fill)

    def rule(self, top: float, left: float, width: float) -> None:
        self.pen.rectangle((left, top, left + width, top + 2), fill=RULE)

    def qr(self, link: str, left: float, top: float, side: int) -> None:
        """As large as whole pixels allow within its square, its quiet edge included."""
        modules = [bytes(row) for row in segno.make(link, error="m", micro=False).matrix]
        count = len(modules) + 2 * QUIET
        each = max(2, side // count)
        small = Image.new("1", (count, count), 1)
        for y, row in enumerate(modules):
            for x, dark in enumerate(row):
                if dark:
                    small.putpixel((x + QUIET, y + QUIET), 0)
        drawn = small.resize((count * each, count * each), Image.Resampling.NEAREST).convert("RGB")
        edge = (side - count * each) // 2
        self.pen.rectangle((left, top, left + side, top + side), fill=PAPER)
        self.image.paste(drawn, (int(left) + edge, int(top) + edge))

    def png(self) -> bytes:
        file = io.BytesIO()
        self.image.save(file, "PNG")
        return file.getvalue()


def facts(sheet: Sheet, reader: Reader, rows: list[tuple[Words, Any]], left: float, top: float, width: float) -> float:
    """Lines such as *Where* and *Until*, each with what it is."""
    for label, words in rows:
        top = sheet.write(said(reader, label), left, top, width, 34, smallest=28, ink=SOFT)
        top = sheet.write(said(reader, words), left, top - 4, width, 48, smallest=32, lines=2, weight="bold", most=92)
    return top

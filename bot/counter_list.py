"""The list of what may be collected, to be printed: number, item, household, the end of its code, and room to tick."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.words import Reader
from desk import counter
from desk.counter import AtCounter
from desk.front import Desk
from domain.words import Named, Text, _, plain

HEADS = (_("No."), _("Item"), _("For"), _("Code ends in"), _("Until"), _("Handed over at"))
TITLE = _("To be collected, as of {at}")
WIDTHS = (34, 170, 110, 62, 80, 80)
EACH = 26
ON_A_PAGE = 26


@dataclass(frozen=True, slots=True)
class Listed:
    """Plain values, one row each."""

    desk: Named
    at: datetime
    rows: tuple[tuple[str, Text, Text, str, datetime], ...]

    @classmethod
    def of(cls, desk: Desk, waiting: Sequence[AtCounter]) -> Listed:
        what = _("{item} × {count}")
        rows = tuple(
            (
                str(each.redemption.id),
                what(item=each.item.name, count=each.redemption.count),
                counter.door(each.home),
                f"…{each.signs}",
                each.redemption.until,
            )
            for each in waiting
        )
        return cls(desk.file.name, desk.now, rows)


def counter_list(reader: Reader, of: Listed) -> bytes:
    """A PDF in the reader's language."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    from bot.paper import CHINESE, LATIN  # registers its fonts when it is loaded

    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4, invariant=1)
    left, top = 30.0, A4[1] - 40
    pages = [of.rows[start : start + ON_A_PAGE] for start in range(0, len(of.rows), ON_A_PAGE)] or [()]

    def write(words: str, x: float, y: float, size: float, room: float) -> None:
        font = LATIN if words.isascii() else CHINESE
        while words and canvas.stringWidth(words, font, size) > room:
            words = words[:-2] + "…" if len(words) > 2 else ""
        canvas.setFont(font, size)
        canvas.drawString(x, y, words)

    for rows in pages:
        write(f"{reader.label(plain(of.desk))} · {reader.label(TITLE(at=of.at))}", left, top, 12, A4[0] - 60)
        heads = tuple(reader.label(head) for head in HEADS)
        for line, cells in enumerate([heads, *(_cells(reader, row) for row in rows)]):
            x, y = left, top - 30 - line * EACH
            for cell, width in zip(cells, WIDTHS, strict=True):
                write(cell, x + 3, y, 9, width - 6)
                canvas.rect(x, y - 9, width, EACH)
                x += width
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def _cells(reader: Reader, row: tuple[str, Text, Text, str, datetime]) -> tuple[str, ...]:
    number, what, home, signs, until = row
    return number, reader.label(what), reader.label(home), signs, reader.instant(until), ""

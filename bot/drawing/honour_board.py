"""The honour board: households that a neighbourhood thanks for a month or a year, as a picture for its groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.drawing.sheet import DEEP, INK, PALE, PAPER, RULE, SOFT, Sheet, Words, said
from bot.words import Reader
from domain.words import _, plain

WIDTH = 1024
MARGIN = 56
HEAD, FOOT = 220, 110
MOST_ROWS, MOST = 9, 18
"""In one column, and in two; whoever is beyond that is counted, since smaller words could not be read."""

POINTS = _("{count} point", "{count} points")
MORE = _("and {count} household more", "and {count} households more")
UNNAMED = _("and {count} household that stays unnamed", "and {count} households that stay unnamed")


@dataclass(frozen=True, slots=True)
class Honoured:
    """One household. `rank` and `points` may be left out: a quiet hero has neither."""

    name: Words
    rank: int | None = None
    points: int | None = None


@dataclass(frozen=True, slots=True)
class HonourBoard:
    """What stands on it: the title, the place and period, the households in their order, how many would rather stay
    unnamed, and a last word.
    """

    title: Words
    place: Words
    period: Words
    rows: Sequence[Honoured]
    thanks: Words = ""
    unnamed: int = 0


def honour_board(reader: Reader, of: HonourBoard) -> bytes:
    """A PNG in the reader's language."""
    return draw(reader, of).png()


def draw(reader: Reader, of: HonourBoard) -> Sheet:
    shown = of.rows[:MOST]
    columns = 1 if len(shown) <= MOST_ROWS else 2
    each = 96
    rows = -(-len(shown) // columns)
    left_out = len(of.rows) - len(shown)
    below = [kind(count=count) for kind, count in ((MORE, left_out), (UNNAMED, of.unnamed)) if count]
    body = max(rows, 1) * each + 60 * len(below)
    sheet, room = Sheet(WIDTH, HEAD + 24 + body + FOOT), WIDTH - 2 * MARGIN
    sheet.bar(0, HEAD)
    sheet.write(said(reader, of.title), MARGIN, 16, room, 70, smallest=40, ink=PAPER, weight="bold", align="middle")
    place = said(reader, _("{place} · {period}")(place=plain(said(reader, of.place)), period=said(reader, of.period)))
    sheet.write(place, MARGIN, 130, room, 46, smallest=30, ink=PALE, align="middle")
    wide = (room - (columns - 1) * 32) / columns
    for number, row in enumerate(shown):
        left = MARGIN + number // rows * (wide + 32)
        _row(sheet, reader, row, left, HEAD + 24 + number % rows * each, wide, each, small=columns == 2)
    top = HEAD + 24 + max(rows, 1) * each
    for number, words in enumerate(below):
        sheet.write(said(reader, words), MARGIN, top + 60 * number, room, 38, smallest=30, ink=SOFT, align="middle")
    thanks = said(reader, of.thanks)
    if thanks:
        at = sheet.height - FOOT + 24
        sheet.write(thanks, MARGIN, at, room, 42, smallest=28, ink=DEEP, weight="bold", align="middle")
    return sheet


def _row(
    sheet: Sheet, reader: Reader, row: Honoured, left: float, top: float, wide: float, high: float, *, small: bool
) -> None:
    badge = 64.0
    if row.rank is not None:
        best = row.rank <= 3
        circle = (left, top + 12, left + badge, top + 12 + badge)
        sheet.pen.ellipse(circle, fill=DEEP if best else PALE)
        figure = str(row.rank)
        sheet.write(figure, left + 4, top + 17, badge - 8, 38, smallest=22, ink=PAPER if best else INK, align="middle")
    else:
        sheet.pen.ellipse((left + 22, top + 34, left + 42, top + 54), fill=RULE)
    begin = left + badge + 20
    points = said(reader, POINTS(count=row.points)) if row.points is not None else ""
    room = wide - badge - 20
    name = said(reader, row.name)
    if not points:
        sheet.write(name, begin, top + 4, room, 44, smallest=28, lines=2, weight="bold", high=high - 12)
    elif small:  # two short lines, or a name would have no room
        sheet.write(name, begin, top + 2, room, 34, smallest=26, weight="bold", high=48)
        sheet.write(points, begin, top + 48, room, 28, smallest=24, ink=SOFT)
    else:
        sheet.write(name, begin, top + 4, room - 220, 44, smallest=28, lines=2, weight="bold", high=high - 12)
        sheet.write(points, begin + room - 205, top + 4, 205, 38, smallest=26, ink=DEEP, align="right", high=high - 12)
    if not small:
        sheet.rule(top + high - 3, left, wide)

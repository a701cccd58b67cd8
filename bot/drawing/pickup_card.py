"""The pick-up card: what is kept for a household at a station, with a code to be scanned or typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.drawing.sheet import DEEP, PAPER, SOFT, WARM, Sheet, Words, at_time, facts, on_day, said
from bot.words import Reader
from domain.households import grouped
from domain.words import _, plain

WIDTH, HEIGHT = 1024, 1280
MARGIN = 56
QR = 500

HEADING = _("Pick-up card")
COUNTED = _("{item} × {count}")
SHOW = _("Show this at the counter, or say the code")
WHERE, HOURS, UNTIL = _("Where to collect it"), _("Opening hours"), _("Kept for you until")


@dataclass(frozen=True, slots=True)
class PickUp:
    """What stands on it. `hours` may be empty; `until` is the last moment."""

    desk: Words
    item: Words
    count: int
    code: str
    link: str
    station: Words
    hours: Words
    until: datetime


def pickup_card(reader: Reader, of: PickUp) -> bytes:
    """A PNG in the reader's language."""
    return draw(reader, of).png()


def draw(reader: Reader, of: PickUp) -> Sheet:
    sheet, room = Sheet(WIDTH, HEIGHT), WIDTH - 2 * MARGIN
    sheet.bar(0, 104)
    sheet.write(said(reader, HEADING), MARGIN, 18, room * 0.5, 46, smallest=30, ink=PAPER, weight="bold")
    sheet.write(said(reader, of.desk), WIDTH / 2 + 8, 26, room * 0.5 - 8, 34, smallest=24, ink=PAPER, align="right")
    item = COUNTED(item=plain(said(reader, of.item)), count=of.count) if of.count != 1 else of.item
    below = sheet.write(said(reader, item), MARGIN, 122, room, 72, smallest=40, lines=2, weight="bold", most=130)
    top = max(below + 4, 236)
    sheet.panel(MARGIN, top, room, QR + 32)
    sheet.qr(of.link, MARGIN + 16, top + 16, QR)
    beside, wide = MARGIN + QR + 44, room - QR - 60
    under = sheet.write(said(reader, SHOW), beside, top + 22, wide, 38, smallest=28, lines=4, ink=SOFT)
    first, _dash, second = grouped(of.code).partition("-")
    for half in (first, second):
        under = sheet.write(half, beside, under, wide, 112, smallest=60, ink=DEEP, weight="bold") - 24
    until = f"{on_day(reader, of.until)} {at_time(reader, of.until)}"
    rows: list[tuple[Words, Words]] = [(WHERE, of.station)]
    if said(reader, of.hours):
        rows.append((HOURS, of.hours))
    below = facts(sheet, reader, rows, MARGIN, top + QR + 42, room)
    below = sheet.write(said(reader, UNTIL), MARGIN, below, room, 34, smallest=28, ink=SOFT)
    sheet.write(until, MARGIN, below - 4, room, 52, smallest=38, ink=WARM, weight="bold")
    return sheet

"""A household's card: what it calls itself, and a code that a station keeper scans. No member's name stands on it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.drawing.sheet import PAPER, SOFT, Sheet, Words, said
from bot.words import Reader
from domain.words import _

WIDTH, HEIGHT = 1280, 800
MARGIN = 64
QR = 534

HEADING = _("Household card")
SHOW = _("Show this at the station: they see your points, and you choose.")
LOST = _("Lost it? Ask for a new one with /card, and this one no longer works.")


@dataclass(frozen=True, slots=True)
class HouseholdCard:
    """`name`: its address, or what it has chosen to be called. `place`: its community."""

    desk: Words
    name: Words
    place: Words
    link: str


def household_card(reader: Reader, of: HouseholdCard) -> bytes:
    """A PNG in the reader's language."""
    return draw(reader, of).png()


def draw(reader: Reader, of: HouseholdCard) -> Sheet:
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.bar(0, 112)
    half = (WIDTH - 2 * MARGIN) / 2
    sheet.write(said(reader, HEADING), MARGIN, 20, half - 8, 50, smallest=30, ink=PAPER, weight="bold")
    sheet.write(said(reader, of.desk), MARGIN + half + 8, 28, half - 8, 38, smallest=24, ink=PAPER, align="right")
    sheet.panel(WIDTH - MARGIN - QR - 24, 150, QR + 24, QR + 24)
    sheet.qr(of.link, WIDTH - MARGIN - QR - 12, 162, QR)
    wide = WIDTH - 3 * MARGIN - QR - 24
    below = sheet.write(said(reader, of.name), MARGIN, 156, wide, 84, smallest=44, lines=4, weight="bold", most=252)
    sheet.write(said(reader, of.place), MARGIN, below + 4, wide, 44, smallest=32, lines=2, ink=SOFT, most=536 - below)
    sheet.write(said(reader, SHOW), MARGIN, 536, wide, 42, smallest=32, lines=3)
    sheet.write(said(reader, LOST), MARGIN, 724, WIDTH - 2 * MARGIN, 34, smallest=26, ink=SOFT)
    return sheet

"""Household cards to print and cut out: those that open the household to who lives there, and those for the counter."""

from __future__ import annotations

import io
from collections.abc import Sequence

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from bot.drawing import household_card
from bot.drawing.household_card import HouseholdCard
from bot.words import Reader
from desk.front import Desk
from desk.household_cards import views_of
from desk.households import with_cards
from domain.households import grouped, where
from domain.words import _, plain

COLUMNS, ROWS = 2, 5
WIDTH, HEIGHT = A4[0] / COLUMNS, A4[1] / ROWS
MARGIN, QR = 7 * mm, 34 * mm
CHINESE, LATIN, CODE = "STSong-Light", "Helvetica", "Courier-Bold"
pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))

HOW = _("Scan this, or send the code to @{bot}, and the whole household belongs.")
KEEP = _("Keep it safe: whoever has this code can join your household.")


def household_cards(desk: Desk, unit: str | None = None) -> bytes:
    """A PDF with a card for every household that stands in a unit, in the desk's own language."""
    reader = Reader(desk.file.default_language, desk.file.zone, desk.now)
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4, invariant=1)
    canvas.setTitle(reader.label(plain(desk.file.name)))
    for number, (household, code) in enumerate(with_cards(desk, unit)):
        place = number % (COLUMNS * ROWS)
        if number and place == 0:
            canvas.showPage()
        address = where(household.at, desk.file.units[household.unit].name)
        said = [reader.label(text) for text in (plain(desk.file.name), address, HOW(bot=desk.bot_name), KEEP)]
        left, top = place % COLUMNS * WIDTH, A4[1] - place // COLUMNS * HEIGHT
        _card(canvas, left, top, said, grouped(code), desk.link(f"h_{code}"))
    canvas.showPage()
    canvas.save()
    return written.getvalue()


ACROSS, DOWN = 85.6 * mm, 53.5 * mm
"""A bank card's width, so that it fits where people keep their cards."""


def counter_cards(reader: Reader, cards: Sequence[HouseholdCard]) -> bytes:
    """A PDF of the same picture that /card shows, eight on a sheet."""
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4, invariant=1)
    beside, above = (A4[0] - 2 * ACROSS) / 3, (A4[1] - 4 * DOWN) / 5
    for number, card in enumerate(cards):
        place = number % 8
        if number and place == 0:
            canvas.showPage()
        left = beside + place % 2 * (ACROSS + beside)
        bottom = A4[1] - (place // 2 + 1) * (DOWN + above)
        picture = household_card.draw(reader, card).image.quantize(16)
        canvas.drawImage(ImageReader(picture.convert("RGB")), left, bottom, ACROSS, DOWN)
        canvas.setLineWidth(0.2)
        canvas.setDash(1, 3)
        canvas.rect(left, bottom, ACROSS, DOWN)  # where to cut
    canvas.showPage()
    canvas.save()
    return written.getvalue()


def cards_for_the_counter(desk: Desk, unit: str | None = None) -> bytes:
    """A card for every household that stands in a unit, in the desk's own language."""
    reader = Reader(desk.file.default_language, desk.file.zone, desk.now)
    views = views_of(desk, [household for household, _code in with_cards(desk, unit)])
    return counter_cards(reader, [HouseholdCard(desk.file.name, each.name, each.place, each.link) for each in views])


def _card(canvas: Canvas, left: float, top: float, said: Sequence[str], code: str, link: str) -> None:
    desk_name, address, how, keep = said
    canvas.setLineWidth(0.2)
    canvas.setDash(1, 3)
    canvas.rect(left, top - HEIGHT, WIDTH, HEIGHT)  # where to cut
    canvas.setDash()
    qr(canvas, link, left + WIDTH - MARGIN - QR, top - MARGIN - QR, QR)
    room = WIDTH - 3 * MARGIN - QR
    below = _write(canvas, desk_name, 9, left + MARGIN, top - MARGIN, room)
    below = _write(canvas, address, 12, left + MARGIN, below - 2 * mm, room)
    canvas.setFont(CODE, 15)
    canvas.drawString(left + MARGIN, below - 8 * mm, code)
    foot = top - MARGIN - QR - 2 * mm
    foot = _write(canvas, how, 8, left + MARGIN, foot, WIDTH - 2 * MARGIN)
    _write(canvas, keep, 7, left + MARGIN, foot - 0.5 * mm, WIDTH - 2 * MARGIN)


def qr(canvas: Canvas, link: str, left: float, bottom: float, side: float) -> None:
    """Drawn as squares, so that it stays sharp on any printer."""
    modules = list(segno.make(link, error="m", micro=False).matrix)
    each = side / len(modules)
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            if dark:
                canvas.rect(
                    left + column * each, bottom + side - (row + 1) * each, each * 1.02, each * 1.02, stroke=0, fill=1
                )


def _write(canvas: Canvas, words: str, size: float, left: float, top: float, room: float) -> float:
    """Words broken into lines that fit; where the next may begin."""
    font = LATIN if words.isascii() else CHINESE
    canvas.setFont(font, size)
    for line in _broken(words, font, size, room):
        top -= size * 1.25
        canvas.drawString(left, top, line)
    return top


def _broken(words: str, font: str, size: float, room: float) -> list[str]:
    """At spaces where there are any; Chinese anywhere."""
    found: list[str] = []
    line = ""
    for sign in words:
        if pdfmetrics.stringWidth(line + sign, font, size) <= room:
            line += sign
            continue
        at = line.rfind(" ") if sign.isascii() else -1
        kept, rest = (line[:at], line[at + 1 :]) if at > 0 else (line, "")
        found.append(kept.rstrip())
        line = (rest + sign).lstrip()
    return [*found, line] if line else found

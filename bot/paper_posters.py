"""Posters for the doors of buildings as a PDF: a sheet of A4 for each, in the language that is read there."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from bot.drawing import poster
from bot.drawing.poster import BuildingPoster
from bot.paper import qr
from bot.words import Reader
from desk.front import Desk
from desk.posters import PosterView

QUIET = 0.09
"""So much of the code's side stays white at each edge: four of its squares, or cameras do not find it."""

Sheet = tuple[BuildingPoster, tuple[str, ...]]
"""What stands on it; and its language, with those that have one line each at its foot."""


def sheet_of(desk: Desk, view: PosterView) -> Sheet:
    others = tuple(language for language in desk.file.languages if language != view.language)
    return BuildingPoster(desk.file.name, view.place, view.link, desk.bot_name), (view.language, *others)


def posters(desk: Desk, views: Iterable[PosterView]) -> bytes:
    reader = Reader(desk.file.default_language, desk.file.zone, desk.now)
    return bound(reader, [sheet_of(desk, view) for view in views])


def one_poster(reader: Reader, of: Sheet) -> bytes:
    """In its own languages, whoever asks for it."""
    return bound(reader, [of])


def bound(reader: Reader, sheets: Sequence[Sheet]) -> bytes:
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4, invariant=1)
    scale = A4[0] / poster.WIDTH
    side = poster.QR_SIDE * scale
    left, bottom = (A4[0] - side) / 2, A4[1] - poster.QR_TOP * scale - side
    for of, languages in sheets:
        first, *others = [replace(reader, language=each) for each in languages]
        drawn = poster.draw(first, of, others).image.quantize(16).convert("RGB")
        canvas.drawImage(ImageReader(drawn), 0, 0, *A4)
        canvas.setFillGray(1)
        canvas.rect(left, bottom, side, side, stroke=0, fill=1)
        canvas.setFillGray(0)
        qr(canvas, of.link, left + side * QUIET, bottom + side * QUIET, side * (1 - 2 * QUIET))
        canvas.showPage()
    canvas.save()
    return written.getvalue()

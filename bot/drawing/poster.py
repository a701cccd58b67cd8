"""A poster for the door of a building: what it is for, a large QR code, and the place. Nobody's name stands on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.drawing.sheet import PAPER, SOFT, Sheet, Words, said
from bot.words import Reader
from domain.words import Text, _

WIDTH, HEIGHT = 1654, 2339
"""A4 at two hundred points an inch."""
MARGIN = 120
BAR = 250
QR_SIDE, QR_TOP = 960, 760

HEADING = _("Seen something? Tell us.")
WHAT_FOR = _(
    "Scan this with your telephone and say what is not safe or not right here, or what good somebody has done: somebody"
    " will look at it, and you will hear what came of it."
)
BY_HAND = _("Without a camera: open Telegram and write to @{bot}.")


@dataclass(frozen=True, slots=True)
class BuildingPoster:
    """`place`: its community and building. `also`: the desk's other languages, for one line each."""

    desk: Words
    place: Text
    link: str
    bot: str


def draw(reader: Reader, of: BuildingPoster, also: Sequence[Reader] = ()) -> Sheet:
    """Everything but the code itself, which is printed sharper than this; and where it goes stays white."""
    sheet = Sheet(WIDTH, HEIGHT)
    wide = WIDTH - 2 * MARGIN
    sheet.bar(0, BAR)
    sheet.write(said(reader, of.desk), MARGIN, 0, wide, 84, smallest=48, ink=PAPER, align="middle", high=BAR)
    below = sheet.write(
        said(reader, HEADING), MARGIN, 300, wide, 130, smallest=80, lines=2, weight="bold", align="middle", most=190
    )
    sheet.write(
        said(reader, WHAT_FOR),
        MARGIN,
        below + 14,
        wide,
        52,
        smallest=40,
        lines=4,
        align="middle",
        most=QR_TOP - below - 30,
    )
    sheet.panel((WIDTH - QR_SIDE) / 2 - 30, QR_TOP - 10, QR_SIDE + 60, QR_SIDE + 20)
    below = sheet.write(
        said(reader, of.place),
        MARGIN,
        QR_TOP + QR_SIDE + 40,
        wide,
        76,
        smallest=48,
        lines=2,
        weight="bold",
        align="middle",
        most=190,
    )
    below = sheet.write(
        said(reader, BY_HAND(bot=of.bot)), MARGIN, below + 6, wide, 44, smallest=36, lines=2, ink=SOFT, align="middle"
    )
    room = (HEIGHT - 50 - below - 24) / max(1, len(also))
    for other in also:
        sheet.rule(below + 14, MARGIN, wide)
        words = f"{said(other, HEADING)} {said(other, WHAT_FOR)}"
        below = sheet.write(
            words, MARGIN, below + 22, wide, 42, smallest=24, lines=5, ink=SOFT, align="middle", most=room - 24
        )
    return sheet

"""One hand for every script: which font draws which part of a word, and how thick."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from unicodedata import combining

from PIL import ImageFont, features

from bot.drawing.coverage import Coverage, read_coverage

Weight = Literal["regular", "bold"]
THICKNESS = {"regular": 400, "bold": 700}
SCRIPTS = (
    *("Arabic", "Hebrew", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada"),
    *("Malayalam", "Sinhala", "Thai", "Lao", "Myanmar", "Khmer", "Georgian", "Armenian", "Ethiopic", "Symbols"),
)
SIMPLIFIED = 2
"""The face of the collection that draws Chinese as it is written on the mainland."""

MISSING = "〓"
"""What printers in East Asia set where they have no type for a sign."""
JOINER, AS_PICTURE, AS_TEXT = "\u200d", "\ufe0f", "\ufe0e"
SKIN = range(0x1F3FB, 0x1F400)
FLAGS = range(0x1F1E6, 0x1F200)


@dataclass(frozen=True, slots=True)
class Font:
    """One font file, and the weights it comes in; Chinese has one, and is drawn a little thicker instead."""

    path: Path
    face: int = 0
    variable: bool = True

    @property
    def covers(self) -> Coverage:
        return _covers(self)

    def at(self, size: int, weight: Weight) -> ImageFont.FreeTypeFont:
        return _at(self, size, weight, shapes())

    def stroke(self, size: int, weight: Weight) -> float:
        """How much wider its lines are drawn, where there is no thicker face."""
        return 0 if self.variable or weight == "regular" else max(0.5, size / 48)


@cache
def _covers(font: Font) -> Coverage:
    return read_coverage(font.path, font.face)


@cache
def _at(font: Font, size: int, weight: Weight, shaping: bool) -> ImageFont.FreeTypeFont:
    engine = ImageFont.Layout.RAQM if shaping else ImageFont.Layout.BASIC
    loaded = ImageFont.truetype(font.path, size, index=font.face, layout_engine=engine)
    if font.variable:
        axes = loaded.get_variation_axes()
        values = [float(THICKNESS[weight] if axis["name"] == b"Weight" else axis["default"] or 0) for axis in axes]
        loaded.set_variation_by_axes(values)
    return loaded


def shapes() -> bool:
    """Does this machine join letters as their scripts want it? Pillow brings HarfBuzz, the system FriBiDi."""
    return bool(features.check("raqm"))


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(package)
    return Path(spec.origin).parent


@cache
def _fonts() -> tuple[Font, ...]:
    """In the order in which they are asked. Digits and Latin letters first: they look the same beside any script."""
    noto = _folder("manimgx_fonts")
    chinese = Font(_folder("noto_cjk_sans_otc") / "NotoSansCJK-Regular.ttc", SIMPLIFIED, variable=False)
    named = ["NotoSans", *(f"NotoSans{script}" for script in SCRIPTS), "NotoEmoji"]
    latin, *others = (Font(noto / f"{name}[wght].ttf") for name in named)
    return (latin, chinese, *others)


def emoji() -> Font:
    return _fonts()[-1]


def latin() -> Font:
    return _fonts()[0]


@dataclass(frozen=True, slots=True)
class Run:
    """Signs that stand side by side in one font."""

    words: str
    font: Font


def clusters(words: str) -> list[str]:
    """A sign with all that belongs to it: accents, the parts of an emoji, a flag's two letters."""
    found: list[str] = []
    for sign in words:
        last = found[-1] if found else ""
        joined = bool(combining(sign)) or sign in (JOINER, AS_PICTURE, AS_TEXT) or ord(sign) in SKIN
        joined = joined or last.endswith(JOINER) or (len(last) == 1 and ord(last) in FLAGS and ord(sign) in FLAGS)
        if last and joined:
            found[-1] += sign
        else:
            found.append(sign)
    return found


def in_fonts(words: str) -> list[Run]:
    """The words in runs of one font each. Signs that no font has are one mark, and never an empty box."""
    runs: list[Run] = []
    for cluster in clusters(words):
        font = _font_of(cluster, runs[-1].font if runs else None)
        drawn = _bare(cluster, font) if font else MISSING
        if font is None:
            font = _fonts()[1]
            if runs and runs[-1].words.endswith(MISSING):
                continue
        if runs and runs[-1].font == font:
            runs[-1] = Run(runs[-1].words + drawn, font)
        elif drawn:
            runs.append(Run(drawn, font))
    return runs


def _font_of(cluster: str, before: Font | None) -> Font | None:
    """Whoever has drawn the word so far goes on with what stands between letters."""
    sign = cluster[0]
    if AS_PICTURE in cluster and sign in emoji().covers:
        return emoji()
    if before is not None and not sign.isalnum() and sign in before.covers:
        return before
    return next((font for font in _fonts() if sign in font.covers), None)


def _bare(cluster: str, font: Font) -> str:
    """What the font has of it. The joiner and the choice of a picture stand for nothing to be seen."""
    kept = [sign for sign in cluster if sign in font.covers and sign not in (AS_PICTURE, AS_TEXT)]
    return "".join(kept).strip(JOINER)

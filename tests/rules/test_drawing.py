"""Pictures in both scripts: nothing outside its box, no sign without ink, and codes that a camera can read."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageOps, ImageStat

from bot.drawing import direction, fonts, honour_board, household_card, pickup_card, text
from bot.drawing.codes import read_qr
from bot.drawing.direction import in_order
from bot.drawing.fonts import JOINER, MISSING, clusters, in_fonts
from bot.drawing.honour_board import MOST, HonourBoard, Honoured
from bot.drawing.household_card import HouseholdCard
from bot.drawing.pickup_card import PickUp
from bot.drawing.sheet import Sheet
from bot.drawing.text import broken, fit, measure
from bot.words import Reader

ZONE, NOW = ZoneInfo("Asia/Shanghai"), datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
DESK = {"en": "Donggang Neighbours", "zh_Hans": "东港邻里"}
PLACE = {"en": "Ankang Community", "zh_Hans": "安康社区"}
LINK = "https://t.me/a_bot_with_quite_a_long_name_bot?start=k_3KQ7M29QXD5T"
NAMES = [
    "3幢 201室",
    "محمد بن عبد الله 😀",
    "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh of the Seven Wells",
    "שלום כהן (12)",
    "李小明👨‍👩‍👧一家",
    "नेपाल शर्मा",
    "欧阳娜娜与爷爷奶奶外公外婆和弟弟妹妹们的幸福大家庭以及他们的小猫小狗",
    "བོད་ Pema",
    "O’Brien & Söhne 🇨🇳 <b>",
    "Zoë Ørsted ❤️",
    "กรุงเทพมหานคร อมรรัตนโกสินทร์",
    "x" * 200,
]
READERS = [Reader(language, ZONE, NOW) for language in ("en", "zh_Hans")]


def sheets(reader: Reader, name: str) -> dict[str, Sheet]:
    item = {"en": f"Rice, 5 kg, {name}", "zh_Hans": f"东北大米 5 公斤 {name}"}
    picked = PickUp(DESK, item, 2, "K7M29QXD", LINK, name, name, NOW + timedelta(days=3))
    rows = [Honoured(name, rank, 1234) for rank in range(1, 6)] + [Honoured(name)]
    return {
        "pick-up": pickup_card.draw(reader, picked),
        "household": household_card.draw(reader, HouseholdCard(DESK, name, PLACE, LINK)),
        "board": honour_board.draw(reader, HonourBoard(DESK, PLACE, "2026", rows, name, unnamed=2)),
        "board of many": honour_board.draw(reader, HonourBoard(DESK, PLACE, "2026", rows * 4, "Thank you!")),
    }


@pytest.mark.parametrize("reader", READERS, ids=["en", "zh_Hans"])
@pytest.mark.parametrize("name", NAMES)
def test_all_words_stand_in_their_boxes_and_no_box_on_another(reader: Reader, name: str) -> None:
    for kind, sheet in sheets(reader, name).items():
        for each in sheet.written:
            assert each.ink is not None, (kind, each.words)
            (left, top, right, bottom), (ink_left, ink_top, ink_right, ink_bottom) = each.room, each.ink
            slack = 3  # a stroke's own width, and the swing of an italic's tail
            assert left - slack <= ink_left and ink_right <= right + slack, (kind, each)
            assert top - slack <= ink_top and ink_bottom <= bottom + slack, (kind, each)
            assert left >= 0 and right <= sheet.width and ink_top >= 0 and ink_bottom <= sheet.height, (kind, each)
        for one, other in combinations([each.ink for each in sheet.written if each.ink], 2):
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart, (kind, one, other)


@pytest.mark.parametrize("reader", READERS, ids=["en", "zh_Hans"])
def test_the_codes_are_read_back_from_the_pictures(reader: Reader) -> None:
    for name in NAMES[:4]:
        drawn = sheets(reader, name)
        assert read_qr(drawn["pick-up"].png()) == LINK
        assert read_qr(drawn["household"].png()) == LINK
    assert read_qr(drawn["board"].png()) is None


def test_a_poor_photo_of_the_card_is_read_as_well() -> None:
    """Askew, out of focus, dark, and with a thumb beside it."""
    card = Image.open(io.BytesIO(sheets(READERS[1], NAMES[0])["household"].png()))
    table = Image.new("RGB", (1900, 1500), "#6b5a48")
    table.paste(card.resize((1000, 625)), (400, 400))
    photo = table.rotate(7, fillcolor="#6b5a48").filter(ImageFilter.GaussianBlur(1.6)).point(lambda light: light * 0.6)
    file = io.BytesIO()
    photo.save(file, "JPEG", quality=55)
    assert read_qr(file.getvalue()) == LINK


def test_what_is_no_picture_has_no_code() -> None:
    bomb = io.BytesIO()
    Image.new("1", (9000, 9000)).save(bomb, "PNG")
    for hostile in (b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\0" * 60, bomb.getvalue(), bomb.getvalue()[:500]):
        assert read_qr(hostile) is None


def test_every_sign_has_a_font_or_the_one_mark() -> None:
    for name in NAMES:
        runs = in_fonts(name)
        assert all(sign in run.font.covers for run in runs for sign in run.words), runs
    assert "".join(run.words for run in in_fonts("བོད་ Pema")) == f"{MISSING} Pema"
    assert [run.words for run in in_fonts("Zoë 李 ❤️")] == ["Zoë ", "李 ", "❤"]


def test_a_sign_of_several_parts_stays_whole() -> None:
    assert clusters("a👨‍👩‍👧b🇨🇳é👍🏽") == ["a", "👨‍👩‍👧", "b", "🇨🇳", "é", "👍🏽"]


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("abc", [("abc", False)]),
        ("שלום", [("שלום", True)]),
        ("Flat 3, שלום כהן, now", [("Flat 3, ", False), ("שלום כהן", True), (", now", False)]),
        ("שלום 12", [("12", False), ("שלום ", True)]),
        ("محمد 😀 علي", [("محمد 😀 علي", True)]),
        ("علي and Ben", [("and Ben", False), ("علي ", True)]),
        (
            "عمر 12-3 (a)",
            [(")", True), ("a", False), (" (", True), ("3", False), ("-", True), ("12", False), ("عمر ", True)],
        ),
        ("", []),
    ],
)
def test_the_order_of_a_line(words: str, parts: list[tuple[str, bool]]) -> None:
    assert in_order(words, direction.base_of(words)) == parts


def test_lines_break_where_they_may() -> None:
    lines, cut = broken("东港邻里，谢谢大家！今天有十二件事（都有人接了）。", 200, 40, "regular")
    assert not cut and len(lines) > 3
    assert all(line[0] not in "，。！）" and line[-1] != "（" for line in lines)
    lines, cut = broken("two bags of rice and a Featherstone-Wolfe", 300, 40, "regular")
    assert lines[-2].endswith("-") and not cut
    assert all(measure(line, 40, "regular") <= 300 for line in lines)


def test_words_become_smaller_before_they_are_cut() -> None:
    assert fit("short", 300, 40, 20).size == 40
    smaller = fit("a few more words", 300, 40, 20)
    assert 20 < smaller.size < 40 and smaller.lines == ("a few more words",)
    cut = fit("x" * 100, 300, 40, 20, 2)
    assert cut.size == 20 and len(cut.lines) == 2 and cut.lines[-1].endswith("…")
    assert len(fit("one two three " * 9, 300, 40, 20, 9, height=100).lines) * 20 <= 100


def test_without_the_systems_part_arabic_is_still_joined_and_turned(monkeypatch: Any) -> None:
    """Pillow brings HarfBuzz and looks for FriBiDi on the machine. Without it, the letters' joined forms are drawn."""
    joined = {name: _ink(name) for name in NAMES[:7]}
    for module in (text, fonts):
        monkeypatch.setattr(module, "shapes", lambda: False)
    for name, whole in joined.items():
        pieces = text.pieces_of(name)
        assert all(piece.direction is None for piece in pieces)
        assert all(sign in piece.font.covers for piece in pieces for sign in piece.words)
        if JOINER in name:
            continue  # each part of such a picture stands for itself
        (apart,) = ImageStat.Stat(ImageChops.difference(whole, _ink(name))).mean
        (turned,) = ImageStat.Stat(ImageChops.difference(whole, ImageOps.mirror(whole))).mean
        assert apart < 1.2 < 3 < turned, name  # so another order would be seen


def _ink(name: str) -> Image.Image:
    sheet = Sheet(900, 90)
    sheet.write(name, 0, 10, 900, 44, smallest=20)
    return sheet.image.convert("L").resize((60, 6))


def test_a_board_counts_whom_it_cannot_show() -> None:
    rows = [Honoured(f"House {number}", number, 5) for number in range(1, MOST + 8)]
    board = HonourBoard(DESK, PLACE, "2026", rows)
    drawn = honour_board.draw(READERS[0], board)
    assert "and 7 households more" in [each.words for each in drawn.written]
    unnamed = honour_board.draw(READERS[0], replace(board, unnamed=3))
    assert "and 3 households that stay unnamed" in [each.words for each in unnamed.written]
    assert unnamed.height > drawn.height
    assert max(drawn.width, drawn.height) <= 1280
    assert honour_board.draw(READERS[0], replace(board, rows=[])).height < 500

"""A printed poster says what its code says: the sheet is turned into a picture, and the code read from that."""

from __future__ import annotations

import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image
from zxingcpp import read_barcodes

from bot.drawing.poster import BuildingPoster, draw
from bot.paper_posters import posters, sheet_of
from bot.words import Reader
from desk import posters as desk_posters
from domain.desk_file import DeskFileFaults, read_desk_file
from domain.shipped import shipped_desk_file
from domain.words import plain
from tests.conftest import MORNING, AtDesk
from tests.deeds.cast import add_household, gather

NAMES = ("Ama", "Ben", "Cleo", "Dina", "Faye", "canary")


def pages(pdf: bytes, folder: Path) -> list[Image.Image]:
    """As a printer would see them."""
    (folder / "posters.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "72", "-png", folder / "posters.pdf", folder / "page"], check=True)
    return [Image.open(path).convert("RGB") for path in sorted(folder.glob("page*.png"))]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_the_code_on_each_sheet_is_its_link(at_desk: AtDesk, tmp_path: Path, language: str) -> None:
    file = read_desk_file(
        shipped_desk_file("demo").replace("[units.donggang]\n", f'[units.donggang]\nlanguage = "{language}"\n')
    )
    with at_desk() as desk:
        gather(desk)
        add_household(desk, "canary", "haitang", "5")
        desk.file = file
        views = desk_posters.to_be_printed(desk)
        pdf = posters(desk, views)
        assert [view.language for view in views] == [language] * 2
        sheets = [sheet_of(desk, view) for view in views]
    seen = pages(pdf, tmp_path)
    assert len(seen) == len(views) == 2
    for page, view in zip(seen, views, strict=True):
        assert page.size[1] / page.size[0] == pytest.approx(297 / 210, abs=0.01)
        [code] = read_barcodes(page)
        assert code.text == view.link
        assert page.getpixel((page.width // 2, 3)) != (255, 255, 255), "its head is there"
        assert not any(name in str(view) for name in NAMES)
    for of, languages in sheets:
        readers = [Reader(each, file.zone, MORNING) for each in languages]
        words = [each.words for each in draw(readers[0], of, readers[1:]).written]
        assert not any(name in sentence for sentence in words for name in NAMES)
        assert languages[0] == language and len(languages) == 2


def test_everything_has_its_room() -> None:
    """Also with names as long as they get: nothing stands on anything else, and nothing over the edge."""
    file = read_desk_file(shipped_desk_file("demo"))
    readers = [Reader(each, file.zone, MORNING) for each in ("en", "zh_Hans", "en", "zh_Hans")]
    of = BuildingPoster(
        dict.fromkeys(("en", "zh_Hans"), "Neighbours of the old harbour " * 3), plain("北" * 40), "x", "b" * 32
    )
    sheet = draw(readers[0], of, readers[1:])
    inks = [each.ink for each in sheet.written if each.ink]
    assert len(inks) == len(sheet.written)
    for ink in inks:
        assert ink[0] >= 0 and ink[2] <= sheet.width and ink[1] >= 0 and ink[3] <= sheet.height
    for above, below in pairwise(inks):
        assert above[3] <= below[1] + 4


def test_a_language_nobody_reads_here_is_a_fault_with_its_line() -> None:
    wrong = shipped_desk_file("demo").replace("[units.ankang]\n", '[units.ankang]\nlanguage = "zh"\n')
    with pytest.raises(DeskFileFaults) as found:
        read_desk_file(wrong)
    [fault] = found.value.faults
    assert wrong.splitlines()[fault.line - 1] == 'language = "zh"'

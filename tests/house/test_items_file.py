"""The shelves as a spreadsheet: out and in again, twice the same, line by line; and files that mean harm."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.counter_list import Listed, counter_list
from bot.importing import NotAList, Unsafe
from bot.items_file import export_items, import_items
from bot.words import Reader
from desk import counter, market, merchants
from desk import items as shelves
from desk.front import Desk
from domain.item_sheet import HOT, heads
from domain.words import Text
from storage import items, stations
from storage.audit import audit
from tests.conftest import MORNING, AtDesk
from tests.deeds.shop import Shop, add_item, open_shop
from tests.house.test_import import with_part, xlsx


def said(desk: Desk, text: Text) -> str:
    return Reader("en", desk.file.zone, MORNING).label(text)


def brought(desk: Desk, data: bytes, *, dry: bool = False) -> str:
    return said(desk, import_items(desk, data, "items.xlsx", dry=dry))


def cells(data: bytes) -> list[list[Any]]:
    return [list(row) for row in load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)]  # type: ignore[union-attr]


def shown(desk: Desk) -> list[tuple[Any, ...]]:
    return [(item.name, item.about, item.price, item.stock, item.state) for item in items.all_items(desk.conn)]


def edited(data: bytes, line: int, **changed: str) -> bytes:
    rows = [["" if cell is None else cell for cell in row] for row in cells(data)]
    for column, words in changed.items():
        rows[line][rows[0].index(column.replace("_en", " en"))] = words
    return xlsx(rows)


def test_what_is_exported_and_imported_changes_nothing_and_twice_neither(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        market.redeem(desk, shop.cast.ama, shop.rice, 2, "talk")
        before, sheet = shown(desk), export_items(desk)
        for _again in range(2):
            assert "2 stand as they are" in brought(desk, sheet)
            assert shown(desk) == before
        assert cells(sheet)[0] == heads(desk.file.languages)


def test_the_difference_is_shown_first_and_then_made_once(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        sheet = edited(export_items(desk), 1, price="22", stock="9", name_en="Fine rice")
        told = brought(desk, sheet, dry=True)
        assert "price 20 → 22" in told and "stock 5 → 9" in told and shown(desk)[0][2] == 20
        brought(desk, sheet)
        assert shown(desk)[0] == ({"en": "Fine rice"}, {}, 22, 9, "offered")
        assert "2 stand as they are" in brought(desk, sheet) and audit(desk.conn) == []
        assert shop.rice == items.all_items(desk.conn)[0].id


def test_an_old_sheet_changes_only_what_was_changed_in_it(at_desk: AtDesk) -> None:
    """It is exported; rice is redeemed and the haircut withdrawn; then it comes back with another price for both."""
    with at_desk() as desk:
        shop = open_shop(desk)
        sheet = export_items(desk)
        market.redeem(desk, shop.cast.ama, shop.rice, 2, "talk")
        items.withdraw(desk.conn, shop.haircut)
        dearer = edited(edited(sheet, 1, price="22"), 2, price="35")
        for _again in range(2):
            brought(desk, dearer)
            assert [(item.price, item.stock, item.state) for item in items.all_items(desk.conn)] == [
                (22, 3, "offered"),
                (35, 0, "withdrawn"),
            ]
        assert audit(desk.conn) == []


def test_what_was_changed_in_the_sheet_and_here_as_well_is_refused_by_its_line(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        sheet = export_items(desk)
        market.redeem(desk, shop.cast.ama, shop.rice, 2, "talk")
        told = brought(desk, edited(sheet, 1, stock="9", price="22"))
        assert "Line 2: stock changed here since this sheet was made" in told
        assert items.all_items(desk.conn)[0].stock == 3 and items.all_items(desk.conn)[0].price == 20
        assert "“nonsense” in was cannot be read" in brought(desk, edited(sheet, 1, was="nonsense"))


def test_however_much_is_said_of_it_what_is_exported_can_be_imported(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        shelves.change(desk, shop.eli, shop.rice, about={"en": '"x' * 200, "zh_Hans": "米" * 400})
        assert "2 stand as they are" in brought(desk, export_items(desk))


def test_whoever_gives_it_or_gave_it_stays_so(at_desk: AtDesk) -> None:
    """One of two merchants of one name has ended; what both gave comes back as it was, and can be given by others."""
    with at_desk() as desk:
        shop = open_shop(desk)
        bakers = {"unit": "ankang", "name": {"en": "Bakers"}, "thanked": True}
        one, two, ended = (stations.add_merchant(desk.conn, desk.now, shop.ivy.id, **bakers) for _each in range(3))
        for name, giver in (("Bread", one), ("Cake", two), ("Rolls", ended)):
            add_item(desk, shop.station, name, 5, stock=3, merchant_id=giver)
        merchants.end_merchant(desk, shop.ivy, ended)
        sheet = export_items(desk)
        assert "5 stand as they are" in brought(desk, sheet)
        brought(desk, edited(sheet, 5, merchant=str(one)))
        assert [each.merchant_id for each in items.all_items(desk.conn)][2:] == [one, two, one]


@pytest.mark.parametrize(
    ("column", "words"), [("was", "[" * 20_000), ("was", "[1]"), ("stock", "0" * 9 + "9" * 30), ("price", "1" * 5_000)]
)
def test_what_is_forged_is_refused_by_its_line(at_desk: AtDesk, column: str, words: str) -> None:
    with at_desk() as desk:
        open_shop(desk)
        before = shown(desk)
        told = brought(desk, edited(export_items(desk), 1, **{column: words}))
        assert f"in {column} cannot be read" in told and shown(desk) == before


def test_new_lines_stand_once_however_often_they_are_imported(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        open_shop(desk)
        sheet = xlsx(
            [
                ["种类", "驿站", "名称 zh_Hans", "name en", "积分", "库存"],
                ["物品", "Ankang station", "肥皂", "Soap", 3, 7],
            ]
        )
        assert "1 new thing" in brought(desk, sheet, dry=True) and len(shown(desk)) == 2
        brought(desk, sheet)
        assert "1 stands as it is" in brought(desk, sheet) and len(shown(desk)) == 3
        assert shown(desk)[2] == ({"zh_Hans": "肥皂", "en": "Soap"}, {}, 3, 7, "offered") and audit(desk.conn) == []


def test_every_fault_has_its_line_and_a_sheet_with_faults_changes_nothing(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        open_shop(desk)
        before = shown(desk)
        lines = [
            ["goods", "nowhere", "Soap", 3, 1],
            ["goods", "Ankang station", "", 3, 1],
            ["goods", "Ankang station", "Soap", "three", 1],
            ["goods", "Ankang station", "Soap", 3, -1],
            ["toy", "Ankang station", "Soap", 3, 1],
            ["goods", "Ankang station", "Soap", "=1+2", 1],
            ["goods", "Ankang station", "Good", 3, 1],
            ["goods", "Ankang station", "Good", 3, 1],
        ]
        told = brought(desk, xlsx([["kind", "station", "name en", "price", "stock"], *lines]))
        assert all(f"Line {line}:" in told for line in (2, 3, 4, 5, 6, 7, 9)) and "formula" in told
        assert "Nothing was changed" in told and shown(desk) == before
        assert "must name the columns" in brought(desk, xlsx([["a", "b"], ["1", "2"]]))
        other = [["id", "kind", "station", "name en", "price"], ["99", "goods", "Ankang station", "Rice", "1"]]
        assert "no item with the number 99" in brought(desk, xlsx(other)) and shown(desk) == before


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "+1", "-2+3", "@SUM(A1)", "\tx"])
def test_nothing_that_is_exported_can_run(at_desk: AtDesk, name: str) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        items.change_item(desk.conn, shop.rice, name={"en": name}, about={"en": name})
        sheet = export_items(desk)
        book = load_workbook(io.BytesIO(sheet)).active
        assert all(cell.data_type in ("s", "n") for row in book.iter_rows() for cell in row)  # type: ignore[union-attr]
        written = [str(cell.value) for row in book.iter_rows() for cell in row if cell.value]  # type: ignore[union-attr]
        assert not [words for words in written if words.startswith(HOT)]
        brought(desk, sheet, dry=True)


def test_hostile_files_are_refused(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        open_shop(desk)
        for data, refusal in (
            (b"\xd0\xcf\x11\xe0 an old file", NotAList),
            (with_part(export_items(desk), "xl/vbaProject.bin", b"x"), Unsafe),
            (with_part(export_items(desk), "xl/externalLinks/externalLink1.xml", b"<x/>"), Unsafe),
        ):
            with pytest.raises(refusal):
                import_items(desk, data, "items.xlsx", dry=False)


def test_the_list_on_paper_has_everything_that_waits_and_only_half_of_each_code(
    at_desk: AtDesk, tmp_path: Path
) -> None:
    from pypdf import PdfReader

    from desk import pickup_codes

    with at_desk() as desk:
        shop: Shop = open_shop(desk)
        mine = market.redeem(desk, shop.cast.ama, shop.rice, 2, "talk")
        waiting = counter.waiting_at(desk, shop.station)
        words = PdfReader(io.BytesIO(counter_list(Reader("en", desk.file.zone, MORNING), Listed.of(desk, waiting))))
        text = "".join(page.extract_text() for page in words.pages)
        code = pickup_codes.code_of(desk, mine)
        assert code[4:] in text and code not in text and code[:4] not in text
        assert "Rice" in text

"""An officer's list is read as people write it, and every line that cannot be used is named."""

from __future__ import annotations

import pytest

from domain.desk_file import DeskFile
from domain.households import Address, NoBuilding, building_of, grouped, room_of, where, written
from domain.spreadsheet import UnknownUnit, check_rows

HEAD = ["unit", "building", "room"]


def test_english_and_chinese_lists_name_the_same_households(desk_file: DeskFile) -> None:
    english = [HEAD, ["ankang", "Building 3", "room 201"], ["Haitang Community", "12 Harbour Road", ""]]
    head = [["海岸小区名单", "", ""], ["房号", "社区", "楼栋"]]
    chinese = [*head, ["201室", "安康社区", "3幢"], ["", "海棠社区", "12 Harbour Road"]]
    expected = [Address("ankang", "3", "201"), Address("haitang", "12 Harbour Road", "")]
    assert check_rows(english, desk_file) == (expected, [])
    assert check_rows(chinese, desk_file) == (expected, [])


def test_every_fault_has_its_line(desk_file: DeskFile) -> None:
    rows = [
        HEAD,
        ["ankang", "3", "201"],
        ["", "", ""],
        ["nowhere", "3", "202"],
        ["putuo", "3", "202"],
        ["ankang", "", "202"],
        ["ankang", "=HYPERLINK(1)", "202"],
        ["ankang", "+1", "2"],
        ["ankang", "3", "@x"],
        ["安康社区", "3号楼", "201"],
        ["ankang"],
        ["ankang", "3", "x" * 41],
    ]
    good, faults = check_rows(rows, desk_file)
    assert good == [Address("ankang", "3", "201")]
    assert [fault.line for fault in faults] == [4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert faults[0].text == UnknownUnit.text(unit="nowhere")
    assert faults[6].text.blanks == {"line": "2"}


@pytest.mark.parametrize("rows", [[], [["name", "telephone"], ["Ama", "1"]], [["unit", "room"], ["ankang", "1"]]])
def test_a_list_without_its_columns_imports_nothing(rows: list[list[str]], desk_file: DeskFile) -> None:
    good, faults = check_rows(rows, desk_file)
    assert good == []
    assert [fault.line for fault in faults] == [1]


@pytest.mark.parametrize("words", ["3", "3.0", " 3 幢", "3号楼", "３栋", "Building 3", "bldg. 3", "3楼"])
def test_a_building_is_the_same_however_it_is_written(words: str) -> None:
    assert building_of(words) == "3"


@pytest.mark.parametrize("words", ["201", "201.0", "201室", "room 201", "Flat 201", "201 号"])
def test_a_room_is_the_same_however_it_is_written(words: str) -> None:
    assert room_of(words) == "201"


def test_names_of_buildings_stay_as_they_are() -> None:
    assert building_of("Lily Court") == "Lily Court"
    assert building_of("百合苑5号楼") == "百合苑5号楼"
    assert building_of("a3栋") == "A3"
    assert room_of("") == ""
    with pytest.raises(NoBuilding):
        building_of("  ")


def test_an_address_is_natural_in_both_languages(desk_file: DeskFile) -> None:
    unit = desk_file.units["ankang"].name
    assert written(Address("ankang", "3", "201"), unit, "zh_Hans") == "安康社区 3幢 201室"
    assert written(Address("ankang", "3", "201"), unit, "en") == "Ankang Community, building 3, room 201"
    assert written(Address("ankang", "Lily Court", ""), unit, "en") == "Ankang Community, Lily Court"
    assert where(Address("ankang", "3", ""), unit).msgid == "{unit}, {building}"


def test_a_code_is_read_out_in_two_groups() -> None:
    assert grouped("7K2M9QXD") == "7K2M-9QXD"

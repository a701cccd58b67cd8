"""The list of households an officer sends on the first day: every row read, every fault with its line. No names."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from domain.desk_file import DeskFile, Fault
from domain.households import Address, building_of, room_of
from domain.places import LEVELS
from domain.refusals import Refusal
from domain.words import _

Row = Sequence[str]

HEADERS = {
    "unit": ("unit", "community", "neighbourhood", "社区", "单位", "小区", "村"),
    "building": ("building", "house", "楼栋", "幢", "栋", "楼", "楼幢", "幢号", "楼号"),
    "room": ("room", "flat", "apartment", "室", "房号", "房间", "门牌", "室号"),
}
LOOKED_AT = 5
"""The names of the columns stand in one of the first lines."""


def check_rows(rows: Sequence[Row], desk_file: DeskFile) -> tuple[list[Address], list[Fault]]:
    """The households that can stand, and what is wrong with the other lines."""
    head = next(((place, found) for place, row in enumerate(rows[:LOOKED_AT]) if (found := _columns(row))), None)
    if head is None:
        sentence = _("The first line must name the columns: {columns}")
        return [], [Fault(1, sentence(columns="unit, building, room · 社区, 楼栋, 房号"))]
    first, columns = head
    units = _names_of_units(desk_file)
    good: dict[Address, int] = {}
    faults: list[Fault] = []
    for line, row in enumerate(rows[first + 1 :], first + 2):
        cells = {name: row[place].strip() if place < len(row) else "" for name, place in columns.items()}
        if not any(cells.values()):
            continue
        try:
            address = _address(cells, units, desk_file)
        except Refusal as refusal:
            faults.append(Fault(line, refusal.said))
            continue
        if address in good:
            faults.append(Fault(line, _("The same household stands on line {line} already.")(line=str(good[address]))))
        else:
            good[address] = line
    return list(good), faults


class UnknownUnit(Refusal):
    text = _("I know no community called “{unit}”. Write its key or its name as in the desk file.")


class NotACommunity(Refusal):
    text = _("“{unit}” is not a community. Households belong to communities.")


def _columns(row: Row) -> dict[str, int]:
    """Which column is which; empty if this line does not name them. The room may be left out."""
    titles = [_plain(cell) for cell in row]
    found = {
        name: place
        for name, known in HEADERS.items()
        if (place := next((at for at, title in enumerate(titles) if title in known), None)) is not None
    }
    return found if {"unit", "building"} <= found.keys() else {}


def _names_of_units(desk_file: DeskFile) -> dict[str, str]:
    """Every way to name a unit -> its key; a name that several have names none."""
    keys: dict[str, set[str]] = {}
    for key, unit in desk_file.units.items():
        for name in (key, *unit.name.values()):
            keys.setdefault(_plain(name), set()).add(key)
    return {name: next(iter(those)) for name, those in keys.items() if len(those) == 1}


def _address(cells: dict[str, str], units: dict[str, str], desk_file: DeskFile) -> Address:
    written = cells["unit"][:40]
    unit = units.get(_plain(cells["unit"]))
    if unit is None:
        raise UnknownUnit(unit=written)
    if desk_file.units[unit].level != LEVELS[-1]:
        raise NotACommunity(unit=written)
    return Address(unit, building_of(cells["building"]), room_of(cells.get("room", "")))


def _plain(words: str) -> str:
    """Capitals, full-width letters and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", words).casefold().split())

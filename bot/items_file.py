"""`linli items export | import`: the shelves as a spreadsheet that cannot run anything, and back again."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from bot.importing import SHOWN, read_table
from desk import item_sheet
from desk.front import Desk
from domain.item_sheet import as_it_stands, check_rows, defused, heads
from domain.market import Merchant, Station
from domain.words import Text, _, in_language, lines
from storage import items, stations

LETTERS = 32_000
"""As many as a cell can hold: how an item stood, with all that is said of it in every language, is one."""


def export_items(desk: Desk) -> bytes:
    """Every item, one a line; an empty market gives the template. Every cell is text, and none is a formula."""
    from openpyxl import Workbook  # written by whoever needs it: no desk waits for it when it starts
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=False)
    sheet = book.active
    assert sheet is not None
    columns = heads(desk.file.languages)
    for line, cells in enumerate([columns, *_rows(desk, columns)], 1):
        for place, words in enumerate(cells, 1):
            if not words:
                continue
            cell = sheet.cell(row=line, column=place)
            cell.value, cell.data_type, cell.number_format = defused(words), "s", "@"
    sheet.column_dimensions[get_column_letter(columns.index("was") + 1)].hidden = True  # nobody edits it
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _rows(desk: Desk, columns: list[str]) -> list[list[str]]:
    there, giving = item_sheet.known_places(desk)
    places = {each.id: _called(desk, each, there) for each in stations.all_stations(desk.conn)}
    givers = {each.id: _called(desk, each, giving) for each in stations.all_merchants(desk.conn)}
    found = []
    for item in items.all_items(desk.conn):
        if item.station_id not in places:
            continue
        cells: dict[str, Any] = {
            "id": item.id,
            "kind": item.kind,
            "station": places[item.station_id],
            "price": item.price,
            "stock": item.stock if item.weekly is None else None,
            "weekly": item.weekly,
            "most": item.most,
            "per": item.per,
            "merchant": givers.get(item.merchant_id or 0),
            "state": item.state,
            "was": as_it_stands(item_sheet.as_listed(item, givers)),
            **{f"name {language}": words for language, words in item.name.items()},
            **{f"about {language}": words for language, words in item.about.items()},
        }
        found.append(["" if cells.get(column) is None else str(cells[column]) for column in columns])
    return found


def _called(desk: Desk, whom: Station | Merchant, known: Mapping[str, int]) -> str:
    """By its name; by its number where two are called the same."""
    name = in_language(whom.name, desk.file.default_language)
    return name if known.get(name) == whom.id else str(whom.id)


def import_items(desk: Desk, data: bytes, name: str, *, dry: bool) -> Text:
    """What a sheet would change, line by line; and, unless `dry`, changing it. A sheet with faults changes nothing."""
    rows, faults = check_rows(read_table(data, name, LETTERS), desk.file.languages, *item_sheet.known_places(desk))
    found = item_sheet.compare(desk, rows)
    wrong = len(faults) + len(found.unknown) + len(found.stale)
    said = lines(
        _("{count} new thing.", "{count} new things.")(count=len(found.new)),
        _("{count} is different:", "{count} are different:")(count=len(found.changed)) if found.changed else None,
        *(item_sheet.said_of(item, different) for item, different in found.changed[:SHOWN]),
        _("{count} stands as it is.", "{count} stand as they are.")(count=found.same) if found.same else None,
        _("{count} line cannot be used:", "{count} lines cannot be used:")(count=wrong) if wrong else None,
        *(_("Line {line}: {fault}")(line=str(each.line), fault=each.text) for each in faults[:SHOWN]),
        *(
            _("Line {line}: there is no item with the number {number} at this station.")(
                line=str(each.line), number=str(each.id)
            )
            for each in found.unknown[:SHOWN]
        ),
        *(
            _("Line {line}: {columns} changed here since this sheet was made. Please export it anew.")(
                line=str(row.line), columns=", ".join(columns)
            )
            for row, columns in found.stale[:SHOWN]
        ),
    )
    if dry:
        return said
    if wrong:
        return lines(said, _("Nothing was changed. Please mend these lines first."))
    item_sheet.apply(desk, found)
    return lines(said, _("Done."))

"""Reads the list of households that an officer sends, as a spreadsheet or as CSV, and trusts nothing in it."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError

from desk import households
from desk.front import Desk
from domain.desk_file import Fault
from domain.households import Address
from domain.refusals import Refusal
from domain.spreadsheet import check_rows
from domain.words import Text, _, lines

LARGEST = 5 * 1024 * 1024
UNPACKED = 60 * 1024 * 1024
RATIO = 200
ROWS, COLUMNS, LETTERS = 10_000, 30, 500
SHOWN = 15
"""Faults named one by one."""


class TooLarge(Refusal):
    text = _("This file is larger than I can read. Please send at most {count} lines at a time.")


class NotAList(Refusal):
    text = _("I can't read this file. Please save it as .xlsx or .csv and send it again.")


class Unsafe(Refusal):
    text = _("Something in this file can run or reach elsewhere (macros, links). Please send a plain list.")


def read_table(data: bytes, name: str, letters: int = LETTERS) -> list[list[str]]:
    """The cells of the first sheet as words, line by line. Refuses what is too large, unsafe or unreadable.

    `letters`: what a cell holds beyond so many is not read.
    """
    if len(data) > LARGEST:
        raise TooLarge(count=ROWS)
    if zipfile.is_zipfile(io.BytesIO(data)):
        return _read_xlsx(data, letters)
    if data[:4] == b"\xd0\xcf\x11\xe0" or name.lower().endswith((".xls", ".xlsx", ".xlsm", ".ods")):
        raise NotAList
    return _read_csv(data, letters)


# ── .xlsx ───────────────────────────────────────────────────────────────────────────────────────────────────────────

CAN_RUN = ("vbaproject", "xl/externallinks/", "xl/embeddings/", "xl/activex/", "xl/macrosheets/", "xl/connections.xml")


def _read_xlsx(data: bytes, letters: int) -> list[list[str]]:
    from openpyxl import load_workbook  # read by whoever needs it: no desk waits for it when it starts

    try:
        _check_parts(data)
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        try:
            if not book.worksheets:
                raise NotAList
            sheet = book.worksheets[0]
            found = sheet.iter_rows(max_row=ROWS + 2, max_col=COLUMNS, values_only=True)
            return _within_limits(
                [_words(cell, letters) for cell in row] for row in found
            )  # formulas as they are written
        finally:
            book.close()
    except (zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, AttributeError, OSError, EOFError):
        raise NotAList from None  # openpyxl fails in many ways on what is not quite a workbook


def _check_parts(data: bytes) -> None:
    """Before anything is unpacked: how large would it be, and is there anything in it beside cells?"""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        listed = parts.infolist()
        if "xl/workbook.xml" not in {each.filename.lower() for each in listed}:
            raise NotAList
        if len(listed) > 1000 or sum(each.file_size for each in listed) > UNPACKED:
            raise TooLarge(count=ROWS)
        if any(each.file_size > RATIO * max(each.compress_size, 1024) for each in listed):
            raise TooLarge(count=ROWS)
        if any(word in each.filename.lower() for each in listed for word in CAN_RUN):
            raise Unsafe
        types = parts.read("[Content_Types].xml").lower()
        if b"macroenabled" in types or any(b"<!doctype" in _begin(parts, each) for each in listed):
            raise Unsafe


def _begin(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    with parts.open(part) as opened:
        return opened.read(4096).replace(b"\0", b"").lower()


def _words(cell: Any, letters: int) -> str:
    return "" if cell is None else str(cell)[:letters]


# ── .csv ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_csv(data: bytes, letters: int) -> list[list[str]]:
    words = _decoded(data)
    if "\0" in words:
        raise NotAList
    begin = words[:4096]
    delimiter = max((",", ";", "\t", "，"), key=begin.count)
    found = csv.reader(io.StringIO(words, newline=""), delimiter=delimiter)
    try:
        return _within_limits([cell[:letters] for cell in row[:COLUMNS]] for row in found)
    except csv.Error:
        raise NotAList from None


def _decoded(data: bytes) -> str:
    """As Excel and WPS save it, in China and elsewhere."""
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotAList


def _within_limits(rows: Iterable[list[str]]) -> list[list[str]]:
    """Empty lines stay, so that lines are numbered as the officer sees them; those at the end do not count."""
    found = list(islice(rows, ROWS + 2))
    for row in found:
        while row and not row[-1].strip():
            row.pop()
    while found and not found[-1]:
        found.pop()
    if len(found) > ROWS + 1:
        raise TooLarge(count=ROWS)
    return found


# ── what it says ────────────────────────────────────────────────────────────────────────────────────────────────────


def dry_run(desk: Desk, addresses: Sequence[Address], faults: Sequence[Fault]) -> Text:
    """What importing would do, and every line that would be left out."""
    compared = households.compare(desk, addresses)
    more = len(faults) - SHOWN
    return lines(
        _("{count} new household.", "{count} new households.")(count=len(compared.new)),
        _("{count} stands already.", "{count} stand already.")(count=len(compared.known)) if compared.known else None,
        _("{count} line cannot be used:", "{count} lines cannot be used:")(count=len(faults)) if faults else None,
        *(_("Line {line}: {fault}")(line=str(each.line), fault=each.text) for each in faults[:SHOWN]),
        _("… and {count} more.", "… and {count} more.")(count=more) if more > 0 else None,
    )


def done(new: int) -> Text:
    return _("Done: {count} new household stands.", "Done: {count} new households stand.")(count=new)


def import_file(desk: Desk, data: bytes, name: str, *, dry: bool) -> Text:
    """For the command line: read a file and say what it would do, or do it."""
    addresses, faults = check_rows(read_table(data, name), desk.file)
    said = dry_run(desk, addresses, faults)
    return said if dry else lines(said, done(households.let_stand(desk, addresses)))

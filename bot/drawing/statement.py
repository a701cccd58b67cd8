"""A household's statement as a file to keep: a table that opens in any spreadsheet, and runs nothing there."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from bot.words import Reader
from domain.points import Entry
from domain.words import Text, _

HEADINGS = (_("No."), _("When"), _("Points"), _("What for"), _("Earned by"), _("Decided by"), _("In their words"))
UNDER = _("Under the standard of")
MARK = _("Mark of the last line: {mark}. Keep it: as long as it can be found again, nothing above was changed.")
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet would take for a formula at the beginning of a cell."""


@dataclass(frozen=True, slots=True)
class StatementPaper:
    title: Text
    entries: Sequence[Entry]
    mark: str


def statement_table(reader: Reader, of: StatementPaper) -> bytes:
    """CSV with a mark of its encoding, which Excel needs for anything but English."""
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\r\n")
    table.writerow([harmless(reader.label(of.title))])
    table.writerow([reader.label(heading) for heading in (*HEADINGS, UNDER)])
    for entry in of.entries:
        words = (reader.label(entry.reason), entry.earned_by, entry.decided_by, entry.note)
        what, earned, decided, note = (harmless(each or "") for each in words)
        when = f"{entry.at.astimezone(reader.zone):%Y-%m-%d %H:%M}"
        since = f"{entry.standard.astimezone(reader.zone):%Y-%m-%d}" if entry.standard else ""
        table.writerow([entry.number, when, entry.amount, what, earned, decided, note, since])
    table.writerow([harmless(reader.label(MARK(mark=of.mark)))])
    return file.getvalue().encode("utf-8-sig")


def harmless(words: str) -> str:
    """Somebody's words as a cell that is only ever read."""
    flat = " ".join(words.split())
    return f"'{flat}" if flat.startswith(_RUNS) else flat

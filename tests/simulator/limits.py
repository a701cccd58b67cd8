"""The town's desk file for an evening by chance, with a few caps of single deeds that an evening can reach."""

from __future__ import annotations

from dataclasses import replace

from bot.demo.file import town_file
from domain.desk_file import DeskFile, read_desk_file
from domain.shipped import shipped_desk_file

CAPS = {
    "categories.errand": "{ person_day = 7, household_week = 12 }",
    "reports.lamp": "{ person_week = 8, household_month = 12 }",
    "diary": "{ person_day = 5, household_day = 6 }",
}


def limited_file(language: str) -> DeskFile:
    text = shipped_desk_file("demo")
    for section, caps in CAPS.items():
        head = f"[{section}]\n"
        assert text.count(head) == 1, section
        text = text.replace(head, f"{head}caps = {caps}\n")
    return replace(read_desk_file(text), languages=town_file(language).languages)

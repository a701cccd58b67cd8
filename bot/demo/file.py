"""The town's desk file, and the hour at which it is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from domain.desk_file import DeskFile, read_desk_file
from domain.shipped import shipped_desk_file


def town_file(language: str) -> DeskFile:
    """Its groups and whoever has not chosen read this language."""
    file = read_desk_file(shipped_desk_file("demo"))
    return replace(file, languages=(language, *(each for each in file.languages if each != language)))


def morning(now: datetime, file: DeskFile) -> timedelta:
    """How far it is to ten in the morning there: the town is awake when it is shown."""
    there = now.astimezone(file.zone)
    ten = there.replace(hour=10, minute=0, second=0, microsecond=0)
    return (ten if ten > there else ten + timedelta(days=1)) - there

"""Which community a few typed words speak of, as far as the desk can tell."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import select

from desk.front import Desk
from domain.desk_file import DeskFile
from domain.places import communities
from storage.tables import households


def guess_unit(desk: Desk, words: str) -> str | None:
    """The community whose name, or whose building, stands in these words; None when it is none or several."""
    there = _names_in(desk.file)
    if len(there) == 1:
        return next(iter(there))
    spoken = words.casefold()
    if not spoken.strip():
        return None  # a pin
    named = {unit for unit, names in there.items() if any(name in spoken for name in names)}
    if not named:
        buildings = desk.conn.execute(select(households.c.unit, households.c.building).distinct())
        named = {unit for unit, building in buildings if len(building) > 2 and building.casefold() in spoken}
    return named.pop() if len(named) == 1 else None


@lru_cache(maxsize=4)
def _names_in(file: DeskFile) -> dict[str, list[str]]:
    """Every community's names, made once, as they stand in what is typed."""
    names = {unit.key: [_short(name) for name in unit.name.values()] for unit in communities(file.units)}
    return {unit: [name for name in short if name] for unit, short in names.items()}


def _short(name: str) -> str:
    """A community is meant by its name with or without the word for what it is."""
    short = name.casefold()
    for word in ("社区", " community", " neighbourhood", " quarter"):
        short = short.removesuffix(word)
    return short

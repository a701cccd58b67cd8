"""Which community a few typed words speak of, as far as the desk can tell."""

from __future__ import annotations

from sqlalchemy import select

from desk.front import Desk
from domain.places import communities
from storage.tables import households


def guess_unit(desk: Desk, words: str) -> str | None:
    """The community whose name, or whose building, stands in these words; None when it is none or several."""
    there = communities(desk.file.units)
    if len(there) == 1:
        return there[0].key
    spoken = words.casefold()
    if not spoken.strip():
        return None  # a pin
    named = {unit.key for unit in there if any(_stands_in(name, spoken) for name in unit.name.values())}
    if not named:
        buildings = desk.conn.execute(select(households.c.unit, households.c.building).distinct())
        named = {unit for unit, building in buildings if len(building) > 2 and building.casefold() in spoken}
    return named.pop() if len(named) == 1 else None


def _stands_in(name: str, spoken: str) -> bool:
    """A community is meant by its name with or without the word for what it is."""
    short = name.casefold()
    for word in ("社区", " community", " neighbourhood", " quarter"):
        short = short.removesuffix(word)
    return bool(short) and short in spoken

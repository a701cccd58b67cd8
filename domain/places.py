"""Where people live and who answers for it: communities within towns within districts."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.words import Named

LEVELS = ("district", "town", "community")  # from the top down

Units = Mapping[str, "Unit"]


@dataclass(frozen=True, slots=True)
class Unit:
    key: str
    level: str
    name: Named
    parent: str | None = None
    language: str | None = None  # what hangs on its doors is written in; None: as above it


def path_up(units: Units, key: str) -> list[Unit]:
    """The unit itself, then the one it lies in, and so on to the top; empty if nobody knows the key."""
    path: list[Unit] = []
    unit = units.get(key)
    while unit is not None and unit not in path:  # a circle in an unchecked tree must not hang the desk
        path.append(unit)
        unit = units.get(unit.parent) if unit.parent else None
    return path


def find_level(units: Units, key: str, level: str | None) -> Unit | None:
    """The unit of that level at or above this one; without a level, the unit itself."""
    return next((unit for unit in path_up(units, key) if level in (None, unit.level)), None)


def find_above(units: Units, key: str) -> Unit | None:
    return next(iter(path_up(units, key)[1:]), None)


def children(units: Units, key: str | None) -> list[Unit]:
    """What lies directly in a unit, in the order of the desk file; with None, the units at the top."""
    return [unit for unit in units.values() if unit.parent == key]


def communities(units: Units) -> list[Unit]:
    """Where households can belong."""
    return [unit for unit in units.values() if unit.level == LEVELS[-1]]


def is_within(units: Units, unit: str, ancestor: str) -> bool:
    return any(each.key == ancestor for each in path_up(units, unit))

"""Where something was seen: at a building the desk knows, or in words that name a community."""

from __future__ import annotations

from desk.front import Desk
from desk.households import home_of
from desk.places import guess_unit
from domain.households import Address, written
from domain.people import Person

__all__ = ["building_of", "guess_unit", "written_building"]


def building_of(desk: Desk, person: Person) -> tuple[str, str] | None:
    """Unit and building of the person's household; not the room, since others will read it."""
    home = home_of(desk, person)
    return (home.unit, home.building) if home is not None and home.building else None


def written_building(desk: Desk, unit: str, building: str) -> str:
    """As it stands on a card."""
    name = desk.file.units[unit].name if unit in desk.file.units else {desk.file.default_language: unit}
    return written(Address(unit, building, ""), name, desk.file.default_language)

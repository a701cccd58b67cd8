"""Who did it: whom a resident may name, and how whoever is in charge finds out who was meant.

Names are shown to nobody who could not know them anyway: to residents only volunteers of their own household's place,
to whoever is in charge of a place those who live there. Whether somebody lives at an address no resident is told.
"""

from __future__ import annotations

from desk.front import Desk
from domain.good_deeds import GoodDeed
from domain.households import Address
from domain.people import Person
from domain.places import path_up
from storage.households import STANDING, Household, find_at, find_household, members_of
from storage.people import holders_of
from storage.teams import all_teams


def known_volunteers(desk: Desk, person: Person) -> list[Person]:
    """Whom a resident may choose by name. Whoever belongs to no household is shown nobody."""
    home = find_household(desk.conn, person.household_id) if person.household_id is not None else None
    if home is None:
        return []
    return [each for each in _volunteers(desk, home.unit) if each.id != person.id and each.household_id != home.id]


def volunteers_of(desk: Desk, deed: GoodDeed) -> list[Person]:
    """The volunteers of the place, for whoever is in charge of it."""
    return [each for each in _volunteers(desk, deed.unit) if each.id != deed.reporter_id]


def _volunteers(desk: Desk, unit: str) -> list[Person]:
    path = [each.key for each in path_up(desk.file.units, unit)]
    found = {
        each.id: each
        for team in all_teams(desk.conn, path)
        for each in holders_of(desk.conn, "volunteer", team_id=team.id)
        if each.name
    }
    return [found[person_id] for person_id in sorted(found)]


def standing_at(desk: Desk, at: Address) -> Household | None:
    home = find_at(desk.conn, at)
    return home if home is not None and home.state == STANDING else None


def who_lives_at(desk: Desk, household_id: int | None) -> list[Person]:
    return members_of(desk.conn, household_id) if household_id is not None else []


def lives_in(desk: Desk, household_id: int | None, unit: str) -> bool:
    """Is this one of the unit's households?"""
    home = find_household(desk.conn, household_id) if household_id is not None else None
    return home is not None and home.state == STANDING and home.unit == unit

"""Whose household is somebody's own, when points are decided on: where they belong, and where they did until lately.

Whoever leaves their household for a day is no stranger to it. Nobody is ever shown any of this.
"""

from __future__ import annotations

from desk.front import Desk
from domain.household_changes import STAYS_OWN
from storage.household_changes import heir_of
from storage.households import left_since
from storage.people import get_person


def homes_of(desk: Desk, person_id: int) -> set[int]:
    """Where they belong or did; of what was put together with another household meanwhile, that one."""
    now = get_person(desk.conn, person_id).household_id
    left = left_since(desk.conn, person_id, desk.now - STAYS_OWN)
    return {heir_of(desk.conn, each) for each in (left | {now} if now is not None else left)}


def is_home_of(desk: Desk, person_id: int, household_id: int) -> bool:
    return heir_of(desk.conn, household_id) in homes_of(desk, person_id)


def live_together(desk: Desk, one: int, other: int) -> bool:
    """Are they one pair of eyes?"""
    return one == other or not homes_of(desk, one).isdisjoint(homes_of(desk, other))

"""Households that praise one another and nobody else: shown to officers, who know what it means."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.front import CardRefresh, Desk
from desk.roles import check_officer
from domain.households import Address
from domain.people import Person
from storage.co_volunteers import counted_since
from storage.good_deeds import praised_since
from storage.households import find_household
from storage.people import get_person

CARD = "pairs"
LOOKS_BACK = timedelta(days=90)
AT_LEAST = 3
"""So often within that time; a thank-you that was returned once is only polite."""
LISTED = 12
ALWAYS_TOGETHER = 5
"""So often with one and the same, and with nobody else."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two households, and how often each has praised the other."""

    one: Address
    other: Address
    there: int
    back: int


def closed_pairs(desk: Desk) -> list[Pair]:
    """Both have praised each other, neither has praised anybody else; the busiest first."""
    praised: dict[int, dict[int, int]] = defaultdict(dict)
    for one, other, count in praised_since(desk.conn, since(desk)):
        praised[one][other] = count
    found = []
    for one, theirs in praised.items():
        for other, there in theirs.items():
            back = praised.get(other, {}).get(one, 0)
            only_each_other = len(theirs) == 1 and len(praised.get(other, {})) == 1
            if one < other and back and only_each_other and there + back >= AT_LEAST:
                found.append((one, other, there, back))
    pairs = [_pair(desk, *each) for each in sorted(found, key=lambda each: (-(each[2] + each[3]), each[0]))]
    return [pair for pair in pairs if pair is not None][:LISTED]


@dataclass(frozen=True, slots=True)
class Named:
    """Who says that somebody came along, how often, and how often that was not so."""

    holder: str
    others: Sequence[str]
    agreed: int
    not_so: int


def namings(desk: Desk) -> list[Named]:
    """Whoever named somebody who was not there, and whoever always comes with the same; the plainest first."""
    counted: dict[int, dict[int, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for holder, other, state, count in counted_since(desk.conn, since(desk)):
        counted[holder][other]["agreed" if state == "agreed" else "asked" if state == "asked" else "not_so"] += count
    found = []
    for holder, others in counted.items():
        agreed, not_so = (sum(each[what] for each in others.values()) for what in ("agreed", "not_so"))
        if not_so or (len(others) == 1 and agreed >= ALWAYS_TOGETHER):
            names = [get_person(desk.conn, each).called for each in others]
            found.append(Named(get_person(desk.conn, holder).called, names, agreed, not_so))
    return sorted(found, key=lambda each: (-each.not_so, -each.agreed, each.holder))[:LISTED]


def _pair(desk: Desk, one: int, other: int, there: int, back: int) -> Pair | None:
    first, second = find_household(desk.conn, one), find_household(desk.conn, other)
    return Pair(first.at, second.at, there, back) if first is not None and second is not None else None


def since(desk: Desk) -> datetime:
    return desk.now - LOOKS_BACK


def show(desk: Desk, person: Person) -> None:
    check_officer(desk, person)
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, CARD, person.id, anew=True))

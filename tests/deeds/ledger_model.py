"""What there should be of points, kept in the plainest way: steps by chance, sums made anew, and shrinking."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from domain.desk_file import Caps
from domain.points import Earning

HOMES, PEOPLE = 5, 8
CAPS = Caps(person_day=25, household_month=90, pair_month=40)
DEED_CAPS = Caps(person_day=12)
KINDS = (
    *("award",) * 5,
    *("hold",) * 5,
    *("capture", "release", "expiry") * 2,
    *("again", "otherwise", "reversal", "reversal", "tomorrow", "overdraw", "move_house", "merge"),
)
RARE = ("forget", "tamper", "whole")


class Act(NamedTuple):
    kind: str
    a: int
    b: int
    amount: int


def by_chance(seed: int, length: int) -> list[Act]:
    chance = random.Random(seed)
    acts = []
    for number in range(length):
        kind = RARE[number // 100 % len(RARE)] if number % 100 == 99 else chance.choice(KINDS)
        acts.append(Act(kind, chance.randrange(10_000), chance.randrange(10_000), chance.randrange(1, 16)))
    return acts


@dataclass
class Award:
    transfer_id: int
    key: str
    earning: Earning
    points: int
    day: datetime
    month: str
    household: int
    pair: frozenset[int]
    back: bool = False


@dataclass
class Model:
    """What there should be: in lists, added up anew each time."""

    free: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    held: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    holds: list[tuple[int, int, int]] = field(default_factory=list)  # number, household, points: those that are open
    awards: list[Award] = field(default_factory=list)
    home: dict[int, int | None] = field(default_factory=dict)
    out: int = 0  # captured

    def room(self, earning: Earning, day: datetime, month: str) -> int:
        """What the caps leave, by looking at every award there ever was."""
        pair = {self.home[each] for each in earning.pair} - {None}
        if earning.household_id in pair or earning.earned_by in earning.pair:
            return 0
        stands = [each for each in self.awards if not each.back and each.month == month]
        own = [each for each in stands if each.earning.earned_by == earning.earned_by and each.day == day]
        rooms = [earning.points, 25 - sum(each.points for each in own)]
        rooms.append(90 - sum(each.points for each in stands if each.household == earning.household_id))
        if earning.deed is not None:
            rooms.append(12 - sum(each.points for each in own if each.earning.deed == earning.deed))
        for person in earning.pair:
            by = [each for each in stands if each.household == earning.household_id and person in each.earning.pair]
            rooms.append(40 - sum(each.points for each in by))
        for other in pair:
            both = {(earning.household_id, other), (other, earning.household_id)}
            shared = [each for each in stands if any((each.household, seen) in both for seen in each.pair)]
            rooms.append(40 - sum(each.points for each in shared))
        return max(0, min(rooms))


def shrink(acts: Sequence[Act], fails: Callable[[Sequence[Act]], bool]) -> list[Act]:
    """The shortest list of these steps that still fails: larger parts are left out first, then smaller ones."""
    kept, part = list(acts), max(1, len(acts) // 2)
    while True:
        start = 0
        while start < len(kept):
            without = kept[:start] + kept[start + part :]
            if without and fails(without):
                kept = without
            else:
                start += part
        if part == 1:
            return kept
        part = max(1, part // 2)

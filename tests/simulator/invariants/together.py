"""Nobody earns for having come along without a yes of their own, and what is shared is never more than one has."""

from __future__ import annotations

import re
from collections import defaultdict

from sqlalchemy import select

from domain.co_volunteers import SHARE
from storage.prepared import Prepared
from storage.tables import co_volunteers, orders, transfers
from tests.simulator.play import Play
from tests.simulator.step import Invariant

AWARD = re.compile(r"award:order:(\d+)(?::(\d+))?")
WITH = re.compile(r"award:order:(\d+):with:(\d+)")
GIVEN = Prepared(
    select(transfers.c.once, transfers.c.points, transfers.c.earned_by, transfers.c.order_id)
    .where(transfers.c.kind == "award", transfers.c.once.like("award:order:%"))
    .order_by(transfers.c.id)
)
NAMED = Prepared(
    select(co_volunteers.c.order_id, co_volunteers.c.named_by, co_volunteers.c.person_id, co_volunteers.c.state)
)
ABOUT = Prepared(select(orders.c.id, orders.c.category))


def nobody_earns_without_a_yes(play: Play) -> list[str]:
    """Of each order: only who was named and said yes, and each person once, whether they held it or came along."""
    with play.town.reading.connect() as conn:
        given = [(row, found) for row in GIVEN.all(conn, {}) if (found := WITH.fullmatch(row.once))]
        yes = {(row.order_id, row.person_id) for row in NAMED.all(conn, {}) if row.state == "agreed"}
    play.counts["parts of those who came along"] = len(given)
    return [
        f"{row.once} was paid {row.points} to {row.earned_by} without their yes"
        for row, found in given
        if (int(found[1]), int(found[2])) not in yes or row.earned_by != int(found[2])
    ]


def shared_is_not_more(play: Play) -> list[str]:
    """What a holder and those whom they named have earned by one order, against what the standard gives one alone."""
    file = play.town.file
    if file.points.together.how != SHARE:
        return []
    together: dict[tuple[int, int], int] = defaultdict(int)
    persons: dict[tuple[int, int], int] = defaultdict(int)
    with play.town.reading.connect() as conn:
        about = {row.id: row.category for row in ABOUT.all(conn, {})}
        named_by: dict[tuple[int, int], set[int]] = defaultdict(set)
        for row in NAMED.all(conn, {}):
            if row.state == "agreed":
                named_by[row.order_id, row.person_id].add(row.named_by)
        for row in GIVEN.all(conn, {}):
            if AWARD.fullmatch(row.once):
                together[row.order_id, row.earned_by] += row.points
            elif WITH.fullmatch(row.once):
                holders = named_by[row.order_id, row.earned_by]
                if len(holders) == 1:  # somebody named by two after one another may have theirs from either
                    together[row.order_id, next(iter(holders))] += row.points
            else:
                continue
            persons[row.order_id, row.earned_by] += 1
    wrong = [f"{who} has earned {count} times by order {order}" for (order, who), count in persons.items() if count > 1]
    for (order, holder), points in together.items():
        category = file.categories[about[order]]
        if points > category.award * category.difficulty:
            wrong.append(f"{holder} and those they named earned {points} by order {order} of {about[order]}")
    return wrong


INVARIANTS = [
    Invariant("nobody earns for having come along without a yes", nobody_earns_without_a_yes),
    Invariant("what is shared is never more than one would have", shared_is_not_more),
]

"""Whoever belongs to a household belongs to one that stands, and one that went has nothing left."""

from __future__ import annotations

from sqlalchemy import select

from storage.prepared import Prepared
from storage.tables import accounts, household_changes, households, people
from tests.simulator.play import Play
from tests.simulator.step import Invariant

LOST = Prepared(
    select(people.c.id, people.c.household_id)
    .join(households, households.c.id == people.c.household_id)
    .where(households.c.state != "standing")
)
LEFT = Prepared(
    select(accounts.c.household_id, accounts.c.kind, accounts.c.balance)
    .join(household_changes, household_changes.c.household_id == accounts.c.household_id)
    .where(household_changes.c.what == "merge", accounts.c.balance != 0)
)


def nobody_is_left_behind(play: Play) -> list[str]:
    with play.town.reading.connect() as conn:
        return [
            *(
                f"person {row.id} belongs to household {row.household_id}, which does not stand"
                for row in LOST.all(conn, {})
            ),
            *(
                f"household {row.household_id} went and still has {row.balance} ({row.kind})"
                for row in LEFT.all(conn, {})
            ),
        ]


INVARIANTS = [Invariant("H1 nobody and no point is left behind", nobody_is_left_behind)]

"""Points held are for what was redeemed, nothing is spent twice, and no shelf has fewer than nothing."""

from __future__ import annotations

from sqlalchemy import select

from desk.pickup_codes import wrong_codes
from storage.audit.market import market
from storage.prepared import Prepared
from storage.tables import accounts, items
from tests.simulator.play import Play
from tests.simulator.step import Invariant

BELOW = Prepared(select(accounts.c.id).where(accounts.c.kind.in_(("household", "hold")), accounts.c.balance < 0))
SHORT = Prepared(select(items.c.id).where(items.c.stock < 0))


def fits(play: Play) -> list[str]:
    """L4 and L8: holds, stocks, places, entries and codes, each against what was redeemed."""
    with play.town.reading.connect() as conn:
        return list(market(conn))


def nothing_below_zero(play: Play) -> list[str]:
    """L3: what can be used, what is held, what is on a shelf."""
    with play.town.reading.connect() as conn:
        return [
            *(f"account {row.id} is below zero" for row in BELOW.all(conn, {})),
            *(f"item {row.id} has fewer than nothing" for row in SHORT.all(conn, {})),
        ]


def codes_are_theirs(play: Play) -> list[str]:
    return play.town.look(wrong_codes)


INVARIANTS = [
    Invariant("L3 nothing below zero", nothing_below_zero),
    Invariant("L4 L8 the market fits the ledger", fits),
    Invariant("every code is its redemption's", codes_are_theirs, every=False),
]

"""Points held are for what was redeemed, nothing is spent twice, and no shelf has fewer than nothing."""

from __future__ import annotations

from sqlalchemy import select

from desk.front import Desk
from desk.pickup_codes import wrong_codes
from storage.audit.market import market
from storage.tables import accounts, items
from tests.simulator.play import Play
from tests.simulator.step import Invariant


def fits(play: Play) -> list[str]:
    """L4 and L8: holds, stocks, places, entries and codes, each against what was redeemed."""
    return play.town.look(lambda desk: list(market(desk.conn)))


def nothing_below_zero(play: Play) -> list[str]:
    """L3: what can be used, what is held, what is on a shelf."""

    def reading(desk: Desk) -> list[str]:
        below = select(accounts.c.id).where(accounts.c.kind.in_(("household", "hold")), accounts.c.balance < 0)
        short = select(items.c.id).where(items.c.stock < 0)
        return [
            *(f"account {each} is below zero" for each in desk.conn.scalars(below)),
            *(f"item {each} has fewer than nothing" for each in desk.conn.scalars(short)),
        ]

    return play.town.look(reading)


def codes_are_theirs(play: Play) -> list[str]:
    return play.town.look(wrong_codes)


INVARIANTS = [
    Invariant("L3 nothing below zero", nothing_below_zero),
    Invariant("L4 L8 the market fits the ledger", fits),
    Invariant("every code is its redemption's", codes_are_theirs, every=False),
]

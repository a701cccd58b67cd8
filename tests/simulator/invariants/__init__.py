"""Everything that must hold, whatever happens. A desk that joins brings a file with its own, and one line here."""

from __future__ import annotations

from tests.simulator.invariants import (
    cards,
    confidence,
    good_deeds,
    honours,
    households,
    journal,
    judging,
    market,
    messages,
    orders,
    pictures,
    points,
    reports,
    together,
)
from tests.simulator.step import Invariant

INVARIANTS: list[Invariant] = [
    *messages.INVARIANTS,
    *orders.INVARIANTS,
    *judging.INVARIANTS,
    *confidence.INVARIANTS,
    *journal.INVARIANTS,
    *cards.INVARIANTS,
    *reports.INVARIANTS,
    *market.INVARIANTS,
    *pictures.INVARIANTS,
    *good_deeds.INVARIANTS,
    *households.INVARIANTS,
    *points.INVARIANTS,
    *honours.INVARIANTS,
    *together.INVARIANTS,
]

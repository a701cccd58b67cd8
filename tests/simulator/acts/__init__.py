"""Everything that can happen. A desk that joins brings a file with its `STEPS`, and one line here."""

from __future__ import annotations

from tests.simulator.acts import (
    good_deeds,
    house,
    households,
    judging,
    market,
    officers,
    pictures,
    points,
    reporting,
    residents,
    telegram,
    volunteers,
)
from tests.simulator.step import Step

STEPS: list[Step] = [
    *residents.STEPS,
    *reporting.STEPS,
    *volunteers.STEPS,
    *officers.STEPS,
    *judging.STEPS,
    *pictures.STEPS,
    *good_deeds.STEPS,
    *telegram.STEPS,
    *house.STEPS,
    *market.STEPS,
    *households.STEPS,
    *points.STEPS,
]

"""Everything that can happen. A desk that joins brings a file with its `STEPS`, and one line here."""

from __future__ import annotations

from dataclasses import replace

from tests.simulator.acts import (
    good_deeds,
    honours,
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
    together,
    volunteers,
)
from tests.simulator.step import Step

DEEDS: list[Step] = [
    *residents.STEPS,
    *reporting.STEPS,
    *volunteers.STEPS,
    *officers.STEPS,
    *judging.STEPS,
    *pictures.STEPS,
    *good_deeds.STEPS,
    *market.STEPS,
    *households.STEPS,
    *points.STEPS,
    *honours.STEPS,
    *together.STEPS,
]
TROUBLE: list[Step] = [*telegram.STEPS, *house.STEPS]
SHARE = 0.21
"""Of all that happens, however many deeds join: with more to do there is no less that goes wrong."""


def _weight(steps: list[Step]) -> float:
    return sum(step.weight for step in steps)


_MORE = SHARE / (1 - SHARE) * _weight(DEEDS) / _weight(TROUBLE)
STEPS = [*DEEDS, *(replace(step, weight=step.weight * _MORE) for step in TROUBLE)]

"""Which seeds are played, and those that once found something.

`LINLI_SEED=4711 LINLI_STEPS=800 pytest tests/simulator` plays that seed alone. A seed fixes the steps only as long as
the steps are these: whatever one has found has a test of its own as well.
"""

from __future__ import annotations

import os

STEPS = 500
SEEDS = tuple(range(1, 21))
FOUND: dict[int, int] = {}
"""Seed -> so many steps."""


def seeds_of() -> list[int]:
    if given := os.environ.get("LINLI_SEED"):
        return [int(given)]
    return [*SEEDS, *(seed for seed in FOUND if seed not in SEEDS)]


def steps_of(seed: int) -> int:
    return int(os.environ.get("LINLI_STEPS") or FOUND.get(seed, STEPS))

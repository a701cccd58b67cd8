"""Which seeds are played, and those that once found something.

`LINLI_SEED=4711 LINLI_STEPS=800 pytest tests/simulator` plays that seed alone. A seed fixes the steps only as long as
the steps are these: whatever one has found has a test of its own as well.
"""

from __future__ import annotations

import os

SEEDS = {"sqlite": tuple(range(1, 20)), "postgresql": (1, 2, 3, *range(7, 13), 14, 15, 20)}
STEPS = {"sqlite": 500, "postgresql": 500}
FOUND: dict[str, dict[int, int]] = {"sqlite": {}, "postgresql": {}}
"""Seeds that once found something, and the steps that takes."""


def evenings() -> list[tuple[str, int]]:
    """Which seeds on which database."""
    given = os.environ.get("LINLI_SEED")
    return [
        (database, seed)
        for database in SEEDS
        for seed in ((int(given),) if given else dict.fromkeys((*SEEDS[database], *FOUND[database])))
    ]


def steps_of(database: str, seed: int) -> int:
    return int(os.environ.get("LINLI_STEPS") or FOUND[database].get(seed, STEPS[database]))

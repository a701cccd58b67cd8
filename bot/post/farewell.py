"""How long closing may take: one budget for all that has to be finished, so that a stop has an end nobody has to force.

Whatever waits for somebody else (Telegram, whoever is at a door) leaves the last of it to the database.
"""

from __future__ import annotations

import time

WITHIN = 20.0
KEPT = 0.2
"""The part of the budget that is kept for what has to be written down at the end."""


class Farewell:
    """Begun when the stop begins."""

    def __init__(self, within: float = WITHIN) -> None:
        self._until = time.monotonic() + within
        self._kept = within * KEPT

    def left(self, share: float = 1.0) -> float:
        """Seconds for whoever waits for somebody else; `share`: that much of it at most, since others come after."""
        return max(0.01, (self._until - self._kept - time.monotonic()) * share)

    def last(self) -> float:
        """All that is left, for the database."""
        return max(0.01, self._until - time.monotonic())

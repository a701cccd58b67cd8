"""How much a bot may say: 30 messages a second to all, one a second to a person, 20 a minute to a group."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime

from sandbox.errors import too_many

OVERALL, OVERALL_SECONDS = 30, 1.0
GROUP, GROUP_SECONDS = 20, 60.0
PRIVATE_BURST, PRIVATE_PER_SECOND = 5.0, 1.0


class Budgets:
    """Sends and edits are counted alike; what is refused is not counted. Answers to taps are free."""

    def __init__(self, now: Callable[[], datetime], on: bool = True) -> None:
        self.now = now
        self.on = on
        self._all: deque[float] = deque()
        self._groups: defaultdict[int, deque[float]] = defaultdict(deque)
        self._people: dict[int, tuple[float, float]] = {}  # chat -> what is left, as of when

    def spend(self, chat: int, count: int = 1) -> None:
        if not self.on:
            return
        at = self.now().timestamp()
        self._check(self._all, at, OVERALL, OVERALL_SECONDS, count)
        if chat < 0:
            self._check(self._groups[chat], at, GROUP, GROUP_SECONDS, count)
            self._groups[chat].extend([at] * count)
        else:
            # An album is one message to a person: the burst it may come in is small.
            left, since = self._people.get(chat, (PRIVATE_BURST, at))
            left = min(PRIVATE_BURST, left + max(at - since, 0.0) * PRIVATE_PER_SECOND)
            if left < 1:
                raise too_many(max(1, math.ceil((1 - left) / PRIVATE_PER_SECOND)))
            self._people[chat] = (left - 1, at)
        self._all.extend([at] * count)

    @staticmethod
    def _check(window: deque[float], at: float, limit: int, seconds: float, count: int) -> None:
        while window and window[0] <= at - seconds:
            window.popleft()
        over = len(window) + count - limit
        if over > 0 and window:
            raise too_many(max(1, math.ceil(window[min(over, len(window)) - 1] + seconds - at)))

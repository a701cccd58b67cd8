"""Telegram's budgets, kept by ourselves: so many messages a second overall, to one chat, to one group.

Edits count like messages. They are spaced evenly; only a chat that has been quiet gets its first few at once, so that
an answer and the card beside it do not come a second apart. Part of the overall room is never given to bulk.

Telegram counts what came within the last second, and to a group within the last minute. The spacing alone would keep
to that only with room to spare; so what went out within that time is remembered, and the spacing stays close.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

BULK = 2
TWO_AT_ONCE = 1.0  # seconds within which two parked chats mean that all of it is too much


@dataclass(slots=True)
class Window:
    """At most so many within so many seconds."""

    most: int
    seconds: float
    _went: deque[float] = field(default_factory=deque)

    def free_at(self) -> float:
        return self._went[0] + self.seconds if len(self._went) >= self.most else 0.0

    def add(self, elapsed: float) -> None:
        self._went.append(elapsed)
        if len(self._went) > self.most:
            self._went.popleft()

    def delay(self, count: int, elapsed: float) -> None:
        """The last so many have left only now."""
        for back in range(1, min(count, len(self._went)) + 1):
            self._went[-back] = elapsed

    def over(self, elapsed: float) -> bool:
        return not self._went or self._went[-1] + self.seconds <= elapsed


@dataclass(slots=True)
class Budget:
    """Seconds between two messages: of all, of bulk, to one person, to one group; how many a quiet chat has at once."""

    overall: float = 1 / 29.7
    bulk: float = 1 / 20
    person: float = 1.05
    group: float = 3.03
    person_first: int = 3
    group_first: int = 2
    late: float = 0.1  # seconds by which a message may be late without the next being late too
    a_second: Window | None = field(default_factory=lambda: Window(30, 1.02))
    a_minute: tuple[int, float] | None = (20, 60.5)
    _overall_at: float = 0.0
    _bulk_at: float = 0.0
    _chat_at: dict[int, float] = field(default_factory=dict)
    _minutes: dict[int, Window] = field(default_factory=dict)
    _parked_until: dict[int, float] = field(default_factory=dict)
    _braked_until: float = 0.0
    _parked: tuple[int, float] | None = None  # the chat last parked, and when

    @classmethod
    def none(cls) -> Budget:
        """Nothing is paced: for tests, and for servers without limits. A 429 is still obeyed."""
        return cls(0, 0, 0, 0, a_second=None, a_minute=None)

    def free_at(self, chat_id: int, lane: int) -> float:
        """When the next message of this lane may go to this chat."""
        return max(self.lane_at(lane), self.chat_at(chat_id))

    def lane_at(self, lane: int) -> float:
        """Before this nothing of this lane goes to anybody."""
        return max(self._bulk_at, self.everyone_at()) if lane >= BULK else self.everyone_at()

    def chat_at(self, chat_id: int) -> float:
        """Before this nothing goes to this chat."""
        ahead = (self.person_first - 1) * self.person if chat_id > 0 else (self.group_first - 1) * self.group
        at = max(self._chat_at.get(chat_id, 0.0) - ahead, self._parked_until.get(chat_id, 0.0))
        return max(at, self._minutes[chat_id].free_at()) if chat_id in self._minutes else at

    def everyone_at(self) -> float:
        """Before this nothing goes to anybody."""
        return max(self._braked_until, self._overall_at, self.a_second.free_at() if self.a_second else 0.0)

    def spend(self, chat_id: int, lane: int, elapsed: float) -> None:
        """A message goes out now."""
        if self.overall:
            self._overall_at = max(self._overall_at, elapsed - self.late) + self.overall
        if self.bulk and lane >= BULK:
            self._bulk_at = max(self._bulk_at, elapsed) + self.bulk
        if self.a_second:
            self.a_second.add(elapsed)
        spacing = self.person if chat_id > 0 else self.group
        if spacing and chat_id:
            self._chat_at[chat_id] = max(self._chat_at.get(chat_id, 0.0), elapsed) + spacing
        if self.a_minute and chat_id < 0:
            self._minutes.setdefault(chat_id, Window(*self.a_minute)).add(elapsed)
        if len(self._chat_at) > 20_000:
            self._chat_at = {chat: at for chat, at in self._chat_at.items() if at > elapsed}
            self._minutes = {chat: window for chat, window in self._minutes.items() if not window.over(elapsed)}

    def left(self, count: int, elapsed: float) -> None:
        """The last so many messages leave only now: noting that they would had to come first."""
        if self.a_second:
            self.a_second.delay(count, elapsed)

    def park(self, chat_id: int, seconds: float, elapsed: float) -> None:
        """Telegram said: not before so many seconds. Said to two chats at once, it is meant for everybody."""
        self._parked_until = {chat: until for chat, until in self._parked_until.items() if until > elapsed}
        self._parked_until[chat_id] = elapsed + seconds
        if self._parked and self._parked[0] != chat_id and elapsed - self._parked[1] <= TWO_AT_ONCE:
            self.brake(seconds, elapsed)
        self._parked = chat_id, elapsed

    def brake(self, seconds: float, elapsed: float) -> None:
        """Nothing to anybody for so many seconds."""
        self._braked_until = max(self._braked_until, elapsed + seconds)

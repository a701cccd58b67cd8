"""Telegram's budgets, kept by ourselves: so many messages a second overall, to one chat, to one group.

Edits count like messages. They are spaced evenly; only a chat that has been quiet gets its first few at once, so that
an answer and the card beside it do not come a second apart. Part of the overall room is never given to bulk.
"""

from __future__ import annotations

from dataclasses import dataclass, field

BULK = 2
TWO_AT_ONCE = 1.0  # seconds within which two parked chats mean that all of it is too much


@dataclass(slots=True)
class Budget:
    """Seconds between two messages: of all, of bulk, to one person, to one group; how many a quiet chat has at once."""

    overall: float = 1 / 28
    bulk: float = 1 / 20
    person: float = 1.05
    group: float = 3.4  # twenty a minute, less the first few
    person_first: int = 3
    group_first: int = 2
    _overall_at: float = 0.0
    _bulk_at: float = 0.0
    _chat_at: dict[int, float] = field(default_factory=dict)
    _parked_until: dict[int, float] = field(default_factory=dict)
    _braked_until: float = 0.0
    _parked: tuple[int, float] | None = None  # the chat last parked, and when

    @classmethod
    def none(cls) -> Budget:
        """Nothing is paced: for tests, and for servers without limits. A 429 is still obeyed."""
        return cls(0, 0, 0, 0)

    def free_at(self, chat_id: int, lane: int) -> float:
        """When the next message of this lane may go to this chat."""
        everyone = max(self._bulk_at, self.everyone_at()) if lane >= BULK else self.everyone_at()
        ahead = (self.person_first - 1) * self.person if chat_id > 0 else (self.group_first - 1) * self.group
        return max(everyone, self._chat_at.get(chat_id, 0.0) - ahead, self._parked_until.get(chat_id, 0.0))

    def everyone_at(self) -> float:
        """Before this nothing goes to anybody."""
        return max(self._braked_until, self._overall_at)

    def spend(self, chat_id: int, lane: int, elapsed: float) -> None:
        """A message goes out now."""
        if self.overall:
            self._overall_at = max(self._overall_at, elapsed) + self.overall
        if self.bulk and lane >= BULK:
            self._bulk_at = max(self._bulk_at, elapsed) + self.bulk
        spacing = self.person if chat_id > 0 else self.group
        if spacing and chat_id:
            self._chat_at[chat_id] = max(self._chat_at.get(chat_id, 0.0), elapsed) + spacing
        if len(self._chat_at) > 20_000:
            self._chat_at = {chat: at for chat, at in self._chat_at.items() if at > elapsed}

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

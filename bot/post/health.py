"""What is wrong with the desk at this moment, in sentences for whoever runs it; nothing wrong means ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

log = structlog.get_logger()

LINE = ("telegram", "fetching", "webhook")
"""Flags that say: Telegram is not reached, or does not reach us."""


@dataclass(slots=True)
class Health:
    """Red flags by name, each with its sentence."""

    flags: dict[str, str] = field(default_factory=dict)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    since: dict[str, datetime] = field(default_factory=dict)
    polled_at: datetime | None = None  # the last time Telegram answered the fetching; None: nothing is fetched
    pending: int | None = None  # updates that wait at Telegram to be brought; None: nobody has asked

    @property
    def ready(self) -> bool:
        return not self.flags

    @property
    def dark_since(self) -> datetime | None:
        """Since when the line to Telegram is broken, one way or the other."""
        return min((self.since[name] for name in LINE if name in self.since), default=None)

    def red(self, name: str, sentence: str) -> None:
        if name not in self.flags:
            log.warning("red flag", flag=name, sentence=sentence)
            self.since[name] = self.now()
        self.flags[name] = sentence

    def green(self, name: str) -> None:
        self.since.pop(name, None)
        if self.flags.pop(name, None):
            log.info("flag is green again", flag=name)

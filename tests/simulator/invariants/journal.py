"""No error is written to the log that nobody has brought about."""

from __future__ import annotations

from typing import Any

from tests.simulator.play import Play
from tests.simulator.step import Invariant

EXPECTED: dict[str, dict[str, tuple[Any, ...]]] = {
    "quarantined": {"fault": ("it cannot be decoded", "unknown kind", "the process ended each time")},
}
"""Errors that steps bring about: what is said, and with which particulars."""


def errors_are_expected(play: Play) -> list[str]:
    first = play.kept.get("logs", 0)
    play.kept["logs"] = len(play.logs)
    wrong = [
        str(entry)
        for entry in play.logs[first:]
        if entry["log_level"] in ("error", "critical") and not is_expected(entry)
    ]
    wrong += play.faults
    return wrong


def is_expected(entry: dict[str, Any]) -> bool:
    particulars = EXPECTED.get(entry["event"])
    return particulars is not None and all(entry.get(name) in values for name, values in particulars.items())


INVARIANTS = [Invariant("I10 no unexpected error", errors_are_expected)]

"""Whoever helps the holder of an order along: what each of them earns by the standard, and how that is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from domain.refusals import Refusal
from domain.words import _

MOST = 4
"""So many beside the holder."""
ANSWERS_WITHIN = timedelta(days=14)
"""After that nobody remembers who was there."""
SHARE, EACH = "share", "each"


@dataclass(frozen=True, slots=True)
class Together:
    """How those who help together earn: they share what one of them alone would have, or each earns so much of it."""

    how: str = SHARE
    percent: int = 100  # of what the standard gives; for each who came along


def part_of_each(points: int, others: int, together: Together) -> int:
    """What each of so many others earns. What cannot be divided stays with the holder."""
    if not others:
        return 0
    return points // (others + 1) if together.how == SHARE else points * together.percent // 100


def part_of_holder(points: int, others: int, together: Together) -> int:
    """Together with the others' parts it is never more than the standard says."""
    return points - others * part_of_each(points, others, together) if together.how == SHARE else points


class NobodyElse(Refusal):
    text = _("I know no other volunteer of that name who could have come along. Please tap a name, or go on without.")


class TooMany(Refusal):
    text = _("I can note {most} others at most.")


class NotAskedAnyMore(Refusal):
    text = _("This has been taken care of. Thank you!")
    final = True

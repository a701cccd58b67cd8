"""What a resident saw: how it is judged, who looks after it, and who else has seen the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.desk_schema import ReportKind
from domain.refusals import Refusal
from domain.words import _

ACCEPTED, SAME, REFERRED, DECLINED = "accepted", "same", "referred", "declined"
ASKED, CONFIRMED, REFUSED = "asked", "confirmed", "refused"
"""What a guardian was asked of somebody under fourteen, and what they said."""
UNDER = 14
"""Younger than that, a guardian says whether a name or points appear."""


@dataclass(frozen=True, slots=True)
class Report:
    """What only a report has; its kind, place and state are those of its order."""

    order_id: int
    verdict: str | None
    judged_by: int | None
    judged_at: datetime | None
    reason: str | None
    body: str | None
    rung_by: int | None
    rung_at: datetime | None
    building: str | None
    same_as: int | None
    team_words: str | None
    team_pictures: bool
    show_name: bool
    guardian: str | None
    guardian_id: int | None
    problem_id: int | None

    @property
    def waits_for_ringing(self) -> bool:
        """Somebody else looks after it, and nobody has told them yet."""
        return self.body is not None and self.rung_at is None

    @property
    def may_name(self) -> bool:
        """May whoever takes it know who told us?"""
        return self.show_name and self.guardian in (None, CONFIRMED)

    @property
    def may_earn(self) -> bool:
        return self.guardian in (None, CONFIRMED)

    def waits_for_judging(self, kind: ReportKind | None) -> bool:
        """Of a kind that was taken out of the desk file nobody knows better than to have it looked at."""
        return self.verdict is None and (kind is None or kind.is_judged_first)


@dataclass(frozen=True, slots=True)
class NewReport:
    """Everything a resident told us about what they saw. `parts` as those of a request."""

    once: str
    kind: str
    unit: str
    reporter_id: int
    place: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    building: str | None = None  # as posters and households name it, where no pin was sent
    parts: list[dict[str, Any]] = field(default_factory=list)
    show_name: bool = False
    young: bool = False  # under fourteen


@dataclass(frozen=True, slots=True)
class Nearby:
    """An open report that may be of the same thing. Nothing of it tells who saw it."""

    order_id: int
    metres: int | None  # None: in the same building
    made_at: datetime
    state: str


class OverBy(Refusal):
    text = _("That one is done with by now. Please send yours, so that somebody looks.")

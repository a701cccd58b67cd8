"""A matter somebody tells the desk in confidence: what is kept of it, who must never see it, when we may write."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.escalation import EscalationPolicy, EscalationStep
from domain.places import LEVELS
from domain.refusals import Refusal
from domain.words import _

NEVER, WRITE, CALL = "never", "write", "call"
DELETABLE = timedelta(hours=48) - timedelta(minutes=5)  # Telegram's limit, less the time a request may wait
NEWS_STANDS = timedelta(minutes=15)
KEPT_AFTER_CLOSING = timedelta(days=30)
TRIES, TRIES_WITHIN = 10, timedelta(minutes=10)
FEW = 5  # a smaller number would say who


class AnotherWord(Refusal):
    text = _("Please choose another word: two Chinese characters or four letters at least, and no command.")


class NobodyLeft(Refusal):
    text = _("Then nobody would be left whom I could ask. Please choose another place, or leave somebody in.")


@dataclass(frozen=True, slots=True)
class SafeContact:
    """Whether we may ever begin, and when. Unless she says otherwise: never."""

    rule: str = NEVER
    hours: tuple[int, int] = (0, 24)
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """Everything of a case that is sealed."""

    person_id: int
    category: str
    parts: tuple[dict[str, str], ...]
    word: str  # keyed hash
    contact: SafeContact = SafeContact()
    not_people: tuple[int, ...] = ()
    not_names: tuple[str, ...] = ()
    left: tuple[dict[str, str], ...] = ()  # what the holder left for her
    shown_to: tuple[int, ...] = ()  # on whose screen it is open
    asked_at: str | None = None  # when she last asked with the word

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Story:
        contact = dict(kept["contact"])
        contact["hours"] = tuple(contact["hours"])
        listed = {name: tuple(value) for name, value in kept.items() if isinstance(value, list | tuple)}
        return cls(**{**kept, **listed, "contact": SafeContact(**contact)})

    def news_stands(self, now: datetime) -> bool:
        """News is on her screen only after she asked for it, and not for long."""
        return self.asked_at is not None and now - datetime.fromisoformat(self.asked_at) < NEWS_STANDS


def normal(words: str) -> str:
    """A word or a name as it is compared: width, case and spaces do not matter."""
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())


def check_word(words: str) -> None:
    """Long enough that it is not said by chance, short enough to be remembered."""
    weight = sum(2 if ord(letter) > 0x2E7F else 1 for letter in normal(words))
    if not 4 <= weight <= 40 or "\n" in words.strip() or words.strip().startswith("/"):
        raise AnotherWord


def could_be_the_word(words: str) -> bool:
    try:
        check_word(words)
    except AnotherWord:
        return False
    return True


def is_named(names: Iterable[str], called: Iterable[str | None]) -> bool:
    """Is this person meant by one of the names? In doubt yes: one too many is kept away rather than one too few."""
    theirs = [normal(name) for name in called if name and len(normal(name)) > 1]
    asked = [normal(name) for name in names if len(normal(name)) > 1]
    return any(name in own or own in name for name in asked for own in theirs)


def ladder_from(policy: EscalationPolicy, level: str) -> EscalationPolicy:
    """The ladder begun at the level she chose: lower steps are raised to it, and none comes twice."""
    steps: list[EscalationStep] = []
    for step in policy.steps:
        low = step.of is not None and LEVELS.index(step.of) > LEVELS.index(level)
        raised = replace(step, of=level) if low else step
        if (raised.reach, raised.of) not in {(each.reach, each.of) for each in steps}:
            steps.append(raised)
    return replace(policy, steps=tuple(steps))


def next_window(hours: tuple[int, int], now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when and until when we may write: today, or tomorrow if today's hours are over."""
    there = now.astimezone(zone)
    midnight = there.replace(hour=0, minute=0, second=0, microsecond=0)
    for days in (0, 1):
        day = midnight + timedelta(days=days)
        begin, end = (day + timedelta(hours=hour) for hour in hours)
        if now < end - timedelta(minutes=1):
            return max(begin, now), end
    raise AssertionError("tomorrow's hours lie ahead")


def is_deletable(sent_at: datetime, now: datetime) -> bool:
    return now - sent_at < DELETABLE


def rounded(counts: Mapping[str, int]) -> dict[str, int]:
    """What may be counted in the open: nothing that could be guessed to be somebody."""
    return {key: count for key, count in counts.items() if count >= FEW}

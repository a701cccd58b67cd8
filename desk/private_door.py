"""The private door: somebody tells the desk in confidence, and chooses who may hear of it and who must not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from desk import escalation
from desk.cases import kept_away, ladder_at
from desk.front import Desk
from desk.her_side import who
from domain.cases import NobodyLeft, SafeContact, Story, check_word, normal
from domain.escalation import EscalationPolicy
from domain.people import Person
from domain.places import find_level
from domain.refusals import Refusal
from domain.words import _
from storage import cases, people


class DoorShut(Refusal):
    text = _("I cannot pass this on safely right now. Please call one of the numbers.")


@dataclass(frozen=True, slots=True)
class NewCase:
    """What the conversation at the private door ends in."""

    once: str
    category: str
    unit: str  # the place she chose, of whatever level
    parts: tuple[dict[str, Any], ...]
    word: str
    contact: SafeContact
    not_people: tuple[int, ...] = ()
    not_names: tuple[str, ...] = ()


def is_open(desk: Desk, unit: str | None = None) -> bool:
    """Could anybody hear? Otherwise the door shows the numbers alone. (The desk does not start without a key.)"""
    confidential = [each for each in desk.file.categories.values() if each.confidential]
    places = [unit] if unit else list(desk.file.units)
    return any(within_earshot(desk, desk.file.ladder_of(each), place) for each in confidential for place in places)


def within_earshot(desk: Desk, policy: EscalationPolicy, unit: str) -> list[Person]:
    """Everybody the ladder could call for this place and whom a message would reach, nearest first."""
    found: dict[int, Person] = {}
    for step in policy.steps:
        place = find_level(desk.file.units, unit, step.of)
        for each in people.holders_of(desk.conn, "supervisor", unit=place.key) if place else []:
            if each.telegram_id is not None and each.reach == "open":
                found.setdefault(each.id, each)
    return list(found.values())


def could_see(desk: Desk, her: Person, category: str, unit: str) -> list[Person]:
    """Whom she may choose to leave out; her own household is left out unasked and not listed."""
    home = cases.living_with(desk.conn, [her.id])
    theirs = [*within_earshot(desk, ladder_at(desk, category, unit), unit), *people.holders_of(desk.conn, "officer")]
    return list({each.id: each for each in theirs if each.id not in home}.values())


def check_somebody_left(
    desk: Desk, her: Person, category: str, unit: str, not_people: tuple[int, ...], not_names: tuple[str, ...]
) -> frozenset[int]:
    """Who is kept away; not everybody who could hear her can be."""
    away = kept_away(desk, her.id, not_people, not_names)
    if all(each.id in away for each in within_earshot(desk, ladder_at(desk, category, unit), unit)):
        raise NobodyLeft
    return away


def submit(desk: Desk, her: Person, new: NewCase) -> int | None:
    """Passed on to people. None: this conversation has done it already."""
    check_word(new.word)
    if not is_open(desk, new.unit):
        raise DoorShut
    away = check_somebody_left(desk, her, new.category, new.unit, new.not_people, new.not_names)
    word = desk.keys.hash("word", normal(new.word))
    told = tuple({name: value for name, value in part.items() if name != "message_id"} for part in new.parts)
    story = Story(her.id, new.category, told, word, new.contact, new.not_people, new.not_names)
    sealed = desk.keys.seal(story.to_json())
    case_id = cases.add_case(desk.conn, desk.now, new.once, who(desk, her), new.unit, sealed)
    if case_id is None:
        return None
    escalation.start_case_run(desk, case_id, new.unit, ladder_at(desk, new.category, new.unit), away)
    return case_id

"""Whoever did something good is asked before anybody reads of it; only then, and only so, the groups do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from desk.alerts import can_hear
from desk.front import BULK, CardRefresh, Desk
from desk.good_deed_parts import CARD
from desk.nights import is_night
from desk.people import get_person
from domain import good_deeds as rules
from domain.good_deeds import NAMED, NAMELESS, NO, GoodDeed, readable
from domain.people import Person
from domain.places import path_up
from domain.refusals import NotFound
from domain.words import Named, Text, _
from storage import good_deeds as rows
from storage.households import chats_with, find_household, members_of
from storage.teams import all_teams, team_of_chat

ASKED, SHOWN = "praise", "praised"
"""The card of whoever is asked, and the one in the group."""


def deciders(desk: Desk, deed: GoodDeed) -> list[Person]:
    """Who answers: whoever did it; for a child, or where only the household is known, the grown-ups who live there."""
    if is_grown_up(desk, deed):
        return [get_person(desk, deed.doer_id)] if deed.doer_id is not None else []
    home = members_of(desk.conn, deed.doer_home) if deed.doer_home is not None else []
    return [each for each in home if each.of_age is not False and not (deed.child and each.id == deed.doer_id)]


def is_grown_up(desk: Desk, deed: GoodDeed) -> bool:
    """Is it somebody whom the desk knows, and who answers for themselves?"""
    return deed.doer_id is not None and not deed.child and get_person(desk, deed.doer_id).of_age is not False


def ask(desk: Desk, deed: GoodDeed) -> None:
    for each in deciders(desk, deed):
        if can_hear(each) and each.telegram_id is not None:
            desk.say(CardRefresh(each.telegram_id, ASKED, deed.id, silent=is_night(desk), anew=True))


def refresh(desk: Desk, deed_id: int) -> None:
    """Every card of it, with those in charge, whoever was asked and in the groups, shows how it stands now."""
    for subject in (CARD, ASKED, SHOWN):
        chats = chats_with(desk.conn, subject, deed_id)
        desk.say(*(CardRefresh(chat, subject, deed_id, BULK, silent=True) for chat in chats))


def answer(desk: Desk, person: Person, deed_id: int, consent: str) -> Text:
    """Yes; yes, without my name; or please don't.

    1. Are they asked? 2. Compete: the first answer counts. 3. The groups see it, or nobody does.
    """
    deed = _asked(desk, person, deed_id)
    if consent not in (NAMED, NAMELESS, NO) or (consent == NAMED and not is_grown_up(desk, deed)):
        raise NotFound
    given: dict[str, Any] = {"consent": consent, "consent_by": person.id}
    if deed.state != "confirmed" or not rows.move(desk.conn, deed_id, "keep" if consent == NO else "show", **given):
        raise rules.SeenAlready
    rows.remember(desk.conn, deed_id, consent, desk.now, person.id)
    refresh(desk, deed_id)
    if consent == NO:
        return _("All right, it stays between us. Thank you for what you did!")
    for chat_id in groups_for(desk, deed):
        desk.say(CardRefresh(chat_id, SHOWN, deed_id, BULK, silent=is_night(desk), anew=True))
    return _("Thank you! The neighbours will be glad to read it.")


def take_down(desk: Desk, person: Person, deed_id: int) -> Text:
    """A yes can be taken back at any time: the card in the groups says nothing of it any more."""
    _asked(desk, person, deed_id)
    if not rows.move(desk.conn, deed_id, "take_down", consent=NO, consent_by=person.id):
        raise rules.SeenAlready
    rows.remember(desk.conn, deed_id, "taken down", desk.now, person.id)
    refresh(desk, deed_id)
    return _("It is taken down. What somebody has read already I cannot take back.")


def _asked(desk: Desk, person: Person, deed_id: int) -> GoodDeed:
    deed = rows.find_deed(desk.conn, deed_id)
    if deed is None or deed.state not in ("confirmed", "shown", "kept"):
        raise NotFound
    if person.id not in {each.id for each in deciders(desk, deed)}:
        raise NotFound
    return deed


def groups_for(desk: Desk, deed: GoodDeed) -> list[int]:
    """The groups of the unit; where it has none, those of the nearest above it."""
    for unit in path_up(desk.file.units, deed.unit):
        chats = [team.chat_id for team in all_teams(desk.conn, [unit.key]) if team.is_reachable]
        if chats:
            return sorted({chat for chat in chats if chat is not None})
    return []


# ── what each reader sees ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Praised:
    """What may be read of it: words without names and numbers, and a name if whoever it is has said yes."""

    by_oneself: bool
    unit: Named
    words: str
    name: str | None


def praised(desk: Desk, deed: GoodDeed, consent: str | None) -> Praised:
    """As it would stand in a group with this answer."""
    unit = desk.file.units.get(deed.unit)
    told = " ".join(part.words for part in rows.parts_of(desk.conn, deed.id) if part.words)
    doer = get_person(desk, deed.doer_id) if deed.doer_id is not None else None
    named = consent == NAMED and is_grown_up(desk, deed) and doer is not None and bool(doer.name or doer.shown_name)
    return Praised(
        by_oneself=deed.by_oneself,
        unit=unit.name if unit else dict.fromkeys(desk.file.languages, deed.unit),
        words="" if deed.wordless else readable(told, names_in(desk, deed)),
        name=doer.called if named and doer is not None else None,
    )


def names_in(desk: Desk, deed: GoodDeed) -> list[str]:
    """Names and addresses that must not stand among the words: of both, and of whoever lives with them."""
    both = [get_person(desk, each) for each in (deed.reporter_id, deed.doer_id) if each is not None]
    homes = {deed.reporter_home, deed.doer_home, *(each.household_id for each in both)} - {None}
    there = [each for home in homes if home is not None for each in members_of(desk.conn, home)]
    names = [name for each in (*both, *there) for name in (each.name, each.shown_name, each.phone, each.address)]
    found = [find_household(desk.conn, home) for home in homes if home is not None]
    names += [each.address for each in found if each is not None]
    return [name for name in names if name]


def view_in_group(desk: Desk, deed_id: int, chat_id: int) -> Praised | None:
    """None when nothing of it may stand there, or no longer."""
    deed = rows.find_deed(desk.conn, deed_id)
    if deed is None or deed.state != "shown" or team_of_chat(desk.conn, chat_id) is None:
        return None
    return praised(desk, deed, deed.consent)


@dataclass(frozen=True, slots=True)
class Question:
    """What whoever did it is asked, and what was answered."""

    deed: GoodDeed
    reader: Person
    named: Praised
    may_be_named: bool


def question(desk: Desk, deed_id: int, reader: Person | None) -> Question | None:
    """None for whoever is not asked, or not any more."""
    deed = rows.find_deed(desk.conn, deed_id)
    if deed is None or reader is None or deed.state not in ("confirmed", "shown", "kept"):
        return None
    if reader.id not in {each.id for each in deciders(desk, deed)}:
        return None
    may = is_grown_up(desk, deed)
    return Question(deed, reader, praised(desk, deed, deed.consent or (NAMED if may else NAMELESS)), may)

"""What was told in confidence, before the people who answer for the place: opened, taken, given back, closed.

Only this file opens what is sealed. Who may see a case is judged anew for every tap and every card: reached by a step
of the ladder, still answering for the place, not of her household, not named by her.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from desk import escalation
from desk.front import PERSONAL, URGENT, CardRefresh, Desk, Line
from domain.cases import (
    KEPT_AFTER_CLOSING,
    WRITE,
    Story,
    is_named,
    ladder_from,
    next_window,
    rounded,
)
from domain.escalation import EscalationPolicy
from domain.people import Person, is_officer, supervises
from domain.places import path_up
from domain.refusals import NotFound, Refusal
from domain.words import Text, _
from storage import cases, people

ALERT, CASE, PART = "case_alert", "case", "case_part"
PARTS = 100
"""A picture or a voice is shown as a card of its own: its id is the case's, times this, and its place in the story."""
YOU_HAVE_A_MESSAGE = _("You have a message.")


class AlreadyTaken(Refusal):
    text = _("Somebody has taken this already. Thank you!")


class NotHers(Refusal):
    text = _("Only whoever has taken this can do that.")


@dataclass(frozen=True, slots=True)
class Opened:
    """A case as whoever may see it sees it."""

    id: int
    unit: str
    state: str
    holder_id: int | None
    since: datetime
    story: Story
    her: Person


# ── who may see it ──────────────────────────────────────────────────────────────────────────────────────────────────


def excluded_of(desk: Desk, case_id: int) -> frozenset[int]:
    """Nobody of her household, and nobody she named, is reached or shown it; found anew, since people move and come."""
    story = _get(desk, case_id)[1]
    return kept_away(desk, story.person_id, story.not_people, story.not_names)


def kept_away(desk: Desk, her_id: int, not_people: tuple[int, ...], not_names: tuple[str, ...]) -> frozenset[int]:
    away = {her_id, *not_people, *cases.called(desk.conn, not_names)}
    for each in cases.answerable(desk.conn):
        if is_named(not_names, (each.name, each.shown_name)):
            away.add(each.id)
    return frozenset(cases.living_with(desk.conn, away))


def find_visible(desk: Desk, person: Person, case_id: int) -> Opened | None:
    """The case, if this person may see it now. Once it is taken only the holder may; closed, nobody."""
    row = cases.find_case(desk.conn, case_id)
    if row is None or row.state == "closed" or not row.sealed or not cases.is_granted(desk.conn, case_id, person.id):
        return None
    if row.state == "taken" and row.holder_id != person.id:
        return None
    if not _answers_for(desk, person.id, row.unit):
        return None
    story = Story.from_json(desk.keys.unseal(row.sealed))
    if person.id in kept_away(desk, story.person_id, story.not_people, story.not_names):
        return None
    her = people.get_person(desk.conn, story.person_id)
    return Opened(row.id, row.unit, row.state, row.holder_id, row.made_at, story, her)


def _answers_for(desk: Desk, person_id: int, unit: str) -> bool:
    """Officers too, for the ladder may end with them; but only those it has reached are ever asked this."""
    held = people.roles_of(desk.conn, person_id)
    return supervises(held, [each.key for each in path_up(desk.file.units, unit)]) or is_officer(held)


def _get_visible(desk: Desk, person: Person, case_id: int) -> Opened:
    found = find_visible(desk, person, case_id)
    if found is None:
        raise NotFound
    return found


def _get(desk: Desk, case_id: int) -> tuple[cases.CaseRow, Story]:
    row = cases.find_case(desk.conn, case_id)
    if row is None or not row.sealed:
        raise NotFound
    return row, Story.from_json(desk.keys.unseal(row.sealed))


def change_story(desk: Desk, case_id: int, change: Callable[[Story], Story]) -> Story:
    """Two people open one case at once: neither undoes what the other wrote."""
    row = cases.find_case(desk.conn, case_id, to_change=True)
    if row is None or not row.sealed:
        raise NotFound
    story = change(Story.from_json(desk.keys.unseal(row.sealed)))
    cases.reseal(desk.conn, case_id, desk.keys.seal(story.to_json()))
    return story


def ladder_at(desk: Desk, category: str, unit: str) -> EscalationPolicy:
    return ladder_from(desk.file.ladder_of(desk.file.categories[category]), desk.file.units[unit].level)


# ── the people who answer ───────────────────────────────────────────────────────────────────────────────────────────


def open_case(desk: Desk, person: Person, case_id: int) -> None:
    """Show it to one of those reached. That it was opened is written down first; the ladder goes on."""
    _get_visible(desk, person, case_id)
    cases.note_access(desk.conn, case_id, person.id, desk.now)
    change_story(desk, case_id, lambda story: replace(story, shown_to=tuple({*story.shown_to, person.id})))
    _refresh(desk, person, CASE, case_id, anew=True)


def put_away(desk: Desk, person: Person, case_id: int) -> None:
    """Take it off this person's screen."""
    if not cases.is_granted(desk.conn, case_id, person.id):
        raise NotFound
    _refresh(desk, person, CASE, case_id)
    row = cases.find_case(desk.conn, case_id)
    if row is not None and row.sealed:
        change_story(desk, case_id, lambda story: replace(story, shown_to=_without(story, person.id)))


def take(desk: Desk, person: Person, case_id: int) -> None:
    """The first wins, and that alone ends the ladder; it leaves everybody else's screen."""
    row = cases.find_case(desk.conn, case_id)
    if row is not None and row.state == "taken" and cases.is_granted(desk.conn, case_id, person.id):
        raise AlreadyTaken
    _get_visible(desk, person, case_id)
    if not cases.take(desk.conn, case_id, person.id):
        raise AlreadyTaken
    escalation.met(desk, case_id=case_id)
    _show_anew(desk, case_id, stays=person.id)


def give_back(desk: Desk, person: Person, case_id: int) -> None:
    """Somebody else has to: it waits again and the ladder begins anew."""
    found = _get_visible(desk, person, case_id)
    if not cases.give_back(desk.conn, case_id, person.id):
        raise NotHers
    _wait_again(desk, case_id, found.unit, found.story)


def close(desk: Desk, person: Person, case_id: int) -> None:
    """Nothing more is to be done. It opens to nobody any more, and what was told is deleted after thirty days."""
    _get_visible(desk, person, case_id)
    if not cases.close(desk.conn, case_id, person.id, desk.now):
        raise NotHers
    _show_anew(desk, case_id)


def check_holder(desk: Desk, person: Person, case_id: int) -> None:
    if _get_visible(desk, person, case_id).holder_id != person.id:
        raise NotHers


def leave(desk: Desk, person: Person, case_id: int, words: str) -> Text:
    """Words for her, sealed until she asks. Only if she allowed it is she told that there are any, in her hours."""
    check_holder(desk, person, case_id)
    said = {"at": desk.now.isoformat(), "words": words}
    story = change_story(desk, case_id, lambda story: replace(story, left=(*story.left, said)))
    her = people.get_person(desk.conn, story.person_id)
    _refresh(desk, person, CASE, case_id)
    if story.contact.rule != WRITE or her.telegram_id is None:
        return _("It is kept for them. They read it when they ask.")
    begin, end = next_window(story.contact.hours, desk.now, desk.file.zone)
    line = Line(her.telegram_id, YOU_HAVE_A_MESSAGE, lane=PERSONAL, rule="bulk", silent=True, language=her.language)
    desk.say(replace(line, not_before=begin, expires_at=end))
    return _("It is kept for them. In the hours they allowed I tell them that there is a message, and no more.")


def _wait_again(desk: Desk, case_id: int, unit: str, story: Story) -> None:
    policy = ladder_at(desk, story.category, unit)
    escalation.start_case_run(desk, case_id, unit, policy, excluded_of(desk, case_id))
    _show_anew(desk, case_id)


def _without(story: Story, *persons: int) -> tuple[int, ...]:
    return tuple(each for each in story.shown_to if each not in persons)


def _show_anew(desk: Desk, case_id: int, stays: int | None = None) -> None:
    """Everybody who was reached sees how it stands; what is open on other screens than this person's is blanked."""
    before = _get(desk, case_id)[1]
    parts = [(PART, case_id * PARTS + place) for place in _pictured(before)]
    change_story(
        desk, case_id, lambda story: replace(story, shown_to=tuple(each for each in story.shown_to if each == stays))
    )
    for person_id, chat_id in cases.chats_let_in(desk.conn, case_id).items():
        on_screen = [(CASE, case_id), *parts] if person_id in before.shown_to else []
        for subject, subject_id in [(ALERT, case_id), *on_screen]:
            desk.say(CardRefresh(chat_id, subject, subject_id, lane=URGENT, silent=True))


def _refresh(desk: Desk, person: Person, subject: str, case_id: int, *, anew: bool = False) -> None:
    if person.telegram_id is None:
        return
    desk.say(CardRefresh(person.telegram_id, subject, case_id, lane=URGENT, silent=True, anew=anew))
    row = cases.find_case(desk.conn, case_id) if subject == CASE else None
    for place in _pictured(Story.from_json(desk.keys.unseal(row.sealed))) if row is not None and row.sealed else ():
        part = case_id * PARTS + place
        desk.say(CardRefresh(person.telegram_id, PART, part, lane=URGENT, silent=True, anew=anew))


def _pictured(story: Story) -> list[int]:
    return [place for place, part in enumerate(story.parts) if part.get("file_id")]


def find_part(desk: Desk, chat_id: int, part: int) -> tuple[str, str] | None:
    """A picture or a voice of her story, for as long as this reader has it open: what it is, and its file."""
    case_id, place = divmod(part, PARTS)
    found = find_shown(desk, chat_id, case_id)
    if found is None or place not in _pictured(found.story):
        return None
    return found.story.parts[place]["kind"], found.story.parts[place]["file_id"]


# ── what their cards say ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Waiting:
    """What may stand on an alert: how it is, and whether this reader may open it."""

    reader: Person
    unit: str
    since: datetime
    state: str
    mine: bool
    may_open: bool


def find_waiting(desk: Desk, chat_id: int, case_id: int) -> Waiting | None:
    """For the alert in somebody's private chat; None in every other chat, and for whoever was not reached."""
    reader = people.find_person(desk.conn, chat_id)
    row = cases.find_case(desk.conn, case_id)
    if reader is None or row is None or not cases.is_granted(desk.conn, case_id, reader.id):
        return None
    may_open = find_visible(desk, reader, case_id) is not None
    if row.state == "waiting" and not may_open:
        return None
    return Waiting(reader, row.unit, row.made_at, row.state, row.holder_id == reader.id, may_open)


def names_of(desk: Desk, persons: tuple[int, ...]) -> list[str]:
    return [people.get_person(desk.conn, each).called for each in persons]


def find_shown(desk: Desk, chat_id: int, case_id: int) -> Opened | None:
    """For the card with her words: only while this reader has it open, and may see it now."""
    reader = people.find_person(desk.conn, chat_id)
    found = find_visible(desk, reader, case_id) if reader is not None else None
    return found if found is not None and reader is not None and reader.id in found.story.shown_to else None


# ── by the clock ────────────────────────────────────────────────────────────────────────────────────────────────────


def sweep_closed(desk: Desk) -> bool:
    """What was told is deleted when its time is over; that somebody looked stays on record."""
    return cases.empty_closed(desk.conn, desk.now - KEPT_AFTER_CLOSING) > 0


def sweep_orphaned(desk: Desk) -> bool:
    """A holder who no longer answers for the place cannot help her: it waits again."""
    orphaned = [row for row in cases.taken(desk.conn) if not _answers_for(desk, row.holder_id, row.unit)]
    for row in orphaned:
        if cases.give_back(desk.conn, row.id, row.holder_id):
            _wait_again(desk, row.id, row.unit, _get(desk, row.id)[1])
    return bool(orphaned)


def counts(desk: Desk) -> dict[str, int]:
    """All that officers see: how many by place, and nothing below five."""
    return rounded(cases.count_cases(desk.conn))

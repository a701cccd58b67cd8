"""Her side of the private door: news when she asks with her word, and clearing what stands in her chat."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from desk.cases import change_story
from desk.front import URGENT, Call, CardRefresh, Desk
from desk.talks import is_confiding
from domain.cases import TRIES, TRIES_WITHIN, Story, could_be_the_word, is_deletable, normal
from domain.people import Person
from domain.words import in_language
from storage import cases, people
from storage.talks import is_sealed
from storage.vault import Keys

DRAFT_LASTS = timedelta(minutes=15)
ASIDE = "aside"
NUMBERS, PASSED_ON, NEWS = 1, 2, 3
"""What her own card shows. It never carries the number of her case: her chat and her case stay apart."""
HERS = (ASIDE, "screen")
"""Cards in her chat that may show something of it: her own, and the conversation's."""


@dataclass(frozen=True, slots=True)
class Cleared:
    """What clearing did: deleted, overwritten with something harmless, and what only she can delete."""

    deleted: int
    overwritten: int
    left: int


@dataclass(frozen=True, slots=True)
class News:
    """What she sees when she asks: how it stands, and what was left for her. No name of anybody."""

    state: str
    unit: str
    since: datetime
    readers: int  # how many people have opened it
    left: tuple[tuple[datetime, str], ...]


def who(desk: Desk, person: Person) -> str:
    """By this she is found again, and from it she cannot be read."""
    return desk.keys.hash("who", person.id)


def is_drafting(desk: Desk, person: Person) -> bool:
    return cases.has_draft(desk.conn, person.id, desk.now - DRAFT_LASTS)


def find_by_word(desk: Desk, person: Person, words: str) -> int | None:
    """The case of hers with this word. A wrong word, or one try too many, is like any other words."""
    hers = cases.cases_of(desk.conn, who(desk, person)) if could_be_the_word(words) else []
    if not hers or is_drafting(desk, person):
        return None
    if cases.count_try(desk.conn, who(desk, person), desk.now, TRIES_WITHIN) > TRIES:
        return None
    said = desk.keys.hash("word", normal(words))
    return next((row.id for row in hers if _read(desk, row).word == said), None)


def ask_for_news(desk: Desk, person: Person, case_id: int) -> None:
    """She asked with her word: the card shows it for a quarter of an hour."""
    for row in cases.cases_of(desk.conn, who(desk, person)):
        asked_at = desk.now.isoformat() if row.id == case_id else None
        _asked(desk, row.id, asked_at)
    show(desk, person, NEWS)


def news(desk: Desk, chat_id: int) -> News | None:
    """What she asked for, in her own chat; a quarter of an hour later it is not shown anew."""
    person = people.find_person(desk.conn, chat_id)
    if person is None:
        return None
    for row in cases.cases_of(desk.conn, who(desk, person)):
        story = _read(desk, row)
        if story.news_stands(desk.now):
            left = tuple((datetime.fromisoformat(each["at"]), each["words"]) for each in story.left)
            return News(row.state, row.unit, row.made_at, cases.count_readers(desk.conn, row.id), left)
    return None


def show(desk: Desk, person: Person, what: int) -> None:
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, ASIDE, what, lane=URGENT, silent=True, anew=True))


# ── clear this ──────────────────────────────────────────────────────────────────────────────────────────────────────


def trace(desk: Desk, person: Person, message_id: int, ours: bool) -> None:
    """Remember a message of hers or ours so that it can be cleared, and the cards that stand there now as well."""
    if person.telegram_id is None:
        return
    chat = _chat(desk.keys, person.telegram_id)
    cases.add_trace(desk.conn, chat, message_id, ours, desk.now)
    for card in cases.standing_cards(desk.conn, person.telegram_id, HERS):
        cases.add_trace(desk.conn, chat, card.message_id, True, card.at)


def trace_if_open(desk: Desk, person: Person, message_id: int, ours: bool) -> None:
    """Only what belongs to a confidential conversation is remembered."""
    if person.telegram_id is not None and is_confiding(desk, person.id):
        trace(desk, person, message_id, ours)


def note_standing(conn: Connection, keys: Keys, now: datetime, subject: str, chat_id: int, message_id: int) -> None:
    """For the courier, when it notes where a card stands: one of hers, or a question of her open conversation."""
    if subject == ASIDE or (subject in HERS and is_sealed(conn, chat_id)):
        cases.add_trace(conn, _chat(keys, chat_id), message_id, True, now)


def has_traces(desk: Desk, person: Person) -> bool:
    if person.telegram_id is None:
        return False
    traced = cases.traces_of(desk.conn, _chat(desk.keys, person.telegram_id))
    standing = cases.standing_cards(desk.conn, person.telegram_id, (ASIDE,))
    return bool(traced or standing or is_sealed(desk.conn, person.telegram_id))


def clear(desk: Desk, person: Person, message_id: int | None = None) -> Cleared:
    """Take away what Telegram lets us: both sides' messages of two days; our own older ones say something harmless.

    What she told stays with those who answer; the draft and the news on her screen go. `message_id`: her own message
    that asked for it.
    """
    if person.telegram_id is None:
        return Cleared(0, 0, 0)
    chat_id, chat = person.telegram_id, _chat(desk.keys, person.telegram_id)
    if message_id is not None:
        cases.add_trace(desk.conn, chat, message_id, False, desk.now)
    found = {row.message_id: (row.ours, row.at) for row in cases.traces_of(desk.conn, chat)}
    subjects = HERS if is_sealed(desk.conn, chat_id) else (ASIDE,)
    for card in cases.standing_cards(desk.conn, chat_id, subjects):
        found.setdefault(card.message_id, (True, card.at))
    young = sorted(each for each, (_ours, at) in found.items() if is_deletable(at, desk.now))
    old = sorted(each for each, (ours, _at) in found.items() if ours and each not in young)
    for start in range(0, len(young), 100):
        desk.say(Call(chat_id, "deleteMessages", {"message_ids": young[start : start + 100]}, lane=URGENT))
    harmless = in_language(desk.file.name, person.language or desk.file.default_language)
    for each in old:
        desk.say(Call(chat_id, "editMessageText", {"message_id": each, "text": harmless}, lane=URGENT))
    cases.drop_traces(desk.conn, chat)
    cases.forget_cards(desk.conn, chat_id, subjects)
    cases.drop_draft(desk.conn, person.id)
    for row in cases.cases_of(desk.conn, who(desk, person)):
        _asked(desk, row.id, None)
    return Cleared(len(young), len(old), len(found) - len(young) - len(old))


def _asked(desk: Desk, case_id: int, at: str | None) -> None:
    change_story(desk, case_id, lambda story: replace(story, asked_at=at))


def _read(desk: Desk, row: cases.CaseRow) -> Story:
    return Story.from_json(desk.keys.unseal(row.sealed))


def _chat(keys: Keys, chat_id: int) -> str:
    return keys.hash("chat", chat_id)

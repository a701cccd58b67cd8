"""A small good deed a day, noted for oneself: a week and a month of them, and the best marked by a supervisor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from desk import praise
from desk.front import CardRefresh, Desk
from desk.good_deed_parts import keep_parts
from desk.order_views import tell_person
from desk.people import get_person
from desk.points import earn
from desk.roles import may_lead
from domain import good_deeds as rules
from domain.good_deeds import DIARY, GoodDeed, week_start
from domain.people import Person, is_officer
from domain.places import is_within
from domain.points import Earning, day_start, month_start
from domain.refusals import NotAllowed, NotFound
from domain.words import Text, _
from storage import good_deeds as rows
from storage import points
from storage.messages import get_fact, set_fact
from storage.people import roles_of

CARD, LIST = "diary", "good_deeds"
"""Somebody's own diary; and what waits for whoever is in charge."""
WEEK, MONTH = "week", "month"
A_PAGE = 6
LOOKS_BACK = timedelta(days=14)
"""So long an entry can be marked."""

MARKED = _("The community worker liked what you wrote in your diary.")


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def write(desk: Desk, person: Person, once: str, unit: str, parts: list[dict[str, Any]]) -> Text:
    """An entry, once.

    1. Not too many in a day. 2. One row. 3. Points, as far as the week leaves room.
    """
    known = rows.find_by_once(desk.conn, once)
    if known is None:
        if rows.count_told(desk.conn, person.id, DIARY, day_start(desk.now, desk.file.zone)) >= rules.MOST_A_DAY:
            raise rules.EnoughToday
        deed_id = rows.add_deed(
            desk.conn,
            once=once,
            kind=DIARY,
            unit=unit,
            state="written",
            reporter_id=person.id,
            reporter_home=person.household_id,
            doer_id=person.id,
            doer_home=person.household_id,
            made_at=desk.now,
        )
        if deed_id is not None:
            keep_parts(desk, person, deed_id, parts)
            rows.remember(desk.conn, deed_id, "written", desk.now, person.id)
            _award(desk, person, deed_id)
    return _("It stands in your diary. A small good deed a day makes a good year! /diary shows your week.")


def key_of(deed_id: int) -> str:
    return f"award:diary:{deed_id}"


def _award(desk: Desk, person: Person, deed_id: int) -> int:
    """1. Only to a household, not for a child. 2. Hold its balance, so that nobody counts beside us. 3. The rest."""
    standard, home = desk.file.diary, person.household_id
    if home is None or standard.award == 0 or person.of_age is False:
        return 0
    points.lock_balances(desk.conn, [points.account_of(desk.conn, home)])
    since = week_start(desk.now, desk.file.zone)
    this_week = rows.entries_of(desk.conn, person.id, since, desk.now + timedelta(seconds=1))
    had = rows.posted_for(desk.conn, [key_of(each.id) for each in this_week])
    left = standard.award if standard.person_week is None else min(standard.award, standard.person_week - had)
    if left <= 0:
        return 0
    about: dict[str, Any] = {"dimension": standard.dimension, "deed": DIARY, "caps": standard.caps}
    return earn(desk, Earning(key_of(deed_id), home, person.id, left, rules.NOTED, **about))


# ── a week and a month ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Shown:
    """Which part of their diary somebody looks at: this week or an earlier one, and which page of it."""

    span: str = WEEK
    back: int = 0
    page: int = 0

    def __str__(self) -> str:
        return f"{self.span}:{self.back}:{self.page}"


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    words: str
    pictures: int
    state: str


@dataclass(frozen=True, slots=True)
class Pages:
    """What stands on the card: a page of entries, how many there are, and whether there is more on either side."""

    shown: Shown
    since: datetime
    until: datetime
    entries: list[Entry]
    count: int
    earlier: bool
    later: bool


def span_of(desk: Desk, shown: Shown) -> tuple[datetime, datetime]:
    """From when to when: whole weeks and months of the neighbourhood's own calendar."""
    zone, start = desk.file.zone, week_start if shown.span == WEEK else month_start
    since = start(desk.now, zone)
    until = desk.now + timedelta(seconds=1)
    for _back in range(shown.back):
        since, until = start(since - timedelta(hours=12), zone), since
    return since, until


def pages(desk: Desk, person: Person) -> Pages:
    shown = _shown(desk, CARD, person)
    since, until = span_of(desk, shown)
    found = rows.entries_of(desk.conn, person.id, since, until)
    first = shown.page * A_PAGE
    entries = [_entry(desk, deed) for deed in found[first : first + A_PAGE]]
    before = rows.entries_of(desk.conn, person.id, datetime.fromtimestamp(0, since.tzinfo), since)
    return Pages(shown, since, until, entries, len(found), bool(before), shown.back > 0)


def _entry(desk: Desk, deed: GoodDeed) -> Entry:
    parts = rows.parts_of(desk.conn, deed.id)
    words = " ".join(part.words for part in parts if part.words)
    fits = words if len(words) <= rules.FITS else f"{words[: rules.FITS].rstrip()}{rules.LEFT_OUT}"
    return Entry(deed.made_at, fits, sum(part.kind != "text" for part in parts), deed.state)


def show(desk: Desk, person: Person, shown: Shown, *, anew: bool) -> None:
    """Another page on the same card, or a card of its own at the bottom of the chat."""
    _turn(desk, CARD, person, shown, anew=anew)


def _turn(desk: Desk, card: str, person: Person, shown: Shown, *, anew: bool) -> None:
    if shown.span not in (WEEK, MONTH) or not 0 <= shown.back <= 60 or not 0 <= shown.page <= 60:
        raise NotFound
    set_fact(desk.conn, page_fact(card, person.id), str(shown))
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, card, person.id, anew=anew))


def page_fact(card: str, person_id: int) -> str:
    return f"page:{card}:{person_id}"


def _shown(desk: Desk, card: str, person: Person) -> Shown:
    span, _sign, rest = (get_fact(desk.conn, page_fact(card, person.id)) or str(Shown())).partition(":")
    back, _sign, page = rest.partition(":")
    return Shown(span, int(back), int(page))


# ── whoever is in charge ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Waiting:
    """What somebody in charge sees: praise to be confirmed, and diaries to be read with a warm eye."""

    praises: list[GoodDeed]
    entries: list[tuple[GoodDeed, Person, Entry]]
    count: int
    page: int


def units_of(desk: Desk, person: Person) -> list[str]:
    """The places this person answers for."""
    held = roles_of(desk.conn, person.id)
    above = {role.unit for role in held if role.role == "supervisor"}
    everywhere = is_officer(held)
    return [unit for unit in desk.file.units if everywhere or any(is_within(desk.file.units, unit, u) for u in above)]


def praises_for(desk: Desk, person: Person) -> list[GoodDeed]:
    """What was told in their places and waits for a yes, but for what is about them."""
    found = rows.waiting_in(desk.conn, units_of(desk, person))
    return [deed for deed in found if not rules.concerns(deed, person)]


def waiting(desk: Desk, person: Person) -> Waiting:
    units = units_of(desk, person)
    written = [
        deed for deed in rows.written_in(desk.conn, units, desk.now - LOOKS_BACK) if not rules.concerns(deed, person)
    ]
    page = min(_shown(desk, LIST, person).page, max(0, len(written) - 1) // A_PAGE)
    entries = [
        (deed, get_person(desk, deed.reporter_id), _entry(desk, deed))
        for deed in written[page * A_PAGE : (page + 1) * A_PAGE]
    ]
    return Waiting(praises_for(desk, person), entries, len(written), page)


def show_list(desk: Desk, person: Person, page: int = 0, *, anew: bool) -> None:
    if not units_of(desk, person):
        raise NotAllowed
    _turn(desk, LIST, person, Shown(page=page), anew=anew)


def mark(desk: Desk, person: Person, deed_id: int) -> Text:
    """One of the best: it earns once more, and whoever wrote it is asked whether the neighbours may read it.

    1. May they? Not their own. 2. Compete. 3. Points. 4. The writer is asked.
    """
    deed = rows.find_deed(desk.conn, deed_id)
    if deed is None or deed.kind != DIARY or not may_lead(desk, person, deed.unit) or rules.concerns(deed, person):
        raise NotFound
    if not rows.move(desk.conn, deed_id, "mark", decided_by=person.id, decided_at=desk.now):
        raise rules.SeenAlready
    rows.remember(desk.conn, deed_id, "mark", desk.now, person.id)
    tell_person(desk, deed.reporter_id, MARKED)
    _award_best(desk, deed, person)
    marked = rows.find_deed(desk.conn, deed_id)
    assert marked is not None
    praise.ask(desk, marked)
    show_list(desk, person, _shown(desk, LIST, person).page, anew=False)
    return _("Marked. I'm asking whether the neighbours may read it.")


def _award_best(desk: Desk, deed: GoodDeed, by: Person) -> None:
    standard, writer = desk.file.diary, get_person(desk, deed.reporter_id)
    if (
        writer.household_id is None
        or standard.best == 0
        or writer.of_age is False
        or writer.household_id == by.household_id
    ):
        return
    best = Earning(
        f"{key_of(deed.id)}:best",
        writer.household_id,
        writer.id,
        standard.best,
        rules.MARKED,
        standard.dimension,
        decided_by=by.id,
        deed=DIARY,
        caps=standard.caps,
    )
    earn(desk, best)

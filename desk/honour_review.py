"""Whoever is in charge looks an honour board over: each household's deeds, one left out with a reason, a quiet hero.

Nobody decides about their own household.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from desk import by_hand
from desk.diary import page_fact
from desk.front import CardRefresh, Desk
from desk.homes import is_home_of
from desk.honour_standing import grown_ups, is_ready, named, place_name, those_who_stand, units_below, would_stand
from desk.honour_ties import ASKED, REVIEW, refresh
from desk.honours import ask_new, get_board, get_led, rules_of
from desk.nights import by_day
from desk.people import get_person
from desk.roles import may_lead
from domain import honours as rules
from domain.honours import ASKING, NO, OPEN, Honour, HonourBoard, period_of
from domain.households import Address, where
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Named, Text, _, from_json
from storage import honours as rows
from storage.board_choices import choice_of
from storage.household_changes import merged_into
from storage.households import Household, find_household
from storage.messages import get_fact, set_fact
from storage.roles import write_audit

PAGE = "honours"
"""Which household of a board somebody looks at; "drop" when they would rather have none."""
GONE, LEFT_OUT, UNASKED, WAITING, SAID_YES, SAID_NO = "gone", "left_out", "unasked", "waiting", "yes", "no"


# ── looking ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Listed:
    """A household as whoever is in charge sees it."""

    honour: Honour
    address: Text
    name: Text
    stands: str
    own: bool
    changed_by: str | None


@dataclass(frozen=True, slots=True)
class Deeds:
    """One kind of deed: how often, and what all of them earned. Never for whom."""

    reason: Text
    count: int
    points: int


@dataclass(frozen=True, slots=True)
class Review:
    board: HonourBoard
    unit: Named
    period: rules.Period
    listed: list[Listed]
    opened: Listed | None
    deeds: list[Deeds]
    dropping: bool
    ready: bool
    decided_by: str | None


def review(desk: Desk, person: Person, board_id: int) -> Review:
    """The board as this person sees it, and the household they have opened."""
    board = get_led(desk, person, board_id)
    found = rows.on_board(desk.conn, board.id)
    standing = those_who_stand(desk, found)
    names, still = named(desk, standing), {each.id for each in standing}
    listed = [
        Listed(
            honour=each,
            address=_address(desk, each.household_id),
            name=names.get(each.id) or would_stand(desk, each.household_id),
            stands=_stands(each, each.id in still, each.id in names),
            own=is_home_of(desk, person.id, each.household_id),
            changed_by=get_person(desk, each.changed_by).called if each.changed_by is not None else None,
        )
        for each in found
    ]
    page, _sign, what = (get_fact(desk.conn, page_fact(PAGE, person.id)) or "").partition(":")
    here = what if page == str(board.id) else ""
    opened = next((each for each in listed if str(each.honour.id) == here), None)
    period = period_of(board.period)
    return Review(
        board=board,
        unit=place_name(desk, board.unit),
        period=period,
        listed=listed,
        opened=opened,
        deeds=_deeds(desk, opened.honour, period) if opened is not None else [],
        dropping=here == "drop" and board.is_open,
        ready=is_ready(desk, board),
        decided_by=get_person(desk, board.decided_by).called if board.decided_by is not None else None,
    )


def address_of(desk: Desk, honour_id: int) -> Text:
    honour = rows.find_honour(desk.conn, honour_id)
    if honour is None:
        raise NotFound
    return _address(desk, honour.household_id)


def _address(desk: Desk, household_id: int) -> Text:
    home = find_household(desk.conn, household_id)
    assert home is not None
    return where(home.at, place_name(desk, home.unit))


def _stands(honour: Honour, still: bool, is_named: bool) -> str:
    if honour.left_out:
        return LEFT_OUT
    if not still:
        return GONE
    if is_named:
        return SAID_YES
    if honour.answer == NO:
        return SAID_NO
    return UNASKED if honour.asked_at is None else WAITING


def _deeds(desk: Desk, honour: Honour, period: rules.Period) -> list[Deeds]:
    kinds: dict[str, Deeds] = {}
    whole = [honour.household_id, *merged_into(desk.conn, honour.household_id)]
    for reason, points in rows.deeds_of(desk.conn, whole, *period.instants(desk.file.zone)):
        key = json.dumps(reason, sort_keys=True)
        before = kinds.get(key, Deeds(from_json(reason), 0, 0))
        kinds[key] = Deeds(before.reason, before.count + 1, before.points + points)
    return sorted(kinds.values(), key=lambda each: -each.points)


def open_page(desk: Desk, person: Person, board_id: int, what: str, *, anew: bool = False) -> None:
    """One household of it, the question whether to drop it, or the whole list."""
    board = get_led(desk, person, board_id)
    set_fact(desk.conn, page_fact(PAGE, person.id), f"{board.id}:{what}")
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, REVIEW, board.id, anew=anew))


def look_at(desk: Desk, person: Person, honour_id: int) -> None:
    honour = rows.find_honour(desk.conn, honour_id)
    if honour is None:
        raise NotFound
    open_page(desk, person, honour.board_id, str(honour.id))


# ── deciding ────────────────────────────────────────────────────────────────────────────────────────────────────────


def get_changeable(desk: Desk, person: Person, honour_id: int) -> Honour:
    """A household of an open board that this person decides about."""
    honour = rows.find_honour(desk.conn, honour_id)
    board = get_board(desk, honour.board_id) if honour is not None else None
    if honour is None or board is None or not may_lead(desk, person, board.unit):
        raise NotFound
    if is_home_of(desk, person.id, honour.household_id):
        raise rules.OwnHousehold
    if not board.is_open:
        raise rules.BoardIsOver
    return honour


def leave_out(desk: Desk, person: Person, honour_id: int, why: str) -> Text:
    """With a reason that whoever is in charge reads."""
    honour = get_changeable(desk, person, honour_id)
    _change(desk, person, honour, True, why)
    return _("Left out. Whoever is in charge can read why, and put it back.")


def put_back(desk: Desk, person: Person, honour_id: int) -> Text:
    honour = get_changeable(desk, person, honour_id)
    _change(desk, person, honour, False, None)
    return _("It is on the board again.")


def _change(desk: Desk, person: Person, honour: Honour, left_out: bool, why: str | None) -> None:
    """1. Compete: the board is still open. 2. Somebody else may have done it. 3. Whoever was not asked yet is."""
    if not rows.change_board(desk.conn, honour.board_id, OPEN):
        raise rules.BoardIsOver
    if not rows.leave_out(desk.conn, honour.id, left_out, why, person.id):
        raise rules.BoardChanged
    what = "honour_left_out" if left_out else "honour_put_back"
    write_audit(desk.conn, desk.now, person.id, what, board=honour.board_id, household=honour.household_id)
    board = get_board(desk, honour.board_id)
    if board.state == ASKING:
        ask_new(desk, board.id)
    refresh(desk, REVIEW, board.id)
    refresh(desk, ASKED, honour.id)


def hero_units(desk: Desk, board_id: int) -> list[str]:
    """Where a quiet hero of this board can live."""
    return units_below(desk, get_board(desk, board_id).unit)


def get_open(desk: Desk, person: Person, board_id: int) -> HonourBoard:
    """A board that this person may still put somebody on."""
    board = get_led(desk, person, board_id)
    if not board.is_open:
        raise rules.BoardIsOver
    return board


def get_hero(desk: Desk, person: Person, board_id: int, at: Address) -> Household:
    """The household there, if this person may put it on the board and somebody of it can be asked."""
    get_open(desk, person, board_id)
    if at.unit not in hero_units(desk, board_id):
        raise NotFound
    home = by_hand.get_household(desk, person, at)
    if choice_of(desk.conn, home.id).hidden:
        raise rules.WouldRatherNot
    if any(each.household_id == home.id for each in rows.on_board(desk.conn, board_id)):
        raise rules.OnItAlready
    if not grown_ups(desk, home.id):
        raise rules.NobodyToAsk
    return home


def add_hero(desk: Desk, person: Person, board_id: int, at: Address, words: str) -> Text:
    """A household that no points would have shown.

    1. May they, and is it somebody else's household that is on boards at all? 2. Compete: the board is still open.
    3. One row. 4. It is asked as soon as the others are, and has as long.
    """
    home, board = get_hero(desk, person, board_id, at), get_board(desk, board_id)
    later = by_day(desk, desk.now + rules_of(desk).answer_within)
    longer = {"answer_by": later, "next_at": later} if board.state == ASKING else {}
    if not rows.change_board(desk.conn, board_id, [board.state], board.version, **longer):
        raise rules.BoardChanged
    about = {"points": 0, "deeds": 0, "by_dimension": {}, "hero": True, "left_out": False}
    if rows.add(desk.conn, board_id, home.id, words=words, changed_by=person.id, **about) is None:
        raise rules.OnItAlready
    write_audit(desk.conn, desk.now, person.id, "honour_added", board=board_id, household=home.id)
    if board.state == ASKING:
        ask_new(desk, board_id)
    refresh(desk, REVIEW, board_id)
    return _("Added. I'll ask them before their name is on the board.")

"""A household is asked whether its name may be on the honour board; a yes can be taken back, even when it is out.

Any grown-up of it says yes, and any of them says no. A no stands until whoever said it thinks otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from desk.boards import unit_of
from desk.front import CardRefresh, Desk
from desk.honour_review import open_page
from desk.honour_standing import Shown, named, place_name, shown, those_who_stand, waits_for, would_stand
from desk.honour_ties import ASKED, REVIEW, SHOWN, refresh
from desk.honours import show_review
from desk.roles import may_lead
from domain import honours as rules
from domain.honours import ASKING, NO, PUBLISHED, YES, Honour, HonourBoard, period_of
from domain.people import Person
from domain.places import path_up
from domain.refusals import NotFound, Refusal
from domain.words import Named, Text, _, to_json
from storage import honours as rows
from storage.household_cards import card_of
from storage.people import get_person
from storage.roles import write_audit


class NoBoardYet(Refusal):
    text = _("There is no honour board here yet. When one is out, you find it here.")


@dataclass(frozen=True, slots=True)
class Question:
    """What a household is asked, and what it has said so far."""

    honour: Honour
    board: HonourBoard
    unit: Named
    period: rules.Period
    name: Text
    stands: str  # "", yes, no, or over: nothing of it is shown
    may_say_yes: bool
    has_a_name: bool
    mark: int  # of what a yes is said to now


def _of(desk: Desk, person: Person | None, honour_id: int) -> tuple[Honour, HonourBoard] | None:
    """The question, if this person is a grown-up of the household it is put to."""
    honour = rows.find_honour(desk.conn, honour_id)
    if honour is None or honour.asked_at is None or person is None or person.of_age is False:
        return None
    if person.household_id != honour.household_id:
        return None
    board = rows.find_board(desk.conn, honour.board_id)
    return (honour, board) if board is not None else None


def question(desk: Desk, honour_id: int, person: Person | None) -> Question | None:
    """None for whoever is not asked, or not any more."""
    found = _of(desk, person, honour_id)
    if found is None or person is None:
        return None
    honour, board = found
    standing = those_who_stand(desk, [honour])
    names = named(desk, standing)
    answered = YES if honour.id in names else honour.answer if honour.answer == NO else ""
    over = not standing or board.state not in (ASKING, PUBLISHED)
    return Question(
        honour=honour,
        board=board,
        unit=place_name(desk, board.unit),
        period=period_of(board.period),
        name=names.get(honour.id) or would_stand(desk, honour.household_id),
        stands="over" if over else answered,
        may_say_yes=board.state == ASKING and _may_say_yes(desk, person, honour),
        has_a_name=card_of(desk.conn, honour.household_id).name is not None,
        mark=rules.mark_of(to_json(would_stand(desk, honour.household_id))),
    )


def _may_say_yes(desk: Desk, person: Person, honour: Honour) -> bool:
    """A no stands until whoever said it thinks otherwise, or lives elsewhere."""
    if honour.answer != NO or honour.answered_by in (None, person.id):
        return True
    assert honour.answered_by is not None
    return get_person(desk.conn, honour.answered_by).household_id != honour.household_id


def answer(desk: Desk, person: Person, honour_id: int, said: str, mark: int) -> Text:
    """1. Are they asked, is there still something to say, and is it the name they have read? 2. Hold the board as it
    is. 3. Compete: as it was read. 4. Everybody who sees it sees it so; when all have
    answered, whoever is in charge is told.
    """
    found = _of(desk, person, honour_id)
    if found is None or said not in (YES, NO):
        raise NotFound
    honour, board = found
    if not those_who_stand(desk, [honour]) or board.state not in (ASKING, PUBLISHED):
        raise rules.BoardIsOver
    if said == YES and board.state == PUBLISHED:
        raise rules.TooLateToBeNamed
    if said == YES and not _may_say_yes(desk, person, honour):
        raise rules.SomebodySaidNo
    name = to_json(would_stand(desk, honour.household_id)) if said == YES else None
    if said == YES and rules.mark_of(name) != mark:
        raise rules.NameChanged
    if not rows.hold(desk.conn, board.id, [board.state]):
        raise rules.BoardChanged
    if not rows.answer(desk.conn, desk.now, honour, said, person.id, name):
        raise rules.BoardChanged
    about = {"board": board.id, "household": honour.household_id}
    write_audit(desk.conn, desk.now, person.id, f"honour_{said}", **about)
    refresh(desk, ASKED, honour.id)
    refresh(desk, SHOWN, board.id)
    if board.state == ASKING and not waits_for(desk, board):
        _all_have_answered(desk, board)
    else:
        refresh(desk, REVIEW, board.id)
    if said == YES:
        return _("Thank you! The neighbours will be glad to read it.")
    if board.state == PUBLISHED:
        return _("Your name is taken down. What somebody has read already I cannot take back.")
    return _("All right, your name stays off it. Thank you for all you do!")


def _all_have_answered(desk: Desk, board: HonourBoard) -> None:
    """Once: nothing is waited for any more."""
    if board.next_at is not None and rows.wait(desk.conn, board.id, None, since=board.next_at):
        show_review(desk, board)
    else:
        refresh(desk, REVIEW, board.id)


# ── looking ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def show_last(desk: Desk, person: Person) -> None:
    """The last board that is out where they live; whoever is in charge also sees what waits."""
    unit = unit_of(desk, person)
    open_ones = [each for each in rows.open_in(desk.conn, desk.file.units) if may_lead(desk, person, each.unit)]
    last = rows.last_published(desk.conn, [each.key for each in path_up(desk.file.units, unit)])
    if last is None and not open_ones:
        raise NoBoardYet
    if person.telegram_id is None:
        return
    if last is not None:
        desk.say(CardRefresh(person.telegram_id, SHOWN, last.id, anew=True))
    for each in open_ones:
        open_page(desk, person, each.id, "", anew=True)


@dataclass(frozen=True, slots=True)
class Seen:
    """A board that is out, for one reader: their own household on it, and whether they answer for the place."""

    shown: Shown
    own: Honour | None
    leads: bool


def seen(desk: Desk, board_id: int, person: Person | None) -> Seen | None:
    """None: it is not out. Without a person it is read in a group."""
    board = rows.find_board(desk.conn, board_id)
    if board is None or board.state != PUBLISHED:
        return None
    what = shown(desk, board)
    if person is None:
        return Seen(what, None, False)
    named_here = {row.honour_id for row in what.rows}
    theirs = [
        each
        for each in rows.on_board(desk.conn, board.id)
        if each.household_id == person.household_id and each.id in named_here and person.of_age is not False
    ]
    return Seen(what, theirs[0] if theirs else None, may_lead(desk, person, board.unit))

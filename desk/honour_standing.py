"""What stands on an honour board at this moment: whom it names, how many stay unnamed, and whom it waits for.

A household is named as long as somebody who lives there has said yes, nobody has said no, and it is on boards at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from desk.alerts import can_hear
from desk.boards import names_of
from desk.front import Desk
from domain.honours import ASKING, YES, Honour, HonourBoard, Period, period_of, ranks
from domain.people import Person
from domain.places import is_within, path_up
from domain.words import Named, Text, from_json
from storage import honours as rows
from storage.board_choices import choices_of
from storage.households import STANDING, households_of, members_of
from storage.teams import all_teams


@dataclass(frozen=True, slots=True)
class Row:
    """One household as everybody reads it; a quiet hero has neither rank nor points."""

    honour_id: int
    name: Text
    rank: int | None
    points: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """All that a board says: nothing of whom was helped, or what for."""

    board: HonourBoard
    unit: Named
    period: Period
    rows: tuple[Row, ...]
    unnamed: int


def place_name(desk: Desk, unit: str) -> Named:
    known = desk.file.units.get(unit)
    return known.name if known is not None else dict.fromkeys(desk.file.languages, unit)


def grown_ups(desk: Desk, household_id: int) -> list[Person]:
    """Who answers for a household."""
    return [each for each in members_of(desk.conn, household_id) if each.of_age is not False]


def those_who_stand(desk: Desk, listed: list[Honour]) -> list[Honour]:
    """Those that still are households somebody lives in, and that are on boards at all."""
    ids = [each.household_id for each in listed]
    homes, chosen = households_of(desk.conn, ids), choices_of(desk.conn, ids)
    hidden = {household for household, choice in chosen.items() if choice.hidden}
    return [
        each
        for each in listed
        if not each.left_out
        and each.household_id not in hidden
        and (home := homes.get(each.household_id)) is not None
        and home.state == STANDING
        and members_of(desk.conn, each.household_id)
    ]


def named(desk: Desk, standing: list[Honour]) -> dict[int, Text]:
    """Honour -> the name that somebody who lives there has allowed."""
    said_yes = [each for each in standing if each.answer == YES and each.name is not None]
    homes = rows.homes_of(desk.conn, {each.answered_by for each in said_yes if each.answered_by is not None})
    return {
        each.id: from_json(each.name)
        for each in said_yes
        if each.answered_by is not None and homes.get(each.answered_by) == each.household_id
    }


def shown(desk: Desk, board: HonourBoard) -> Shown:
    """As it stands, or would if it went out now."""
    standing = those_who_stand(desk, rows.on_board(desk.conn, board.id))
    names = named(desk, standing)
    earned = [each for each in standing if not each.hero]
    places = dict(zip((each.id for each in earned), ranks([each.points for each in earned]), strict=True))
    read = tuple(
        Row(each.id, names[each.id], places.get(each.id), None if each.hero else each.points)
        for each in standing
        if each.id in names
    )
    return Shown(board, place_name(desk, board.unit), period_of(board.period), read, len(standing) - len(read))


def would_stand(desk: Desk, household_id: int) -> Text:
    """What it would be called: by the name on its card, or as one of its building."""
    return names_of(desk, [household_id], agreed=True)[household_id]


def waits_for(desk: Desk, board: HonourBoard) -> list[Honour]:
    """Those that were asked, could answer, and have not."""
    return [
        each
        for each in those_who_stand(desk, rows.on_board(desk.conn, board.id))
        if each.answer is None and any(can_hear(one) for one in grown_ups(desk, each.household_id))
    ]


def is_ready(desk: Desk, board: HonourBoard) -> bool:
    """Can it go out? Everybody has answered, or has had the time."""
    if board.state != ASKING or board.answer_by is None:
        return False
    return desk.now >= board.answer_by or not waits_for(desk, board)


def units_below(desk: Desk, unit: str) -> list[str]:
    return [each for each in desk.file.units if is_within(desk.file.units, each, unit)]


def groups_for(desk: Desk, unit: str) -> list[int]:
    """The groups of the place and of those in it; where there is none, those of the nearest above."""
    for units in (units_below(desk, unit), *([each.key] for each in path_up(desk.file.units, unit)[1:])):
        chats = {team.chat_id for team in all_teams(desk.conn, units) if team.is_reachable}
        if chats:
            return sorted(chat for chat in chats if chat is not None)
    return []

"""The honour board of a place: proposed when a period is over, answered by its households, published once.

1. The desk proposes those who have earned most; whoever is in charge has a day to look at it.
2. Then each household is asked whether its name may be on it.
3. When all have answered, or have had the time, somebody in charge publishes it, and the groups see a picture.
"""

from __future__ import annotations

from desk.front import BULK, CardRefresh, Desk
from desk.honour_standing import (
    groups_for,
    grown_ups,
    is_ready,
    place_name,
    shown,
    units_below,
)
from desk.honour_ties import ASKED, REVIEW, SHOWN, refresh
from desk.nights import by_day, is_night
from desk.order_views import tell_person
from desk.roles import in_charge, may_lead
from domain import honours as rules
from domain.desk_honours import HonourRules
from domain.honours import ASKING, EMPTY, OPEN, PROPOSED, PUBLISHED, HonourBoard, Period
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _
from storage import honours as rows
from storage.household_changes import merged_into
from storage.roles import write_audit

THANKS = _("🏅 Your household is on the honour board of {unit}, and the neighbours read it. Thank you for all you do!")


def rules_of(desk: Desk) -> HonourRules:
    return desk.file.honours or HonourRules()


# ── driven by the clock ─────────────────────────────────────────────────────────────────────────────────────────────


def sweep_boards(desk: Desk) -> bool:
    """By day: what is due goes on, and a place whose period is over gets its board. True: there may be more."""
    if desk.file.honours is None or is_night(desk):
        return False
    due = rows.next_due(desk.conn, desk.now)
    if due is not None:
        _go_on(desk, due)
        return True
    return _propose_next(desk, desk.file.honours)


def _go_on(desk: Desk, board: HonourBoard) -> None:
    """A day after it was proposed the households are asked; when they have had their time, it can go out."""
    if board.state == PROPOSED:
        begin_asking(desk, board)
    elif rows.wait(desk.conn, board.id, None, since=board.next_at) and board.state == ASKING:
        show_review(desk, board)


def _propose_next(desk: Desk, honour_rules: HonourRules) -> bool:
    today = desk.now.astimezone(desk.file.zone).date()
    period = rules.period_before(today, honour_rules.every)
    _began, ended = period.instants(desk.file.zone)
    if desk.now >= ended + rules.TOO_LATE:
        return False
    places = [unit.key for unit in desk.file.units.values() if unit.level == honour_rules.level]
    made = rows.made_for(desk.conn, period.key)
    left = [unit for unit in places if unit not in made]
    if not left:
        return False
    propose(desk, left[0], period)
    return True


def propose(desk: Desk, unit: str, period: Period) -> int | None:
    """Once for each place and period.

    1. Who has earned most, of those who are on boards at all. 2. Compete: one row. 3. An older one that nobody has
    published is over. 4. Whoever is in charge is shown it.
    """
    units = units_below(desk, unit)
    found = rows.top(desk.conn, units, period.counted, rules_of(desk).households)
    began = {"state": PROPOSED, "next_at": by_day(desk, desk.now + rules.REVIEW)} if found else {"state": EMPTY}
    board_id = rows.make(desk.conn, desk.now, unit, period.key, **began)
    if board_id is None or not found:
        return board_id
    for older in rows.lapse(desk.conn, unit, board_id):
        refresh_all(desk, older)
    ids = [household_id for household_id, _points in found]
    dimensions = rows.by_dimension(desk.conn, units, period.counted, ids)
    wholes = {each: [each, *merged_into(desk.conn, each)] for each in ids}
    everybody = [each for whole in wholes.values() for each in whole]
    deeds = rows.count_deeds(desk.conn, everybody, *period.instants(desk.file.zone))
    rows.put_on(
        desk.conn,
        [
            {
                "board_id": board_id,
                "household_id": household_id,
                "points": points,
                "deeds": sum(deeds.get(each, 0) for each in wholes[household_id]),
                "by_dimension": {key: value for key, value in dimensions[household_id].items() if key},
                "hero": False,
                "left_out": False,
            }
            for household_id, points in found
        ],
    )
    write_audit(desk.conn, desk.now, None, "honours_proposed", board=board_id)
    show_review(desk, get_board(desk, board_id))
    return board_id


# ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def begin_asking(desk: Desk, board: HonourBoard) -> bool:
    """Did it happen? From now on the households are waited for."""
    until = by_day(desk, desk.now + rules_of(desk).answer_within)
    asking = {"state": ASKING, "answer_by": until, "next_at": until}
    if not rows.change_board(desk.conn, board.id, (PROPOSED,), board.version, **asking):
        return False
    ask_new(desk, board.id)
    refresh(desk, REVIEW, board.id)
    return True


def ask_new(desk: Desk, board_id: int) -> None:
    """Every grown-up of those that have not been asked yet."""
    for honour_id in rows.ask(desk.conn, desk.now, board_id):
        honour = rows.find_honour(desk.conn, honour_id)
        assert honour is not None
        for each in grown_ups(desk, honour.household_id):
            if each.telegram_id is not None:
                desk.say(CardRefresh(each.telegram_id, ASKED, honour_id, silent=is_night(desk), anew=True))


def follow(desk: Desk, source_id: int, target_id: int) -> None:
    """Two households are one: on an open board it stands once, and is asked, whatever one of them has said."""
    for board_id in rows.follow(desk.conn, source_id, target_id):
        if get_board(desk, board_id).state == ASKING:
            ask_new(desk, board_id)
        refresh(desk, REVIEW, board_id)


def ask_now(desk: Desk, person: Person, board_id: int, version: int) -> Text:
    """Whoever is in charge has seen enough: nobody needs to wait for tomorrow."""
    board = get_led(desk, person, board_id)
    if board.state != PROPOSED or board.version != version or not begin_asking(desk, board):
        raise rules.BoardChanged if board.is_open else rules.BoardIsOver
    write_audit(desk.conn, desk.now, person.id, "honours_asked", board=board_id)
    return _("Thank you. I'm asking them now, and show you what they say.")


# ── going out ───────────────────────────────────────────────────────────────────────────────────────────────────────


def publish(desk: Desk, person: Person, board_id: int, version: int) -> Text:
    """The groups see it, each once.

    1. May they, and is it time? 2. Compete: as they saw it, or not at all. 3. The groups.
    4. Thanks to whoever is named.
    """
    board = get_led(desk, person, board_id)
    if not board.is_open:
        raise rules.BoardIsOver
    if board.version != version or board.answer_by is None:
        raise rules.BoardChanged
    if not is_ready(desk, board):
        raise rules.StillAsking(until=board.answer_by)
    if not shown(desk, board).rows:
        raise rules.NobodyNamed
    decided = {"state": PUBLISHED, "next_at": None, "decided_by": person.id, "decided_at": desk.now}
    if not rows.change_board(desk.conn, board.id, (ASKING,), version, **decided):
        raise rules.BoardChanged
    write_audit(desk.conn, desk.now, person.id, "honours_published", board=board_id)
    chats = groups_for(desk, board.unit)
    for chat_id in chats:
        desk.say(CardRefresh(chat_id, SHOWN, board.id, BULK, silent=is_night(desk), anew=True, once=True))
    _thank(desk, board)
    refresh_all(desk, board.id)
    if not chats:
        return _("It is out: whoever looks with /honour finds it. There is no group here that I could show it to.")
    return _("It is out. Thank you for looking it over!")


def _thank(desk: Desk, board: HonourBoard) -> None:
    unit = place_name(desk, board.unit)
    for row in shown(desk, board).rows:
        honour = rows.find_honour(desk.conn, row.honour_id)
        for each in grown_ups(desk, honour.household_id) if honour is not None else ():
            tell_person(desk, each.id, THANKS(unit=unit))


def drop(desk: Desk, person: Person, board_id: int, version: int) -> Text:
    """No board this time: nothing is shown, and the households hear that it does not go out."""
    board = get_led(desk, person, board_id)
    if not board.is_open:
        raise rules.BoardIsOver
    decided = {"state": rules.DROPPED, "next_at": None, "decided_by": person.id, "decided_at": desk.now}
    if not rows.change_board(desk.conn, board.id, OPEN, version, **decided):
        raise rules.BoardChanged
    write_audit(desk.conn, desk.now, person.id, "honours_dropped", board=board_id)
    refresh_all(desk, board.id)
    return _("All right, there is no board this time.")


# ── cards ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def get_board(desk: Desk, board_id: int) -> HonourBoard:
    board = rows.find_board(desk.conn, board_id)
    if board is None or board.state == EMPTY:
        raise NotFound
    return board


def get_led(desk: Desk, person: Person, board_id: int) -> HonourBoard:
    """A board of a place this person answers for."""
    board = get_board(desk, board_id)
    if not may_lead(desk, person, board.unit):
        raise NotFound
    return board


def show_review(desk: Desk, board: HonourBoard) -> None:
    """To whoever is in charge, at the bottom of their chat."""
    for each in in_charge(desk, board.unit):
        if each.telegram_id is not None:
            desk.say(CardRefresh(each.telegram_id, REVIEW, board.id, silent=is_night(desk), anew=True))


def refresh_all(desk: Desk, board_id: int) -> None:
    """With those in charge, with every household, and wherever it is out."""
    refresh(desk, REVIEW, board_id)
    refresh(desk, SHOWN, board_id)
    for honour in rows.on_board(desk.conn, board_id):
        refresh(desk, ASKED, honour.id)

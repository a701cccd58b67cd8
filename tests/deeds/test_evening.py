"""A stormy evening in a group: cards without noise, one list, and one line of thanks when the day is over."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, update

from bot.handlers.evening import paint_list
from desk import mine
from desk.closing import cancel
from desk.evening import LISTED, MANY_OPEN, bring_down, list_view, not_before_for, show_list, sweep_thanks
from desk.front import Call, CardRefresh, Desk, Line
from desk.giving import offer_to
from desk.holding import release
from desk.orders import claim, make_order
from desk.people import get_person
from domain.desk_file import DeskFile
from domain.orders import Changed, NotOfThisTeam, Order
from domain.refusals import NotFound
from storage import messages
from storage.tables import groups, orders
from storage.teams import get_team
from tests.conftest import MORNING, AtDesk
from tests.deeds.cast import GROUP, OTHER_GROUP, Cast, ask, gather
from tests.deeds.two_tickers import sweep_by_two

MINUTE = timedelta(minutes=1)
EVENING = MORNING.replace(hour=12, minute=30)  # half past eight in Shanghai


def storm(desk: Desk, cast: Cast, count: int, begin: int = 0) -> list[Order]:
    """So many requests, a minute after one another."""
    made = []
    for number in range(begin, begin + count):
        desk.now = MORNING + number * MINUTE
        made.append(make_order(desk, ask(cast, f"talk-{number}")))
    return made


def lists(desk: Desk) -> list[CardRefresh]:
    return [said for said in desk.said if isinstance(said, CardRefresh) and said.subject == "evening"]


def rings(desk: Desk) -> list[bool]:
    """Of every new card in the group: does it make a sound?"""
    shown = [said for said in desk.said if isinstance(said, CardRefresh) and said.subject == "order" and said.anew]
    return [not said.silent for said in shown]


# ── the list ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_past_five_open_cards_new_ones_come_silently_and_a_list_appears(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        storm(desk, cast, MANY_OPEN)
        assert rings(desk) == [True] * MANY_OPEN
        assert lists(desk) == []
        desk.said.clear()
        storm(desk, cast, 2, MANY_OPEN)
        assert rings(desk) == [False, False]
        assert [(said.chat_id, said.anew, said.silent) for said in lists(desk)] == [
            (GROUP, True, True),
            (GROUP, False, True),
        ]


def test_the_list_has_the_oldest_first_and_says_how_many_more(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        made = storm(desk, cast, 11)
        waits = list_view(desk, cast.team, GROUP)
        assert waits is not None
        assert [each.reference for each in waits.oldest] == [order.reference for order in made[:LISTED]]
        assert waits.more == 11 - LISTED
        face = paint_list(desk, cast.team, GROUP)
        assert face is not None
        assert face.pinned
        assert len(face.buttons) == LISTED
        assert list_view(desk, cast.team, OTHER_GROUP) is None


def test_it_goes_when_the_storm_is_over_and_comes_anew_with_the_next(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        made = storm(desk, cast, MANY_OPEN + 1)
        messages.stand(desk.conn, ("evening", cast.team, GROUP), 90, "face", desk.now)
        desk.said.clear()
        claim(desk, cast.ben, made[0].id, GROUP)
        assert Call(GROUP, "unpinChatMessage", {"message_id": 90}, 2) in desk.said
        face = paint_list(desk, cast.team, GROUP)
        assert face is not None
        assert (face.buttons, face.pinned) == ((), False)
        desk.said.clear()
        claim(desk, cast.ben, made[1].id, GROUP)
        assert lists(desk) == []
        release(desk, cast.ben, made[0].id)
        release(desk, cast.ben, made[1].id)
        assert [said.anew for said in lists(desk)] == [True]


def test_where_no_list_stood_none_is_put_to_say_that_it_is_calm(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        storm(desk, cast, 1)
        show_list(desk, get_team(desk.conn, cast.team))
        assert lists(desk) == []
        assert paint_list(desk, cast.team, GROUP) is None


def test_what_is_given_to_another_team_or_called_off_leaves_the_list(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        made = storm(desk, cast, MANY_OPEN + 3)
        desk.said.clear()
        offer_to(desk, cast.dina, made[0].id, cast.other_team)
        cancel(desk, cast.ama, made[1].id)
        waits = list_view(desk, cast.team, GROUP)
        assert waits is not None
        assert [each.order_id for each in waits.oldest] == [order.id for order in made[2:]]
        assert {said.chat_id for said in lists(desk)} == {GROUP}


def test_a_tap_on_a_line_brings_its_card_to_whoever_may_take_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        made = storm(desk, cast, MANY_OPEN + 1)
        desk.said.clear()
        bring_down(desk, cast.ben, made[0].id, GROUP)
        assert desk.said == [CardRefresh(GROUP, "order", made[0].id, silent=True, anew=True)]
        with pytest.raises(NotOfThisTeam):
            bring_down(desk, cast.faye, made[0].id, GROUP)
        with pytest.raises(NotFound):
            bring_down(desk, cast.ben, made[0].id, OTHER_GROUP)
        claim(desk, cast.cleo, made[0].id, GROUP)
        with pytest.raises(Changed):
            bring_down(desk, cast.ben, made[0].id, GROUP)


# ── thanks ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def thanks(desk: Desk) -> list[Line]:
    return [said for said in desk.said if isinstance(said, Line) and said.chat_id in (GROUP, OTHER_GROUP)]


def sweep(desk: Desk) -> int:
    count = 0
    while sweep_thanks(desk):
        count += 1
    return count


def test_in_the_evening_each_group_is_thanked_once_and_silently(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        made = storm(desk, cast, 3)
        desk.now = MORNING + 5 * MINUTE
        claim(desk, cast.ben, made[0].id, GROUP)
        claim(desk, cast.ben, made[2].id, GROUP)
        desk.said.clear()
    with at_desk(EVENING - MINUTE) as desk:
        assert not sweep_thanks(desk)
    with at_desk(EVENING) as desk:
        assert sweep(desk) == 2
        [line] = thanks(desk)  # the other team was not asked for anything
        assert (line.chat_id, line.silent, line.lane, line.rule) == (GROUP, True, 2, "bulk")
        assert line.text.blanks == {"count": 3, "answered": 2, "fastest": 3 * MINUTE}
    with at_desk(EVENING + 30 * MINUTE) as desk:
        assert sweep(desk) == 0
        assert desk.said == []
    with at_desk(EVENING + timedelta(days=1)) as desk:
        assert sweep(desk) == 2  # of that day nothing is to be said
        assert desk.said == []


def test_nobody_is_thanked_for_nothing_and_no_group_we_are_not_in(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        storm(desk, cast, 2)
        desk.conn.execute(update(groups).where(groups.c.chat_id == OTHER_GROUP).values(standing="left"))
    with at_desk(EVENING) as desk:
        assert sweep(desk) == 1
        assert desk.said == []


def test_two_sweepers_thank_once(at_desk: AtDesk, writer: Engine, database_url: str, desk_file: DeskFile) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        made = storm(desk, cast, 1)
        claim(desk, cast.ben, made[0].id, GROUP)
        desk.conn.execute(update(orders).values(claimed_at=MORNING + MINUTE))
    writer.dispose()
    said = sweep_by_two(database_url, desk_file, EVENING, sweep_thanks)
    assert len([each for each in said if isinstance(each, Line) and each.chat_id in (GROUP, OTHER_GROUP)]) == 1


# ── not tonight ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_not_tonight_lasts_until_the_morning(at_desk: AtDesk) -> None:
    def waits_until(now: datetime) -> datetime | None:
        with at_desk(now) as desk:
            return not_before_for(desk, get_person(desk, ben))

    with at_desk(EVENING) as desk:
        ben = gather(desk).ben.id
    assert waits_until(EVENING) is None
    with at_desk(EVENING) as desk:
        mine.not_tonight(desk, get_person(desk, ben))
    until = waits_until(EVENING)
    assert until is not None
    assert EVENING < until <= EVENING + timedelta(hours=14)
    assert waits_until(until) is None

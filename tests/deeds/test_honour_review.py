"""Whoever is in charge looks an honour board over: one left out and put back, a quiet hero, nobody their own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from desk import boards, honour_review, honours, households
from desk.honour_standing import shown
from desk.honour_ties import ASKED as QUESTION
from domain import honours as said
from domain.honours import PUBLISHED, YES
from domain.households import Address
from domain.refusals import NotFound, Refusal
from storage.households import join
from storage.tables import audit_log
from tests.conftest import MORNING, AtDesk
from tests.deeds.at_once import race
from tests.deeds.cast import add_account, give
from tests.deeds.honoured import (
    ASKED,
    DECEMBER,
    again,
    all_say_yes,
    asked,
    earns,
    honour_of,
    in_words,
    say,
    shown_to,
    swept,
    the_board,
    version,
    with_points,
)


def test_one_is_left_out_with_a_reason_and_put_back(at_desk: AtDesk) -> None:
    with at_desk(MORNING) as desk:
        town = with_points(desk)
    cast = town.cast
    with at_desk(DECEMBER) as desk:
        swept(desk)
        board = the_board(desk)
        honour = honour_of(desk, cast.ben, board.id)
        with pytest.raises(NotFound):
            honour_review.leave_out(desk, cast.cleo, honour.id, "No")
        honour_review.leave_out(desk, cast.dina, honour.id, "They asked me to")
        with pytest.raises(said.BoardChanged):
            honour_review.leave_out(desk, cast.dina, honour.id, "Twice")
        left = honour_of(desk, cast.ben, board.id)
        assert (left.left_out, left.why, left.changed_by) == (True, "They asked me to", cast.dina.id)
        with pytest.raises(said.BoardChanged):
            honours.ask_now(desk, cast.dina, board.id, board.version)
    with at_desk(ASKED) as desk:
        swept(desk)
        assert cast.ben.telegram_id not in shown_to(desk, QUESTION), "nobody is asked who is left out"
        honour_review.put_back(desk, cast.dina, honour.id)
        assert cast.ben.telegram_id in shown_to(desk, QUESTION)
        whats = list(desk.conn.scalars(select(audit_log.c.what)))
        assert whats.count("honour_left_out") == whats.count("honour_put_back") == 1


def test_the_deeds_are_shown_and_not_for_whom(at_desk: AtDesk) -> None:
    with at_desk(MORNING) as desk:
        town = with_points(desk)
        earns(desk, town.cast.ama, 3, "once more")
    with at_desk(DECEMBER) as desk:
        swept(desk)
        board = the_board(desk)
        honour_review.look_at(desk, town.cast.dina, honour_of(desk, town.cast.ama, board.id).id)
        seen = honour_review.review(desk, town.cast.dina, board.id)
        assert [(in_words(each.reason), each.count, each.points) for each in seen.deeds] == [("Help: Errands", 2, 12)]
        assert seen.opened is not None and not seen.opened.own
        with pytest.raises(NotFound):
            honour_review.look_at(desk, town.cast.ben, honour_of(desk, town.cast.ama, board.id).id)


def test_a_quiet_hero_is_added_and_asked(at_desk: AtDesk) -> None:
    town, board_id = asked(at_desk)
    cast = town.cast
    at = Address("ankang", "3", "Ankang 9")
    with at_desk(ASKED + timedelta(days=1)) as desk:
        before = honours.get_board(desk, board_id).answer_by
        with pytest.raises(NotFound):
            honour_review.add_hero(desk, cast.ben, board_id, at, "Sweeps the stairs")
        honour_review.add_hero(desk, cast.dina, board_id, at, "Sweeps the stairs")
        assert shown_to(desk, QUESTION) == [cast.faye.telegram_id]
        after = honours.get_board(desk, board_id).answer_by
        assert before is not None and after is not None and after > before, "they have as long as the others had"
        with pytest.raises(said.OnItAlready):
            honour_review.add_hero(desk, cast.dina, board_id, at, "Once more")
        say(desk, cast.faye, board_id, YES)
        [row] = shown(desk, honours.get_board(desk, board_id)).rows
        assert (row.rank, row.points) == (None, None)


def test_nobody_decides_about_their_own_household_and_nobody_who_hides_is_added(at_desk: AtDesk) -> None:
    with at_desk(MORNING) as desk:
        town = with_points(desk)
        cast = town.cast
        gia = add_account(desk, 51, "Gia", household_id=cast.ama.household_id)
        give(desk, gia, "supervisor", unit="ankang")
        boards.hide(desk, cast.faye)
    with at_desk(DECEMBER) as desk:
        swept(desk)
        board = the_board(desk)
        honour = honour_of(desk, cast.ama, board.id)
        with pytest.raises(said.OwnHousehold):
            honour_review.leave_out(desk, again(desk, gia), honour.id, "Modesty")
        for at, refusal in (
            (Address("ankang", "3", "Ankang, building 3, room 201"), Refusal),
            (Address("ankang", "3", "Ankang 9"), said.WouldRatherNot),
        ):
            with pytest.raises(refusal):
                honour_review.add_hero(desk, again(desk, gia), board.id, at, "We sweep")


def test_whoever_leaves_a_household_for_a_day_decides_nothing_about_it(at_desk: AtDesk) -> None:
    town, board_id = asked(at_desk)
    cast = town.cast
    with at_desk(ASKED) as desk:
        join(desk.conn, cast.dina.id, town.homes[0])
        households.leave(desk, again(desk, cast.dina))
        with pytest.raises(said.OwnHousehold):
            honour_review.leave_out(desk, again(desk, cast.dina), honour_of(desk, cast.ama, board_id).id, "Not them")
        seen = honour_review.review(desk, again(desk, cast.dina), board_id)
        assert [each.own for each in seen.listed] == [True, False, False]


def test_two_at_once_come_to_one_end(at_desk: AtDesk, database_url: str) -> None:
    """One publishes, the other leaves somebody out: whoever is second reads that it has changed."""
    town, board_id = asked(at_desk)
    cast = town.cast
    with at_desk(ASKED) as desk:
        all_say_yes(desk, cast, board_id)
        seen, file, honour = version(desk, board_id), desk.file, honour_of(desk, cast.ben, board_id)
    ends = race(
        database_url,
        file,
        [
            lambda desk: honours.publish(desk, cast.dina, board_id, seen),
            lambda desk: honour_review.leave_out(desk, cast.dina, honour.id, "Wait"),
        ],
        now=ASKED,
    )
    refused = [each for each in ends if isinstance(each, type)]
    assert refused in ([said.BoardChanged], [said.BoardIsOver]), ends
    with at_desk(ASKED) as desk:
        out = honours.get_board(desk, board_id).state == PUBLISHED
        assert honour_of(desk, cast.ben, board_id).left_out is not out

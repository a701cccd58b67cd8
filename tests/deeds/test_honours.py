"""The honour board: proposed once, asked about, published once; nobody is named who has not said yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from desk import boards, forgetting, honour_asks, honour_review, honours, household_cards, households
from desk.front import CardRefresh, Line
from desk.honour_standing import shown
from desk.honour_ties import ASKED as QUESTION
from desk.honour_ties import REVIEW, SHOWN
from desk.household_changes import merge, split
from domain import honours as said
from domain.honours import ASKING, EMPTY, LAPSED, NO, PROPOSED, YES
from domain.households import Address
from domain.refusals import NotFound
from storage import honours as rows
from storage import points
from storage.tables import audit_log, honour_boards, transfers
from storage.tables import honours as table
from tests.conftest import MORNING, AtDesk
from tests.deeds.at_once import race
from tests.deeds.cast import GROUP, OTHER_GROUP, add_account, add_household
from tests.deeds.honoured import (
    ANSWERED,
    ASKED,
    DECEMBER,
    NOVEMBER,
    again,
    all_say_yes,
    asked,
    earns,
    honour_of,
    names,
    published,
    rules,
    say,
    shown_to,
    swept,
    the_board,
    version,
    with_points,
)

# ── proposing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_when_the_month_is_over_those_who_have_earned_most_are_proposed_once(at_desk: AtDesk) -> None:
    with at_desk(MORNING) as desk:
        town = with_points(desk)
        assert swept(desk) == 0, "October ended weeks ago"
    with at_desk(DECEMBER) as desk:
        assert swept(desk) == 2, "one for each community"
        board = the_board(desk)
        assert (board.period, board.state) == ("2026-11", PROPOSED)
        on_it = rows.on_board(desk.conn, board.id)
        assert [each.household_id for each in on_it] == town.homes
        assert [(each.points, each.deeds) for each in on_it] == [(9, 1), (7, 1), (5, 2)]
        assert on_it[2].by_dimension == {"service": 4, "harmony": 1}
        assert shown_to(desk, REVIEW) == [town.cast.dina.telegram_id] and shown_to(desk, QUESTION) == []
        assert desk.conn.scalar(select(honour_boards.c.state).where(honour_boards.c.unit == "haitang")) == EMPTY
    with at_desk(DECEMBER + timedelta(hours=3)) as desk:
        assert swept(desk) == 0


def test_two_desks_propose_one_board(at_desk: AtDesk, database_url: str) -> None:
    with at_desk(MORNING) as desk:
        with_points(desk)
        file = desk.file
    made = race(database_url, file, [lambda desk: honours.propose(desk, "ankang", NOVEMBER)] * 2, now=DECEMBER)
    assert sorted(each is None for each in made) == [False, True]
    with at_desk(DECEMBER) as desk:
        assert len(desk.conn.execute(select(table.c.id)).all()) == 3


def test_it_comes_by_day_and_not_weeks_later(at_desk: AtDesk) -> None:
    with at_desk(MORNING) as desk:
        with_points(desk)
    with at_desk(DECEMBER - timedelta(hours=9)) as desk:  # one o'clock at night
        assert swept(desk) == 0
    with at_desk(DECEMBER + timedelta(days=15)) as desk:
        assert swept(desk) == 0
    with at_desk(DECEMBER) as desk:
        desk.file = replace(desk.file, honours=None)
        assert swept(desk) == 0


def test_who_hides_who_has_moved_out_and_what_was_taken_back_are_not_proposed(at_desk: AtDesk) -> None:
    with at_desk(MORNING) as desk:
        town = with_points(desk)
        boards.hide(desk, town.cast.ama)
        households.leave(desk, town.cast.cleo)
        empty = add_account(desk, 31, "Otto", household_id=add_household(desk, "12"))
        earns(desk, empty, 3, "otto")
        number = desk.conn.scalar(select(transfers.c.id).where(transfers.c.once == "otto"))
        assert number is not None and points.reverse(desk.conn, desk.now, number, said.NobodyNamed.text)
    with at_desk(DECEMBER) as desk:
        swept(desk)
        board = the_board(desk)
        assert [each.household_id for each in rows.on_board(desk.conn, board.id)] == [town.homes[1]]


def test_a_town_thanks_the_households_of_all_its_communities_for_a_quarter(at_desk: AtDesk) -> None:
    with at_desk(MORNING) as desk:
        town = with_points(desk)
        far = add_account(desk, 32, "Nia", household_id=add_household(desk, "1", unit="haitang"))
        earns(desk, far, 8, "nia")
    with at_desk(DECEMBER + timedelta(days=31)) as desk:
        rules(desk, every="quarter", level="town", households=2)
        swept(desk)
        board = the_board(desk, "donggang")
        assert board.period == "2026-q4"
        on_it = [each.household_id for each in rows.on_board(desk.conn, board.id)]
        assert on_it == [town.homes[0], far.household_id]


def test_an_older_board_that_nobody_published_is_over_when_the_next_one_comes(at_desk: AtDesk) -> None:
    with at_desk(MORNING) as desk:
        town = with_points(desk)
    with at_desk(DECEMBER) as desk:
        swept(desk)
        earns(desk, town.cast.ama, 2, "december")
    with at_desk(DECEMBER + timedelta(days=31)) as desk:
        swept(desk)
        states = desk.conn.execute(
            select(honour_boards.c.period, honour_boards.c.state).where(honour_boards.c.unit == "ankang")
        ).all()
        assert sorted(map(tuple, states)) == [("2026-11", LAPSED), ("2026-12", PROPOSED)]


# ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_households_are_asked_a_day_later_and_only_once(at_desk: AtDesk) -> None:
    _town, board_id = asked(at_desk)
    with at_desk(ASKED + timedelta(hours=1)) as desk:
        assert swept(desk) == 0
        assert honours.get_board(desk, board_id).state == ASKING


def test_any_grown_up_says_yes_and_any_of_them_says_no(at_desk: AtDesk) -> None:
    town, board_id = asked(at_desk)
    ama, ben = town.cast.ama, town.cast.ben
    with at_desk(ASKED) as desk:
        olu = add_account(desk, 41, "Olu", household_id=ama.household_id)
        child = add_account(desk, 42, "Kid", household_id=ama.household_id, of_age=False)
        honour = honour_of(desk, ama, board_id)
        with pytest.raises(NotFound):
            honour_asks.answer(desk, child, honour.id, YES, 0)
        with pytest.raises(NotFound):
            honour_asks.answer(desk, ben, honour.id, YES, 0)
        with pytest.raises(NotFound):
            honour_asks.answer(desk, olu, honour.id, "perhaps", 0)
        say(desk, ama, board_id, YES)
        assert names(desk, board_id) == ["A household"]
        say(desk, olu, board_id, NO)
        assert names(desk, board_id) == []
        with pytest.raises(said.SomebodySaidNo):
            say(desk, ama, board_id, YES)
        say(desk, olu, board_id, YES)
        assert names(desk, board_id) == ["A household"]
        say(desk, olu, board_id, NO)
        desk.conn.execute(table.update().values(answered_by=olu.id))
        households.leave(desk, again(desk, olu))
        say(desk, ama, board_id, YES)
        assert names(desk, board_id) == ["A household"]


def test_it_can_go_out_when_all_have_answered_or_have_had_the_time(at_desk: AtDesk) -> None:
    town, board_id = asked(at_desk)
    cast = town.cast
    with at_desk(ASKED) as desk:
        say(desk, cast.ama, board_id, YES)
        say(desk, cast.ben, board_id, NO)
        with pytest.raises(said.StillAsking):
            honours.publish(desk, cast.dina, board_id, version(desk, board_id))
        desk.said.clear()
        say(desk, cast.cleo, board_id, NO)
        assert shown_to(desk, REVIEW) == [cast.dina.telegram_id], "whoever is in charge is told"
        honours.publish(desk, cast.dina, board_id, version(desk, board_id))


def test_whoever_says_nothing_stays_unnamed(at_desk: AtDesk) -> None:
    town, board_id = asked(at_desk)
    cast = town.cast
    with at_desk(ASKED) as desk:
        say(desk, cast.ama, board_id, YES)
    with at_desk(ANSWERED) as desk:
        assert swept(desk) == 1 and shown_to(desk, REVIEW) == [cast.dina.telegram_id]
        assert swept(desk) == 0
        honours.publish(desk, cast.dina, board_id, version(desk, board_id))
        seen = shown(desk, honours.get_board(desk, board_id))
        assert [(row.rank, row.points) for row in seen.rows] == [(1, 9)] and seen.unnamed == 2
        with pytest.raises(said.TooLateToBeNamed):
            say(desk, cast.ben, board_id, YES)


def test_nobody_named_nothing_shown(at_desk: AtDesk) -> None:
    town, board_id = asked(at_desk)
    cast = town.cast
    with at_desk(ANSWERED) as desk:
        with pytest.raises(said.NobodyNamed):
            honours.publish(desk, cast.dina, board_id, version(desk, board_id))
        honours.drop(desk, cast.dina, board_id, version(desk, board_id))
        with pytest.raises(said.BoardIsOver):
            say(desk, cast.ama, board_id, YES)
        with pytest.raises(said.BoardIsOver):
            honours.publish(desk, cast.dina, board_id, version(desk, board_id))


# ── going out ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_published_once_each_group_sees_it_once_and_the_named_are_thanked(at_desk: AtDesk) -> None:
    town, board_id = asked(at_desk)
    cast = town.cast
    with at_desk(ASKED) as desk:
        for each, word in ((cast.ama, YES), (cast.ben, YES), (cast.cleo, NO)):
            say(desk, each, board_id, word)
        seen = version(desk, board_id)
        with pytest.raises(NotFound):
            honours.publish(desk, cast.ben, board_id, seen)
        with pytest.raises(said.BoardChanged):
            honours.publish(desk, cast.dina, board_id, seen + 1)
        desk.said.clear()
        honours.publish(desk, cast.dina, board_id, seen)
        pictures = [each for each in desk.said if isinstance(each, CardRefresh) and each.subject == SHOWN]
        assert sorted(each.chat_id for each in pictures) == sorted([GROUP, OTHER_GROUP])
        assert all(each.once and each.anew for each in pictures)
        thanked = sorted(each.chat_id for each in desk.said if isinstance(each, Line))
        assert thanked == sorted([cast.ama.telegram_id, cast.ben.telegram_id])
        with pytest.raises(said.BoardIsOver):
            honours.publish(desk, cast.dina, board_id, seen)
        whats = set(desk.conn.scalars(select(audit_log.c.what)))
        assert {"honours_proposed", "honours_published"} <= whats


def test_a_name_goes_with_whoever_allowed_it(at_desk: AtDesk) -> None:
    town, board_id = asked(at_desk)
    cast = town.cast
    with at_desk(ASKED) as desk:
        published(desk, cast, board_id)
        board = honours.get_board(desk, board_id)
        assert len(shown(desk, board).rows) == 3
        boards.hide(desk, again(desk, cast.ama))
        assert len(shown(desk, board).rows) == 2 and shown(desk, board).unnamed == 0
        olu = add_account(desk, 41, "Olu", household_id=cast.ben.household_id)
        households.leave(desk, again(desk, cast.ben))
        assert (len(shown(desk, board).rows), shown(desk, board).unnamed) == (1, 1), "Olu was not asked"
        with pytest.raises(said.TooLateToBeNamed):
            say(desk, olu, board_id, YES)
        forgetting.forget(desk, again(desk, cast.cleo))
        assert not shown(desk, board).rows
        cleos = desk.conn.execute(select(table).where(table.c.household_id == cast.cleo.household_id)).one()
        assert cleos.name is None


def test_a_yes_can_be_taken_back_when_it_is_out(at_desk: AtDesk) -> None:
    town, board_id = asked(at_desk)
    cast = town.cast
    with at_desk(ASKED) as desk:
        published(desk, cast, board_id)
        say(desk, cast.ben, board_id, NO)
        seen = shown(desk, honours.get_board(desk, board_id))
        assert [row.rank for row in seen.rows] == [1, 3] and seen.unnamed == 1
        assert honour_asks.seen(desk, board_id, again(desk, cast.ben)).own is None  # type: ignore[union-attr]
        assert honour_asks.seen(desk, board_id, again(desk, cast.ama)).own is not None  # type: ignore[union-attr]


# ── households change ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_yes_counts_for_the_name_that_was_read(at_desk: AtDesk) -> None:
    town, board_id = asked(at_desk)
    ama = town.cast.ama
    with at_desk(ASKED) as desk:
        honour = honour_of(desk, ama, board_id)
        read = honour_asks.question(desk, honour.id, again(desk, ama))
        assert read is not None and not read.has_a_name
        household_cards.rename(desk, again(desk, ama), "House of jokes")
        with pytest.raises(said.NameChanged):
            honour_asks.answer(desk, again(desk, ama), honour.id, YES, read.mark)
        say(desk, ama, board_id, YES)
        household_cards.rename(desk, again(desk, ama), "Another one")
        assert names(desk, board_id) == ["House of jokes"]


def test_of_a_household_that_is_put_together_or_parted_nobody_is_named_unasked(at_desk: AtDesk) -> None:
    town, board_id = asked(at_desk)
    cast = town.cast
    with at_desk(ASKED) as desk:
        all_say_yes(desk, cast, board_id)
        merge(desk, cast.dina, town.homes[1], town.homes[0], "together")
        assert len(names(desk, board_id)) == 2, "the one that stands no more is on it no more"
        olu = add_account(desk, 41, "Olu", household_id=town.homes[2])
        split(desk, cast.dina, town.homes[2], [cast.cleo.id], Address("ankang", "7", "1"), 0, "moved", "once")
        board = honours.get_board(desk, board_id)
        assert (len(names(desk, board_id)), shown(desk, board).unnamed) == (1, 1), "Olu has not said yes"
        say(desk, olu, board_id, YES)
        assert len(names(desk, board_id)) == 2


def test_what_was_earned_before_two_were_put_together_counts_together(at_desk: AtDesk) -> None:
    with at_desk(MORNING) as desk:
        town = with_points(desk)
        merge(desk, town.cast.dina, town.homes[2], town.homes[1], "together")
    with at_desk(DECEMBER) as desk:
        swept(desk)
        board = the_board(desk)
        both = honour_of(desk, town.cast.ben, board.id)
        assert (both.points, both.deeds) == (12, 3)
        honour_review.look_at(desk, town.cast.dina, both.id)
        seen = honour_review.review(desk, town.cast.dina, board.id)
        assert sum(each.count for each in seen.deeds) == 3


def test_whoever_takes_in_a_household_takes_its_place_and_is_asked(at_desk: AtDesk) -> None:
    town, board_id = asked(at_desk)
    cast = town.cast
    with at_desk(ASKED) as desk:
        say(desk, cast.ama, board_id, YES)
        desk.said.clear()
        assert cast.faye.household_id is not None
        merge(desk, cast.dina, town.homes[0], cast.faye.household_id, "together")
        both = sorted(each.telegram_id or 0 for each in (cast.ama, cast.faye))
        assert sorted(shown_to(desk, QUESTION)[-2:]) == both
        assert names(desk, board_id) == []
        say(desk, again(desk, cast.faye), board_id, YES)
        assert len(names(desk, board_id)) == 1


def test_a_no_stays_a_no_when_two_households_are_put_together(at_desk: AtDesk) -> None:
    town, board_id = asked(at_desk)
    cast = town.cast
    with at_desk(ASKED) as desk:
        say(desk, cast.ama, board_id, YES)
        say(desk, cast.ben, board_id, NO)
        merge(desk, cast.dina, town.homes[1], town.homes[0], "together")
        assert names(desk, board_id) == []
        with pytest.raises(said.SomebodySaidNo):
            say(desk, again(desk, cast.ama), board_id, YES)
        say(desk, cast.cleo, board_id, NO)
        merge(desk, cast.dina, town.homes[2], cast.faye.household_id or 0, "together")
        with pytest.raises(said.SomebodySaidNo):
            say(desk, again(desk, cast.faye), board_id, YES)
        say(desk, again(desk, cast.cleo), board_id, YES)
        say(desk, again(desk, cast.ben), board_id, YES)
        assert len(names(desk, board_id)) == 2


def test_a_yes_to_what_one_said_no_to_is_none_to_what_another_has_since(at_desk: AtDesk) -> None:
    town, board_id = asked(at_desk)
    with at_desk(ASKED) as desk:
        olu = add_account(desk, 41, "Olu", household_id=town.homes[0])
        say(desk, town.cast.ama, board_id, NO)
        read = honour_of(desk, town.cast.ama, board_id)
        say(desk, town.cast.ama, board_id, YES)
        say(desk, olu, board_id, NO)
        assert not rows.answer(desk.conn, desk.now, read, YES, town.cast.ama.id, {"words": "as it was read"})
        assert names(desk, board_id) == []


def test_names_and_words_of_a_board_are_kept_for_a_year(at_desk: AtDesk) -> None:
    town, board_id = asked(at_desk)
    with at_desk(ASKED) as desk:
        say(desk, town.cast.ama, board_id, YES)
        honour_review.leave_out(desk, town.cast.dina, honour_of(desk, town.cast.ben, board_id).id, "They asked me to")
        assert rows.let_go(desk.conn, DECEMBER + timedelta(days=399), 10) == 0
        assert rows.let_go(desk.conn, DECEMBER + timedelta(days=401), 10) == 2
        assert rows.let_go(desk.conn, DECEMBER + timedelta(days=401), 10) == 0
        assert all(each.name is None and each.why is None for each in rows.on_board(desk.conn, board_id))

"""Who helps the holder of an order along earns as the standard says: asked first, in sight of whoever was helped."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from desk import by_hand, closing, co_volunteers, forgetting, households, pairs
from desk.front import CardRefresh, Desk
from desk.order_views import along_of, get_order
from desk.orders import claim, make_order
from domain.co_volunteers import EACH, SHARE, NotAskedAnyMore, Together, TooMany, part_of_each, part_of_holder
from domain.desk_file import DeskFile
from domain.people import Person
from domain.points import HELPED, Posting
from domain.refusals import AlreadyDone, NotFound
from storage.households import join
from storage.points import account_of, audit, balance_of, desk_account, post
from storage.tables import co_volunteers as rows
from storage.tables import orders, people, transfers
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk
from tests.deeds.at_once import race
from tests.deeds.cast import GROUP, Cast, add_account, add_household, ask, gather, give

ALL_SHARE = Together()


def helped(desk: Desk, cast: Cast, *along: Person, once: str = "talk-1") -> int:
    """Ben has done what Ama asked for, and says who came along."""
    order = make_order(desk, ask(cast, once))
    claim(desk, cast.ben, order.id, GROUP)
    closing.resolve(desk, cast.ben, order.id, [], [each.id for each in along])
    return order.id


def said_yes(desk: Desk, person: Person) -> None:
    for named in desk.conn.scalars(select(rows.c.id).where(rows.c.person_id == person.id, rows.c.state == "asked")):
        co_volunteers.answer(desk, person, named, True)


def shared(desk: Desk, cast: Cast) -> int:
    """Ben has done it and Cleo came along; both is confirmed."""
    order_id = helped(desk, cast, cast.cleo)
    said_yes(desk, cast.cleo)
    closing.close(desk, cast.ama, order_id)
    return order_id


def points_of(desk: Desk, *of: Person) -> list[int]:
    return [balance_of(desk.conn, each.household_id or 0) for each in of]


def with_award(desk: Desk, award: int, together: Together = ALL_SHARE) -> None:
    errand = replace(desk.file.categories["errand"], award=award)
    points = replace(desk.file.points, together=together)
    desk.file = replace(desk.file, categories={**desk.file.categories, "errand": errand}, points=points)


@pytest.mark.parametrize(
    ("points", "others", "together", "holder", "each"),
    [
        (5, 0, Together(), 5, 0),
        (5, 1, Together(SHARE), 3, 2),
        (10, 3, Together(SHARE), 4, 2),
        (2, 4, Together(SHARE), 2, 0),
        (5, 2, Together(EACH), 5, 5),
        (5, 2, Together(EACH, 50), 5, 2),
    ],
)
def test_parts_are_whole_and_what_cannot_be_divided_is_the_holders(
    points: int, others: int, together: Together, holder: int, each: int
) -> None:
    assert (part_of_holder(points, others, together), part_of_each(points, others, together)) == (holder, each)


def test_whoever_says_that_they_were_there_shares(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order_id = helped(desk, cast, cast.cleo)
        asked = [each for each in desk.said if isinstance(each, CardRefresh) and each.subject == "along"]
        assert [each.chat_id for each in asked] == [cast.cleo.telegram_id]
        assert along_of(desk, get_order(desk, order_id)) == ["Cleo"]
        said_yes(desk, cast.cleo)
        assert points_of(desk, cast.ben, cast.cleo) == [0, 0]
        closing.close(desk, cast.ama, order_id)
        assert points_of(desk, cast.ben, cast.cleo) == [3, 2] and audit(desk.conn) == []


def test_whoever_answers_after_it_was_closed_earns_then_and_once(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        closing.close(desk, cast.ama, helped(desk, cast, cast.cleo))
        assert points_of(desk, cast.ben, cast.cleo) == [3, 0]
        said_yes(desk, cast.cleo)
        assert points_of(desk, cast.ben, cast.cleo) == [3, 2]
        named = desk.conn.scalar(select(rows.c.id)) or 0
        with pytest.raises(AlreadyDone):
            co_volunteers.answer(desk, cast.cleo, named, True)
        with pytest.raises(NotFound):
            co_volunteers.answer(desk, cast.faye, named, True)


def test_whoever_was_not_there_says_so_and_earns_nothing(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order_id = helped(desk, cast, cast.cleo)
        co_volunteers.answer(desk, cast.cleo, desk.conn.scalar(select(rows.c.id)) or 0, False)
        assert along_of(desk, get_order(desk, order_id)) == []
        closing.close(desk, cast.ama, order_id)
        assert points_of(desk, cast.ben, cast.cleo) == [5, 0]


def test_whoever_was_helped_can_say_that_nobody_else_came(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        give(desk, cast.faye, "officer")
        order_id = helped(desk, cast, cast.cleo)
        said_yes(desk, cast.cleo)
        closing.close(desk, cast.ama, order_id, alone=True)
        assert points_of(desk, cast.ben, cast.cleo) == [5, 0]
        assert pairs.namings(desk) == [pairs.Named("Ben", ["Cleo"], 0, 1)]


def test_after_two_weeks_nobody_is_asked_any_more(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        closing.close(desk, cast.ama, helped(desk, cast, cast.cleo))
        desk.now = MORNING + timedelta(days=15)
        with pytest.raises(NotAskedAnyMore):
            said_yes(desk, cast.cleo)


def test_nobody_of_the_two_households_can_be_named_and_not_too_many(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        for number, home in enumerate([cast.ben.household_id, cast.ama.household_id, *[None] * 5], 20):
            give(desk, add_account(desk, number, f"V{number}", household_id=home), "volunteer", team_id=cast.team)
        order = make_order(desk, ask(cast))
        claim(desk, cast.ben, order.id, GROUP)
        could = co_volunteers.could_come(desk, get_order(desk, order.id), cast.ben)
        assert sorted(each.called for each in could) == ["Cleo", "V22", "V23", "V24", "V25", "V26"]
        for wrong, refusal in (([cast.faye.id], NotFound), ([each.id for each in could], TooMany)):
            with pytest.raises(refusal):
                closing.resolve(desk, cast.ben, order.id, [], wrong)
        assert get_order(desk, order.id).state == "claimed"


def test_one_who_has_moved_in_with_the_requester_since_earns_nothing(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order_id = helped(desk, cast, cast.cleo)
        said_yes(desk, cast.cleo)
        moved = update(people).where(people.c.id == cast.cleo.id).values(household_id=cast.ama.household_id)
        desk.conn.execute(moved)
        closing.close(desk, cast.ama, order_id)
        assert points_of(desk, cast.ben, cast.ama) == [3, 0]


def test_caps_hold_for_each_of_them(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        with_award(desk, 20, Together(EACH))
        desk.file = replace(
            desk.file, points=replace(desk.file.points, caps=replace(desk.file.points.caps, person_day=8))
        )
        shared(desk, cast)
        assert points_of(desk, cast.ben, cast.cleo) == [8, 8]


def test_what_is_reopened_and_done_again_earns_nobody_twice(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order_id = helped(desk, cast, cast.cleo)
        said_yes(desk, cast.cleo)
        closing.reopen(desk, cast.ama, order_id)
        claim(desk, cast.cleo, order_id, GROUP)
        closing.resolve(desk, cast.cleo, order_id, [], [cast.ben.id])
        said_yes(desk, cast.ben)
        closing.close(desk, cast.ama, order_id)
        assert points_of(desk, cast.ben, cast.cleo) == [2, 3]


def shared_twice(desk: Desk, cast: Cast, order_id: int, holder: Person, *along: Person) -> None:
    """It was closed, and whoever has seen it finds that it is not mended; done again, and closed again."""
    again = update(orders).where(orders.c.id == order_id)
    desk.conn.execute(again.values(state="reopened", resolved_at=None, closed_at=None, holder_id=None))
    claim(desk, holder, order_id, GROUP)
    closing.resolve(desk, holder, order_id, [], [each.id for each in along])
    for each in along:
        said_yes(desk, each)
    closing.close(desk, cast.ama, order_id)


def test_a_holder_who_earned_nothing_at_first_earns_later_what_is_left(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        lived_at = cast.ben.household_id
        desk.conn.execute(update(people).where(people.c.id == cast.ben.id).values(household_id=None))
        order_id = shared(desk, cast)
        assert points_of(desk, cast.ben, cast.cleo) == [0, 2]
        desk.conn.execute(update(people).where(people.c.id == cast.ben.id).values(household_id=lived_at))
        dan = add_account(desk, 31, "Dan", household_id=add_household(desk, "Ankang 12"))
        give(desk, dan, "volunteer", team_id=cast.team)
        shared_twice(desk, cast, order_id, cast.ben, dan)
        assert points_of(desk, cast.ben, cast.cleo, dan) == [3, 2, 0], "together what one alone would have earned"


def test_whoever_came_along_and_then_had_it_themselves_earns_once(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order_id = shared(desk, cast)
        assert points_of(desk, cast.ben, cast.cleo) == [3, 2]
        shared_twice(desk, cast, order_id, cast.cleo)
        assert points_of(desk, cast.ben, cast.cleo) == [3, 2]


def test_what_is_taken_back_from_the_holder_is_taken_back_from_all(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order_id = shared(desk, cast)
        first = desk.conn.scalar(select(transfers.c.id).where(transfers.c.once == f"award:order:{order_id}")) or 0
        by_hand.take_back(desk, cast.dina, first, "It never happened")
        assert points_of(desk, cast.ben, cast.cleo) == [0, 0] and audit(desk.conn) == []


def test_one_part_alone_can_be_taken_back(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order_id = shared(desk, cast)
        part = select(transfers.c.id).where(transfers.c.once == f"award:order:{order_id}:with:{cast.cleo.id}")
        by_hand.take_back(desk, cast.dina, desk.conn.scalar(part) or 0, "She was not there")
        assert points_of(desk, cast.ben, cast.cleo) == [3, 0]


def test_if_one_part_is_spent_nothing_is_taken_back(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order_id = shared(desk, cast)
        spent = [Posting(account_of(desk.conn, cast.cleo.household_id or 0), -2)]
        post(desk.conn, desk.now, "capture", "spent", [*spent, Posting(desk_account(desk.conn, "market"), 2)], HELPED)
        first = desk.conn.scalar(select(transfers.c.id).where(transfers.c.once == f"award:order:{order_id}")) or 0
        with pytest.raises(by_hand.Spent):
            by_hand.take_back(desk, cast.dina, first, "It never happened")
        assert points_of(desk, cast.ben, cast.cleo) == [3, 0] and audit(desk.conn) == []


def test_whoever_always_comes_with_the_same_one_is_shown_to_officers(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        for number in range(5):
            closing.close(desk, cast.ama, helped(desk, cast, cast.cleo, once=f"talk-{number}"))
            said_yes(desk, cast.cleo)
        assert pairs.namings(desk) == [pairs.Named("Ben", ["Cleo"], 5, 0)]


def test_whoever_is_forgotten_is_asked_nothing(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order_id = helped(desk, cast, cast.cleo)
        forgetting.forget(desk, cast.cleo)
        assert desk.conn.execute(select(rows)).all() == []
        closing.close(desk, cast.ama, order_id)
        assert points_of(desk, cast.ben) == [5]


def test_an_answer_and_the_close_at_once_give_each_their_part_once(database_url: str, desk_file: DeskFile) -> None:
    engine = open_writer(database_url)

    def desk_at(conn):  # type: ignore[no-untyped-def]
        return Desk(conn, desk_file, MORNING, KEYS, random.Random(1))

    with engine.begin() as conn:
        desk = desk_at(conn)
        cast = gather(desk)
        homes = [add_household(desk, f"Ankang 3{n}") for n in range(3)]
        others = [add_account(desk, 30 + n, f"V{n}", household_id=home) for n, home in enumerate(homes)]
        for each in others:
            give(desk, each, "volunteer", team_id=cast.team)
        order_id = helped(desk, cast, *others)
    deeds = [lambda desk, who=who: said_yes(desk, who) for who in others]
    ends = race(database_url, desk_file, [*deeds, lambda desk: closing.close(desk, cast.ama, order_id)])
    assert not [each for each in ends if isinstance(each, type)], "nobody is refused"
    with engine.begin() as conn:
        assert points_of(desk_at(conn), cast.ben, *others) == [2, 1, 1, 1] and audit(conn) == []
    engine.dispose()


def test_of_what_was_taken_back_from_the_holder_nobody_earns_their_part_later(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        ivy = add_account(desk, 15, "Ivy")
        give(desk, ivy, "officer")
        order_id = helped(desk, cast, cast.cleo)
        closing.close(desk, cast.ama, order_id)
        award = desk.conn.scalar(select(transfers.c.id).where(transfers.c.order_id == order_id)) or 0
        by_hand.take_back(desk, ivy, award, "It never happened")
        said_yes(desk, cast.cleo)
        assert points_of(desk, cast.ben, cast.cleo) == [0, 0] and audit(desk.conn) == []


def test_who_answers_while_it_is_taken_back_keeps_nothing(
    at_desk: AtDesk, database_url: str, desk_file: DeskFile
) -> None:
    """Cleo's yes is not committed yet when it is taken back from Ben: it waits, and takes hers back as well."""
    with at_desk() as desk:
        cast = gather(desk)
        ivy = add_account(desk, 15, "Ivy")
        give(desk, ivy, "officer")
        order_id = helped(desk, cast, cast.cleo)
        closing.close(desk, cast.ama, order_id)
        award = desk.conn.scalar(select(transfers.c.id).where(transfers.c.order_id == order_id)) or 0

    def take_back() -> None:
        own = open_writer(database_url)
        with own.begin() as conn:
            desk = Desk(conn, desk_file, MORNING, KEYS, random.Random(1))
            by_hand.take_back(desk, ivy, award, "It never happened")
        own.dispose()

    with ThreadPoolExecutor(1) as thread:
        with at_desk() as desk:
            said_yes(desk, cast.cleo)
            taken = thread.submit(take_back)
            with pytest.raises(TimeoutError):
                taken.result(timeout=0.5)
        taken.result()
    with at_desk() as desk:
        assert points_of(desk, cast.ben, cast.cleo) == [0, 0] and audit(desk.conn) == []


@pytest.mark.parametrize("who", ["holder", "other"])
def test_whoever_leaves_a_household_for_a_day_does_not_double_what_it_earns(at_desk: AtDesk, who: str) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        with_award(desk, 5, Together(EACH))
        home = cast.ben.household_id or 0
        olu = add_account(desk, 41, "Olu", household_id=home)
        give(desk, olu, "volunteer", team_id=cast.team)
        leaves = cast.ben if who == "holder" else olu
        households.leave(desk, leaves)
        holder = replace(cast.ben, household_id=None) if who == "holder" else cast.ben
        order_id = helped(desk, replace(cast, ben=holder), olu)
        join(desk.conn, leaves.id, home)
        said_yes(desk, olu)
        closing.close(desk, cast.ama, order_id)
        assert balance_of(desk.conn, home) == 5

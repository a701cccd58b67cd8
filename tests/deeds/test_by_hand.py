"""Points by hand: with a reason, never for oneself, with a second signature for many; and taken back once."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from desk import by_hand, decisions, households
from desk.by_hand import Gift, NobodySigns, OwnHousehold, Spent
from desk.front import CardRefresh, Desk
from desk.household_changes import merge
from desk.retention import sweep_old
from desk.statements import statement
from domain.desk_file import Caps, DeskFile
from domain.people import Person
from domain.points import Posting
from domain.refusals import AlreadyDone, NotFound
from domain.words import _
from storage.households import find_household
from storage.people import get_person
from storage.points import account_of, audit, balance_of, desk_account, post
from storage.tables import hand_awards, moved_out, people, transfer_notes, transfers
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk
from tests.deeds.at_once import race
from tests.deeds.cast import Cast, add_account, gather, give

LIMIT = 20


def with_ivy(desk: Desk) -> tuple[Cast, Person]:
    """The cast, with a limit of twenty points and Ivy, an officer."""
    desk.file = replace(desk.file, points=replace(desk.file.points, second_signature_above=LIMIT, caps=Caps()))
    cast = gather(desk)
    ivy = add_account(desk, 15, "Ivy")
    give(desk, ivy, "officer")
    return cast, ivy


def gift(desk: Desk, to: Person, points: int = 10, once: str = "talk-1") -> Gift:
    home = find_household(desk.conn, to.household_id or 0)
    assert home is not None
    return Gift(once, home.at, to.id, points, "harmony", "Held the umbrella all week")


def has(desk: Desk, person: Person) -> int:
    return balance_of(desk.conn, person.household_id or 0)


def test_a_supervisor_gives_points_with_a_reason_that_the_household_reads(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, _ivy = with_ivy(desk)
        by_hand.give(desk, cast.dina, gift(desk, cast.ben))
        entry = statement(desk, cast.ben).entries[0]
        assert (entry.amount, entry.decided_by, entry.earned_by) == (10, "Dina", "Ben")
        assert entry.note == "Held the umbrella all week" and audit(desk.conn) == []
        with pytest.raises(AlreadyDone):
            by_hand.give(desk, cast.dina, gift(desk, cast.ben))
        assert has(desk, cast.ben) == 10
        assert desk.conn.scalar(select(hand_awards.c.words)) is None, "the reason stands in one place"


def test_nobody_gives_to_their_own_household_or_where_they_are_not_in_charge(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, _ivy = with_ivy(desk)
        with pytest.raises(NotFound):
            by_hand.give(desk, cast.cleo, gift(desk, cast.ben))
        desk.conn.execute(people.update().where(people.c.id == cast.dina.id).values(household_id=cast.ben.household_id))
        dina = by_hand.get_person(desk, cast.dina.id)
        with pytest.raises(OwnHousehold):
            by_hand.give(desk, dina, gift(desk, cast.ben))
        with pytest.raises(NotFound):
            by_hand.give(desk, dina, replace(gift(desk, cast.cleo), earned_by=cast.ben.id))


def test_many_points_wait_for_somebody_elses_signature(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, ivy = with_ivy(desk)
        by_hand.give(desk, cast.dina, gift(desk, cast.ben, LIMIT + 1))
        assert has(desk, cast.ben) == 0
        assert {said.chat_id for said in desk.said if isinstance(said, CardRefresh)} == {ivy.telegram_id}
        for nobody in (cast.dina, cast.faye):
            with pytest.raises(NotFound):
                by_hand.sign(desk, nobody, 1)
        by_hand.sign(desk, ivy, 1)
        assert has(desk, cast.ben) == LIMIT + 1
        with pytest.raises(AlreadyDone):
            by_hand.sign(desk, ivy, 1)
        found = decisions.decisions(desk, ivy)
        assert [(each.by, each.second, each.amount) for each, _address in found.listed] == [("Dina", "Ivy", LIMIT + 1)]


def test_whoever_lives_there_signs_nothing_and_alone_nobody_gives_much(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, ivy = with_ivy(desk)
        desk.conn.execute(people.update().where(people.c.id == ivy.id).values(household_id=cast.ben.household_id))
        with pytest.raises(NobodySigns):
            by_hand.give(desk, cast.dina, gift(desk, cast.ben, LIMIT + 1))
        by_hand.give(desk, cast.dina, gift(desk, cast.cleo, LIMIT + 1))
        desk.conn.execute(people.update().where(people.c.id == ivy.id).values(household_id=cast.cleo.household_id))
        with pytest.raises(OwnHousehold):
            by_hand.sign(desk, by_hand.get_person(desk, ivy.id), 1)


def test_whoever_lives_with_the_giver_is_no_second_pair_of_eyes(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, ivy = with_ivy(desk)
        by_hand.give(desk, cast.dina, gift(desk, cast.ben, LIMIT + 1))
        both = people.c.id.in_((ivy.id, cast.dina.id))
        desk.conn.execute(people.update().where(both).values(household_id=cast.cleo.household_id))
        dina, ivy = by_hand.get_person(desk, cast.dina.id), by_hand.get_person(desk, ivy.id)
        with pytest.raises(NotFound):
            by_hand.sign(desk, ivy, 1)
        with pytest.raises(NobodySigns):
            by_hand.give(desk, dina, gift(desk, cast.ben, LIMIT + 1, "talk-2"))
        assert has(desk, cast.ben) == 0


def test_nobody_decides_for_a_household_that_became_part_of_their_own(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, ivy = with_ivy(desk)
        by_hand.give(desk, cast.dina, gift(desk, cast.ben, 10))
        by_hand.give(desk, cast.dina, gift(desk, cast.ben, LIMIT + 1, "talk-2"))
        merge(desk, cast.dina, cast.ben.household_id or 0, cast.cleo.household_id or 0, "together")
        desk.conn.execute(people.update().where(people.c.id == ivy.id).values(household_id=cast.cleo.household_id))
        ivy = by_hand.get_person(desk, ivy.id)
        posted = desk.conn.scalar(select(transfers.c.id).where(transfers.c.kind == "award")) or 0
        with pytest.raises(OwnHousehold):
            by_hand.sign(desk, ivy, 2)
        with pytest.raises(OwnHousehold):
            by_hand.take_back(desk, ivy, posted, "x")
        assert has(desk, cast.cleo) == 10 and audit(desk.conn) == []


def test_whoever_leaves_a_household_for_a_day_is_no_stranger_to_it(at_desk: AtDesk) -> None:
    """Dina leaves, would give, sign and take back, and would come back: nothing of it, and nobody is told why."""
    with at_desk() as desk:
        cast, ivy = with_ivy(desk)
        by_hand.give(desk, ivy, gift(desk, cast.ben, once="sound"))
        moves_in(desk, cast.dina, cast.ben)
        desk.said.clear()
        households.leave(desk, again(desk, cast.dina))
        with pytest.raises(OwnHousehold):
            by_hand.give(desk, again(desk, cast.dina), gift(desk, cast.ben))
        sound = desk.conn.scalar(select(transfers.c.id)) or 0
        with pytest.raises(OwnHousehold):
            by_hand.take_back(desk, again(desk, cast.dina), sound, "A mistake")
        moves_in(desk, cast.dina, cast.cleo)
        with pytest.raises(OwnHousehold):
            by_hand.give(desk, again(desk, cast.dina), gift(desk, cast.ben))
        assert cast.ben.telegram_id not in [getattr(each, "chat_id", None) for each in desk.said]
        assert has(desk, cast.ben) == 10


def test_whoever_left_the_household_of_the_giver_or_of_those_it_is_for_does_not_sign(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, ivy = with_ivy(desk)
        moves_in(desk, ivy, cast.ben)
        households.leave(desk, again(desk, ivy))
        with pytest.raises(by_hand.NobodySigns):
            by_hand.give(desk, cast.dina, gift(desk, cast.ben, LIMIT + 1))
        moves_in(desk, cast.dina, cast.cleo)
        moves_in(desk, ivy, cast.cleo)
        households.leave(desk, again(desk, ivy))
        with pytest.raises(by_hand.NobodySigns):
            by_hand.give(desk, again(desk, cast.dina), gift(desk, cast.faye, LIMIT + 1))


def test_what_somebody_left_and_was_put_together_since_stays_theirs_for_ninety_days(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, ivy = with_ivy(desk)
        moves_in(desk, cast.dina, cast.ben)
        households.leave(desk, again(desk, cast.dina))
        merge(desk, ivy, cast.ben.household_id or 0, cast.cleo.household_id or 0, "together")
        with pytest.raises(OwnHousehold):
            by_hand.give(desk, again(desk, cast.dina), gift(desk, cast.cleo))
    with at_desk(MORNING + timedelta(days=91)) as desk:
        while sweep_old(desk):
            pass
        assert desk.conn.execute(select(moved_out)).all() == []
        by_hand.give(desk, again(desk, cast.dina), gift(desk, cast.cleo))


def moves_in(desk: Desk, person: Person, other: Person) -> None:
    home = find_household(desk.conn, again(desk, other).household_id or 0)
    assert home is not None
    households.join(desk, again(desk, person), home)


def again(desk: Desk, person: Person) -> Person:
    return get_person(desk.conn, person.id)


def test_two_halves_are_a_whole(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, _ivy = with_ivy(desk)
        by_hand.give(desk, cast.dina, gift(desk, cast.ben, 15))
        by_hand.give(desk, cast.dina, gift(desk, cast.ben, 15, "talk-2"))
        assert has(desk, cast.ben) == 15
        assert desk.conn.scalars(select(hand_awards.c.state).order_by(hand_awards.c.id)).all() == ["posted", "waiting"]


def test_it_may_be_declined_and_then_nothing_is_left_of_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, ivy = with_ivy(desk)
        by_hand.give(desk, cast.dina, gift(desk, cast.ben, 30))
        by_hand.decline(desk, ivy, 1)
        with pytest.raises(AlreadyDone):
            by_hand.sign(desk, ivy, 1)
        assert has(desk, cast.ben) == 0 and desk.conn.scalar(select(func.count()).select_from(transfers)) == 0
        assert desk.conn.scalar(select(hand_awards.c.words)) is None


def test_a_mistake_is_taken_back_once_with_its_reason(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, ivy = with_ivy(desk)
        by_hand.give(desk, cast.dina, gift(desk, cast.ben))
        with pytest.raises(NotFound):
            by_hand.take_back(desk, cast.cleo, 1, "mistake")
        by_hand.take_back(desk, cast.dina, 1, "It was next door")
        with pytest.raises(AlreadyDone):
            by_hand.take_back(desk, ivy, 1, "mistake")
        assert [entry.amount for entry in statement(desk, cast.ben).entries] == [-10, 10]
        assert statement(desk, cast.ben).entries[0].note == "It was next door" and audit(desk.conn) == []
        notes = desk.conn.scalars(select(transfer_notes.c.words)).all()
        assert len(notes) == 2 and "It was next door" not in str(desk.conn.execute(select(transfers)).all())


def test_what_is_spent_cannot_be_taken_back(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, _ivy = with_ivy(desk)
        by_hand.give(desk, cast.dina, gift(desk, cast.ben))
        own = account_of(desk.conn, cast.ben.household_id or 0)
        spent = [Posting(own, -3), Posting(desk_account(desk.conn, "market"), 3)]
        post(desk.conn, desk.now, "capture", "spent", spent, _("Rice"))
        with pytest.raises(Spent):
            by_hand.take_back(desk, cast.dina, 1, "mistake")


# ── at once ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("what", ["sign", "halves", "caps", "sign and decline"])
def test_raced_the_limits_hold(database_url: str, desk_file: DeskFile, what: str) -> None:
    engine = open_writer(database_url)
    with engine.begin() as conn:
        desk = Desk(conn, desk_file, MORNING, KEYS, random.Random(1))
        cast, ivy = with_ivy(desk)
        hal = add_account(desk, 17, "Hal")
        give(desk, hal, "officer")
        file = desk.file
        if what.startswith("sign"):
            by_hand.give(desk, cast.dina, gift(desk, cast.ben, 30))
        small = [gift(desk, cast.ben, 8, f"talk-{number}") for number in range(6)]
    if what == "caps":
        file = replace(file, points=replace(file.points, caps=Caps(household_month=20), second_signature_above=None))
    deeds: dict[str, list[Callable[[Desk], object]]] = {
        "sign": [lambda desk, who=who: by_hand.sign(desk, who, 1) for who in (ivy, hal) * 3],  # type: ignore[misc]
        "sign and decline": [
            *(lambda desk, who=who: by_hand.sign(desk, who, 1) for who in (ivy, hal)),  # type: ignore[misc]
            *(lambda desk, who=who: by_hand.decline(desk, who, 1) for who in (ivy, hal)),  # type: ignore[misc]
        ],
        "halves": [lambda desk, each=each: by_hand.give(desk, cast.dina, each) for each in small],  # type: ignore[misc]
        "caps": [lambda desk, each=each: by_hand.give(desk, cast.dina, each) for each in small],  # type: ignore[misc]
    }
    done = [not isinstance(each, type) for each in race(database_url, file, deeds[what])]
    with engine.begin() as conn:
        has_now = balance_of(conn, cast.ben.household_id or 0)
        if what.startswith("sign"):
            assert sum(done) == 1 and has_now in (0, 30)
        else:
            assert all(done) and has_now == {"halves": 16, "caps": 20}[what]
        assert audit(conn) == []
    engine.dispose()

"""Households: they stand from a list, are joined by a code or confirmed by whoever is in charge, and left again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.handlers.households import paint_ask
from desk import household_asks, households, people
from desk.front import CardRefresh, Desk, Line
from domain.households import Address, AnsweredAlready, InHousehold, NoHousehold, TooManyTries, WaitsAlready, WrongCode
from domain.people import Person
from domain.refusals import NotFound, Refusal
from storage import households as rows
from storage.people import get_person
from storage.tables import households as table
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk
from tests.deeds.cast import add_account, give

HOME, OTHER = Address("ankang", "3", "201"), Address("ankang", "3", "202")


def standing(desk: Desk, at: Address = HOME) -> rows.Household:
    households.let_stand(desk, [at])
    found = rows.find_at(desk.conn, at)
    assert found is not None
    return found


def lines_to(desk: Desk, person: Person) -> list[str]:
    return [said.text.msgid for said in desk.said if isinstance(said, Line) and said.chat_id == person.telegram_id]


def asked_cards(desk: Desk) -> list[int]:
    return [said.chat_id for said in desk.said if isinstance(said, CardRefresh) and said.subject == households.CARD]


def waiting(desk: Desk, person: Person) -> int:
    asked = rows.find_waiting(desk.conn, person.id)
    assert asked is not None
    return asked.id


# ── from the list ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_list_twice_changes_nothing(at_desk: AtDesk) -> None:
    listed = [HOME, OTHER, Address("haitang", "12 Harbour Road")]
    with at_desk() as desk:
        assert households.let_stand(desk, listed) == 3
        before = desk.conn.execute(select(table)).all()
    with at_desk(MORNING + timedelta(days=1)) as desk:
        assert households.compare(desk, listed).new == []
        assert households.let_stand(desk, listed) == 0
        assert desk.conn.execute(select(table)).all() == before
        codes = [code for _home, code in households.with_cards(desk)]
        assert len(set(codes)) == 3
        assert [each.at for each, _code in households.with_cards(desk, "haitang")] == [listed[2]]
        assert len(households.with_cards(desk, "donggang")) == 3
        stored = str(before)
        assert not any(code in stored for code in codes)


def test_a_list_makes_stand_what_somebody_had_asked_for(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        ama = add_account(desk, 11, "Ama")
        household_asks.ask_to_belong(desk, ama, HOME)
        assert households.with_cards(desk) == []
        assert households.let_stand(desk, [HOME]) == 1
        assert len(households.with_cards(desk)) == 1
        assert household_asks.waiting_of(desk, ama) is not None


# ── by code ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_member_joins_by_the_code_of_the_first(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        home = standing(desk)
        ama, ben = add_account(desk, 11, "Ama", address="the blue door"), add_account(desk, 12, "Ben")
        code = households.code_of(desk, home)
        households.join_by_code(desk, ama, f" {code[:4].lower()} - {code[4:]}")
        joined = households.join_by_code(desk, ben, code)
        assert joined.id == home.id
        assert get_person(desk.conn, ben.id).address == "安康社区 3幢 201室"
        assert get_person(desk.conn, ama.id).address == "the blue door"
        assert [each.called for each in households.members_of(desk, home)] == ["Ama", "Ben"]
        assert lines_to(desk, ama) == ["{name} now belongs to your household."]
        with pytest.raises(InHousehold):
            households.join_by_code(desk, people.get_person(desk, ben.id), code)


def test_nobody_guesses_a_code(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        home = standing(desk)
        faye, ben = add_account(desk, 16, "Faye"), add_account(desk, 12, "Ben")
        right = households.code_of(desk, home)
        wrong = "00000000" if right != "00000000" else "11111111"
        for _try in range(households.TRIES):
            with pytest.raises(WrongCode):
                households.join_by_code(desk, faye, wrong)
        with pytest.raises(TooManyTries):
            households.join_by_code(desk, faye, right)
        households.join_by_code(desk, ben, right)
    with at_desk(MORNING + households.TRIES_WITHIN) as desk:
        assert households.join_by_code(desk, faye, right).id == home.id


def test_a_code_out_of_the_blue_is_known_and_guessing_that_way_counts_too(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        home, faye = standing(desk), add_account(desk, 16, "Faye")
        right = households.code_of(desk, home)
        assert households.is_code(desk, faye, right.lower())
        for words in ("my leg hurts", "没有米了", "12345", "0580 123 4567", f"{right} {right}"):
            assert not households.is_code(desk, faye, words)
        assert households.is_code(desk, faye, right)
        for _try in range(households.TRIES):
            assert not households.is_code(desk, faye, "help soon")
        assert not households.is_code(desk, faye, right)


def test_an_old_code_no_longer_works(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        home = standing(desk)
        ama, faye = add_account(desk, 11, "Ama", household_id=home.id), add_account(desk, 16, "Faye")
        old = households.code_of(desk, home)
        new = households.renew_code(desk, ama)
        assert new != old
        with pytest.raises(WrongCode):
            households.join_by_code(desk, faye, old)
        households.join_by_code(desk, faye, new)


def test_leaving(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        home = standing(desk)
        ama = add_account(desk, 11, "Ama", household_id=home.id)
        households.leave(desk, ama)
        assert households.members_of(desk, home) == []
        with pytest.raises(NoHousehold):
            households.leave(desk, people.get_person(desk, ama.id))
        with pytest.raises(NoHousehold):
            households.renew_code(desk, people.get_person(desk, ama.id))


# ── confirmed by whoever is in charge ───────────────────────────────────────────────────────────────────────────────


def test_a_new_household_is_confirmed_and_has_a_code(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        ama, dina = add_account(desk, 11, "Ama"), add_account(desk, 14, "Dina")
        give(desk, dina, "supervisor", unit="ankang")
        household_asks.ask_to_belong(desk, ama, HOME)
        assert asked_cards(desk) == [14]
        asked = paint_ask(desk, waiting(desk, ama), 14)
        assert asked is not None and len(asked.buttons) == 2
        elsewhere = paint_ask(desk, waiting(desk, ama), 11)  # for whoever does not answer for the place
        assert elsewhere is None or elsewhere.text.msgid == "Others look after this now. Thank you!"
        with pytest.raises(WaitsAlready):
            household_asks.ask_to_belong(desk, ama, OTHER)
        assert get_person(desk.conn, ama.id).household_id is None
        household_asks.answer(desk, dina, waiting(desk, ama), True)
        home = households.home_of(desk, get_person(desk.conn, ama.id))
        assert home is not None and home.state == "standing"
        assert households.find_by_code(desk, households.code_of(desk, home)) == home
        assert lines_to(desk, ama) == ["Confirmed: you belong to the household at {address}."]


def test_after_a_no_the_household_is_gone_and_can_be_asked_for_again(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        ama, dina = add_account(desk, 11, "Ama"), add_account(desk, 14, "Dina")
        give(desk, dina, "supervisor", unit="ankang")
        household_asks.ask_to_belong(desk, ama, HOME)
        application = waiting(desk, ama)
        household_asks.answer(desk, dina, application, False)
        assert household_asks.waiting_of(desk, ama) is None
        declined = rows.find_at(desk.conn, HOME)
        assert declined is not None and declined.state == "declined"
        with pytest.raises(AnsweredAlready):
            household_asks.answer(desk, dina, application, True)
        household_asks.ask_to_belong(desk, ama, HOME)
        household_asks.answer(desk, dina, waiting(desk, ama), True)
        assert get_person(desk.conn, ama.id).household_id == declined.id


def test_it_climbs_to_whoever_there_is_and_nobody_answers_for_themselves(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        ama, dina = add_account(desk, 11, "Ama"), add_account(desk, 14, "Dina")
        officer, faye = add_account(desk, 15, "Eli"), add_account(desk, 16, "Faye")
        give(desk, officer, "officer")
        household_asks.ask_to_belong(desk, faye, OTHER)
        assert asked_cards(desk) == [15]
        give(desk, dina, "supervisor", unit="donggang")
        household_asks.ask_to_belong(desk, ama, HOME)
        assert asked_cards(desk) == [15, 14]
        household_asks.ask_to_belong(desk, dina, HOME)
        assert asked_cards(desk) == [15, 14, 15]
        for stranger, application in (
            (dina, waiting(desk, dina)),
            (faye, waiting(desk, ama)),
            (ama, waiting(desk, ama)),
        ):
            with pytest.raises(NotFound):
                household_asks.answer(desk, stranger, application, True)


def test_joining_by_code_takes_the_question_back(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        home = standing(desk, OTHER)
        ama, dina = add_account(desk, 11, "Ama"), add_account(desk, 14, "Dina")
        give(desk, dina, "supervisor", unit="ankang")
        household_asks.ask_to_belong(desk, ama, HOME)
        application = waiting(desk, ama)
        households.join_by_code(desk, ama, households.code_of(desk, home))
        assert household_asks.find_question(desk, application) is None
        asked_for = rows.find_at(desk.conn, HOME)
        assert asked_for is not None and asked_for.state == "declined"


def test_the_first_answer_counts(at_desk: AtDesk, database_url: str) -> None:
    with at_desk() as desk:
        ama = add_account(desk, 11, "Ama")
        supervisors = [add_account(desk, 20 + each, f"Dina {each}") for each in range(4)]
        for each in supervisors:
            give(desk, each, "supervisor", unit="ankang")
        household_asks.ask_to_belong(desk, ama, HOME)
        application, file = waiting(desk, ama), desk.file
        chance = desk.chance

    def answer(person: Person) -> bool:
        engine = open_writer(database_url)
        try:
            with engine.begin() as conn:
                household_asks.answer(Desk(conn, file, MORNING, KEYS, chance), person, application, person.id % 2 == 0)
                return True
        except Refusal as refusal:
            assert isinstance(refusal, AnsweredAlready)
            return False
        finally:
            engine.dispose()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(answer, supervisors)) == [False, False, False, True]

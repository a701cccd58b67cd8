"""A household's card: what stands on it, who may open it, how it is made anew, and its PIN."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pypdf
import pytest
from sqlalchemy import insert

from bot.drawing.codes import read_qr
from bot.handlers.household_cards import paint_card, paint_counter, paint_slip
from bot.paper import cards_for_the_counter
from desk import forgetting, household_cards, households
from desk.front import Call, CardRefresh, Desk, Line
from domain.household_cards import PIN_TRIES, NoPin, NotAName, PinLocked, WrongPin
from domain.households import NoHousehold, WrongCode
from domain.people import Person
from domain.points import Posting
from domain.refusals import AlreadyDone, NotFound
from domain.words import plain
from storage import household_cards as rows
from storage import points, stations
from storage.households import Household, find_household
from storage.people import get_person
from storage.tables import cards
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk
from tests.deeds.cast import add_account, add_household, give
from tests.deeds.shop import keep


def at_home(desk: Desk) -> tuple[Household, Person, Person]:
    """Ama and Cleo live together."""
    home = find_household(desk.conn, add_household(desk, "201"))
    assert home is not None
    return home, *(add_account(desk, 10 + n, name, household_id=home.id) for n, name in enumerate(("Ama", "Cleo"), 1))


def a_keeper(desk: Desk) -> Person:
    eli = add_account(desk, 15, "Eli")
    keep(desk, eli, stations.add_station(desk.conn, desk.now, None, unit="donggang", name={"en": "The station"}))
    return eli


def token(desk: Desk, home: Household) -> str:
    start: str = parse_qs(urlsplit(household_cards.view_of(desk, home).link).query)["start"][0]
    assert start.startswith("k_") and len(start) <= 64
    return start[2:]


def told(desk: Desk, person: Person) -> list[str]:
    return [said.text.msgid for said in desk.said if isinstance(said, Line) and said.chat_id == person.telegram_id]


def refreshed(desk: Desk) -> set[tuple[int, str]]:
    return {(said.chat_id, said.subject) for said in desk.said if isinstance(said, CardRefresh)}


def test_a_keeper_opens_it_and_nobody_else(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        home, ama, _cleo = at_home(desk)
        eli, faye, dina = a_keeper(desk), add_account(desk, 16, "Faye"), add_account(desk, 14, "Dina")
        give(desk, dina, "supervisor", unit="ankang")
        far, giver = add_account(desk, 21, "Far"), add_account(desk, 22, "Giver")
        keep(desk, far, stations.add_station(desk.conn, desk.now, None, unit="haitang", name={"en": "Elsewhere"}))
        keep(desk, giver, merchant=1)
        code = token(desk, home)
        for other in (faye, ama, dina, far, giver):
            assert household_cards.open_at_counter(desk, other, code) is None
            with pytest.raises(NotFound):
                household_cards.get_for_keeper(desk, other, code)
            assert paint_counter(desk, home.id, other.telegram_id or 0) is None
        assert not desk.said
        assert household_cards.open_at_counter(desk, eli, code) == home
        assert refreshed(desk) == {(15, household_cards.AT_COUNTER)}
        account = points.account_of(desk.conn, home.id)
        given = [Posting(points.desk_account(desk.conn, "issuer"), -30), Posting(account, 30)]
        points.post(desk.conn, desk.now, "award", "a", given, plain("x"))
        face = paint_counter(desk, home.id, 15)
        assert face is not None and "30" in str(face.text) and "Ama" not in str(face.text)


def test_nobody_serves_their_own_household(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        home, ama, _cleo = at_home(desk)
        keep(desk, ama, stations.add_station(desk.conn, desk.now, None, unit="ankang", name={"en": "The station"}))
        assert household_cards.open_at_counter(desk, ama, token(desk, home)) is None


def test_what_is_not_its_code_opens_nothing(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        home, _ama, _cleo = at_home(desk)
        eli, code = a_keeper(desk), token(desk, home)
        wrong = [
            code[:-1],
            code + "A",
            code.swapcase(),
            f"{home.id + 1}{code[1:]}",
            "",
            "-",
            "x",
            "9" * 40,
            "１-abc",
            "1-é",
        ]
        for each in wrong:
            assert household_cards.find_by_token(desk, each) is None, each
            assert household_cards.open_at_counter(desk, eli, each) is None
        with pytest.raises(WrongCode):  # and it lets nobody into the household
            households.check_code(desk, eli, code)


def test_a_new_card_kills_the_old_and_the_others_hear_of_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        home, ama, cleo = at_home(desk)
        eli, old, join_code = a_keeper(desk), token(desk, home), households.code_of(desk, home)
        household_cards.renew(desk, ama)
        assert household_cards.find_by_token(desk, old) is None
        assert household_cards.open_at_counter(desk, eli, token(desk, home)) == home
        assert households.code_of(desk, home) == join_code
        assert told(desk, ama) == [] and len(told(desk, cleo)) == 1
        faye = add_account(desk, 16, "Faye")
        for deed in (household_cards.renew, household_cards.show):
            with pytest.raises(NoHousehold):
                deed(desk, faye)


def test_it_shows_a_name_and_no_members_and_forgetting_one_changes_nothing(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        home, ama, _cleo = at_home(desk)
        household_cards.rename(desk, ama, "  The   blue door 👨‍👩‍👧 ")
        for name in ("", "  ", "x" * 41):
            with pytest.raises(NotAName):
                household_cards.rename(desk, ama, name)
        before = household_cards.view_of(desk, home)
        assert before.name == "The blue door 👨‍👩‍👧"
        face = paint_card(desk, home.id, 12)
        assert face is not None and face.drawn is not None
        assert "Ama" not in str(face) and "Cleo" not in str(face)
        assert paint_card(desk, home.id, 16) is None
    with at_desk() as desk:
        forgetting.forget(desk, get_person(desk.conn, ama.id))
        assert household_cards.view_of(desk, home) == before
        assert paint_card(desk, home.id, 11) is None and paint_card(desk, home.id, 12) == face


def test_what_comes_off_the_printer_is_the_same_card(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        home, _ama, _cleo = at_home(desk)
        eli = a_keeper(desk)
        add_household(desk, "far", unit="haitang")
        (page,) = pypdf.PdfReader(io.BytesIO(cards_for_the_counter(desk, "ankang"))).pages
        (picture,) = page.images
        link = read_qr(picture.data)
        assert link == household_cards.view_of(desk, home).link
        assert household_cards.open_at_counter(desk, eli, link.rpartition("k_")[2]) == home


def test_an_old_picture_in_the_chat_of_whoever_is_forgotten_loses_its_words(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        _home, ama, _cleo = at_home(desk)
        old = {"subject": household_cards.CARD, "chat_id": 11, "at": desk.now - timedelta(days=3)}
        for number, face in enumerate(("p-photo-1-2", "abc")):
            desk.conn.execute(insert(cards).values(**old, subject_id=number, message_id=50 + number, face=face))
        forgetting.forget(desk, ama)
        calls = {said.fields.get("message_id"): said.method for said in desk.said if isinstance(said, Call)}
        assert calls[50] == "editMessageCaption" and calls[51] == "editMessageText"


# ── the PIN ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def with_pin(desk: Desk, home: Household) -> tuple[Person, str]:
    dina = add_account(desk, 14, "Dina")
    give(desk, dina, "supervisor", unit="ankang")
    household_cards.make_pin(desk, dina, home)
    slip = household_cards.slip_for(desk, dina, home.id)
    assert slip is not None and slip[1] is not None
    return dina, slip[1]


def test_a_pin_is_shown_once_to_whoever_made_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        home, ama, _cleo = at_home(desk)
        dina, pin = with_pin(desk, home)
        ivy, eli = add_account(desk, 17, "Ivy"), a_keeper(desk)
        give(desk, ivy, "officer")
        face = paint_slip(desk, home.id, 14)
        assert face is not None and pin in str(face.text) and face.protected
        assert pin not in str(paint_slip(desk, home.id, 17))
        for other in (ama, eli):
            assert paint_slip(desk, home.id, other.telegram_id or 0) is None
            with pytest.raises(NotFound):
                household_cards.make_pin(desk, other, home)
            with pytest.raises(NotFound):
                household_cards.pin_written(desk, other, home.id)
        with pytest.raises(NotFound):
            household_cards.pin_written(desk, ivy, home.id)
        assert pin in str(paint_slip(desk, home.id, 14)), "nobody else takes it from her eyes"
        household_cards.pin_written(desk, dina, home.id)
        with pytest.raises(AlreadyDone):
            household_cards.pin_written(desk, dina, home.id)
        assert pin not in str(paint_slip(desk, home.id, 14))
        assert pin not in str(rows.card_of(desk.conn, home.id))
        household_cards.make_pin(desk, ivy, home)
        assert household_cards.pin_of(desk, home.id, rows.card_of(desk.conn, home.id).pin_epoch) != pin


def test_five_wrong_pins_lock_the_card_until_there_is_a_new_one(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        home, _ama, _cleo = at_home(desk)
        eli = a_keeper(desk)
        with pytest.raises(NoPin):
            household_cards.check_pin(desk, eli, home, "1234")
        dina, pin = with_pin(desk, home)
        wrong = f"{(int(pin) + 1) % 10_000:04d}"
        for _again in range(2):
            for _try in range(PIN_TRIES - 1):
                with pytest.raises(WrongPin):
                    household_cards.check_pin(desk, eli, home, wrong)
            household_cards.check_pin(desk, eli, home, f" {pin[:2]} {pin[2:]} ")  # the right one begins anew
        for _try in range(PIN_TRIES - 1):
            with pytest.raises(WrongPin):
                household_cards.check_pin(desk, eli, home, wrong)
        assert told(desk, dina) == []
        for words in (wrong, pin):
            with pytest.raises(PinLocked):
                household_cards.check_pin(desk, eli, home, words)
        assert len(told(desk, dina)) == 1
        household_cards.make_pin(desk, dina, home)
        new = household_cards.pin_of(desk, home.id, rows.card_of(desk.conn, home.id).pin_epoch)
        household_cards.check_pin(desk, eli, home, new)
        with pytest.raises(NotFound):
            household_cards.check_pin(desk, dina, home, new)


def test_twenty_guesses_at_once_are_five(at_desk: AtDesk, database_url: str) -> None:
    with at_desk() as desk:
        home, _ama, _cleo = at_home(desk)
        eli = a_keeper(desk)
        _dina, pin = with_pin(desk, home)
        file, chance = desk.file, desk.chance

    def guess(number: int) -> str:
        engine = open_writer(database_url)
        with engine.begin() as conn:
            try:
                wrong = f"{(int(pin) + 1 + number) % 10_000:04d}"
                household_cards.check_pin(Desk(conn, file, MORNING, KEYS, chance), eli, home, wrong)
                answer = "open"
            except (WrongPin, PinLocked) as refusal:
                answer = type(refusal).__name__
        engine.dispose()
        return answer

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(guess, range(20)))
    assert answers.count("WrongPin") == PIN_TRIES - 1 and answers.count("PinLocked") == 20 - PIN_TRIES + 1

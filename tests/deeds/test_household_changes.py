"""Households put together and parted: members, points, what waits to be collected; and the sum stays what it was."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from desk import (
    boards,
    by_hand,
    counter,
    household_asks,
    household_cards,
    household_changes,
    households,
    market,
    pickups,
    statements,
)
from desk import pickup_codes as codes
from desk import points as earnings
from desk.front import CardRefresh, Desk, Line
from domain.desk_file import DeskFile
from domain.household_cards import NoPin
from domain.household_changes import LivedIn, NobodyLeaves, NoSuchHousehold, OwnHousehold, SameHousehold
from domain.households import Address, DeclinedLately, WrongCode
from domain.people import Person
from domain.points import Earning, NotEnoughPoints
from domain.refusals import AlreadyDone, NotFound, Refusal
from domain.words import plain
from storage import household_changes as rows
from storage import households as places
from storage import points, standings
from storage.people import get_person
from storage.tables import accounts, people, transfers
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk
from tests.deeds.at_once import race
from tests.deeds.cast import add_account, add_household, gather
from tests.deeds.shop import home, open_shop

NEW = Address("ankang", "12", "301")


def balances(conn: Connection) -> int:
    """Everything that households have, to use and on hold."""
    theirs = select(func.coalesce(func.sum(accounts.c.balance), 0)).where(accounts.c.household_id.is_not(None))
    return int(conn.execute(theirs).scalar_one())


def wrong(conn: Connection) -> list[str]:
    return points.audit(conn)


def now(desk: Desk, person: Person) -> Person:
    return get_person(desk.conn, person.id)


def told(desk: Desk, person: Person) -> list[str]:
    return [said.text.msgid for said in desk.said if isinstance(said, Line) and said.chat_id == person.telegram_id]


def code(desk: Desk, household_id: int) -> str:
    household = places.find_household(desk.conn, household_id)
    assert household is not None
    households.give_codes(desk, [household])
    household = places.find_household(desk.conn, household_id)
    assert household is not None
    return households.code_of(desk, household)


def earning(person: Person, household_id: int, once: str) -> Earning:
    return Earning(
        once=once, household_id=household_id, earned_by=person.id, points=7, reason=plain("Swept the stairs")
    )


# ── put together ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_everything_goes_along_and_the_sum_stays(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        ama, ben, dina = shop.cast.ama, shop.cast.ben, shop.cast.dina
        mine = market.redeem(desk, ama, shop.rice, 2, "talk")
        old_code, old_card = code(desk, home(ama)), household_cards.token_of(desk, home(ama), 0)
        assert household_cards.find_by_token(desk, old_card) is not None
        before, desk.said = balances(desk.conn), []
        household_changes.merge(desk, dina, home(ama), home(ben), "together")
        assert balances(desk.conn) == before and wrong(desk.conn) == []
        assert points.balance_of(desk.conn, home(ben)) == 160
        assert points.balance_of(desk.conn, home(ben), "hold") == 40
        assert points.balance_of(desk.conn, home(ama)) == points.balance_of(desk.conn, home(ama), "hold") == 0
        assert now(desk, ama).household_id == home(ben)
        assert len(told(desk, ama)) == len(told(desk, ben)) == 1 and told(desk, shop.cast.faye) == []
        assert household_cards.find_by_token(desk, old_card) is None
        with pytest.raises(WrongCode):
            households.check_code(desk, shop.cast.faye, old_code)
        counter.find_by_code(desk, shop.eli, codes.code_of(desk, mine))
        counter.hand_over(desk, shop.eli, mine.id)
        assert wrong(desk.conn) == [] and points.balance_of(desk.conn, home(ben), "hold") == 0
        entries = statements.statement(desk, now(desk, ben)).entries
        assert [(each.kind, each.amount) for each in entries][:2] == [("move", 60), ("award", 100)]
        with pytest.raises(AlreadyDone):
            household_changes.merge(desk, dina, home(ama), home(ben), "together")


def test_the_place_is_free_again_for_whoever_comes_to_live_there(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        there = places.find_household(desk.conn, home(shop.cast.ama))
        assert there is not None
        household_changes.merge(desk, shop.cast.dina, there.id, home(shop.cast.ben), "together")
        assert places.find_at(desk.conn, there.at) is None
        assert households.let_stand(desk, [there.at]) == 1
        anew = places.find_at(desk.conn, there.at)
        assert anew is not None and anew.id != there.id and points.balance_of(desk.conn, anew.id) == 0
        assert households.let_stand(desk, [there.at]) == 0


def test_what_was_under_way_finds_the_heir(at_desk: AtDesk) -> None:
    """A good deed that is confirmed late, goods that are brought back, an award that is taken back, a question."""
    with at_desk() as desk:
        shop = open_shop(desk)
        ama, ben, cleo, dina = shop.cast.ama, shop.cast.ben, shop.cast.cleo, shop.cast.dina
        mine = market.redeem(desk, ama, shop.rice, 1, "talk")
        counter.find_by_code(desk, shop.eli, codes.code_of(desk, mine))
        counter.hand_over(desk, shop.eli, mine.id)
        otto = add_account(desk, 41, "Otto")
        there = places.find_household(desk.conn, home(ama))
        assert there is not None
        household_asks.ask_to_belong(desk, otto, there.at)
        by_hand.give(desk, dina, by_hand.Gift("gift", there.at, None, 3, None, "Swept the yard"))
        household_changes.merge(desk, dina, home(ama), home(ben), "twice")
        household_changes.merge(desk, dina, home(ben), home(cleo), "twice")
        assert points.balance_of(desk.conn, home(cleo)) == 283
        assert earnings.earn(desk, earning(ama, home(ama), "late")) == 7
        assert points.balance_of(desk.conn, home(cleo)) == 290
        counter.take_back(desk, shop.eli, mine.id, "broken")
        assert points.balance_of(desk.conn, home(cleo)) == 310 and wrong(desk.conn) == []
        gift = desk.conn.scalar(select(transfers.c.id).where(transfers.c.once == "award:hand:gift")) or 0
        by_hand.take_back(desk, shop.ivy, gift, "a mistake")
        assert points.balance_of(desk.conn, home(cleo)) == 307 and wrong(desk.conn) == []
        with pytest.raises(AlreadyDone):
            by_hand.take_back(desk, shop.ivy, gift, "a mistake")
        waiting = places.find_waiting(desk.conn, otto.id)
        assert waiting is not None and waiting.household_id == home(cleo)
        household_asks.answer(desk, now(desk, cleo), waiting.id, True)
        assert now(desk, otto).household_id == home(cleo)
        with pytest.raises(WrongCode):  # a code that was checked before it went
            households.join(desk, add_account(desk, 42, "Pia"), there)


def test_whoever_hid_from_the_boards_stays_hidden_when_put_together(at_desk: AtDesk) -> None:
    """Also what was earned before: one of the two rows on the board would say who they are."""
    with at_desk() as desk:
        shop = open_shop(desk)
        ama, ben, cleo, dina = shop.cast.ama, shop.cast.ben, shop.cast.cleo, shop.cast.dina
        for person in (ama, ben, cleo):
            assert earnings.earn(desk, earning(person, home(person), person.called)) == 7
        boards.hide(desk, ama)
        household_changes.merge(desk, dina, home(ama), home(ben), "together")
        place = ("2026-11", "ankang", "")
        assert [each.household_id for each in standings.top(desk.conn, place, 9)] == [home(cleo)]
        boards.unhide(desk, now(desk, ama))
        household_changes.merge(desk, dina, home(ben), home(cleo), "together")
        boards.hide(desk, now(desk, ben))
        assert standings.top(desk.conn, place, 9) == [] and wrong(desk.conn) == []


def test_a_name_that_nobody_goes_by_any_more_is_gone(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        ama, ben, cleo, faye, dina = shop.cast.ama, shop.cast.ben, shop.cast.cleo, shop.cast.faye, shop.cast.dina
        for person in (ama, ben, cleo):
            household_cards.rename(desk, person, f"{person.called} at the blue door")
            boards.be_named(desk, person, True)
        households.leave(desk, ama)
        household_changes.split(desk, dina, home(ben), [ben.id], NEW, 0, "moved", "talk-1")
        household_changes.merge(desk, dina, home(cleo), home(faye), "together")
        named = boards.names_of(desk, [home(ama), home(ben), home(cleo)])
        assert not any("blue door" in str(name) for name in named.values())


def test_only_whoever_looks_after_both_and_not_their_own(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        one, other = home(shop.cast.ama), home(shop.cast.ben)
        far = add_household(desk, "1", unit="haitang")
        for person in (shop.cast.ama, shop.cast.ben, shop.eli, shop.cast.faye):
            with pytest.raises(NotFound):
                household_changes.merge(desk, person, one, other, "twice")
        with pytest.raises(NotFound):
            household_changes.merge(desk, shop.cast.dina, one, far, "twice")
        with pytest.raises(NotFound):
            household_changes.merge(desk, shop.cast.dina, one, other, "because")
        with pytest.raises(SameHousehold):
            household_changes.merge(desk, shop.cast.dina, one, one, "twice")
        places.join(desk.conn, shop.ivy.id, one)
        with pytest.raises(OwnHousehold):
            household_changes.merge(desk, now(desk, shop.ivy), one, other, "twice")
        assert wrong(desk.conn) == [] and not rows.changes_of(desk.conn, one)
        with pytest.raises(NoSuchHousehold):
            household_changes.find_household(desk, shop.cast.dina, NEW)
        with pytest.raises(NotFound):
            household_changes.find_household(desk, shop.cast.faye, NEW)


# ── parted ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_some_leave_with_their_share_and_nobody_who_stays_hears_where_to(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        ama, dina = shop.cast.ama, shop.cast.dina
        otto = add_account(desk, 41, "Otto", household_id=home(ama))
        mine = market.redeem(desk, ama, shop.rice, 1, "talk")
        before, desk.said = balances(desk.conn), []
        household_changes.split(desk, dina, home(ama), [otto.id], NEW, 30, "moved", "talk-1")
        assert balances(desk.conn) == before and wrong(desk.conn) == []
        left = now(desk, otto)
        there = places.find_at(desk.conn, NEW)
        assert there is not None and left.household_id == there.id and left.address == there.address
        assert points.balance_of(desk.conn, home(ama)) == 50 and points.balance_of(desk.conn, there.id) == 30
        assert len(told(desk, otto)) == 1 and told(desk, ama) == []
        assert pickups.get_own(desk, ama, mine.id).household_id == home(ama)
        assert there.address not in str(statements.statement(desk, now(desk, ama)).entries)
        households.check_code(desk, otto, households.code_of(desk, there))
        with pytest.raises(AlreadyDone):
            household_changes.split(desk, dina, home(ama), [otto.id], NEW, 30, "moved", "talk-1")


def test_whoever_moves_to_an_empty_place_is_not_opened_by_what_its_last_household_left(at_desk: AtDesk) -> None:
    """Its code, its card and its PIN may lie in a drawer; the next PIN is none of those before."""
    with at_desk() as desk:
        shop = open_shop(desk)
        ben, dina = shop.cast.ben, shop.cast.dina
        add_account(desk, 29, "Gia", household_id=home(ben))
        add_household(desk, "empty", building="12")
        empty = places.find_at(desk.conn, Address("ankang", "12", "empty"))
        assert empty is not None
        old_code, old_card = code(desk, empty.id), household_cards.token_of(desk, empty.id, 0)
        household_cards.make_pin(desk, dina, empty)
        slip = household_cards.slip_for(desk, dina, empty.id)
        assert slip is not None and slip[1] is not None
        household_changes.split(desk, dina, home(ben), [ben.id], empty.at, 10, "moved", "talk")
        assert now(desk, ben).household_id == empty.id
        with pytest.raises(WrongCode):
            households.check_code(desk, shop.cast.faye, old_code)
        assert household_cards.find_by_token(desk, old_card) is None
        stands = places.find_household(desk.conn, empty.id)
        assert stands is not None
        with pytest.raises(NoPin):
            household_cards.check_pin(desk, shop.eli, stands, slip[1])
        household_cards.make_pin(desk, dina, stands)
        anew = household_cards.slip_for(desk, dina, empty.id)
        assert anew is not None and anew[1] is not None and anew[1] != slip[1]
        household_cards.check_pin(desk, shop.eli, stands, anew[1])


def test_what_cannot_be_parted_stays_as_it_is(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        ama, ben, dina = shop.cast.ama, shop.cast.ben, shop.cast.dina
        own, lived_in = (places.find_household(desk.conn, home(each)) for each in (ama, ben))
        assert own is not None and lived_in is not None

        def part(at: Address = NEW, who: Sequence[int] = (ama.id,), share: int = 0, by: Person = dina) -> None:
            household_changes.split(desk, by, home(ama), who, at, share, "moved", "talk")

        for refusal, wish in (
            (SameHousehold, {"at": own.at}),
            (LivedIn, {"at": lived_in.at}),
            (NobodyLeaves, {"who": ()}),
            (NobodyLeaves, {"who": (ama.id, ben.id)}),
            (NotEnoughPoints, {"share": 101}),
            (NotEnoughPoints, {"share": -1}),
            (NotFound, {"at": Address("nowhere", "1")}),
            (NotFound, {"at": Address("haitang", "1")}),
            (NotFound, {"by": ben}),
        ):
            with pytest.raises(refusal):
                part(**wish)  # type: ignore[arg-type]
        assert places.find_at(desk.conn, NEW) is None and now(desk, ama).household_id == home(ama)
        part(share=100)
        assert points.balance_of(desk.conn, home(ama)) == 0 and wrong(desk.conn) == []


# ── joining and leaving ─────────────────────────────────────────────────────────────────────────────────────────────


def asked(desk: Desk) -> list[int]:
    return [said.chat_id for said in desk.said if isinstance(said, CardRefresh) and said.subject == households.CARD]


def test_those_who_live_there_are_asked_and_nobody_learns_whether_anybody_does(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        ama, dina = shop.cast.ama, shop.cast.dina
        there = places.find_household(desk.conn, home(ama))
        assert there is not None
        otto, pia = add_account(desk, 41, "Otto"), add_account(desk, 42, "Pia")
        said = [household_asks.ask_to_belong(desk, each, at) for each, at in ((otto, there.at), (pia, NEW))]
        assert said[0] == said[1]
        assert asked(desk) == [11, 14]
        application = places.find_waiting(desk.conn, otto.id)
        assert application is not None
        for other in (dina, otto, shop.cast.faye, shop.ivy):
            with pytest.raises(NotFound):
                household_asks.answer(desk, other, application.id, True)
        household_asks.answer(desk, ama, application.id, False)
        with pytest.raises(DeclinedLately):
            household_asks.ask_to_belong(desk, otto, there.at)
    with at_desk(MORNING + household_asks.NOT_AGAIN + timedelta(days=1)) as desk:
        household_asks.ask_to_belong(desk, otto, there.at)
        application = places.find_waiting(desk.conn, otto.id)
        assert application is not None
        household_asks.answer(desk, now(desk, ama), application.id, True)
        assert now(desk, otto).household_id == there.id


def test_where_nobody_has_a_telephone_the_community_worker_answers(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        there = add_household(desk, "grandmother's")
        add_account(desk, 41, "Otto", reach="blocked", household_id=there)
        household = places.find_household(desk.conn, there)
        assert household is not None
        pia = add_account(desk, 42, "Pia")
        household_asks.ask_to_belong(desk, pia, household.at)
        assert asked(desk) == [14]
        application = places.find_waiting(desk.conn, pia.id)
        assert application is not None
        household_asks.answer(desk, shop.cast.dina, application.id, True)
        assert now(desk, pia).household_id == there


def test_leaving_tells_nobody_and_the_points_stay(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        ama = shop.cast.ama
        otto = add_account(desk, 41, "Otto", household_id=home(ama))
        desk.said = []
        households.leave(desk, ama)
        assert desk.said == [] and points.balance_of(desk.conn, home(ama)) == 100
        household_asks.ask_to_belong(desk, now(desk, ama), NEW)
        application = places.find_waiting(desk.conn, ama.id)
        assert application is not None
        household_asks.answer(desk, shop.cast.dina, application.id, True)
        heard = [said for said in desk.said if getattr(said, "chat_id", None) == otto.telegram_id]
        assert heard == []


# ── at once ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_hides_while_points_come_in_is_on_no_board(database_url: str, desk_file: DeskFile) -> None:
    """What is earned is not written for good yet when they hide: they wait for it, and hide that as well."""
    engine = open_writer(database_url)
    with engine.begin() as conn:
        ama = gather(Desk(conn, desk_file, MORNING, KEYS, random.Random(1))).ama
    with ThreadPoolExecutor(1) as threads:
        with engine.begin() as conn:
            earnings.earn(Desk(conn, desk_file, MORNING, KEYS, random.Random(1)), earning(ama, home(ama), "deed"))
            hidden = threads.submit(race, database_url, desk_file, [lambda desk: boards.hide(desk, ama)])
            wait([hidden], timeout=0.3)
        hidden.result()
    with engine.begin() as conn:
        assert standings.top(conn, ("2026-11", "ankang", ""), 99) == [] and wrong(conn) == []
    engine.dispose()


@pytest.mark.parametrize("round_", range(3))
def test_put_together_while_points_are_spent_earned_and_shared(
    database_url: str, desk_file: DeskFile, round_: int
) -> None:
    """Redeemed, handed over, called off, earned, joined, parted and put together both ways, all at once: one sum."""
    engine = open_writer(database_url)
    with engine.begin() as conn:
        desk = Desk(conn, desk_file, MORNING, KEYS, random.Random(1), bot_name="linli_bot")
        shop = open_shop(desk)
        ama, ben, dina = shop.cast.ama, shop.cast.ben, shop.cast.dina
        otto = add_account(desk, 41, "Otto", household_id=home(ama))
        pia = add_account(desk, 42, "Pia")
        own = places.find_household(conn, home(ama))
        assert own is not None
        first, second = (market.redeem(desk, ama, shop.rice, 1, f"talk {n}") for n in (1, 2))
        counter.find_by_code(desk, shop.eli, codes.code_of(desk, first))
        before = balances(conn)
    deeds: list[Callable[[Desk], Any]] = [
        lambda desk: household_changes.merge(desk, dina, home(ama), home(ben), "together"),
        lambda desk: household_changes.merge(desk, dina, home(ben), home(ama), "together"),
        lambda desk: market.redeem(desk, now(desk, ama), shop.rice, 1, "third").id,
        lambda desk: counter.hand_over(desk, shop.eli, first.id),
        lambda desk: market.call_off(desk, now(desk, otto), second.id),
        lambda desk: earnings.earn(desk, earning(ama, home(ama), "stairs")),
        lambda desk: earnings.earn(desk, earning(ben, home(ben), "stairs 2")),
        lambda desk: households.join(desk, pia, own),
        lambda desk: household_changes.split(desk, dina, home(ama), [otto.id], NEW, 25, "apart", "x"),
    ]
    random.Random(round_).shuffle(deeds)
    done = race(database_url, desk_file, deeds, again=True)
    with engine.begin() as conn:
        assert wrong(conn) == [], done
        ended = conn.execute(select(transfers.c.kind, transfers.c.once).where(transfers.c.kind == "capture")).all()
        assert balances(conn) == before + 14 - 20 * len(ended), done
        gone = [each for each in (home(ama), home(ben)) if rows.heir_of(conn, each) != each]
        assert len(gone) <= 1
        for each in gone:
            assert conn.scalar(select(func.count()).select_from(people).where(people.c.household_id == each)) == 0
            assert points.balance_of(conn, each) == points.balance_of(conn, each, "hold") == 0
    engine.dispose()


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_in_whatever_order_the_sum_is_what_was_earned_less_what_was_spent(
    at_desk: AtDesk, seed: int
) -> None:
    """A hundred deeds by chance: after each of them the sum, and every fiftieth time the whole audit."""
    chance = random.Random(seed)
    with at_desk() as desk:
        shop = open_shop(desk, points_each=300)
        homes = [home(each) for each in (shop.cast.ama, shop.cast.ben, shop.cast.cleo, shop.cast.faye)]
        expected, made = 1200, []
        for step in range(100):
            standing = [each for each in homes if rows.heir_of(desk.conn, each) == each]
            one, other = chance.choice(standing), chance.choice(standing)
            lives = chance.choice([shop.cast.ama, shop.cast.ben, shop.cast.cleo, shop.cast.faye])
            saved = desk.conn.begin_nested()
            try:
                match chance.randrange(8):
                    case 0 if len(standing) > 2:
                        household_changes.merge(desk, shop.cast.dina, one, other, "twice")
                    case 1:
                        at = Address("ankang", "30", str(step))
                        leaving = [each.id for each in places.members_of(desk.conn, one)][:1]
                        share = chance.randrange(0, 1 + points.balance_of(desk.conn, one))
                        household_changes.split(desk, shop.cast.dina, one, leaving, at, share, "apart", f"{step}")
                        there = places.find_at(desk.conn, at)
                        assert there is not None
                        homes.append(there.id)
                    case 2 | 3:
                        made.append(market.redeem_by(desk, one, shop.rice, 1, f"talk {step}"))
                    case 4 if made:
                        pickups.cancel(desk, chance.choice(made), None)
                    case 5 if made:
                        pickups.collect(desk, chance.choice(made), shop.eli)
                        expected -= 20
                    case 6 if made:
                        pickups.reverse(desk, chance.choice(made), shop.eli, "broken")
                        expected += 20
                    case _:
                        expected += earnings.earn(desk, earning(lives, chance.choice(homes), f"deed {step}"))
                saved.commit()
            except Refusal:
                saved.rollback()
            assert balances(desk.conn) == expected, step
            if step % 50 == 49:
                assert wrong(desk.conn) == []
        assert wrong(desk.conn) == []
        gone = {each for each in homes if rows.heir_of(desk.conn, each) != each}
        assert gone and all(points.balance_of(desk.conn, each) == 0 for each in gone)

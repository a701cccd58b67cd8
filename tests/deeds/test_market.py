"""Points become goods once: held, handed over, called off, given back by time; and the books fit after each of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, text, update

from desk import counter, market, merchants, on_paper, pickups
from desk import pickup_codes as codes
from desk.front import Desk, Line
from domain import market as rules
from domain import market_refusals as refusals
from domain.desk_file import DeskFile
from domain.market import Redemption
from domain.people import Person
from domain.points import NotEnoughPoints
from domain.refusals import NotFound, Refusal
from domain.words import plain
from storage import items, points
from storage import redemptions as rows
from storage.audit import audit
from storage.tables import items as items_table
from storage.tables import redemptions
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk
from tests.deeds.cast import add_account, add_household
from tests.deeds.shop import Shop, add_item, earn, home, keep, open_shop

DAY = timedelta(days=1)


def sound(desk: Desk) -> bool:
    return audit(desk.conn) == [] and codes.wrong_codes(desk) == []


def get(desk: Desk, redemption: Redemption) -> Redemption:
    return pickups.get_redemption(desk, redemption.id)


def stock(desk: Desk, item_id: int) -> int:
    item = items.find_item(desk.conn, item_id)
    assert item is not None
    return item.stock


def told(desk: Desk, telegram_id: int | None) -> list[str]:
    return [said.text.msgid for said in desk.said if isinstance(said, Line) and said.chat_id == telegram_id]


def handed_over(desk: Desk, shop: Shop, redemption: Redemption) -> None:
    counter.find_by_code(desk, shop.eli, codes.code_of(desk, redemption))
    counter.hand_over(desk, shop.eli, redemption.id)


# ── redeem ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_points_are_held_and_the_stock_reserved_and_twice_is_once(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        mine = market.redeem(desk, shop.cast.ama, shop.rice, 2, "talk")
        assert market.redeem(desk, shop.cast.ama, shop.rice, 2, "talk") == mine
        assert (mine.state, mine.points, stock(desk, shop.rice)) == ("ready", 40, 3)
        assert points.balance_of(desk.conn, home(shop.cast.ama)) == 60
        assert points.balance_of(desk.conn, home(shop.cast.ama), "hold") == 40
        assert sound(desk)


def test_it_is_handed_over_once_by_its_code_and_the_household_hears_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        mine = market.redeem(desk, shop.cast.ama, shop.rice, 1, "talk")
        code = codes.code_of(desk, mine)
        assert counter.find_by_code(desk, shop.eli, f" {code[:4].lower()}-{code[4:]} ").id == mine.id
        counter.hand_over(desk, shop.eli, mine.id)
        with pytest.raises(refusals.NotCollected):
            counter.hand_over(desk, shop.eli, mine.id)
        assert get(desk, mine).state == "collected" and sound(desk)
        assert points.balance_of(desk.conn, home(shop.cast.ama), "hold") == 0
        assert any("was handed over" in line for line in told(desk, shop.cast.ama.telegram_id))


def test_a_number_alone_hands_nothing_over(at_desk: AtDesk) -> None:
    """A keeper who taps with a client of their own, for something whose code they were never shown, or long ago."""
    with at_desk() as desk:
        shop = open_shop(desk)
        mine = market.redeem(desk, shop.cast.ama, shop.rice, 1, "talk")
        with pytest.raises(refusals.NotShown):
            counter.hand_over(desk, shop.eli, mine.id)
        counter.find_by_token(desk, shop.eli, codes.token_of(desk, mine))
        desk.now += timedelta(hours=1)
        with pytest.raises(refusals.NotShown):
            counter.hand_over(desk, shop.eli, mine.id)
        with pytest.raises(NotFound):
            counter.hand_over(desk, shop.cast.faye, mine.id)
        with pytest.raises(refusals.ForTheKeeper):
            counter.find_by_token(desk, shop.cast.faye, codes.token_of(desk, mine))
        assert get(desk, mine).state == "ready"


def test_nothing_is_written_when_it_is_refused(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        car = add_item(desk, shop.station, "Car", 1000, stock=1)
        once = add_item(desk, shop.station, "Oil", 5, stock=9, most=2, per="month")
        market.redeem(desk, shop.cast.ama, once, 2, "oil")
        for item, count, refusal in (
            (car, 1, NotEnoughPoints),
            (once, 1, refusals.EnoughForNow),
            (shop.rice, 0, refusals.NotAnAmount),
            (shop.rice, -3, refusals.NotAnAmount),
            (9999, 1, NotFound),
        ):
            with pytest.raises(refusal):
                market.redeem(desk, shop.cast.ama, item, count, f"{item} {count}")
        earn(desk, home(shop.cast.ama), 500, "more")
        with pytest.raises(refusals.TooFewLeft):
            market.redeem(desk, shop.cast.ama, shop.rice, 6, "six")
        items.withdraw(desk.conn, shop.rice)
        with pytest.raises(refusals.NotOffered):
            market.redeem(desk, shop.cast.ama, shop.rice, 1, "gone")
        assert len(rows.open_of(desk.conn, home(shop.cast.ama))) == 1 and sound(desk)
        desk.now += 31 * DAY
        market.redeem(desk, shop.cast.ama, once, 2, "next month")


def test_only_the_station_of_ones_own_place(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        gina = add_account(desk, 99, "Gina", household_id=add_household(desk, "1", "haitang"))
        earn(desk, home(gina), 100)
        with pytest.raises(refusals.NoMarket):
            market.shelf(desk, gina)
        with pytest.raises(NotFound):
            market.redeem(desk, gina, shop.rice, 1, "other place")


def test_what_can_be_afforded_comes_first_and_what_is_gone_last(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        add_item(desk, shop.station, "Soap", 3, stock=0)
        add_item(desk, shop.station, "Bicycle", 500, stock=1)
        listed = market.shelf(desk, shop.cast.ama)
        assert [offer.item.name["en"] for offer in listed.offers] == ["Rice", "Haircut", "Bicycle", "Soap"]
        assert [offer.affordable for offer in listed.offers] == [5, 2, 0, 0]


def test_whoever_waits_for_it_is_told_once(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        soap = add_item(desk, shop.station, "Soap", 3, stock=0)
        market.tell_me(desk, shop.cast.ama, soap)
        market.tell_me(desk, shop.cast.ama, soap)
        with pytest.raises(refusals.NotAwaited):
            market.tell_me(desk, shop.cast.ama, shop.rice)
        for _more in range(2):
            items.restock(desk.conn, desk.now, soap, 1, shop.eli.id)
            pickups.tell_awaiting(desk, soap)
        assert len([line for line in told(desk, shop.cast.ama.telegram_id) if "is there again" in line]) == 1


def test_however_many_wait_all_of_them_hear_once_that_it_is_back(
    at_desk: AtDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pickups, "TOLD_AT_ONCE", 3)
    with at_desk() as desk:
        shop = open_shop(desk)
        soap = add_item(desk, shop.station, "Soap", 5, stock=0)
        waits = [add_account(desk, 200 + n, f"W{n}", household_id=home(shop.cast.ama)) for n in range(8)]
        for each in waits:
            market.tell_me(desk, each, soap)
        items.restock(desk.conn, desk.now, soap, 1, shop.eli.id)
        pickups.tell_awaiting(desk, soap)

        def heard() -> list[int]:
            return [len([line for line in told(desk, each.telegram_id) if "is there again" in line]) for each in waits]

        assert heard() == [1, 1, 1, 0, 0, 0, 0, 0]
        assert pickups.sweep_awaited(desk) and heard() == [1] * 6 + [0] * 2
        mine = market.redeem(desk, shop.cast.ben, soap, 1, "the last one")
        assert pickups.sweep_awaited(desk) and not pickups.sweep_awaited(desk), "there is nothing to tell of"
        assert heard() == [1] * 6 + [0] * 2
        market.call_off(desk, shop.cast.ben, mine.id)
        assert not pickups.sweep_awaited(desk) and heard() == [1] * 8


def test_nothing_is_redeemed_at_a_station_that_is_being_closed(database_url: str, desk_file: DeskFile) -> None:
    engine = open_writer(database_url)
    with engine.begin() as conn:
        shop = open_shop(Desk(conn, desk_file, MORNING, KEYS, random.Random(1)))
    together = Barrier(2)

    def act(closes: bool) -> bool:
        own = open_writer(database_url)
        together.wait()
        try:
            with own.begin() as conn:
                desk = Desk(conn, desk_file, MORNING, KEYS, random.Random(1))
                if closes:
                    merchants.close_station(desk, shop.ivy, shop.station)
                else:
                    market.redeem(desk, shop.cast.ama, shop.rice, 1, "talk")
            return True
        except Refusal:
            return False
        finally:
            own.dispose()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(act, (True, False))) == [False, True], "one of them, and not both"
    engine.dispose()


def test_the_places_of_a_week_come_back_on_monday(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        for person in (shop.cast.ama, shop.cast.ben):
            market.redeem(desk, person, shop.haircut, 1, f"cut {person.id}", wanted=plain("Tuesday"))
        with pytest.raises(refusals.SoldOut):
            market.redeem(desk, shop.cast.cleo, shop.haircut, 1, "third")
        market.call_off(desk, shop.cast.ben, rows.open_of(desk.conn, home(shop.cast.ben))[0].id)
        market.redeem(desk, shop.cast.cleo, shop.haircut, 1, "his place")
        assert sound(desk)
        market.tell_me(desk, shop.cast.ben, shop.haircut)
        assert not pickups.sweep_awaited(desk)
        desk.now += 7 * DAY
        assert pickups.sweep_awaited(desk) and not pickups.sweep_awaited(desk)
        assert len([line for line in told(desk, shop.cast.ben.telegram_id) if "is there again" in line]) == 1
        market.redeem(desk, shop.cast.ben, shop.haircut, 2, "next week")
        assert sound(desk)


# ── how it ends ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_anybody_of_the_household_calls_it_off_and_nobody_else(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        amas = add_account(desk, 98, "Ama's son", household_id=home(shop.cast.ama))
        mine = market.redeem(desk, shop.cast.ama, shop.rice, 5, "talk")
        with pytest.raises(NotFound):
            market.call_off(desk, shop.cast.faye, mine.id)
        market.call_off(desk, amas, mine.id)
        with pytest.raises(refusals.NotCollected):
            market.call_off(desk, shop.cast.ama, mine.id)
        assert points.balance_of(desk.conn, home(shop.cast.ama)) == 100 and stock(desk, shop.rice) == 5 and sound(desk)


def test_a_reminder_by_day_and_then_it_comes_back_by_itself(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        mine = market.redeem(desk, shop.cast.ama, shop.rice, 1, "talk")
    reminded = mine.due_at.astimezone(desk.file.zone)
    assert mine.until - mine.due_at <= timedelta(hours=24) and 6 <= reminded.hour <= 22
    with at_desk(mine.due_at) as desk:
        assert pickups.sweep_redemptions(desk) and not pickups.sweep_redemptions(desk)
        said = [each for each in desk.said if isinstance(each, Line)]
        assert [(each.chat_id, each.expires_at) for each in said] == [(shop.cast.ama.telegram_id, mine.until)]
    with at_desk(mine.until) as desk:
        assert pickups.sweep_redemptions(desk) and not pickups.sweep_redemptions(desk)
        assert get(desk, mine).state == "expired" and stock(desk, shop.rice) == 5
        assert points.balance_of(desk.conn, home(shop.cast.ama)) == 100 and sound(desk)
        with pytest.raises(refusals.NotCollected):
            handed_over(desk, shop, mine)


def test_after_a_long_night_it_ends_without_a_reminder(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        mine = market.redeem(desk, shop.cast.ama, shop.rice, 1, "talk")
    with at_desk(mine.until + DAY) as desk:
        assert pickups.sweep_redemptions(desk) and not pickups.sweep_redemptions(desk)
        assert get(desk, mine).state == "expired"


def test_what_is_taken_back_returns_points_and_stock_once_with_its_reason(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        mine = market.redeem(desk, shop.cast.ama, shop.rice, 2, "talk")
        with pytest.raises(refusals.NotCollected):
            counter.take_back(desk, shop.eli, mine.id, "too early")
        handed_over(desk, shop, mine)
        with pytest.raises(NotFound):
            counter.take_back(desk, shop.cast.dina, mine.id, "not hers to do")
        counter.take_back(desk, shop.eli, mine.id, "weevils")
        with pytest.raises(refusals.NotCollected):
            counter.take_back(desk, shop.ivy, mine.id, "again")
        assert (get(desk, mine).state, get(desk, mine).reason) == ("reversed", "weevils")
        assert points.balance_of(desk.conn, home(shop.cast.ama)) == 100 and stock(desk, shop.rice) == 5 and sound(desk)


# ── paper ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_hand_over_on_paper_keeps_its_true_time_even_after_expiry(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        mine = market.redeem(desk, shop.cast.ama, shop.rice, 1, "talk")
        listed = on_paper.paper_list(desk, shop.eli)
        assert [(each.item.name["en"], each.signs) for each in listed] == [("Rice", codes.code_of(desk, mine)[4:])]
    at = mine.until - timedelta(hours=3)
    with at_desk(mine.until) as desk:
        pickups.sweep_redemptions(desk)
        for wrong in (mine.made_at - DAY, mine.until + timedelta(hours=1)):
            with pytest.raises(refusals.NotThen):
                on_paper.enter_late(desk, shop.eli, mine.id, wrong)
    with at_desk(mine.until + DAY) as desk:
        on_paper.enter_late(desk, shop.eli, mine.id, at)
        with pytest.raises(refusals.NotCollected):
            on_paper.enter_late(desk, shop.eli, mine.id, at)
        now = get(desk, mine)
        assert (now.state, now.collected_at, now.late, now.borne) == ("collected", at, True, False)
        assert points.balance_of(desk.conn, home(shop.cast.ama)) == 80 and stock(desk, shop.rice) == 4 and sound(desk)
        counter.take_back(desk, shop.eli, mine.id, "mistaken line")
        assert points.balance_of(desk.conn, home(shop.cast.ama)) == 100 and stock(desk, shop.rice) == 5 and sound(desk)


def test_a_service_whose_time_has_passed_is_not_entered_from_paper(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        cut = market.redeem(desk, shop.cast.ama, shop.haircut, 1, "cut", wanted=plain("Tuesday"))
    with at_desk(cut.until + DAY) as desk:
        pickups.sweep_redemptions(desk)
        assert on_paper.on_paper(desk, shop.eli) == []
        with pytest.raises(refusals.NotFromAShelf):
            on_paper.enter_late(desk, shop.eli, cut.id, cut.until - DAY)
        assert get(desk, cut).state == "expired" and sound(desk)


def test_the_desk_bears_what_the_household_had_spent_meanwhile_and_an_officer_hears(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        mine = market.redeem(desk, shop.cast.ama, shop.rice, 5, "talk")
    with at_desk(mine.until + timedelta(minutes=1)) as desk:
        pickups.sweep_redemptions(desk)
        market.redeem(desk, shop.cast.ama, shop.rice, 4, "the same points once more")
        on_paper.enter_late(desk, shop.eli, mine.id, mine.until - DAY)
        assert get(desk, mine).borne and stock(desk, shop.rice) == 0 and sound(desk)
        assert points.balance_of(desk.conn, home(shop.cast.ama)) == 20
        assert any("short" in line for line in told(desk, shop.ivy.telegram_id))
        counter.take_back(desk, shop.eli, mine.id, "it was another's")
        assert points.balance_of(desk.conn, home(shop.cast.ama)) == 20 and stock(desk, shop.rice) == 1 and sound(desk)


def test_nobody_decides_about_their_own_household(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        keep(desk, shop.cast.ama, shop.station)
        mine = market.redeem(desk, shop.cast.ama, shop.rice, 1, "talk")
        for deed in (
            lambda: on_paper.enter_late(desk, shop.cast.ama, mine.id, desk.now),
            lambda: counter.take_back(desk, shop.cast.ama, mine.id, "back"),
            lambda: counter.redeem_for(desk, shop.cast.ama, home(shop.cast.ama), shop.rice, 1, "own"),
        ):
            with pytest.raises(refusals.OwnHousehold):
                deed()


def test_a_household_without_a_telephone_redeems_at_the_counter(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        theirs, code = counter.redeem_for(desk, shop.eli, home(shop.cast.faye), shop.rice, 1, "at the counter")
        assert len(code) == 8 and theirs.person_id is None
        counter.hand_over(desk, shop.eli, theirs.id)
        assert get(desk, theirs).state == "collected" and sound(desk)


# ── services and merchants ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_service_is_confirmed_by_its_giver_and_happened_says_the_household(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        mine = market.redeem(desk, shop.cast.ama, shop.haircut, 1, "talk", wanted=plain("Tuesday at ten"))
        assert mine.state == "reserved" and str(mine.wanted.blanks["words"] if mine.wanted else "") == "Tuesday at ten"
        with pytest.raises(refusals.NotCollected):
            market.has_happened(desk, shop.cast.ama, mine.id)
        with pytest.raises(NotFound):
            counter.confirm(desk, shop.cast.ben, mine.id)
        counter.confirm(desk, shop.eli, mine.id)
        market.has_happened(desk, shop.cast.ama, mine.id)
        assert get(desk, mine).state == "collected" and sound(desk)


def test_a_declined_service_gives_everything_back(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        mine = market.redeem(desk, shop.cast.ama, shop.haircut, 2, "talk", wanted=plain("now"))
        counter.decline(desk, shop.eli, mine.id)
        assert points.balance_of(desk.conn, home(shop.cast.ama)) == 100 and sound(desk)
        market.redeem(desk, shop.cast.ben, shop.haircut, 2, "places again")


def test_a_merchants_own_keeper_sees_only_what_they_give(at_desk: AtDesk) -> None:
    from storage import stations

    with at_desk() as desk:
        shop = open_shop(desk)
        baker = stations.add_merchant(desk.conn, desk.now, None, unit="ankang", name={"en": "Baker"}, thanked=True)
        bread = add_item(desk, shop.station, "Bread", 4, stock=3, merchant_id=baker)
        gus = add_account(desk, 97, "Gus")
        keep(desk, gus, merchant=baker)
        rice = market.redeem(desk, shop.cast.ama, shop.rice, 1, "rice")
        loaf = market.redeem(desk, shop.cast.ama, bread, 1, "bread")
        assert [each.redemption.id for each in on_paper.paper_list(desk, gus)] == [loaf.id]
        with pytest.raises(refusals.WrongCode):
            counter.find_by_code(desk, gus, codes.code_of(desk, rice))
        with pytest.raises(refusals.WrongCode):
            counter.find_by_token(desk, gus, codes.token_of(desk, rice))
        counter.find_by_code(desk, gus, codes.code_of(desk, loaf))
        counter.hand_over(desk, gus, loaf.id)
        assert [(who.name, [item.id for item in given]) for who, given in merchants.thanked(desk)] == [
            ({"en": "Baker"}, [bread])
        ]


# ── codes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_guesser_with_ten_thousand_codes_hits_nothing_and_is_locked_out(at_desk: AtDesk) -> None:
    """Even if they come back whenever the counter opens again. (A thousand, where each answer takes its time.)"""
    with at_desk() as desk:
        many = 10_000 if desk.conn.dialect.name == "sqlite" else 1_000
        shop = open_shop(desk)
        mine = market.redeem(desk, shop.cast.ama, shop.rice, 1, "talk")
        chance, wrong, locked = random.Random(8), 0, 0
        for number in range(many):
            guess = "".join(chance.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _sign in range(8))
            try:
                counter.find_by_code(desk, shop.eli, guess)
                pytest.fail(f"{guess} opened something")
            except refusals.WrongCode:
                wrong += 1
            except refusals.CounterLocked:
                locked += 1
            if number % (many // 10) == many // 10 - 1:  # they wait, and try again
                with pytest.raises(refusals.CounterLocked):
                    counter.find_by_code(desk, shop.eli, codes.code_of(desk, mine))
                desk.now += timedelta(minutes=11)
        assert wrong == 10 * rules.TRIES and locked == many - wrong
        assert len([line for line in told(desk, shop.ivy.telegram_id) if "wrong codes" in line]) == 10
        counter.find_by_code(desk, shop.eli, codes.code_of(desk, mine))


def test_a_code_is_kept_only_as_a_hash_and_opens_only_its_own_station(at_desk: AtDesk) -> None:
    from storage import stations

    with at_desk() as desk:
        shop = open_shop(desk)
        other = stations.add_station(desk.conn, desk.now, None, unit="ankang", name={"en": "Other"})
        oskar = add_account(desk, 96, "Oskar")
        keep(desk, oskar, other)
        add_item(desk, other, "Rice", 20, stock=5)
        mine = market.redeem(desk, shop.cast.ama, shop.rice, 1, "talk")
        code = codes.code_of(desk, mine)
        with pytest.raises(refusals.WrongCode):
            counter.find_by_code(desk, oskar, code)
        row = desk.conn.execute(select(redemptions)).one()
        assert code not in str(tuple(row)) and codes.token_of(desk, mine) not in str(tuple(row))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE redemptions SET points = points + 1", "points held"),
        ("UPDATE items SET stock = stock + 1 WHERE weekly IS NULL", "are left"),
        ("UPDATE items SET taken = taken + 1 WHERE weekly IS NOT NULL", "places are taken"),
        ("UPDATE stock_moves SET amount = amount - 1 WHERE what = 'reserve'", "moved"),
        ("UPDATE redemptions SET state = 'collected', collected_at = made_at", "has the entries"),
        ("UPDATE redemptions SET code_hash = NULL", "has no code"),
    ],
)
def test_the_audit_finds_what_does_not_fit(at_desk: AtDesk, change: str, found: str) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        market.redeem(desk, shop.cast.ama, shop.rice, 1, "rice")
        market.redeem(desk, shop.cast.ama, shop.haircut, 1, "cut")
        assert sound(desk)
        desk.conn.execute(text(change))
        assert any(found in line for line in audit(desk.conn))


def test_a_code_that_was_moved_to_another_item_is_found(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        mine = market.redeem(desk, shop.cast.ama, shop.rice, 1, "rice")
        desk.conn.execute(update(redemptions).values(item_id=shop.haircut))
        assert codes.wrong_codes(desk) == [f"redemption {mine.id} has a code that was never given to it"]


# ── at once ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def race(url: str, file: DeskFile, deeds: Sequence[Callable[..., Any]], later: timedelta = timedelta()) -> list[Any]:
    """Each on a connection of its own, all at once: what it gave, or how it was refused."""
    together = Barrier(len(deeds))

    def one(deed: Callable[[Desk], Any]) -> Any:
        own = open_writer(url)
        together.wait()
        try:
            with own.begin() as conn:
                return deed(Desk(conn, file, MORNING + later, KEYS, random.Random(1), bot_name="linli_bot"))
        except Refusal as refusal:
            return type(refusal)
        finally:
            own.dispose()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(one, deeds))


def test_ten_redeem_the_whole_balance_at_once_and_one_has_a_code(database_url: str, desk_file: DeskFile) -> None:
    engine = open_writer(database_url)
    with engine.begin() as conn:
        shop = open_shop(Desk(conn, desk_file, MORNING, KEYS, random.Random(1)))
    tries = [lambda desk, n=n: market.redeem(desk, shop.cast.ama, shop.rice, 5, f"talk {n}").id for n in range(10)]
    done = race(database_url, desk_file, tries)
    assert len([each for each in done if isinstance(each, int)]) == 1, done
    with engine.begin() as conn:
        assert points.balance_of(conn, home(shop.cast.ama)) == 0 and audit(conn) == []
    engine.dispose()


def test_eight_keepers_of_one_merchant_guess_at_once_and_five_are_wrong(database_url: str, desk_file: DeskFile) -> None:
    engine = open_writer(database_url)
    with engine.begin() as conn:
        desk = Desk(conn, desk_file, MORNING, KEYS, random.Random(1))
        shop = open_shop(desk)
        baker = merchants.add_merchant(desk, shop.ivy, "ankang", {"en": "Baker"}, True)
        keepers = [add_account(desk, 60 + n, f"K{n}") for n in range(8)]
        for keeper in keepers:
            keep(desk, keeper, merchant=baker)

    def guess(desk: Desk, keeper: Person) -> Any:
        try:
            return counter.find_by_code(desk, keeper, "00000000")
        except (refusals.WrongCode, refusals.CounterLocked) as refusal:  # it is counted all the same
            return type(refusal)

    done = race(database_url, desk_file, [partial(guess, keeper=keeper) for keeper in keepers])
    assert done.count(refusals.WrongCode) == rules.TRIES, done
    engine.dispose()


def test_twenty_households_at_the_last_item_and_one_has_it(database_url: str, desk_file: DeskFile) -> None:
    engine = open_writer(database_url)
    with engine.begin() as conn:
        desk = Desk(conn, desk_file, MORNING, KEYS, random.Random(1))
        shop = open_shop(desk)
        last = add_item(desk, shop.station, "The last one", 10, stock=1)
        twenty = [add_household(desk, f"{n}", building="20") for n in range(20)]
        for household in twenty:
            earn(desk, household, 10)
    tries = [lambda desk, h=h: market.redeem_by(desk, h, last, 1, f"talk {h}").id for h in twenty]
    done = race(database_url, desk_file, tries)
    assert len([each for each in done if isinstance(each, int)]) == 1 and done.count(refusals.SoldOut) == 19, done
    with engine.begin() as conn:
        assert conn.scalar(select(items_table.c.stock).where(items_table.c.id == last)) == 0
        assert audit(conn) == []
    engine.dispose()


@pytest.mark.parametrize("round_", range(4))
def test_collected_called_off_and_expired_at_once_ends_once(
    database_url: str, desk_file: DeskFile, round_: int
) -> None:
    """Two keepers, two members of the household, the clock twice, somebody redeems meanwhile: one end."""
    engine = open_writer(database_url)
    with engine.begin() as conn:
        desk = Desk(conn, desk_file, MORNING, KEYS, random.Random(1), bot_name="linli_bot")
        shop = open_shop(desk)
        otto = add_account(desk, 95, "Otto")
        keep(desk, otto, shop.station)
        mine = market.redeem(desk, shop.cast.ama, shop.rice, 2, "talk")
        desk.now = mine.until
        for keeper in (shop.eli, otto):
            counter.find_by_token(desk, keeper, codes.token_of(desk, mine))
    deeds: list[Callable[[Desk], Any]] = [
        lambda desk: counter.hand_over(desk, shop.eli, mine.id),
        lambda desk: counter.hand_over(desk, otto, mine.id),
        lambda desk: market.call_off(desk, shop.cast.ama, mine.id),
        pickups.sweep_redemptions,
        lambda desk: market.call_off(desk, shop.cast.ama, mine.id),
        lambda desk: market.redeem(desk, shop.cast.ama, shop.rice, 1, "meanwhile").id,
        pickups.sweep_redemptions,
    ]
    random.Random(round_).shuffle(deeds)
    race(database_url, desk_file, deeds, mine.until - MORNING)
    with engine.begin() as conn:
        ended = rows.find_redemption(conn, mine.id)
        assert ended is not None and ended.state in ("collected", "cancelled", "expired")
        assert audit(conn) == []
    engine.dispose()

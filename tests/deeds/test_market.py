"""Points become goods once: held, handed over, called off, given back by time; and the books fit after each of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk import counter, market, merchants, on_paper, pickups
from desk import pickup_codes as codes
from desk.front import Desk, Line
from domain import market_refusals as refusals
from domain.market import Redemption
from domain.points import NotEnoughPoints
from domain.refusals import NotFound
from domain.words import plain
from storage import items, points
from storage import redemptions as rows
from tests.conftest import AtDesk
from tests.deeds.cast import add_account, add_household
from tests.deeds.shop import Shop, add_item, earn, home, keep, open_shop, sound, told

DAY = timedelta(days=1)


def get(desk: Desk, redemption: Redemption) -> Redemption:
    return pickups.get_redemption(desk, redemption.id)


def stock(desk: Desk, item_id: int) -> int:
    item = items.find_item(desk.conn, item_id)
    assert item is not None
    return item.stock


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

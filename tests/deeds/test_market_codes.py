"""A code opens one thing at one counter and nothing is guessed; and what does not fit in the books is found."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from desk import counter, market
from desk import pickup_codes as codes
from domain import market as rules
from domain import market_refusals as refusals
from storage.audit import audit
from storage.tables import redemptions
from tests.conftest import AtDesk
from tests.deeds.cast import add_account
from tests.deeds.shop import add_item, keep, open_shop, sound, told


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

"""However many reach for the same points, goods or code in the same moment, the books fit and one has it."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from desk import counter, market, merchants, pickups
from desk import pickup_codes as codes
from desk.front import Desk
from domain import market as rules
from domain import market_refusals as refusals
from domain.desk_file import DeskFile
from domain.people import Person
from storage import items, points
from storage import redemptions as rows
from storage.audit import audit
from storage.tables import awaited
from storage.tables import items as items_table
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk
from tests.deeds.at_once import race
from tests.deeds.cast import add_account, add_household
from tests.deeds.shop import add_item, earn, home, keep, open_shop


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
    race(database_url, desk_file, deeds, now=mine.until)
    with engine.begin() as conn:
        ended = rows.find_redemption(conn, mine.id)
        assert ended is not None and ended.state in ("collected", "cancelled", "expired")
        assert audit(conn) == []
    engine.dispose()


def test_nothing_is_redeemed_at_a_station_that_is_being_closed(database_url: str, desk_file: DeskFile) -> None:
    engine = open_writer(database_url)
    with engine.begin() as conn:
        shop = open_shop(Desk(conn, desk_file, MORNING, KEYS, random.Random(1)))
    ends = race(
        database_url,
        desk_file,
        [
            lambda desk: merchants.close_station(desk, shop.ivy, shop.station),
            lambda desk: market.redeem(desk, shop.cast.ama, shop.rice, 1, "talk"),
        ],
    )
    assert len([each for each in ends if isinstance(each, type)]) == 1, "one of them, and not both"
    engine.dispose()


def test_all_of_them_hear_of_it_also_when_two_tell_at_once(
    at_desk: AtDesk, database_url: str, desk_file: DeskFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second has picked the same ones as the first, and finds them told when the first has committed."""
    monkeypatch.setattr(pickups, "TOLD_AT_ONCE", 3)
    with at_desk() as desk:
        shop = open_shop(desk)
        soap = add_item(desk, shop.station, "Soap", 5, stock=0)
        for n in range(8):
            market.tell_me(desk, add_account(desk, 200 + n, f"W{n}", household_id=home(shop.cast.ama)), soap)
        items.restock(desk.conn, desk.now, soap, 1, shop.eli.id)

    def tell() -> None:
        own = open_writer(database_url)
        with own.begin() as conn:
            pickups.tell_awaiting(Desk(conn, desk_file, MORNING, KEYS, random.Random(1)), soap)
        own.dispose()

    with ThreadPoolExecutor(1) as thread:
        with at_desk() as desk:
            pickups.tell_awaiting(desk, soap)
            second = thread.submit(tell)
            with pytest.raises(TimeoutError):
                second.result(timeout=0.5)
        second.result()
    with at_desk() as desk:
        while pickups.sweep_awaited(desk):
            pass
        assert desk.conn.execute(select(awaited)).all() == []

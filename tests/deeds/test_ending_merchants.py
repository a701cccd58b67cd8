"""Merchants who give nothing more: not while something of theirs is on its way, whoever is faster."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import Engine

from desk import items, market, merchants
from desk.front import Desk
from desk.items import NewItem
from domain import market_refusals as refusals
from domain.desk_file import DeskFile
from domain.refusals import NotFound, Refusal
from storage import items as rows
from storage import stations
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk
from tests.deeds.shop import Shop, add_item, open_shop

Deed = Callable[[Desk, Shop, int, int], object]


def redeem(desk: Desk, shop: Shop, _merchant: int, bread: int) -> object:
    return market.redeem(desk, shop.cast.ama, bread, 1, "talk")


def put(desk: Desk, shop: Shop, merchant: int, _bread: int) -> object:
    new = NewItem(kind="goods", station_id=shop.station, name={"en": "Cake"}, price=9, stock=1, merchant_id=merchant)
    return items.add(desk, shop.ivy, new)


def end(desk: Desk, shop: Shop, merchant: int, _bread: int) -> object:
    return merchants.end_merchant(desk, shop.ivy, merchant)


def one_waits_for_the_other(engine: Engine, file: DeskFile, first: Deed, second: Deed) -> tuple[Refusal | None, bool]:
    """The second is done while the first is not committed; how it was refused, and whether the merchant still gives
    nothing that is offered afterwards.
    """

    def desk(conn: object) -> Desk:
        return Desk(conn, file, MORNING, KEYS, random.Random(1))  # type: ignore[arg-type]

    with engine.begin() as conn:
        shop = open_shop(desk(conn))
        bakers = {"unit": "ankang", "name": {"en": "Bakers"}, "thanked": True}
        merchant = stations.add_merchant(conn, MORNING, shop.ivy.id, **bakers)
        bread = add_item(desk(conn), shop.station, "Bread", 5, stock=3, merchant_id=merchant)
    begun = Event()

    def act() -> Refusal | None:
        own = open_writer(str(engine.url.render_as_string(hide_password=False)))
        begun.set()
        try:
            with own.begin() as conn:
                second(desk(conn), shop, merchant, bread)
            return None
        except Refusal as refused:
            return refused
        finally:
            own.dispose()

    with ThreadPoolExecutor(1) as thread:
        with engine.begin() as conn:
            first(desk(conn), shop, merchant, bread)
            answer = thread.submit(act)
            begun.wait()
            with pytest.raises(TimeoutError):
                answer.result(timeout=0.5)
        refused = answer.result()
    with engine.begin() as conn:
        return refused, rows.given_by(conn, merchant) == []


def test_no_merchant_ends_while_somebody_redeems_what_they_give(database_url: str, desk_file: DeskFile) -> None:
    engine = open_writer(database_url)
    refused, gone = one_waits_for_the_other(engine, desk_file, redeem, end)
    assert isinstance(refused, refusals.StillWaiting) and not gone
    engine.dispose()


def test_nothing_is_redeemed_of_a_merchant_who_is_ending(database_url: str, desk_file: DeskFile) -> None:
    engine = open_writer(database_url)
    refused, gone = one_waits_for_the_other(engine, desk_file, end, redeem)
    assert isinstance(refused, refusals.NotOffered) and gone
    engine.dispose()


def test_what_is_put_on_a_shelf_as_its_merchant_ends_is_withdrawn_too(database_url: str, desk_file: DeskFile) -> None:
    engine = open_writer(database_url)
    refused, gone = one_waits_for_the_other(engine, desk_file, put, end)
    assert refused is None and gone
    engine.dispose()


def test_nothing_is_put_on_a_shelf_for_a_merchant_who_is_ending(database_url: str, desk_file: DeskFile) -> None:
    engine = open_writer(database_url)
    refused, gone = one_waits_for_the_other(engine, desk_file, end, put)
    assert isinstance(refused, NotFound) and gone
    engine.dispose()


def test_what_a_merchant_gave_can_be_offered_again_by_the_station(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        shop = open_shop(desk)
        bakers = {"unit": "ankang", "name": {"en": "Bakers"}, "thanked": True}
        merchant = stations.add_merchant(desk.conn, desk.now, shop.ivy.id, **bakers)
        bread = add_item(desk, shop.station, "Bread", 5, stock=3, merchant_id=merchant)
        end(desk, shop, merchant, bread)
        with pytest.raises(refusals.NotOffered):
            redeem(desk, shop, merchant, bread)
        items.offer_again(desk, shop.eli, bread)
        redeem(desk, shop, merchant, bread)

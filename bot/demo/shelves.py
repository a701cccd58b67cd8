"""The station of the invented town, and what points are redeemed for there."""

from __future__ import annotations

from dataclasses import dataclass

from desk import items, merchants
from desk.front import Desk
from desk.items import NewItem
from domain.market import GOODS, SERVICE
from domain.people import Person
from domain.words import Named
from storage.roles import give_role

STATION: Named = {"zh_Hans": "安康驿站", "en": "Ankang Station"}
PLACE: Named = {"zh_Hans": "1幢底楼", "en": "Building 1, ground floor"}
HOURS: Named = {"zh_Hans": "每天 8:00–18:00", "en": "Every day 8:00–18:00"}
BARBER: Named = {"zh_Hans": "老街理发店", "en": "The barber in Old Street"}


@dataclass(frozen=True, slots=True)
class Thing:
    name: Named
    about: Named
    price: int
    stock: int = 0
    weekly: int | None = None


THINGS: tuple[Thing, ...] = (
    Thing({"zh_Hans": "肥皂", "en": "Soap"}, {}, 2, 40),
    Thing({"zh_Hans": "雨伞", "en": "Umbrella"}, {"zh_Hans": "结实，能遮两个人", "en": "Room for two"}, 10, 12),
    Thing({"zh_Hans": "理发", "en": "Haircut"}, {"zh_Hans": "可以上门", "en": "At your home too"}, 12, weekly=6),
    Thing({"zh_Hans": "大米", "en": "Rice"}, {"zh_Hans": "5 公斤一袋", "en": "A bag of five kilos"}, 20, 24),
    Thing({"zh_Hans": "食用油", "en": "Cooking oil"}, {"zh_Hans": "5 升一桶", "en": "Five litres"}, 30, 8),
    Thing({"zh_Hans": "电饭锅", "en": "Rice cooker"}, {}, 120, 1),
)


def seed_market(desk: Desk, officer: Person, keeper: Person, language: str) -> None:
    station = merchants.add_station(desk, officer, "ankang", dict(STATION), PLACE[language], HOURS[language])
    barber = merchants.add_merchant(desk, officer, "ankang", dict(BARBER), True)
    give_role(desk.conn, desk.now, keeper.id, "keeper", station_id=station, given_by=officer.id)
    for thing in THINGS:
        new = NewItem(
            kind=GOODS if thing.weekly is None else SERVICE,
            station_id=station,
            name=dict(thing.name),
            about=dict(thing.about),
            price=thing.price,
            stock=thing.stock,
            weekly=thing.weekly,
            merchant_id=None if thing.weekly is None else barber,
        )
        items.add(desk, officer, new)

"""A station with its keeper, an officer, and a few things on the shelf, for the tests of the market."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from desk import pickup_codes as codes
from desk.front import Desk, Line
from domain.people import Person
from domain.points import Posting
from domain.words import _
from storage import items, points, stations
from storage.audit import audit
from storage.people import get_person
from storage.roles import give_role
from tests.deeds.cast import Cast, add_account, gather, give


@dataclass(frozen=True)
class Shop:
    cast: Cast
    eli: Person
    ivy: Person
    station: int
    rice: int
    haircut: int


def home(person: Person) -> int:
    assert person.household_id is not None
    return person.household_id


def earn(desk: Desk, household_id: int, amount: int, once: str = "gift") -> None:
    account = points.account_of(desk.conn, household_id)
    moved = [Posting(points.desk_account(desk.conn, "issuer"), -amount), Posting(account, amount)]
    points.post(desk.conn, desk.now, "award", f"{once}:{household_id}", moved, _("A gift"))


def add_item(desk: Desk, station: int, name: str, price: int, **more: Any) -> int:
    fields: dict[str, Any] = {"kind": "goods", "about": {}, **more}
    return items.add_item(desk.conn, desk.now, None, station_id=station, name={"en": name}, price=price, **fields)


def keep(desk: Desk, person: Person, station: int = 0, merchant: int = 0) -> None:
    give_role(desk.conn, desk.now, person.id, "keeper", station_id=station, merchant_id=merchant)


def open_shop(desk: Desk, points_each: int = 100) -> Shop:
    """Rice for 20 points, five bags; a haircut for 30, two places a week. Every household has its points."""
    cast = gather(desk)
    eli, ivy = add_account(desk, 15, "Eli"), add_account(desk, 19, "Ivy")
    give(desk, ivy, "officer")
    place = {"unit": "ankang", "name": {"en": "Ankang station"}, "place": "Building 1", "hours": "9–17"}
    station = stations.add_station(desk.conn, desk.now, ivy.id, **place)
    keep(desk, eli, station)
    for person in (cast.ama, cast.ben, cast.cleo, cast.faye):
        earn(desk, home(person), points_each)
    rice = add_item(desk, station, "Rice", 20, stock=5)
    haircut = add_item(desk, station, "Haircut", 30, kind="service", weekly=2)
    return Shop(cast, get_person(desk.conn, eli.id), ivy, station, rice, haircut)


def sound(desk: Desk) -> bool:
    """Do the books fit, and is every code the one that was given?"""
    return audit(desk.conn) == [] and codes.wrong_codes(desk) == []


def told(desk: Desk, telegram_id: int | None) -> list[str]:
    return [said.text.msgid for said in desk.said if isinstance(said, Line) and said.chat_id == telegram_id]

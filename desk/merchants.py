"""Stations and merchants as officers arrange them, and whom the neighbourhood thanks."""

from __future__ import annotations

from typing import Any

from desk.front import CardRefresh, Desk
from desk.invitations import invite, say_link
from desk.roles import check_officer, may_set_up
from domain import market as rules
from domain import market_refusals as refusals
from domain.market import Item, Merchant, Station
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _
from storage import items, stations
from storage import redemptions as rows
from storage.households import chats_with
from storage.roles import write_audit

STATION, MERCHANT = "station", "merchant"
LONGEST = 200


def add_station(desk: Desk, person: Person, unit: str, name: dict[str, str], place: str, hours: str) -> int:
    check_officer(desk, person)
    _check(desk, unit, name, place, hours)
    fields = {"unit": unit, "name": name, "place": place, "hours": hours}
    station_id = stations.add_station(desk.conn, desk.now, person.id, **fields)
    write_audit(desk.conn, desk.now, person.id, "add_station", station=station_id)
    show(desk, person, STATION, station_id)
    return station_id


def _check(desk: Desk, unit: str, name: dict[str, str], *more: str) -> None:
    if unit not in desk.file.units:
        raise NotFound
    if not any(words.strip() for words in name.values()) or any(len(w) > rules.LONGEST_NAME for w in name.values()):
        raise refusals.NoName
    if any(len(words) > LONGEST for words in more):
        raise refusals.LongAbout


def get_station(desk: Desk, person: Person, station_id: int) -> Station:
    check_officer(desk, person)
    found = stations.find_station(desk.conn, station_id)
    if found is None or found.state != "open":
        raise NotFound
    return found


def change_station(desk: Desk, person: Person, station_id: int, **changed: Any) -> None:
    station = get_station(desk, person, station_id)
    _check(desk, station.unit, dict(changed.get("name", station.name)), *map(str, _words(changed)))
    stations.change_station(desk.conn, station_id, **changed)
    write_audit(desk.conn, desk.now, person.id, "change_station", station=station_id, changed=sorted(changed))
    refresh(desk, STATION, station_id)


def _words(changed: dict[str, Any]) -> list[Any]:
    return [value for name, value in changed.items() if name != "name"]


def close_station(desk: Desk, person: Person, station_id: int) -> Text:
    """Nothing is redeemed there any more; not while somebody has yet to collect something."""
    stations.lock_counters(desk.conn, [station_id], [])  # whoever redeems there now does so before, or not at all
    get_station(desk, person, station_id)
    if rows.at_counter(desk.conn, [station_id], [], rules.ALIVE, 1):
        raise refusals.StillWaiting
    stations.change_station(desk.conn, station_id, state="closed")
    stations.end_keepers(desk.conn, desk.now, station_id=station_id)
    write_audit(desk.conn, desk.now, person.id, "close_station", station=station_id)
    refresh(desk, STATION, station_id)
    return _("The station is closed, and its keepers have been released.")


# ── merchants ───────────────────────────────────────────────────────────────────────────────────────────────────────


def add_merchant(desk: Desk, person: Person, unit: str, name: dict[str, str], thanked: bool) -> int:
    """`thanked`: they said that they agree to be named in public."""
    check_officer(desk, person)
    _check(desk, unit, name)
    merchant_id = stations.add_merchant(desk.conn, desk.now, person.id, unit=unit, name=name, thanked=thanked)
    write_audit(desk.conn, desk.now, person.id, "add_merchant", merchant=merchant_id, thanked=thanked)
    show(desk, person, MERCHANT, merchant_id)
    return merchant_id


def get_merchant(desk: Desk, person: Person, merchant_id: int) -> Merchant:
    check_officer(desk, person)
    found = stations.find_merchant(desk.conn, merchant_id)
    if found is None or found.state != "gives":
        raise NotFound
    return found


def thank(desk: Desk, person: Person, merchant_id: int, thanked: bool) -> None:
    """They agree to be named, or no longer do: it holds at once."""
    get_merchant(desk, person, merchant_id)
    stations.change_merchant(desk.conn, merchant_id, thanked=thanked)
    write_audit(desk.conn, desk.now, person.id, "thank_merchant", merchant=merchant_id, thanked=thanked)
    refresh(desk, MERCHANT, merchant_id)


def end_merchant(desk: Desk, person: Person, merchant_id: int) -> Text:
    """They give nothing more, and their items are withdrawn; not while somebody has yet to have one of them."""
    stations.lock_counters(desk.conn, [], [merchant_id])  # whoever redeems something of theirs now does so before
    get_merchant(desk, person, merchant_id)
    if rows.at_counter(desk.conn, [], [merchant_id], rules.ALIVE, 1):
        raise refusals.StillWaiting
    stations.change_merchant(desk.conn, merchant_id, state="ended")
    stations.end_keepers(desk.conn, desk.now, merchant_id=merchant_id)
    for item in items.given_by(desk.conn, merchant_id):
        items.withdraw(desk.conn, item.id)
    write_audit(desk.conn, desk.now, person.id, "end_merchant", merchant=merchant_id)
    refresh(desk, MERCHANT, merchant_id)
    return _("They are no longer listed, and what they gave is no longer offered.")


def thanked(desk: Desk) -> list[tuple[Merchant, list[Item]]]:
    """Merchants who agree to be named, and what they give."""
    agreed = [merchant for merchant in stations.all_merchants(desk.conn) if merchant.thanked]
    return [(merchant, items.given_by(desk.conn, merchant.id)) for merchant in agreed]


# ── for both ────────────────────────────────────────────────────────────────────────────────────────────────────────


def places(desk: Desk) -> tuple[list[Station], list[Merchant]]:
    return stations.all_stations(desk.conn), stations.all_merchants(desk.conn)


def keepers(desk: Desk, subject: str, subject_id: int) -> list[Person]:
    if subject == STATION:
        return stations.keepers_of(desk.conn, station_id=subject_id)
    return stations.keepers_of(desk.conn, merchant_id=subject_id)


def invite_keeper(desk: Desk, person: Person, subject: str, subject_id: int) -> Text:
    """A link to forward: whoever opens it first keeps this station, or what this merchant gives."""
    station_id, merchant_id = (subject_id, 0) if subject == STATION else (0, subject_id)
    link = invite(desk, person, "keeper", station_id=station_id, merchant_id=merchant_id)
    say_link(desk, person, "keeper", link, station_id=station_id, merchant_id=merchant_id)
    return _("Please forward the next message to the person you mean, and to nobody else.")


def may_see(desk: Desk, person: Person) -> bool:
    return may_set_up(desk, person)


def show(desk: Desk, person: Person, subject: str, subject_id: int) -> None:
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, subject, subject_id, anew=True))


def refresh(desk: Desk, subject: str, subject_id: int) -> None:
    for chat_id in chats_with(desk.conn, subject, subject_id):
        desk.say(CardRefresh(chat_id, subject, subject_id, silent=True))

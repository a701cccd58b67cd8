"""What stands on the shelves: added, changed, restocked and withdrawn by keepers of the station, and by officers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from desk import pickups, pictures
from desk.counter import counter_of
from desk.front import CardRefresh, Desk
from domain import market as rules
from domain import market_refusals as refusals
from domain.market import Counter, Item, Merchant, Station
from domain.people import Person
from domain.refusals import AlreadyDone, NotAllowed, NotFound
from domain.words import Text, _
from storage import items as rows
from storage import stations
from storage.households import chats_with
from storage.pictures import ITEM as PICTURE_OF
from storage.roles import write_audit

SHELVES, ONE = "kept_items", "kept_item"
HIGHEST = 1_000_000


@dataclass(frozen=True, slots=True)
class NewItem:
    """Everything that is said of something before it stands on a shelf."""

    kind: str
    station_id: int
    name: dict[str, str]
    price: int
    about: dict[str, str] = field(default_factory=dict)
    stock: int = 0
    weekly: int | None = None
    most: int | None = None
    per: str | None = None
    merchant_id: int | None = None
    picture: str | None = None


def may_keep(desk: Desk, person: Person) -> bool:
    """Does this person look after any shelf?"""
    counter = counter_of(desk, person)
    return counter.officer or counter.is_kept


def stations_of(desk: Desk, person: Person) -> list[Station]:
    """Where this person may put something on a shelf: a merchant's own keeper wherever the merchant gives already."""
    counter = counter_of(desk, person)
    if counter.officer:
        return stations.all_stations(desk.conn)
    giving = {item.station_id for item in rows.items_of(desk.conn, [], counter.merchants)}
    return [each for each in stations.all_stations(desk.conn) if each.id in counter.stations | giving]


def merchants_of(desk: Desk, person: Person) -> list[Merchant]:
    """Whose gift this person may say that something is."""
    counter, giving = counter_of(desk, person), stations.all_merchants(desk.conn)
    if counter.officer or counter.stations:
        return giving
    return [each for each in giving if each.id in counter.merchants]


def kept_by(desk: Desk, person: Person) -> list[Item]:
    """What this person looks after: on the shelves first, then what was withdrawn."""
    counter = counter_of(desk, person)
    if counter.officer:
        return sorted(rows.all_items(desk.conn), key=lambda item: (item.state, item.id))
    return rows.items_of(desk.conn, counter.stations, counter.merchants)


def get_kept(desk: Desk, person: Person, item_id: int) -> Item:
    item = rows.find_item(desk.conn, item_id)
    if item is None or not counter_of(desk, person).looks_after(item):
        raise NotFound
    return item


def add(desk: Desk, person: Person, new: NewItem) -> int:
    """It can be redeemed from now on."""
    check(desk, new)
    counter = counter_of(desk, person)
    if not may_keep(desk, person):
        raise NotAllowed
    if new.merchant_id is not None:
        stations.hold_giving(desk.conn, new.merchant_id)
    if not _may_put(desk, person, counter, new):
        raise NotFound
    item_id = rows.add_item(
        desk.conn,
        desk.now,
        person.id,
        kind=new.kind,
        station_id=new.station_id,
        merchant_id=new.merchant_id,
        name=new.name,
        about=new.about,
        picture=new.picture,
        price=new.price,
        stock=new.stock if new.weekly is None else 0,
        weekly=new.weekly,
        most=new.most,
        per=new.per if new.most is not None else None,
    )
    _keep_picture(desk, person, item_id, new.picture)
    write_audit(desk.conn, desk.now, person.id, "add_item", item=item_id)
    return item_id


def _keep_picture(desk: Desk, person: Person, item_id: int, picture: str | None) -> None:
    """A copy of our own, for the day on which Telegram does not know it any more."""
    if picture is not None:
        pictures.want(desk, person, "photo", picture, PICTURE_OF, item_id)


def _may_put(desk: Desk, person: Person, counter: Counter, new: NewItem) -> bool:
    there = new.station_id in {each.id for each in stations_of(desk, person)}
    theirs = new.merchant_id is None or new.merchant_id in {each.id for each in merchants_of(desk, person)}
    own_shelf = counter.officer or new.station_id in counter.stations
    return there and theirs and (own_shelf or new.merchant_id is not None)


def check(desk: Desk, new: NewItem) -> None:
    """Refuses what cannot stand on a shelf."""
    named = [words for words in new.name.values() if words.strip()]
    if not named or any(len(words) > rules.LONGEST_NAME for words in new.name.values()):
        raise refusals.NoName
    if any(len(words) > rules.LONGEST_ABOUT for words in new.about.values()):
        raise refusals.LongAbout
    amounts = [new.price, *(each for each in (new.weekly, new.most) if each is not None)]
    if new.kind not in (rules.GOODS, rules.SERVICE) or (new.per is not None and new.per not in rules.PERIODS):
        raise NotFound
    if any(not 1 <= each <= HIGHEST for each in amounts) or not 0 <= new.stock <= HIGHEST:
        raise refusals.NotAnAmount


def change(desk: Desk, person: Person, item_id: int, **changed: Any) -> None:
    """Name, words, picture, price or limit. What was redeemed already keeps its price."""
    item = get_kept(desk, person, item_id)
    whole = {name: getattr(item, name) for name in NewItem.__dataclass_fields__} | changed
    check(desk, NewItem(**whole))
    rows.change_item(desk.conn, item.id, **changed)
    if changed.get("picture", item.picture) != item.picture:
        pictures.drop(desk, PICTURE_OF, item_id)
        _keep_picture(desk, person, item_id, changed["picture"])
    write_audit(desk.conn, desk.now, person.id, "change_item", item=item_id, changed=sorted(changed))
    refresh(desk, item_id)


def restock(desk: Desk, person: Person, item_id: int, amount: int) -> Text:
    """More of it, or fewer if some were broken; whoever waits for it is told once."""
    item = get_kept(desk, person, item_id)
    if item.weekly is not None or amount == 0 or abs(amount) > HIGHEST:
        raise refusals.NotAnAmount
    if not rows.restock(desk.conn, desk.now, item_id, amount, person.id):
        raise refusals.NotSoMany
    write_audit(desk.conn, desk.now, person.id, "restock", item=item_id, amount=amount)
    pickups.tell_awaiting(desk, item_id)
    refresh(desk, item_id)
    said = _("Noted: there is {count} on the shelf now.", "Noted: there are {count} on the shelf now.")
    return said(count=pickups.get_item(desk, item_id).stock)


def expect(desk: Desk, person: Person, item_id: int, at: datetime | None) -> None:
    """When more of it should come."""
    get_kept(desk, person, item_id)
    rows.change_item(desk.conn, item_id, back_at=at)
    refresh(desk, item_id)


def withdraw(desk: Desk, person: Person, item_id: int) -> Text:
    """No longer offered; what was redeemed can still be collected."""
    get_kept(desk, person, item_id)
    if not rows.withdraw(desk.conn, item_id):
        raise AlreadyDone
    write_audit(desk.conn, desk.now, person.id, "withdraw", item=item_id)
    refresh(desk, item_id)
    return _("It is no longer offered. What was redeemed already can still be collected.")


def offer_again(desk: Desk, person: Person, item_id: int) -> Text:
    get_kept(desk, person, item_id)
    if not rows.offer_again(desk.conn, item_id):
        raise AlreadyDone
    write_audit(desk.conn, desk.now, person.id, "offer_again", item=item_id)
    pickups.tell_awaiting(desk, item_id)
    refresh(desk, item_id)
    return _("It is offered again.")


def refresh(desk: Desk, item_id: int) -> None:
    for chat_id in chats_with(desk.conn, ONE, item_id):
        desk.say(CardRefresh(chat_id, ONE, item_id, silent=True))


def show(desk: Desk, person: Person, item_id: int) -> None:
    get_kept(desk, person, item_id)
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, ONE, item_id, anew=True))


def show_all(desk: Desk, person: Person) -> None:
    if not may_keep(desk, person):
        raise NotAllowed
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, SHELVES, person.id, anew=True))

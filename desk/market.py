"""The market for a household: what there is, what it can afford, and the one moment in which points become a code."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from desk import pickup_codes as codes
from desk import pickups
from desk.front import CardRefresh, Desk
from desk.points import NoHousehold
from desk.roles import tell
from domain import market as rules
from domain import market_refusals as refusals
from domain.market import Item, Redemption, Station
from domain.people import Person
from domain.places import path_up
from domain.points import NotEnoughPoints, Posting
from domain.refusals import NotFound
from domain.words import Text, _, to_json
from storage import items, points, stations
from storage import redemptions as rows
from storage.households import Household, find_household
from storage.messages import get_fact, set_fact


@dataclass(frozen=True, slots=True)
class Offer:
    """An item as a household sees it: how many are left, and how many it could have now."""

    item: Item
    left: int
    affordable: int
    awaited: bool = False


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a household can use, and what there is: what it can afford first, what is gone last."""

    available: int
    offers: list[Offer]


def stations_for(desk: Desk, unit: str) -> list[Station]:
    """Where households of this unit collect: its own stations, and those of the places it lies in."""
    return stations.stations_in(desk.conn, [each.key for each in path_up(desk.file.units, unit)])


def shelf(desk: Desk, person: Person) -> Shelf:
    if person.household_id is None:
        raise NoHousehold
    household = find_household(desk.conn, person.household_id)
    there = stations_for(desk, household.unit) if household is not None else []
    if not there:
        raise refusals.NoMarket
    available = points.balance_of(desk.conn, person.household_id)
    waits = items.awaited_by(desk.conn, person.id)
    offers = [
        _offer(desk, item, available, item.id in waits)
        for item in items.shelf(desk.conn, [station.id for station in there])
    ]
    return Shelf(available, sorted(offers, key=lambda offer: (offer.left == 0, offer.affordable == 0)))


def offers_for(desk: Desk, household: Household, kept: Collection[int]) -> list[Offer]:
    """What a household can have now of what stands at these stations."""
    there = [station.id for station in stations_for(desk, household.unit) if station.id in kept]
    available = points.balance_of(desk.conn, household.id)
    offers = [_offer(desk, item, available, False) for item in items.shelf(desk.conn, there)]
    return [offer for offer in offers if offer.affordable and not offer.item.is_service]


def available_to(desk: Desk, person: Person) -> int:
    """What the person's household can use now."""
    return points.balance_of(desk.conn, person.household_id) if person.household_id is not None else 0


def _offer(desk: Desk, item: Item, available: int, awaited: bool) -> Offer:
    left = item.left(rules.week_of(desk.now, desk.file.zone))
    return Offer(item, left, min(left, available // item.price, rules.MOST_AT_ONCE), awaited)


def get_offer(desk: Desk, person: Person, item_id: int) -> Offer:
    """The item, if it is on this person's shelf."""
    if person.household_id is None:
        raise NoHousehold
    item = _on_shelf(desk, person.household_id, item_id)
    waits = item.id in items.awaited_by(desk.conn, person.id)
    return _offer(desk, item, points.balance_of(desk.conn, person.household_id), waits)


def _on_shelf(desk: Desk, household_id: int, item_id: int) -> Item:
    item, household = items.find_item(desk.conn, item_id), find_household(desk.conn, household_id)
    if item is None or household is None:
        raise NotFound
    if item.station_id not in {station.id for station in stations_for(desk, household.unit)}:
        raise NotFound
    if item.state != "offered":
        raise refusals.NotOffered
    return item


def tell_me(desk: Desk, person: Person, item_id: int) -> Text:
    """Tell me when it is back."""
    offer = get_offer(desk, person, item_id)
    if offer.left:
        raise refusals.NotAwaited
    items.await_item(desk.conn, desk.now, item_id, person.id)
    return _("I'll tell you as soon as it is there again.")


SHELF, ITEM, PICTURE = "shelf", "item", "item_picture"
ON_A_PAGE = 5


def show_shelf(desk: Desk, person: Person, page: int = 0, *, anew: bool = False) -> None:
    shelf(desk, person)  # refuses whoever has none
    set_fact(desk.conn, f"page:{SHELF}:{person.id}", str(max(0, page)))
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, SHELF, person.id, anew=anew))


def page_of(desk: Desk, person: Person) -> int:
    return int(get_fact(desk.conn, f"page:{SHELF}:{person.id}") or 0)


def show_item(desk: Desk, person: Person, item_id: int) -> None:
    """Its picture above, what can be done with it below."""
    offer = get_offer(desk, person, item_id)
    if person.telegram_id is not None:
        if offer.item.picture is not None:
            desk.say(CardRefresh(person.telegram_id, PICTURE, item_id, anew=True))
        desk.say(CardRefresh(person.telegram_id, ITEM, item_id, anew=True))


def station_of(desk: Desk, item: Item) -> Station:
    return pickups.get_station(desk, item.station_id)


def giver_of(desk: Desk, item: Item) -> Any:
    """The merchant's name, if they agree to be thanked."""
    merchant = stations.find_merchant(desk.conn, item.merchant_id) if item.merchant_id is not None else None
    return merchant.name if merchant is not None and merchant.thanked and merchant.state == "gives" else None


# ── redeem ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def redeem(
    desk: Desk,
    person: Person,
    item_id: int,
    count: int,
    once: str,
    *,
    wanted: Text | None = None,
    price: int | None = None,
) -> Redemption:
    """For the person's own household; its card is put into their chat. `price`: what they were told it costs."""
    if person.household_id is None:
        raise NoHousehold
    about: dict[str, Any] = {"person": person, "wanted": wanted, "price": price}
    redemption = redeem_by(desk, person.household_id, item_id, count, once, **about)
    pickups.show(desk, redemption, to=person)
    return redemption


def redeem_by(
    desk: Desk,
    household_id: int,
    item_id: int,
    count: int,
    once: str,
    *,
    person: Person | None = None,
    by: Person | None = None,
    wanted: Text | None = None,
    price: int | None = None,
) -> Redemption:
    """Points are held, the stock is reserved and a code is given: all of it, or nothing.

    1. Hold the household's accounts, so that its other requests wait. 2. Redeemed already? Then that is the answer.
    3. Refuse what is not offered, dearer than was said, not affordable or more than one may have. 4. Win the stock.
    5. The redemption and its code. 6. The points go to the household's hold.
    """
    if not 1 <= count <= rules.MOST_AT_ONCE:
        raise refusals.NotAnAmount
    own, held = pickups.lock_household(desk, household_id)
    known = rows.find_once(desk.conn, once)
    if known is not None:
        if (known.household_id, known.item_id) != (household_id, item_id):
            raise NotFound
        return known
    item, week = _on_shelf(desk, household_id, item_id), rules.week_of(desk.now, desk.file.zone)
    if not stations.hold_open(desk.conn, item.station_id):
        raise refusals.NotOffered  # it is being closed in this moment
    if item.merchant_id is not None:
        stations.hold_giving(desk.conn, item.merchant_id)  # whoever ends them takes it from the shelf before, or waits
    if price is not None and item.price > price:
        raise refusals.Dearer
    cost, available = item.price * count, points.balance_of(desk.conn, household_id)
    if cost > available:
        raise NotEnoughPoints(available=available)
    _check_limit(desk, household_id, item, count)
    if not items.reserve(desk.conn, item, count, week):
        raise _too_few(desk, item, week)
    until = rules.until_of(item.kind, desk.now, desk.file.zone)
    redemption_id = rows.add_redemption(
        desk.conn,
        once=once,
        item_id=item.id,
        station_id=item.station_id,
        household_id=household_id,
        person_id=person.id if person is not None else None,
        count=count,
        points=cost,
        state="reserved" if item.is_service else "ready",
        wanted=to_json(wanted) if wanted is not None else None,
        week=week if item.weekly is not None else None,
        made_at=desk.now,
        until=until,
        due_at=rules.reminder_of(until, desk.file.quiet, desk.file.zone),
    )
    assert redemption_id is not None, "the household's accounts are held, so nobody else has redeemed this meanwhile"
    items.note_reserved(desk.conn, desk.now, item, count, redemption_id)
    redemption = codes.give_code(desk, pickups.get_redemption(desk, redemption_id))
    moved = [Posting(own, -cost), Posting(held, cost)]
    pickups.post(desk, redemption, "hold", moved, rules.REDEEMED, by or person)
    if item.is_service:
        _ask_giver(desk, redemption, item)
    return redemption


def _check_limit(desk: Desk, household_id: int, item: Item, count: int) -> None:
    if item.most is None:
        return
    since = rules.period_start(item.per, desk.now, desk.file.zone) if item.per else None
    if rows.had_since(desk.conn, household_id, item.id, since) + count > item.most:
        raise refusals.EnoughForNow


def _too_few(desk: Desk, item: Item, week: str) -> Exception:
    now = items.find_item(desk.conn, item.id)
    if now is None or now.state != "offered":
        return refusals.NotOffered()  # withdrawn in this moment
    left = now.left(week)
    return refusals.TooFewLeft(count=left) if left else refusals.SoldOut()


# ── what the household does with it ─────────────────────────────────────────────────────────────────────────────────


def call_off(desk: Desk, person: Person, redemption_id: int) -> Text:
    """Anybody of the household may."""
    redemption = pickups.get_own(desk, person, redemption_id)
    pickups.cancel(desk, redemption, person)
    item = pickups.get_item(desk, redemption.item_id)
    if item.is_service:
        for giver in givers_of(desk, item):
            tell(desk, giver, _("{item} was called off by the household.")(item=item.name))
    return _("All right. The points are back with your household.")


def show_again(desk: Desk, person: Person, redemption_id: int) -> None:
    pickups.show(desk, pickups.get_own(desk, person, redemption_id), to=person)


def has_happened(desk: Desk, person: Person, redemption_id: int) -> Text:
    """Of a service: the household says that it took place, and the points go."""
    redemption = pickups.get_own(desk, person, redemption_id)
    if not pickups.get_item(desk, redemption.item_id).is_service:
        raise NotFound
    pickups.collect(desk, redemption, person)
    return _("I'm glad. Thank you for telling me!")


# ── services ────────────────────────────────────────────────────────────────────────────────────────────────────────

BOOKING = "booking"


def givers_of(desk: Desk, item: Item) -> list[Person]:
    """Who confirms a service: the merchant's own keepers; without any, the station's."""
    own = stations.keepers_of(desk.conn, merchant_id=item.merchant_id) if item.merchant_id else []
    return own or stations.keepers_of(desk.conn, station_id=item.station_id)


def _ask_giver(desk: Desk, redemption: Redemption, item: Item) -> None:
    for giver in givers_of(desk, item):
        if giver.telegram_id is not None:
            desk.say(CardRefresh(giver.telegram_id, BOOKING, redemption.id, anew=True))

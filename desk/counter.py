"""The counter: a keeper finds by its code what somebody comes for, hands it over once, or takes it back."""

from __future__ import annotations

from dataclasses import dataclass

from desk import market, pickups
from desk import pickup_codes as codes
from desk.front import CardRefresh, Desk
from desk.people import roles_of
from desk.roles import officers, tell
from domain import market as rules
from domain import market_refusals as refusals
from domain.households import Address
from domain.market import Counter, Item, Redemption, Station
from domain.people import Person
from domain.references import normalise_code
from domain.refusals import NotAllowed, NotFound
from domain.words import Text, _
from storage import items, stations
from storage import redemptions as rows
from storage.households import chats_with
from storage.roles import write_audit
from storage.tries import count_try, tries_lately

HANDOVER, COUNTER = "handover", "counter"
LISTED = 200
"""Lines of a list; a station that has more to hand out prints it again."""


@dataclass(frozen=True, slots=True)
class AtCounter:
    """What a keeper sees of a redemption: where the household lives, and what it has redeemed."""

    redemption: Redemption
    item: Item
    station: Station
    home: Address
    signs: str  # the last half of its code


def counter_of(desk: Desk, person: Person) -> Counter:
    return rules.counter_of(roles_of(desk, person))


def check_keeper(desk: Desk, person: Person) -> Counter:
    counter = counter_of(desk, person)
    if not counter.is_kept:
        raise NotAllowed
    return counter


def view(desk: Desk, redemption: Redemption) -> AtCounter:
    item, station = pickups.get_item(desk, redemption.item_id), pickups.get_station(desk, redemption.station_id)
    home = Address(*rows.home_of(desk.conn, redemption.household_id))
    return AtCounter(redemption, item, station, home, rules.last_signs(codes.code_of(desk, redemption)))


def line_of(each: AtCounter) -> Text:
    """Its line on a list: 17: Rice × 2 · building 5, room 302."""
    line = _("{number}: {item} × {count} · {home}")
    return line(number=str(each.redemption.id), item=each.item.name, count=each.redemption.count, home=door(each.home))


def door(home: Address) -> Text:
    """The building and the room; the keeper knows the place."""
    if not home.room:
        return _("building {building}")(building=home.building)
    return _("building {building}, room {room}")(building=home.building, room=home.room)


# ── which one is it? ────────────────────────────────────────────────────────────────────────────────────────────────


def find_by_code(desk: Desk, keeper: Person, words: str) -> Redemption:
    """However it was typed. Only at the counter it was made for."""
    counter = check_keeper(desk, keeper)
    _check_open(desk, keeper, counter)
    code = normalise_code(words)
    theirs = items.items_of(desk.conn, counter.stations, counter.merchants)
    hashes = [codes.hash_code(desk, item.station_id, item.id, code) for item in theirs]
    found = rows.find_by_hashes(desk.conn, hashes) if hashes and rules.looks_like_code(words) else None
    return _present(desk, keeper, counter, found)


def find_by_token(desk: Desk, keeper: Person, token: str) -> Redemption:
    """The QR code was scanned. Whoever keeps no counter learns nothing by opening it."""
    counter = counter_of(desk, keeper)
    if not counter.is_kept:
        raise refusals.ForTheKeeper
    _check_open(desk, keeper, counter)
    found = rows.find_by_token(desk.conn, codes.hash_token(desk, token))
    if found is not None and not counter.keeps(pickups.get_item(desk, found.item_id)):
        found = None
    return _present(desk, keeper, counter, found)


def _present(desk: Desk, keeper: Person, counter: Counter, found: Redemption | None) -> Redemption:
    if found is None:
        _count_wrong(desk, keeper, counter)
        raise refusals.WrongCode
    rows.present(desk.conn, desk.now, found.id, keeper.id)
    if keeper.telegram_id is not None:
        desk.say(CardRefresh(keeper.telegram_id, HANDOVER, found.id, anew=True))
    return found


def _whose(counter: Counter) -> list[str]:
    """Wrong codes are counted for each counter: it does not help to come back as another keeper of the same one."""
    stations_, merchants_ = sorted(counter.stations), sorted(counter.merchants)
    return [*(f"counter:{each}" for each in stations_), *(f"counter of merchant:{each}" for each in merchants_)]


def _check_open(desk: Desk, keeper: Person, counter: Counter) -> None:
    stations.lock_counters(desk.conn, counter.stations, counter.merchants)
    if any(tries_lately(desk.conn, each, desk.now, rules.TRIES_WITHIN) >= rules.TRIES for each in _whose(counter)):
        raise refusals.CounterLocked(until=desk.now + rules.TRIES_WITHIN)


def _count_wrong(desk: Desk, keeper: Person, counter: Counter) -> None:
    locked = False
    for whose in _whose(counter):
        count_try(desk.conn, whose, desk.now, rules.TRIES_WITHIN)
        locked |= tries_lately(desk.conn, whose, desk.now, rules.TRIES_WITHIN) == rules.TRIES
    if not locked:
        return
    write_audit(desk.conn, desk.now, keeper.id, "counter_locked", stations=sorted(counter.stations))
    text = _("Five wrong codes at the counter that {name} keeps. It takes none for ten minutes.")
    for officer in officers(desk):
        tell(desk, officer, text(name=keeper.called))


# ── hand over ───────────────────────────────────────────────────────────────────────────────────────────────────────


def get_kept(desk: Desk, keeper: Person, redemption_id: int) -> Redemption:
    """The redemption, if this keeper's counter is where it is handed over."""
    found = rows.find_redemption(desk.conn, redemption_id)
    if found is None or not counter_of(desk, keeper).keeps(pickups.get_item(desk, found.item_id)):
        raise NotFound
    return found


def hand_over(desk: Desk, keeper: Person, redemption_id: int) -> Text:
    """Captured, once. Only by a keeper who was shown its code just now: a number alone opens nothing."""
    redemption = get_kept(desk, keeper, redemption_id)
    if not redemption.is_alive:
        raise pickups.changed(desk, redemption_id)
    shown_at = rows.presented_at(desk.conn, redemption_id, keeper.id)
    if shown_at is None or desk.now - shown_at > rules.SHOWN_FOR:
        raise refusals.NotShown
    pickups.collect(desk, redemption, keeper)
    words = _("{item} × {count} was handed over. Enjoy it!")(**pickups.what(desk, redemption))
    pickups.tell_household(desk, redemption, words, but=keeper)
    return _("Noted: handed over.")


def redeem_for(
    desk: Desk, keeper: Person, household_id: int, item_id: int, count: int, once: str, price: int | None = None
) -> tuple[Redemption, str]:
    """For a household that stands at the counter without a telephone; the redemption and its code.

    Whoever calls this has made sure, by the household's card and PIN, who stands there.
    """
    counter = check_keeper(desk, keeper)
    item = pickups.get_item(desk, item_id)
    if not counter.keeps(item):
        raise NotFound
    if keeper.household_id == household_id:
        raise refusals.OwnHousehold
    redemption = market.redeem_by(desk, household_id, item_id, count, once, by=keeper, price=price)
    rows.present(desk.conn, desk.now, redemption.id, keeper.id)
    write_audit(desk.conn, desk.now, keeper.id, "redeem_for", redemption=redemption.id)
    if keeper.telegram_id is not None:
        desk.say(CardRefresh(keeper.telegram_id, HANDOVER, redemption.id, anew=True))
    return redemption, codes.code_of(desk, redemption)


def get_collected(desk: Desk, keeper: Person, redemption_id: int) -> Redemption:
    """What can be brought back."""
    redemption = _get_looked_after(desk, keeper, redemption_id)
    if redemption.state != "collected":
        raise pickups.changed(desk, redemption_id)
    return redemption


def take_back(desk: Desk, keeper: Person, redemption_id: int, reason: str) -> Text:
    """It was brought back or handed over by mistake. Not for one's own household."""
    redemption = _get_looked_after(desk, keeper, redemption_id)
    if keeper.household_id == redemption.household_id:
        raise refusals.OwnHousehold
    pickups.reverse(desk, redemption, keeper, reason)
    write_audit(desk.conn, desk.now, keeper.id, "take_back", redemption=redemption_id)
    said = _("{item} × {count} was taken back. Your household has its points again.")
    pickups.tell_household(desk, redemption, said(**pickups.what(desk, redemption)), but=keeper)
    return _("Done. Points and stock are back, and both entries stand in the statement.")


def _get_looked_after(desk: Desk, person: Person, redemption_id: int) -> Redemption:
    """Officers too may put a mistake right."""
    found = rows.find_redemption(desk.conn, redemption_id)
    if found is None or not counter_of(desk, person).looks_after(pickups.get_item(desk, found.item_id)):
        raise NotFound
    return found


# ── services ────────────────────────────────────────────────────────────────────────────────────────────────────────


def confirm(desk: Desk, giver: Person, redemption_id: int) -> Text:
    """The giver of a service says yes to the time."""
    redemption = get_kept(desk, giver, redemption_id)
    if not rows.move(desk.conn, redemption.id, "confirm"):
        raise pickups.changed(desk, redemption_id)
    refresh_bookings(desk, redemption)
    pickups.show(desk, pickups.get_redemption(desk, redemption_id))
    said = _("{item} is confirmed: {wanted}. Tell me when it has happened.")
    filled = said(item=pickups.get_item(desk, redemption.item_id).name, wanted=redemption.wanted or Text("—"))
    pickups.tell_household(desk, redemption, filled)
    return _("Thank you! The household knows.")


def decline(desk: Desk, giver: Person, redemption_id: int) -> Text:
    """The giver cannot: everything comes back."""
    redemption = get_kept(desk, giver, redemption_id)
    if not pickups.get_item(desk, redemption.item_id).is_service:
        raise NotFound
    pickups.cancel(desk, redemption, giver, "declined")
    refresh_bookings(desk, redemption)
    said = _("{item} cannot be given this time. The points are back with your household.")
    pickups.tell_household(desk, redemption, said(item=pickups.get_item(desk, redemption.item_id).name))
    return _("All right. The household knows, and has its points back.")


def refresh_bookings(desk: Desk, redemption: Redemption) -> None:
    for chat_id in chats_with(desk.conn, market.BOOKING, redemption.id):
        desk.say(CardRefresh(chat_id, market.BOOKING, redemption.id, silent=True))


def waiting(desk: Desk, keeper: Person) -> list[AtCounter]:
    """Everything that may be collected here, what ends first first."""
    counter = check_keeper(desk, keeper)
    ready = rows.at_counter(desk.conn, counter.stations, counter.merchants, ("ready",), LISTED)
    return [view(desk, each) for each in ready]


def waiting_at(desk: Desk, station_id: int | None) -> list[AtCounter]:
    """For whoever runs the desk: at this station, or at all of them."""
    every = [each.id for each in stations.all_stations(desk.conn) if station_id in (None, each.id)]
    return [view(desk, each) for each in rows.at_counter(desk.conn, every, [], ("ready",), LISTED)]

"""A household's card: it is found by the code on it at the counter, and a new one kills the old.

The code and the PIN are made from the desk's key, the household and a counter, like a join code and apart from it: the
card opens no household, and the join code says nothing to a counter.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from desk import market
from desk.counter import counter_of
from desk.front import CardRefresh, Desk
from desk.honour_ties import changed
from desk.households import home_of, members_of
from desk.people import get_person
from desk.roles import in_charge, may_lead, tell
from domain.household_cards import PIN_LENGTH, PIN_TRIES, WEAK, NoPin, PinLocked, WrongPin, digits_of, name_of
from domain.households import NoHousehold
from domain.people import Person
from domain.refusals import AlreadyDone, NotFound
from domain.words import Named, Text, _
from storage import household_cards as rows
from storage.households import STANDING, Household, chats_with, find_household
from storage.points import balance_of
from storage.roles import write_audit

CARD, PAPER, PIN_SLIP, AT_COUNTER = "household_card", "household_paper", "pin_slip", "household_at_counter"
LINK = "k"
_SHORT = 12  # bytes: ninety-six bits that nobody guesses


@dataclass(frozen=True, slots=True)
class CardView:
    """What stands on a card: nothing of its members."""

    household_id: int
    name: str
    place: Named
    link: str


# ── the code on it ──────────────────────────────────────────────────────────────────────────────────────────────────


def token_of(desk: Desk, household_id: int, epoch: int) -> str:
    """The household's number, and a sign that only this desk can make."""
    drawn = desk.keys.token("household card", f"{household_id}:{epoch}")[:_SHORT]
    return f"{household_id}-{base64.urlsafe_b64encode(drawn).decode()}"


def find_by_token(desk: Desk, token: str) -> Household | None:
    """The household whose card this is, if it is the latest one."""
    number, _sign, _drawn = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    household = find_household(desk.conn, int(number))
    if household is None or household.state != STANDING:
        return None
    true = token_of(desk, household.id, rows.card_of(desk.conn, household.id).epoch)
    return household if hmac.compare_digest(true.encode(), token.encode()) else None


def view_of(desk: Desk, household: Household, card: rows.Card | None = None) -> CardView:
    card = card or rows.card_of(desk.conn, household.id)
    link = desk.link(f"{LINK}_{token_of(desk, household.id, card.epoch)}")
    unit = desk.file.units.get(household.unit)
    name = card.name or household.address
    return CardView(household.id, name, unit.name if unit else {"": household.unit}, link)


def views_of(desk: Desk, households: Sequence[Household]) -> list[CardView]:
    """Cards to be printed."""
    cards = rows.cards_of(desk.conn, [each.id for each in households])
    return [view_of(desk, each, cards.get(each.id, rows.Card())) for each in households]


# ── for its members ─────────────────────────────────────────────────────────────────────────────────────────────────


def view_for(desk: Desk, household_id: int, chat_id: int, person: Person | None) -> CardView | None:
    """The card as it stands in a member's chat; None for whoever is no member any more."""
    household = find_household(desk.conn, household_id)
    if household is None or person is None or person.household_id != household_id:
        return None
    return view_of(desk, household)


def show(desk: Desk, person: Person, subject: str = CARD) -> None:
    home = _home(desk, person)
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, subject, home.id, anew=True))


def renew(desk: Desk, person: Person) -> None:
    """The old card no longer works, wherever it is; the other members hear of it."""
    home = _home(desk, person)
    if not rows.renew(desk.conn, home.id, rows.card_of(desk.conn, home.id).epoch):
        raise AlreadyDone
    write_audit(desk.conn, desk.now, person.id, "card_renewed", household=home.id)
    _refresh(desk, home)
    for each in members_of(desk, home):
        if each.id != person.id:
            tell(
                desk,
                each,
                _("{name} has made a new card for your household. The old one no longer works: /card")(
                    name=person.called
                ),
            )


def rename(desk: Desk, person: Person, words: str) -> str:
    """What stands on the card instead of the address."""
    home, name = _home(desk, person), name_of(words)
    rows.change(desk.conn, home.id, name=name)
    _refresh(desk, home)
    changed(desk, home.id)
    return name


def _home(desk: Desk, person: Person) -> Household:
    home = home_of(desk, person)
    if home is None:
        raise NoHousehold
    return home


def _refresh(desk: Desk, home: Household) -> None:
    for subject in (CARD, PAPER):
        for chat_id in chats_with(desk.conn, subject, home.id):
            desk.say(CardRefresh(chat_id, subject, home.id, silent=True))


# ── at the counter ──────────────────────────────────────────────────────────────────────────────────────────────────


def may_serve(desk: Desk, person: Person, household: Household) -> bool:
    """Does this person keep a station where the household collects? A merchant's own keeper does not, and nobody hands
    out to themselves.
    """
    kept = counter_of(desk, person).stations
    if not kept or person.household_id == household.id:
        return False
    return any(station.id in kept for station in market.stations_for(desk, household.unit))


def find_for_keeper(desk: Desk, keeper: Person, token: str) -> Household | None:
    """Whose card a keeper has scanned; for anybody else there is nothing here."""
    household = find_by_token(desk, token)
    return household if household is not None and may_serve(desk, keeper, household) else None


def get_for_keeper(desk: Desk, keeper: Person, token: str) -> Household:
    household = find_for_keeper(desk, keeper, token)
    if household is None:
        raise NotFound
    return household


def open_at_counter(desk: Desk, keeper: Person, token: str) -> Household | None:
    """Put the household on the keeper's counter. None, and nothing happens, for anybody else."""
    household = find_for_keeper(desk, keeper, token)
    if household is None or keeper.telegram_id is None:
        return None
    write_audit(desk.conn, desk.now, keeper.id, "card_opened", household=household.id)
    desk.say(CardRefresh(keeper.telegram_id, AT_COUNTER, household.id, anew=True))
    return household


@dataclass(frozen=True, slots=True)
class CounterView:
    """What a keeper sees: whose card it is, and what can be used now."""

    household: Household
    card: CardView
    token: str
    available: int
    has_pin: bool
    offers: list[market.Offer]


def at_counter(desk: Desk, keeper: Person | None, household_id: int) -> CounterView | None:
    household = find_household(desk.conn, household_id)
    if household is None or household.state != STANDING or keeper is None or not may_serve(desk, keeper, household):
        return None
    card = rows.card_of(desk.conn, household_id)
    token = token_of(desk, household_id, card.epoch)
    available = balance_of(desk.conn, household_id)
    offers = offers_at_counter(desk, keeper, household)
    return CounterView(household, view_of(desk, household, card), token, available, card.pin_epoch > 0, offers)


def offers_at_counter(desk: Desk, keeper: Person, household: Household) -> list[market.Offer]:
    """What the household can have now at this keeper's counter."""
    return market.offers_for(desk, household, counter_of(desk, keeper).stations)


# ── the PIN ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def pin_of(desk: Desk, household_id: int, epoch: int) -> str:
    drawn = int.from_bytes(desk.keys.token("household pin", f"{household_id}:{epoch}")[:8], "big")
    return f"{drawn % 10**PIN_LENGTH:0{PIN_LENGTH}d}"


def make_pin(desk: Desk, by: Person, household: Household) -> None:
    """A new PIN, on a slip in this person's chat until they have written it down. Nobody makes their own."""
    if not may_lead(desk, by, household.unit) or by.household_id == household.id or household.state != STANDING:
        raise NotFound
    before = rows.card_of(desk.conn, household.id)
    last = abs(before.pin_epoch)
    old = pin_of(desk, household.id, last) if last else ""
    epoch = last + 1
    while (drawn := pin_of(desk, household.id, epoch)) in WEAK or drawn == old:
        epoch += 1
    if not rows.set_pin(desk.conn, desk.now, household.id, before.pin_epoch, epoch, by.id):
        raise AlreadyDone
    write_audit(desk.conn, desk.now, by.id, "pin_made", household=household.id)
    for chat_id in chats_with(desk.conn, PIN_SLIP, household.id):
        if chat_id != by.telegram_id:
            desk.say(CardRefresh(chat_id, PIN_SLIP, household.id, silent=True))
    if by.telegram_id is not None:
        desk.say(CardRefresh(by.telegram_id, PIN_SLIP, household.id, anew=True))


def slip_for(desk: Desk, person: Person | None, household_id: int) -> tuple[Household, str | None] | None:
    """Whose PIN it is, and the PIN as long as its maker has yet to write it down; None for whoever has no business with
    it."""
    household = find_household(desk.conn, household_id)
    if household is None or person is None or not may_lead(desk, person, household.unit):
        return None
    if person.household_id == household_id:
        return None
    card = rows.card_of(desk.conn, household_id)
    waits = card.pin_epoch > 0 and not card.pin_shown and card.pin_made_by == person.id
    return household, pin_of(desk, household_id, card.pin_epoch) if waits else None


def pin_written(desk: Desk, by: Person, household_id: int) -> Text:
    """It stands on the household's paper now, and nowhere else."""
    if slip_for(desk, by, household_id) is None:
        raise NotFound
    card = rows.card_of(desk.conn, household_id)
    if card.pin_made_by != by.id:  # only whoever has it before their eyes can have written it down
        raise NotFound
    if card.pin_shown:
        raise AlreadyDone
    rows.change(desk.conn, household_id, pin_shown=True)
    for chat_id in chats_with(desk.conn, PIN_SLIP, household_id):
        desk.say(CardRefresh(chat_id, PIN_SLIP, household_id, silent=True))
    return _("All right. I won't show it again.")


def check_pin(desk: Desk, keeper: Person, household: Household, words: str) -> None:
    """Five wrong ones in a row lock the card, and whoever looks after the place hears of it."""
    if not may_serve(desk, keeper, household):
        raise NotFound
    card = rows.card_of(desk.conn, household.id)
    if card.pin_epoch <= 0:
        raise NoPin
    if card.pin_tries >= PIN_TRIES:
        raise PinLocked
    if hmac.compare_digest(pin_of(desk, household.id, card.pin_epoch), digits_of(words)):
        rows.change(desk.conn, household.id, pin_tries=0)
        return
    tries = rows.count_wrong_pin(desk.conn, household.id, PIN_TRIES)
    if tries is None:
        raise PinLocked
    if tries < PIN_TRIES:
        raise WrongPin(count=PIN_TRIES - tries)
    write_audit(desk.conn, desk.now, keeper.id, "pin_locked", household=household.id)
    text = _("Five wrong PINs for the household at {address}, at the counter that {name} keeps. Its card is locked.")
    for each in in_charge(desk, household.unit):
        tell(desk, each, text(address=household.address, name=get_person(desk, keeper.id).called))
    raise PinLocked

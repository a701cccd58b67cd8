"""Officers look after the market in chat: its stations, its merchants, and who keeps them."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery

from bot.cards import Face, View, language_of
from desk import items, merchants, people
from desk.front import Button, Desk
from desk.merchants import MERCHANT, STATION
from domain.people import Person
from domain.refusals import NotAllowed, NotFound
from domain.words import Text, _, lines, plain

router = Router(name="places")

MOST = 20


class PlaceTap(CallbackData, prefix="pl"):
    """What an officer does with a station (s) or a merchant (m)."""

    verb: str
    what: str
    id: int


def tap(label: Text, verb: str, subject: str, id: int = 0) -> Button:
    return Button(label, data=PlaceTap(verb=verb, what=subject[0], id=id).pack())


def place_buttons(view: View) -> list[Button]:
    """What stands on the card of the set-up."""
    stations, giving = merchants.places(view)
    return [
        *(tap(_("🏪 {station}")(station=each.name), "show", STATION, each.id) for each in stations[:MOST]),
        *(tap(_("🎁 {merchant}")(merchant=each.name), "show", MERCHANT, each.id) for each in giving[:MOST]),
        Button(_("➕ Add a station"), data="open:addstation:"),
        Button(_("➕ Add a merchant"), data="open:addmerchant:"),
        *([tap(_("What is on the shelves"), "items", STATION)] if stations else []),
    ]


@router.callback_query(PlaceTap.filter())
async def tapped(query: CallbackQuery, callback_data: PlaceTap, desk: Desk, person: Person) -> Text | None:
    subject = STATION if callback_data.what == "s" else MERCHANT
    id, at_station = callback_data.id, callback_data.what == "s"
    match callback_data.verb:
        case "items":
            items.show_all(desk, person)
        case "show":
            merchants.get_station(desk, person, id) if at_station else merchants.get_merchant(desk, person, id)
            merchants.show(desk, person, subject, id)
        case "keeper":
            return merchants.invite_keeper(desk, person, subject, id)
        case "end":
            if at_station:
                return merchants.close_station(desk, person, id)
            return merchants.end_merchant(desk, person, id)
        case "thank" | "hush" if not at_station:
            merchants.thank(desk, person, id, callback_data.verb == "thank")
        case _:
            raise NotFound
    return None


def paint_station(view: View, station_id: int, chat_id: int) -> Face | None:
    """Where it is, when it is open, who keeps it."""
    person = people.find_person(view, chat_id)
    if person is None:
        return None
    language = language_of(view, person)
    try:
        station = merchants.get_station(view, person, station_id)
    except NotAllowed:
        return None
    except NotFound:
        return Face(_("This station is closed."), language=language)
    unit = view.file.units.get(station.unit)
    at = {"unit": unit.name if unit else station.unit, "place": station.place, "hours": station.hours}
    text = lines(
        _("🏪 <b>{station}</b>")(station=station.name),
        _("{unit}: {place}. {hours}")(**at),
        _keepers(view, STATION, station_id),
    )
    buttons = (
        tap(_("➕ Invite a keeper"), "keeper", STATION, station_id),
        tap(_("What is on the shelves"), "items", STATION),
        tap(_("Close this station"), "end", STATION, station_id),
    )
    return Face(text, buttons, language=language)


def paint_merchant(view: View, merchant_id: int, chat_id: int) -> Face | None:
    """Whether they agree to be thanked, and who looks after what they give."""
    person = people.find_person(view, chat_id)
    if person is None:
        return None
    language = language_of(view, person)
    try:
        merchant = merchants.get_merchant(view, person, merchant_id)
    except NotAllowed:
        return None
    except NotFound:
        return Face(_("They are no longer listed."), language=language)
    agreed = (
        _("They agree to be thanked by name.") if merchant.thanked else _("They have not agreed to be thanked by name.")
    )
    change = (
        tap(_("They no longer want to be named"), "hush", MERCHANT, merchant_id)
        if merchant.thanked
        else tap(_("They agree to be named"), "thank", MERCHANT, merchant_id)
    )
    text = lines(_("🎁 <b>{merchant}</b>")(merchant=merchant.name), agreed, _keepers(view, MERCHANT, merchant_id))
    buttons = (
        tap(_("➕ Invite a keeper"), "keeper", MERCHANT, merchant_id),
        change,
        tap(_("They give nothing more"), "end", MERCHANT, merchant_id),
    )
    return Face(text, buttons, language=language)


def _keepers(view: View, subject: str, subject_id: int) -> Text:
    names = ", ".join(each.called for each in merchants.keepers(view, subject, subject_id))
    return _("Kept by: {names}")(names=plain(names)) if names else _("Nobody keeps it yet.")


CARDS = {STATION: paint_station, MERCHANT: paint_merchant}

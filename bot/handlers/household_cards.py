"""/card: the household's card as a picture, on paper, at a keeper's counter, and the slip with its PIN."""

from __future__ import annotations

from typing import Any

from aiogram import Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.cards import Drawing, Face, View
from bot.drawing.household_card import HouseholdCard, household_card
from bot.flows import talking
from bot.flows.router import Private
from bot.handlers.payloads import Opens
from bot.words import Reader
from desk import household_cards, people
from desk.front import Button, Desk
from desk.household_cards import AT_COUNTER, CARD, LINK, PAPER, PIN_SLIP, CardView
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _, lines

router = Router(name="household_cards")

LISTED = 10


class CardTap(CallbackData, prefix="hc"):
    """On one's own card; or, with the household's number, on the slip with its PIN."""

    verb: str
    id: int


class ServeTap(CallbackData, prefix="ks"):
    """A keeper serves the household whose card was scanned: nothing but the code on the card says which."""

    token: str


@router.message(Command("card", ignore_case=True), Private())
async def asked_for_card(message: Message, desk: Desk, person: Person) -> None:
    household_cards.show(desk, person)


@router.callback_query(CardTap.filter())
async def card_tapped(query: CallbackQuery, callback_data: CardTap, desk: Desk, person: Person) -> Text | None:
    match callback_data.verb:
        case "paper":
            household_cards.show(desk, person, PAPER)
            return None
        case "written":
            return household_cards.pin_written(desk, person, callback_data.id)
    raise NotFound


@router.callback_query(ServeTap.filter())
async def serve(query: CallbackQuery, callback_data: ServeTap, desk: Desk, person: Person) -> None:
    household_cards.get_for_keeper(desk, person, callback_data.token)
    talking.open_flow(desk, person, talking.FLOWS["atcounter"], token=callback_data.token)


# ── for its members ─────────────────────────────────────────────────────────────────────────────────────────────────


def drawn(view: View, card: CardView) -> HouseholdCard:
    return HouseholdCard(view.file.name, card.name, card.place, card.link)


def paint_card(view: View, household_id: int, chat_id: int) -> Face | None:
    card = household_cards.view_for(view, household_id, chat_id, people.find_person(view, chat_id))
    if card is None:
        return None
    text = lines(
        _("The card of <b>{name}</b>. Show it at the station, on the telephone or on paper.")(name=card.name),
        _("Whoever has it can see your points there. It opens nothing else."),
    )
    buttons = (
        Button(_("🖨 For printing"), data=f"hc:paper:{household_id}"),
        Button(_("Another name on it"), data=f"open:namecard:{household_id}"),
        Button(_("Make a new one"), data=f"open:newcard:{household_id}"),
    )
    return Face(text, buttons, drawn=Drawing(household_card, drawn(view, card)))


def paint_paper(view: View, household_id: int, chat_id: int) -> Face | None:
    """The same on a sheet of paper."""
    card = household_cards.view_for(view, household_id, chat_id, people.find_person(view, chat_id))
    if card is None:
        return None
    return Face(_("To be printed and cut out."), drawn=Drawing(printed, drawn(view, card), "card.pdf"))


def printed(reader: Reader, of: Any) -> bytes:
    from bot.paper import counter_cards  # draws PDFs: nobody waits for it when the desk starts

    return counter_cards(reader, [of])


# ── for keepers and supervisors ─────────────────────────────────────────────────────────────────────────────────────


def paint_counter(view: View, household_id: int, chat_id: int) -> Face | None:
    """What a keeper sees whose card it is."""
    seen = household_cards.at_counter(view, people.find_person(view, chat_id), household_id)
    if seen is None:
        return None
    row = _("• {item} · {count} point", "• {item} · {count} points")
    text = lines(
        Text("<b>{name}</b>", {"name": seen.card.name}),
        _("Can use {count} point now.", "Can use {count} points now.")(count=seen.available),
        _("For that they can have:") if seen.offers else _("There is nothing they could have for that just now."),
        *(row(item=each.item.name, count=each.item.price) for each in seen.offers[:LISTED]),
        None if seen.has_pin else _("They have no PIN yet, so they choose on a telephone of their own."),
    )
    serve = Button(_("They choose here, with their PIN"), data=f"ks:{seen.token}")
    return Face(text, (serve,) if seen.has_pin and seen.offers else ())


def paint_slip(view: View, household_id: int, chat_id: int) -> Face | None:
    slip = household_cards.slip_for(view, people.find_person(view, chat_id), household_id)
    if slip is None:
        return None
    household, pin = slip
    if pin is None:
        return Face(_("{address} has its PIN on paper.")(address=household.address))
    text = _(
        "The PIN of {address} is <b>{pin}</b>. Write it on a slip for them and give it to nobody else; then it"
        " goes from here."
    )
    return Face(
        text(address=household.address, pin=pin),
        (Button(_("It is written down"), data=f"hc:written:{household_id}"),),
        protected=True,
    )


async def open_card(desk: Desk, person: Person, token: str) -> Text | None:
    """The card was scanned. A keeper sees whose it is; anybody else is where they would be without it."""
    household_cards.open_at_counter(desk, person, token)
    return None


PAYLOADS: dict[str, Opens] = {LINK: open_card}
CARDS = {CARD: paint_card, PAPER: paint_paper, AT_COUNTER: paint_counter, PIN_SLIP: paint_slip}

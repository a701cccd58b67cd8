"""/market and /merchants: the shelf by page, one thing with its picture, and the card with which it is collected."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.cards import Drawing, Face, View, language_of
from bot.drawing.pickup_card import PickUp, pickup_card
from bot.flows.router import Private
from desk import counter, market, merchants, people, pickup_codes, pickups
from desk.front import Button, Desk
from desk.market import ON_A_PAGE, Offer
from domain.households import grouped
from domain.market import Redemption, next_week
from domain.people import Person
from domain.refusals import NotFound, Refusal
from domain.words import Text, _, lines, plain

router = Router(name="market")


class MarketTap(CallbackData, prefix="m"):
    verb: str
    id: int


def tap(label: Text, verb: str, id: int = 0) -> Button:
    return Button(label, data=MarketTap(verb=verb, id=id).pack())


@router.message(Command("market", ignore_case=True), Private())
async def asked_for_market(message: Message, desk: Desk, person: Person) -> None:
    market.show_shelf(desk, person, anew=True)


@router.message(Command("merchants", ignore_case=True), Private())
async def asked_for_merchants(message: Message, desk: Desk, person: Person) -> Text:
    thanked = merchants.thanked(desk)
    if not thanked:
        return _("Nobody has agreed to be named here yet. Thank you to all who give!")
    row, rows = _("• <b>{merchant}</b>: {items}"), []
    for merchant, given in thanked:
        rows.append(row(merchant=merchant.name, items=listed([item.name for item in given])))
    return lines(_("Thank you to those who give to our neighbourhood:"), *rows)


def listed(names: list[object]) -> Text:
    """Names one after another."""
    if not names:
        return _("has given before")
    row = plain(names[0])
    for name in names[1:12]:
        row = _("{first}, {next}")(first=row, next=name)
    return row


@router.callback_query(MarketTap.filter())
async def tapped(query: CallbackQuery, callback_data: MarketTap, desk: Desk, person: Person) -> Text | None:
    id = callback_data.id
    match callback_data.verb:
        case "shelf":
            market.show_shelf(desk, person, anew=True)
        case "page":
            market.show_shelf(desk, person, id)
        case "item":
            market.show_item(desk, person, id)
        case "tell":
            return market.tell_me(desk, person, id)
        case "show":
            market.show_again(desk, person, id)
        case "off":
            return market.call_off(desk, person, id)
        case "done":
            return market.has_happened(desk, person, id)
        case "confirm":
            return counter.confirm(desk, person, id)
        case "decline":
            return counter.decline(desk, person, id)
        case _:
            raise NotFound
    return None


# ── the shelf ───────────────────────────────────────────────────────────────────────────────────────────────────────


def paint_shelf(view: View, person_id: int, chat_id: int) -> Face | None:
    """A page of it: what can be had now, what is too dear yet, and what is gone until when."""
    person = people.find_person(view, chat_id)
    if person is None or person.id != person_id:
        return None
    language = language_of(view, person)
    try:
        shelf = market.shelf(view, person)
    except Refusal as refusal:
        return Face(refusal.said, language=language)
    last = max(0, (len(shelf.offers) - 1) // ON_A_PAGE)
    page = min(market.page_of(view, person), last)
    shown = shelf.offers[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
    waiting = pickups.open_of(view, person)
    have = _(
        "<b>The market</b> · your household can use <b>{count}</b> point.",
        "<b>The market</b> · your household can use <b>{count}</b> points.",
    )
    text = lines(
        have(count=shelf.available),
        *(_line(view, offer) for offer in shown),
        None if shelf.offers else _("The shelves are empty just now."),
        _("Page {page} of {pages}")(page=page + 1, pages=last + 1) if last else None,
    )
    show = _("🎫 {item} × {count}: {stands}")
    taps = [tap(_named(offer), "item", offer.item.id) for offer in shown]
    taps += [tap(_("◀ Back"), "page", page - 1)] if page else []
    taps += [tap(_("More ▶"), "page", page + 1)] if page < last else []
    taps += [
        tap(show(**pickups.what(view, each), stands=pickups.stands(view, each)), "show", each.id)
        for each in waiting[:10]
    ]
    return Face(text, tuple(taps), language=language)


def _named(offer: Offer) -> Text:
    return _("{item} · {price}")(item=offer.item.name, price=offer.item.price)


def _line(view: View, offer: Offer) -> Text:
    row = _("• <b>{item}</b> · {count} point · {left} left", "• <b>{item}</b> · {count} points · {left} left")
    if offer.left:
        return row(item=offer.item.name, count=offer.item.price, left=offer.left)
    gone = _("• {item} · {count} point · {when}", "• {item} · {count} points · {when}")
    return gone(item=offer.item.name, count=offer.item.price, when=_back(view, offer))


def _back(view: View, offer: Offer) -> Text:
    """When there will be more of it, as far as anybody knows."""
    if offer.item.weekly is not None:
        return _("again on {at}")(at=next_week(view.now, view.file.zone))
    if offer.item.back_at is not None and offer.item.back_at > view.now:
        return _("again about {at}")(at=offer.item.back_at)
    return _("gone just now")


def paint_item(view: View, item_id: int, chat_id: int) -> Face | None:
    """One thing: what it is, what it costs, where it is had, and what can be done now."""
    person = people.find_person(view, chat_id)
    if person is None:
        return None
    language = language_of(view, person)
    try:
        offer = market.get_offer(view, person, item_id)
    except Refusal as refusal:
        return Face(refusal.said, language=language)
    item, station, giver = offer.item, market.station_of(view, offer.item), market.giver_of(view, offer.item)
    short = item.price - market.available_to(view, person)
    limit = _("Up to {most} for a household {per}.") if item.per else _("Up to {most} for a household.")
    text = lines(
        _("<b>{item}</b> · {count} point", "<b>{item}</b> · {count} points")(item=item.name, count=item.price),
        plain(item.about) if item.about else None,
        _("Given by {merchant}. Thank you!")(merchant=giver) if giver else None,
        _("{station}, {place}. {hours}")(station=station.name, place=station.place, hours=station.hours),
        limit(most=item.most, per=PER[item.per] if item.per else "") if item.most else None,
        _("{left} left.")(left=offer.left) if offer.left else _back(view, offer),
        _("{count} point short. These you can have now:", "{count} points short. These you can have now:")(count=short)
        if short > 0
        else None,
    )
    buttons: list[Button] = []
    if offer.left == 0:
        waits = _("I'll tell you when it is back") if offer.awaited else _("🔔 Tell me when it is back")
        buttons.append(tap(waits, "tell", item.id))
    elif offer.affordable:
        buttons.append(Button(_("Have it"), data=f"open:redeem:{item.id}"))
    if short > 0:
        can = [each for each in market.shelf(view, person).offers if each.affordable]
        buttons += [tap(_named(each), "item", each.item.id) for each in can[:ON_A_PAGE]]
    return Face(text, (*buttons, tap(_("The whole market"), "shelf")), language=language)


def paint_picture(view: View, item_id: int, chat_id: int) -> Face | None:
    """The photo of something on the reader's shelf."""
    person = people.find_person(view, chat_id)
    try:
        offer = market.get_offer(view, person, item_id) if person is not None else None
    except Refusal:
        return None
    if person is None or offer is None or offer.item.picture is None:
        return None
    return Face(plain(offer.item.name), language=language_of(view, person), media=("photo", offer.item.picture))


PER: dict[str, Text] = {
    "day": _("in a day"),
    "week": _("in a week"),
    "month": _("in a month"),
    "year": _("in a year"),
}


# ── what was redeemed ───────────────────────────────────────────────────────────────────────────────────────────────


def paint_pickup(view: View, redemption_id: int, chat_id: int) -> Face | None:
    """With its code while it can be collected; how it ended afterwards. Whoever left the household sees it no more."""
    person = people.find_person(view, chat_id)
    if person is None:
        return None
    try:
        redemption = pickups.get_own(view, person, redemption_id)
    except NotFound:
        return None
    what, language = pickups.what(view, redemption), language_of(view, person)
    if not redemption.is_alive:
        stands = _("{item} × {count}: {stands}.")
        return Face(stands(**what, stands=pickups.stands(view, redemption)), language=language)
    off = tap(_("Call it off"), "off", redemption_id)
    if pickups.get_item(view, redemption.item_id).is_service:
        return Face(*_service(view, redemption, what, off), language=language)
    station = pickups.get_station(view, redemption.station_id)
    code = pickup_codes.code_of(view, redemption)
    text = lines(
        _("<b>{item} × {count}</b> is kept for you at {station}")(**what, station=station.name),
        _("{place}. {hours}")(place=station.place, hours=station.hours),
        _("Your code: <b>{code}</b>")(code=grouped(code)),
        _("Until {until}. Whoever of your household comes shows this.")(until=redemption.until),
    )
    return Face(text, (off,), language=language, drawn=Drawing(pickup_card, _drawn(view, redemption, code)))


def _drawn(view: View, redemption: Redemption, code: str) -> PickUp:
    station = pickups.get_station(view, redemption.station_id)
    return PickUp(
        desk=view.file.name,
        item=pickups.get_item(view, redemption.item_id).name,
        count=redemption.count,
        code=code,
        link=pickup_codes.link_of(view, redemption),
        station=_("{station}, {place}")(station=station.name, place=station.place),
        hours=plain(station.hours),
        until=redemption.until,
    )


def _service(
    view: View, redemption: Redemption, what: dict[str, object], off: Button
) -> tuple[Text, tuple[Button, ...]]:
    head = _("<b>{item} × {count}</b> · {wanted}")(**what, wanted=redemption.wanted or plain(""))
    if redemption.state == "reserved":
        asked = _("I have asked whoever gives it, and will tell you. If nobody confirms it, your points come back.")
        return lines(head, asked), (off,)
    said = _("It is confirmed. Has it happened?")
    return lines(head, said), (tap(_("Yes, it has happened"), "done", redemption.id), off)


def paint_booking(view: View, redemption_id: int, chat_id: int) -> Face | None:
    """The giver of a service is asked whether the time suits them."""
    person = people.find_person(view, chat_id)
    if person is None:
        return None
    try:
        seen = counter.view(view, counter.get_kept(view, person, redemption_id))
    except NotFound:
        return None
    language, redemption = language_of(view, person), seen.redemption
    text = lines(
        _("<b>{item} × {count}</b> is asked for: {wanted}")(
            **pickups.what(view, redemption), wanted=redemption.wanted or plain("")
        ),
        counter.door(seen.home),
    )
    if redemption.state != "reserved":
        now = _("Now: {stands}.")(stands=pickups.stands(view, redemption))
        cannot = (tap(_("I cannot after all"), "decline", redemption_id),) if redemption.is_alive else ()
        return Face(lines(text, now), cannot, language=language)
    yes, no = tap(_("Yes, that suits"), "confirm", redemption_id), tap(_("I cannot"), "decline", redemption_id)
    return Face(lines(text, _("Does that suit you?")), (yes, no), language=language)


CARDS = {
    market.SHELF: paint_shelf,
    market.ITEM: paint_item,
    market.PICTURE: paint_picture,
    pickups.CARD: paint_pickup,
    market.BOOKING: paint_booking,
}

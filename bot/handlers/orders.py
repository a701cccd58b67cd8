"""The order in the group: one card that always shows how it stands, and the taps of whoever takes it or has it."""

from __future__ import annotations

from datetime import timedelta

from aiogram import Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery

from bot.cards import Face, View, language_of
from bot.handlers.payloads import Opens
from desk import applications, closing, holding, mine, orders
from desk.front import Answer, Button, Desk
from desk.order_views import team_of, view_in_group
from domain.order_views import GroupView
from domain.orders import NotOfThisTeam
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _, lines, plain

router = Router(name="orders")


class OrderTap(CallbackData, prefix="o"):
    """What somebody would like to do with an order; whether they may is judged when they tap."""

    verb: str
    id: int


class RateTap(CallbackData, prefix="r"):
    what: str
    given: int
    id: int


def tap(label: Text, verb: str, order_id: int) -> Button:
    """What `OrderTap.pack` says, without its looking through what we have just written."""
    return Button(label, data=f"o:{verb}:{order_id}")


def rate_data(what: str, given: int, order_id: int) -> str:
    """What `RateTap.pack` says."""
    return f"r:{what}:{given}:{order_id}"


# ── what people tap ─────────────────────────────────────────────────────────────────────────────────────────────────


@router.callback_query(OrderTap.filter())
async def tapped(query: CallbackQuery, callback_data: OrderTap, desk: Desk, person: Person) -> Text | None:
    order_id = callback_data.id
    match callback_data.verb:
        case "claim":
            return claim(query, order_id, desk, person)
        case "on_way":
            return holding.on_way(desk, person, order_id)
        case "in_10" | "in_30" | "in_60":
            minutes = int(callback_data.verb.removeprefix("in_"))
            return holding.expect(desk, person, order_id, timedelta(minutes=minutes))
        case "need_help":
            return holding.need_help(desk, person, order_id)
        case "close":
            return closing.close(desk, person, order_id)
        case "close_alone":
            return closing.close(desk, person, order_id, alone=True)
        case "reopen":
            return closing.reopen(desk, person, order_id)
        case "show":
            mine.show_request(desk, person, order_id)
            return None
        case "not_tonight":
            return mine.not_tonight(desk, person)
    raise NotFound  # a verb of somebody's own making


@router.callback_query(RateTap.filter())
async def rated(query: CallbackQuery, callback_data: RateTap, desk: Desk, person: Person) -> Text | None:
    return closing.rate(desk, person, callback_data.id, callback_data.what, callback_data.given)


def claim(query: CallbackQuery, order_id: int, desk: Desk, person: Person) -> Text | None:
    """Whoever has never opened the chat is led there; whoever is not of the team is asked whether they want to be."""
    try:
        claimed = orders.claim(desk, person, order_id, query.message.chat.id if query.message else None)
    except NotOfThisTeam as refusal:
        team = team_of(desk, orders.get_order(desk, order_id))
        if team is not None and person.reach == "open":
            applications.offer_to_join(desk, person, team.id)
        return refusal.said
    if claimed.link is not None:
        desk.say(Answer(query.id, url=claimed.link, language=language_of(desk, person)))
        return None
    return claimed.said


async def opened_to_take(desk: Desk, person: Person, order_id: str) -> Text | None:
    """They have opened the chat by the link of a claim."""
    if orders.started(desk, person):
        return _("Thank you, it's yours! Everything about it stands below.")
    return _("Somebody else has it by now. Thank you for offering! /mine shows what else waits.")


PAYLOADS: dict[str, Opens] = {"c": opened_to_take}

# ── the card ────────────────────────────────────────────────────────────────────────────────────────────────────────


def where(view: GroupView) -> Text:
    """The unit, and roughly the place in it."""
    if not view.building:
        return plain(view.unit)
    known = _("{unit}, building {building}") if view.building.isdigit() else _("{unit}, {building}")
    return known(unit=view.unit, building=view.building)


def paint_in_group(view: View, order_id: int, chat_id: int) -> Face | None:
    """What it is about, roughly where, since when, and who has it."""
    seen = view_in_group(view, order_id, chat_id)
    if seen is None:
        return Face(_("Others look after this now. Thank you all!"))
    text = lines(
        _("<b>{category}</b> · {place} · since {since}")(category=seen.category, place=where(seen), since=seen.since),
        _("When: {wanted}")(wanted=seen.wanted) if seen.wanted else None,
        _("Speaks {language}")(language=seen.speaks) if seen.speaks else None,
        _("Please touch nothing and only keep people away. {body} looks after it.")(body=seen.body)
        if seen.body
        else None,
        seen.stands,
    )
    return Face(text, (tap(_("I'll take it"), "claim", order_id),) if seen.can_be_claimed else ())


CARDS = {"order": paint_in_group}

"""/mine and /orders: what somebody has in hand, and has asked for."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from bot.cards import Face, View
from bot.flows.router import Private
from bot.handlers import held, requests
from bot.handlers.orders import tap, where
from desk import mine
from desk.front import CardRefresh, Desk
from domain.people import Person
from domain.words import _, lines

router = Router(name="mine")


@router.message(Command("mine"), Private())
async def show_mine(message: Message, desk: Desk, person: Person) -> None:
    mine.show_mine(desk, person)


@router.message(Command("orders"), Private())
async def show_orders(message: Message, desk: Desk, person: Person) -> None:
    desk.say(CardRefresh(message.chat.id, "requests", person.id, anew=True))


# ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def paint_mine(view: View, person_id: int, chat_id: int) -> Face | None:
    """What is in hand, and what the person's teams wait for."""
    person = mine.reader_of(view, person_id, chat_id)
    if person is None:
        return None
    waits = mine.waiting_for(view, person)
    in_hand = len(mine.in_hand(view, person))
    row = _("• <b>{category}</b> · {place} · since {since}")
    text = lines(
        _("You have {count} request in hand.", "You have {count} requests in hand.")(count=in_hand),
        _("Waiting for somebody:") if waits else _("Nothing else waits for your teams now."),
        *(row(category=seen.category, place=where(seen), since=seen.since) for _order, seen in waits),
    )
    take = _("I'll take it: {category}, {place}")
    taps = [tap(take(category=seen.category, place=where(seen)), "claim", order.id) for order, seen in waits]
    return Face(text, (*taps, tap(_("Not tonight, please"), "not_tonight", 0)))


def paint_requests(view: View, person_id: int, chat_id: int) -> Face | None:
    """What the person has asked for, newest first."""
    person = mine.reader_of(view, person_id, chat_id)
    if person is None:
        return None
    asked = mine.asked_for(view, person)
    if not asked:
        return Face(_("You have not asked for anything yet. /help does it."))
    row = _("<b>{reference}</b> · {category} · {at}\n{stands}")
    listed = [
        row(reference=order.reference, category=mine.category_of(view, order).name, at=order.made_at, stands=stands)
        for order, stands in asked
    ]
    show = _("Show {reference}")
    taps = [tap(show(reference=order.reference), "show", order.id) for order, _stands in asked]
    return Face(lines(*listed), tuple(taps))


CARDS = {"mine": paint_mine, "requests": paint_requests, **held.CARDS, **requests.CARDS}

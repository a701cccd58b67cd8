"""Supervisors on Telegram: the alert and what can be done about it, the queue, and going on and off duty."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.cards import Face, View, language_of
from bot.flows.router import Private
from bot.handlers import judging
from desk import diary, orders, people
from desk.alert_views import AlertView, alert_view, has_alert
from desk.bodies import rung
from desk.deadlines import is_asked, still_on_it
from desk.escalation import acknowledge
from desk.front import Button, Desk
from desk.holding import release
from desk.order_views import category_of, get_order
from desk.queue import Waiting, go_on_duty, may_see_queue, on_duty, queue, show_alert, show_duty, show_queue
from domain.orders import WAITING
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _, lines, plain

router = Router(name="supervisor")

SHOWN = 12
"""Buttons of the queue; the rest is counted."""


class AlertTap(CallbackData, prefix="al"):
    verb: str
    id: int


class StillTap(CallbackData, prefix="still"):
    verb: str
    id: int


class DutyTap(CallbackData, prefix="duty"):
    verb: str


@router.callback_query(AlertTap.filter())
async def alerted(query: CallbackQuery, callback_data: AlertTap, desk: Desk, person: Person) -> Text | None:
    match callback_data.verb:
        case "seen":
            until = acknowledge(desk, person, callback_data.id)
            return _("Thank you. I'll keep still until {until}.")(until=until)
        case "take":
            return orders.claim(desk, person, callback_data.id).said
        case "take_over":
            return orders.assign(desk, person, callback_data.id, person.id)
        case "rung":
            return rung(desk, person, callback_data.id)
        case "show":
            show_alert(desk, person, callback_data.id)
            return None
    raise NotFound


@router.callback_query(StillTap.filter())
async def still(query: CallbackQuery, callback_data: StillTap, desk: Desk, person: Person) -> Text | None:
    match callback_data.verb:
        case "yes":
            return still_on_it(desk, person, callback_data.id)
        case "back":
            return release(desk, person, callback_data.id)
    raise NotFound


@router.callback_query(DutyTap.filter())
async def duty_tapped(query: CallbackQuery, callback_data: DutyTap, desk: Desk, person: Person) -> None:
    go_on_duty(desk, person, callback_data.verb == "on")


@router.message(Command("queue"), Private())
async def asked_for_queue(message: Message, desk: Desk, person: Person) -> None:
    show_queue(desk, person, anew=True)


@router.message(Command("duty"), Private())
async def asked_for_duty(message: Message, desk: Desk, person: Person) -> None:
    show_duty(desk, person, anew=True)


# ── the alert ───────────────────────────────────────────────────────────────────────────────────────────────────────


def paint_alert(view: View, order_id: int, chat_id: int) -> Face | None:
    """What waits, since when, who was tried; and once somebody has it, who."""
    seen = alert_view(view, order_id, chat_id)
    if seen is None:  # whoever answered for it once keeps no words of it
        return Face(_("Others look after this now. Thank you!")) if has_alert(view, order_id, chat_id) else None
    ring = _("📞 Please ring {body} now: {phone}. They have no Telegram, so nobody else tells them.")
    facts = [
        ring(body=seen.ring.name, phone=seen.ring.phone) if seen.ring else None,
        judging.head(seen) if seen.judge else _head(seen),
        *_what(seen),
        *judging.facts(seen),
        *_asked(seen),
    ]
    if seen.judge:
        facts += judging.called(seen)
    elif seen.waits:
        facts += [*_tried(seen), _next(seen)]
        facts += [None if seen.seen_by or judging.is_with_its_team(seen) else _("What shall we do?")]
    told = (Button(_("I have rung them"), data=AlertTap(verb="rung", id=order_id).pack()),) if seen.ring else ()
    return Face(lines(*facts), (*told, *_buttons(seen)), language=language_of(view, seen.reader))


def _head(seen: AlertView) -> Text:
    if seen.asks_for_help:
        return _("🙋 {name} has this and asks for help.")(name=seen.holder)
    if not seen.waits or seen.order.provisional:
        return seen.stands
    if judging.is_with_its_team(seen):
        return _("👀 The team has been asked. You need do nothing now.")
    if seen.exhausted:
        return _("🔔 Nobody has taken this, and nobody is left whom I could call.")
    return _("🔔 Nobody has taken this yet.")


def _what(seen: AlertView) -> list[Text | None]:
    what = _("<b>{category}</b> · {unit} · {reference}")
    since = _("Waiting since {since}.") if seen.waits else _("Asked at {since}.")
    words = _("“{words}”")(words=seen.words) if seen.words else None
    sorry = _("I'm sorry: I was down, and this comes {late} late.")(late=seen.late) if seen.late else None
    return [
        sorry if seen.waits else None,
        what(category=seen.category, unit=seen.unit, reference=seen.order.reference),
        words,
        since(since=seen.order.made_at),
    ]


def _asked(seen: AlertView) -> list[Text | None]:
    question = _("💬 {name} asked at {at}: “{question}”")
    known = seen.question is not None and seen.asked_by is not None
    return [question(name=seen.asked_by, at=seen.asked_at, question=seen.question) if known else None]


def _tried(seen: AlertView) -> list[Text | None]:
    promise = _("It was promised by {at}.") if seen.broken else _("It is promised by {at}.")
    asked = _("The group was asked {count} time.", "The group was asked {count} times.")
    return [
        promise(at=seen.promised_at) if seen.promised_at else None,
        asked(count=seen.asked) if seen.asked else _("There is no group I could ask."),
        *(_("Called at {at}: {names}")(at=at, names=", ".join(names)) for at, names in seen.called.items()),
        _("{name} has seen it.")(name=seen.seen_by) if seen.seen_by else None,
    ]


def _next(seen: AlertView) -> Text | None:
    if seen.exhausted:
        return _("It stays at the top of /queue until somebody has it.")
    if seen.next_call is None:
        return None
    return _("If nobody has it by {at}, I'll call {whom}.")(at=seen.next_call.at, whom=seen.next_call.whom)


def _buttons(seen: AlertView) -> tuple[Button, ...]:
    id = seen.order.id
    see = Button(_("I've seen it"), data=AlertTap(verb="seen", id=id).pack())
    if seen.judge or seen.root:
        return *judging.buttons(seen), *((see,) if seen.judge and seen.order.is_open else ())
    same = judging.same_button(seen)
    give_to = Button(_("Give it to…"), data=f"open:give_to:{id}")
    call_off = Button(_("Call it off"), data=f"open:call_off:{id}")
    if seen.order.is_open:
        take = Button(_("I'll take it"), data=AlertTap(verb="take", id=id).pack())
        ask = Button(_("Ask them something"), data=f"open:ask:{id}")
        return see, take, give_to, *same, ask, call_off
    if seen.order.state == WAITING:
        return give_to, *same, call_off
    if seen.order.is_held and (seen.asks_for_help or seen.overdue or seen.order.provisional):
        take = Button(_("I'll take it"), data=AlertTap(verb="take_over", id=id).pack())
        return take, give_to, call_off
    return ()


# ── are you still on it? ────────────────────────────────────────────────────────────────────────────────────────────


def paint_still(view: View, order_id: int, chat_id: int) -> Face | None:
    """Asked once; whatever the answer, the question goes away."""
    order, reader = get_order(view, order_id), people.find_person(view, chat_id)
    if reader is None:
        return None
    what = _("<b>{category}</b> · {reference}")
    about = what(category=category_of(view, order).name, reference=order.reference)
    language = language_of(view, reader)
    if order.holder_id != reader.id or not order.is_held:
        return Face(lines(about, _("You don't have this one any more. Thank you!")), language=language)
    if not is_asked(view, order_id):
        return Face(lines(about, _("You are on it. Thank you!")), language=language)
    buttons = (
        Button(_("Yes, still on it"), data=StillTap(verb="yes", id=order_id).pack()),
        Button(_("Give it back"), data=StillTap(verb="back", id=order_id).pack()),
    )
    return Face(lines(about, _("Are you still on it? I have heard nothing since.")), buttons, language=language)


# ── the queue, and duty ─────────────────────────────────────────────────────────────────────────────────────────────


def paint_queue(view: View, person_id: int, chat_id: int) -> Face | None:
    """What waits: what nobody is left to take first, then what is late, then the rest."""
    reader = people.get_person(view, person_id)
    if not may_see_queue(view, reader):
        return None
    language = language_of(view, reader)
    waiting, deeds = queue(view, reader), len(diary.praises_for(view, reader))
    told = _("🌸 {count} good deed waits for your word: /deeds", "🌸 {count} good deeds wait for your word: /deeds")
    also = told(count=deeds) if deeds else None
    if not waiting:
        return Face(lines(_("Nothing waits. Everything has found somebody."), also), language=language)
    buttons = []
    for each in waiting[:SHOWN]:
        mark = plain(mark_of(each))
        category = category_of(view, each.order).name
        label = _("{mark} {category} · {reference} · since {since}")
        filled = label(mark=mark, category=category, reference=each.order.reference, since=each.order.made_at)
        buttons.append(Button(filled, data=AlertTap(verb="show", id=each.order.id).pack()))
    head = _("{count} request waits.", "{count} requests wait.")(count=len(waiting))
    signs = _("🔔 nobody is left to call · ⏰ late · 🔎 a report to look at · 💬 waits for an answer")
    return Face(lines(head, signs, also), tuple(buttons), language=language)


def mark_of(each: Waiting) -> str:
    if each.order.state == WAITING:
        return "💬"
    return "🔔" if each.exhausted else "⏰" if each.late else "🔎" if each.judge else "·"


def paint_duty(view: View, person_id: int, chat_id: int) -> Face | None:
    reader = people.get_person(view, person_id)
    on = on_duty(view, reader)
    if on is None:
        return None
    says = (
        _("You are on duty: when nobody answers, I call you.")
        if on
        else _("You are off duty: I call you only when nobody of your unit is on duty.")
    )
    tap = Button(_("Go off duty"), data="duty:off") if on else Button(_("Go on duty"), data="duty:on")
    return Face(says, (tap,), language=language_of(view, reader))


CARDS = {"alert": paint_alert, "still_on_it": paint_still, "queue": paint_queue, "duty": paint_duty}

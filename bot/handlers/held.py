"""The holder's own card: everything about an order, in private, for as long as they have it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Face, View
from bot.flows.router import open_data
from bot.flows.steps import parts_as_text
from bot.handlers.orders import tap
from bot.handlers.relay import phrase_buttons, write_button
from desk.front import Button
from desk.order_views import on_the_card, view_for_holder, view_part
from domain.order_views import HolderView
from domain.orders import Part
from domain.words import Text, _, lines, plain

GONE = _("You don't have this one any more. Thank you for your help!")
CASH = _("Money: cash at the door, against the receipt. Nobody from the desk ever asks for transfers or codes.")

ARRIVALS = {"in_10": _("There in 10 minutes"), "in_30": _("There in half an hour"), "in_60": _("There in an hour")}
"""So that whoever waits knows when to expect somebody."""


def told(parts: list[Part]) -> Text | None:
    """A story as words; pictures and voices are named, and follow by themselves."""
    return parts_as_text([{"kind": each.kind, "words": each.words} for each in parts]) if parts else None


def came_along(names: Sequence[str]) -> Text | None:
    """Who else was there, for whoever was helped."""
    return _("Came along: {names}")(names=" · ".join(names)) if names else None


def opens(label: Text, flow: str, order_id: int) -> Button:
    return Button(label, data=open_data(flow, order_id))


def paint_held(view: View, order_id: int, chat_id: int) -> Face | None:
    """Gone when it was given back: the address does not stay in anybody's chat."""
    held = view_for_holder(view, order_id, chat_id)
    if held is None:
        return Face(GONE)
    short, long = on_the_card(list(held.story))
    text = lines(
        _("<b>{category}</b> · {reference}")(category=held.category, reference=held.reference),
        _("For: {name}")(name=held.whom) if held.whom else None,
        _("Reported by: {name}")(name=held.reporter) if held.reporter else None,
        _("Please touch nothing and only keep people away. {body} looks after it: {phone}")(
            body=held.body.name, phone=held.body.phone
        )
        if held.body
        else None,
        _("Telephone: {phone}")(phone=held.phone) if held.phone else None,
        _("Where: {address}")(address=held.address) if held.address else None,
        _("When: {wanted}")(wanted=held.wanted) if not held.is_report else None,
        _("Speaks {language}")(language=held.speaks) if held.speaks else None,
        told(short),
        _("The longer part of it stands below.") if long else None,
        _("Noted: {notes}")(notes=told(list(held.notes))) if held.notes else None,
        *how_to(held),
    )
    on_way = [tap(_("On my way"), "on_way", order_id)] if held.state != "in_progress" else []
    when = (
        [] if held.call_back or held.expected_at else [tap(label, verb, order_id) for verb, label in ARRIVALS.items()]
    )
    return Face(
        text,
        (
            *when,
            *on_way,
            *(() if held.call_back or held.is_report else phrase_buttons(order_id)),
            *write_button(view, order_id, chat_id),
            opens(_("Done"), "resolve", order_id),
            opens(_("Give it back"), "give_back", order_id),
            tap(_("I need help"), "need_help", order_id),
        ),
    )


def how_to(held: HolderView) -> list[Text | None]:
    return [
        _("You said you would be there about {at}.")(at=held.expected_at) if held.expected_at else None,
        _("Please telephone them.") if held.call_back else None,
        None
        if held.call_back or held.is_report
        else _("At the door, say this word first: <b>{word}</b>")(word=held.door_word),
        CASH if held.cash else None,
    ]


def paint_part(view: View, part_id: int, chat_id: int) -> Face | None:
    part = view_part(view, part_id, chat_id)
    return Face(plain(part.words) if part else GONE)


CARDS = {"held": paint_held, "part": paint_part}

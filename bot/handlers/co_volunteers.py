"""Whoever is said to have come along is asked whether they were there; their answer is what they earn by."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery

from bot.cards import Face, View, language_of
from desk import co_volunteers, people
from desk.front import Button, Desk
from desk.order_views import category_of, get_order
from domain.co_volunteers import NotAskedAnyMore
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _, lines

router = Router(name="co_volunteers")

_ANSWERED = {
    "agreed": _("You have said that you were there. Thank you for helping!"),
    "declined": _("You have said that you were not there. Thank you for telling me."),
}


class AlongTap(CallbackData, prefix="cv"):
    verb: str
    id: int


@router.callback_query(AlongTap.filter())
async def answered(query: CallbackQuery, callback_data: AlongTap, desk: Desk, person: Person) -> Text:
    match callback_data.verb:
        case "yes" | "no":
            return co_volunteers.answer(desk, person, callback_data.id, callback_data.verb == "yes")
    raise NotFound


def paint_along(view: View, named_id: int, chat_id: int) -> Face | None:
    """Were you there as well?"""
    reader = people.find_person(view, chat_id)
    named = co_volunteers.view_for(view, named_id, reader)
    if named is None or reader is None:
        return Face(NotAskedAnyMore.text)
    language, order = language_of(view, reader), get_order(view, named.order_id)
    says = _("{name} says that you came along: {category} ({reference}).")
    head = says(
        name=people.get_person(view, named.named_by).called,
        category=category_of(view, order).name,
        reference=order.reference,
    )
    if not co_volunteers.can_answer(view, named):
        return Face(lines(head, _ANSWERED.get(named.state, NotAskedAnyMore.text)), language=language)
    asked = (
        Button(_("Yes, I was there"), data=AlongTap(verb="yes", id=named_id).pack()),
        Button(_("No, I wasn't"), data=AlongTap(verb="no", id=named_id).pack()),
    )
    return Face(lines(head, _("Were you there?")), asked, language=language)


CARDS = {co_volunteers.CARD: paint_along}

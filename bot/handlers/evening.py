"""The list of a stormy evening, pinned in the group; and /nottonight, for whoever needs a quiet one."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.cards import Face, View
from bot.flows.router import Private
from desk import evening, mine
from desk.front import Button, Desk
from domain.people import Person
from domain.words import Text, _, lines

router = Router(name="evening")


class LineTap(CallbackData, prefix="ev"):
    """A line of the list: this order's card, please."""

    id: int


@router.callback_query(LineTap.filter())
async def asked_for(query: CallbackQuery, callback_data: LineTap, desk: Desk, person: Person) -> Text | None:
    if query.message is not None:
        evening.bring_down(desk, person, callback_data.id, query.message.chat.id)
    return None


@router.message(Command("nottonight"), Private())
async def not_tonight(message: Message, desk: Desk, person: Person) -> Text | None:
    return mine.not_tonight(desk, person)


def paint_list(view: View, team_id: int, chat_id: int) -> Face | None:
    """Oldest first; calm again, the same message says so and asks for nothing."""
    waits = evening.list_view(view, team_id, chat_id)
    if waits is None:
        return Face(_("It is calm again. Thank you all!")) if evening.has_list(view, team_id, chat_id) else None
    row = _("{reference} · {category} · since {since}")
    rows = [row(reference=each.reference, category=each.category, since=each.since) for each in waits.oldest]
    count = len(waits.oldest) + waits.more
    text = lines(
        _("<b>{count} request waits.</b>", "<b>{count} requests wait.</b> Oldest first:")(count=count),
        *rows,
        _("and {count} more", "and {count} more")(count=waits.more) if waits.more else None,
        _("A tap shows its card again."),
    )
    show = _("Show {reference}")
    buttons = [Button(show(reference=each.reference), data=LineTap(id=each.order_id).pack()) for each in waits.oldest]
    return Face(text, tuple(buttons), pinned=True)


CARDS = {"evening": paint_list}

"""What keepers and officers see of the shelves: a list, and each thing with what can be done about it."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery

from bot.cards import Face, View, language_of
from desk import items, people
from desk.front import Button, Desk
from domain.market import Item, week_of
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _, lines, plain

router = Router(name="shelves")

MOST = 60
"""Things with a button of their own on one card; a longer shelf is looked after by spreadsheet."""


class ShelfTap(CallbackData, prefix="it"):
    verb: str
    id: int


def tap(label: Text, verb: str, id: int = 0) -> Button:
    return Button(label, data=ShelfTap(verb=verb, id=id).pack())


@router.callback_query(ShelfTap.filter())
async def tapped(query: CallbackQuery, callback_data: ShelfTap, desk: Desk, person: Person) -> Text | None:
    match callback_data.verb:
        case "show":
            items.show(desk, person, callback_data.id)
        case "withdraw":
            return items.withdraw(desk, person, callback_data.id)
        case "again":
            return items.offer_again(desk, person, callback_data.id)
        case _:
            raise NotFound
    return None


def left_of(view: View, item: Item) -> int:
    return item.left(week_of(view.now, view.file.zone))


def paint_items(view: View, person_id: int, chat_id: int) -> Face | None:
    """Everything this person looks after."""
    person = people.find_person(view, chat_id)
    if person is None or person.id != person_id or not items.may_keep(view, person):
        return None
    kept = items.kept_by(view, person)
    label, gone = _("{item} · {price} · {left} left"), _("{item} · withdrawn")
    buttons = [
        tap(
            label(item=each.name, price=each.price, left=left_of(view, each))
            if each.state == "offered"
            else gone(item=each.name),
            "show",
            each.id,
        )
        for each in kept[:MOST]
    ]
    text = lines(
        _("<b>On the shelves</b>"),
        None if kept else _("Nothing stands there yet."),
        _("… and {count} more.", "… and {count} more.")(count=len(kept) - MOST) if len(kept) > MOST else None,
    )
    add = Button(_("➕ Add something"), data="open:additem:")
    return Face(text, (add, *buttons), language=language_of(view, person))


def paint_item(view: View, item_id: int, chat_id: int) -> Face | None:
    """One of them: as households see it, and what can be changed."""
    person = people.find_person(view, chat_id)
    if person is None:
        return None
    try:
        item = items.get_kept(view, person, item_id)
    except NotFound:
        return None
    names = [words for language, words in item.name.items()]
    offered = item.state == "offered"
    text = lines(
        _("<b>{item}</b>")(item=plain(" · ".join(names))),
        plain(item.about) if item.about else None,
        _("{count} point · {left} left", "{count} points · {left} left")(count=item.price, left=left_of(view, item)),
        _("{count} place a week.", "{count} places a week.")(count=item.weekly) if item.weekly else None,
        _("Up to {most} for a household.")(most=item.most) if item.most else None,
        _("More of it about {at}.")(at=item.back_at) if item.back_at else None,
        _("It has a picture.") if item.picture else None,
        None if offered else _("It is not offered now."),
    )
    buttons = [
        *([Button(_("More on the shelf"), data=f"open:restock:{item_id}")] if item.weekly is None else []),
        Button(_("Change…"), data=f"open:changeitem:{item_id}"),
        tap(_("Withdraw it"), "withdraw", item_id) if offered else tap(_("Offer it again"), "again", item_id),
    ]
    return Face(text, tuple(buttons), language=language_of(view, person))


CARDS = {items.SHELVES: paint_items, items.ONE: paint_item}

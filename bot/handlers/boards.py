"""/board: the households of a place by what they have earned, one's own rank, and *Leave us out*."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.cards import Face, View, language_of
from bot.flows.router import Private
from desk import boards, people
from desk.boards import MONTH, YEAR, Board, Row
from desk.front import Button, Desk
from desk.points import NoHousehold
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _, lines, plain

router = Router(name="boards")


class BoardTap(CallbackData, prefix="bo"):
    """Another board, or how one's own household is shown on them."""

    verb: str
    dimension: str


def tap(label: Text, verb: str, dimension: str = "") -> Button:
    return Button(label, data=BoardTap(verb=verb, dimension=dimension).pack())


@router.message(Command("board", ignore_case=True), Private())
async def asked_for_board(message: Message, desk: Desk, person: Person) -> None:
    boards.show(desk, person, MONTH, "", anew=True)


@router.callback_query(BoardTap.filter())
async def tapped(query: CallbackQuery, callback_data: BoardTap, desk: Desk, person: Person) -> Text | None:
    match callback_data.verb:
        case "month" | "year":
            boards.show(desk, person, callback_data.verb, callback_data.dimension, anew=False)
            return None
        case "hide":
            return boards.hide(desk, person)
        case "unhide":
            return boards.unhide(desk, person)
        case "name":
            return boards.be_named(desk, person, True)
        case "unname":
            return boards.be_named(desk, person, False)
    raise NotFound


def paint_board(view: View, person_id: int, chat_id: int) -> Face | None:
    """The first ten, and one's own place with two on either side."""
    person = people.find_person(view, chat_id)
    seen = boards.board(view, person) if person is not None and person.id == person_id else None
    if person is None or seen is None:
        return None
    head = _("🏅 <b>{unit}</b>, this month") if seen.span == MONTH else _("🏅 <b>{unit}</b>, this year")
    dimension = view.file.points.dimensions.get(seen.dimension)
    text = lines(
        head(unit=seen.unit),
        _("Only: {dimension}")(dimension=dimension) if dimension else None,
        *(map(row, seen.top) if seen.top else [_("Nobody has earned points here yet.")]),
        plain("…") if seen.near else None,
        *map(row, seen.near),
        _standing(seen),
    )
    return Face(text, _buttons(view, seen), language=language_of(view, person))


def row(each: Row) -> Text:
    line = _("{rank}. <b>{name}: {count}</b>  ← you") if each.own else _("{rank}. {name}: {count}")
    return line(rank=each.rank, name=each.name, count=each.points)


def _standing(seen: Board) -> Text | None:
    """How one's own household is shown, or that it is not."""
    if seen.choice is None:
        return NoHousehold.text
    if seen.choice.hidden:
        return _("Your household is on no board. It has earned {count} here.")(count=seen.own_points)
    return _("Others read of yours: “{name}”, and the number.")(name=seen.name)


def _buttons(view: View, seen: Board) -> tuple[Button, ...]:
    other, label = (YEAR, _("This year")) if seen.span == MONTH else (MONTH, _("This month"))
    kinds = {key: name for key, name in view.file.points.dimensions.items() if key != seen.dimension}
    buttons = [tap(label, other, seen.dimension)]
    buttons += [tap(Text("{name}", {"name": name}), seen.span, key) for key, name in kinds.items()]
    if seen.dimension:
        buttons.append(tap(_("Everything together"), seen.span))
    if seen.choice is None:
        return tuple(buttons)
    if seen.choice.hidden:
        return (*buttons, tap(_("Show us on the board"), "unhide"))
    if seen.could_be_named:
        naming = tap(_("Without our name"), "unname") if seen.choice.named else tap(_("Show our name"), "name")
        buttons.append(naming)
    return (*buttons, tap(_("Leave us out"), "hide"))


CARDS = {boards.CARD: paint_board}

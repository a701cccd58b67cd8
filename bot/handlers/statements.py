"""/points and /statement: what a household has, and every entry of it, page by page or as a file."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.cards import Drawing, Face, View, language_of
from bot.drawing.statement import StatementPaper, statement_table
from bot.flows.router import Private
from desk import people, statements
from desk.front import Button, Desk
from domain.people import Person
from domain.points import Entry, Statement
from domain.refusals import NotFound
from domain.words import Text, _, lines, plain

router = Router(name="statements")


class StatementTap(CallbackData, prefix="st"):
    """Another page, or all of it as a file."""

    verb: str
    page: int


@router.message(Command("points", ignore_case=True), Private())
@router.message(Command("statement", ignore_case=True), Private())
async def show_points(message: Message, desk: Desk, person: Person) -> None:
    statements.show(desk, person, 0, anew=True)


@router.callback_query(StatementTap.filter())
async def turned(query: CallbackQuery, callback_data: StatementTap, desk: Desk, person: Person) -> None:
    match callback_data.verb:
        case "file":
            statements.send_file(desk, person)
        case "page":
            statements.show(desk, person, callback_data.page, anew=False)
        case _:
            raise NotFound


def reader_of(view: View, person_id: int, chat_id: int) -> Person | None:
    """Whoever the card is for, while they belong to a household."""
    person = people.find_person(view, chat_id)
    return person if person is not None and person.id == person_id and person.household_id is not None else None


def paint_statement(view: View, person_id: int, chat_id: int) -> Face | None:
    """The balance, and a page of entries, newest first."""
    person = reader_of(view, person_id, chat_id)
    if person is None:
        return None
    seen, usable = statements.shown(view, person), _("Of these {available} can be used now.")
    text = lines(
        _(
            "Your household has <b>{count}</b> point.",
            "Your household has <b>{count}</b> points.",
        )(count=seen.balance),
        usable(available=seen.available) if seen.available != seen.balance else None,
        *map(entry_line, seen.entries),
        _("Page {page} of {pages}")(page=seen.page + 1, pages=seen.pages) if seen.pages > 1 else None,
    )
    return Face(text, _buttons(seen), language=language_of(view, person))


def _buttons(seen: Statement) -> tuple[Button, ...]:
    def turn(label: Text, page: int) -> Button:
        return Button(label, data=StatementTap(verb="page", page=page).pack())

    buttons = [
        turn(_("Earlier ones"), seen.page + 1) if seen.page + 1 < seen.pages else None,
        turn(_("Back to the newer ones"), seen.page - 1) if seen.page else None,
        Button(_("As a file"), data=StatementTap(verb="file", page=0).pack()) if seen.entries else None,
    ]
    return tuple(button for button in buttons if button is not None)


def entry_line(entry: Entry) -> Text:
    """How many, what for, when, who earned it, and who decided it and why."""
    amount = f"+{entry.amount}" if entry.amount > 0 else f"−{-entry.amount}"
    blanks = {"amount": amount, "reason": entry.reason, "at": entry.at}
    line = _("{amount} · {reason} · {at}")(**blanks)
    if entry.earned_by is not None:
        line = _("{amount} · {reason} · {at} · {name}")(**blanks, name=entry.earned_by)
    if entry.decided_by is None:
        return line
    if entry.note is None:
        return lines(line, _("   decided by {name}")(name=entry.decided_by))
    return lines(line, _("   decided by {name}: {words}")(name=entry.decided_by, words=plain(entry.note)))


def paint_file(view: View, person_id: int, chat_id: int) -> Face | None:
    """Everything, to keep or to print."""
    person = reader_of(view, person_id, chat_id)
    if person is None:
        return None
    whole = statements.statement(view, person, most=statements.IN_A_FILE)
    title = _("Points of our household, {at}: {balance}, of which {available} can be used now")
    paper = StatementPaper(
        title(at=view.now, balance=whole.balance, available=whole.available), tuple(whole.entries), whole.mark
    )
    say = _("Here is every entry of your household's statement, to keep or to print.")
    drawn = Drawing(statement_table, paper, f"points-{view.now:%Y-%m-%d}.csv")
    return Face(say, language=language_of(view, person), drawn=drawn)


CARDS = {statements.CARD: paint_statement, statements.FILE: paint_file}

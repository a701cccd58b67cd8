"""A diary's week and month; what waits for whoever is in charge (/deeds); and who praises only each other (/pairs)."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.cards import Face, View, language_of
from bot.flows.router import Private
from bot.handlers.good_deeds import DeedTap
from desk import diary, pairs, people, roles
from desk.front import Button, Desk
from domain.households import where
from domain.people import Person
from domain.words import Text, _, lines, plain

router = Router(name="diary")


class DiaryTap(CallbackData, prefix="dy"):
    """Which part of their own diary somebody wants to see."""

    span: str
    back: int
    page: int
    anew: int = 0  # on a card of its own, below


class MarkTap(CallbackData, prefix="dm"):
    """An entry that is worth telling; or another page of them."""

    verb: str
    id: int


@router.callback_query(DiaryTap.filter())
async def turned(query: CallbackQuery, callback_data: DiaryTap, desk: Desk, person: Person) -> None:
    shown = diary.Shown(callback_data.span, callback_data.back, callback_data.page)
    diary.show(desk, person, shown, anew=bool(callback_data.anew))


@router.callback_query(MarkTap.filter())
async def marked(query: CallbackQuery, callback_data: MarkTap, desk: Desk, person: Person) -> Text | None:
    if callback_data.verb == "mark":
        return diary.mark(desk, person, callback_data.id)
    diary.show_list(desk, person, callback_data.id, anew=False)
    return None


@router.message(Command("deeds", ignore_case=True), Private())
async def asked_for_deeds(message: Message, desk: Desk, person: Person) -> None:
    diary.show_list(desk, person, anew=True)


@router.message(Command("pairs", ignore_case=True), Private())
async def asked_for_pairs(message: Message, desk: Desk, person: Person) -> None:
    pairs.show(desk, person)


# ── one's own diary ─────────────────────────────────────────────────────────────────────────────────────────────────

_MARKS = {"confirmed": " ⭐", "shown": " ⭐", "kept": " ⭐"}


def paint_diary(view: View, person_id: int, chat_id: int) -> Face | None:
    """The entries of a week or a month, newest first."""
    person = people.find_person(view, chat_id)
    if person is None or person.id != person_id:
        return None
    pages = diary.pages(view, person)
    shown, count = pages.shown, pages.count
    week = shown.span == diary.WEEK
    head = _("<b>My week</b> since {since}") if week else _("<b>My month</b> since {since}")
    row = _("• {at}{mark}: {words}")
    pictures = _("{count} picture or recording", "{count} pictures or recordings")
    rows = [
        row(
            at=each.at,
            mark=_MARKS.get(each.state, ""),
            words=plain(each.words) if each.words else pictures(count=each.pictures),
        )
        for each in pages.entries
    ]
    nothing = _("Nothing yet. /diary notes a good deed.")
    counted = _("{count} good deed.", "{count} good deeds.")(count=count)
    text = lines(head(since=pages.since), counted if count else nothing, *rows)
    return Face(text, _diary_buttons(pages), language=language_of(view, person))


def _diary_buttons(pages: diary.Pages) -> tuple[Button, ...]:
    shown = pages.shown
    week = shown.span == diary.WEEK

    def turn(label: Text, span: str, back: int, page: int) -> Button:
        return Button(label, data=DiaryTap(span=span, back=back, page=page).pack())

    last = max(0, pages.count - 1) // diary.A_PAGE
    earlier, later = (_("Week before"), _("Week after")) if week else (_("Month before"), _("Month after"))
    other = turn(_("My month"), diary.MONTH, 0, 0) if week else turn(_("My week"), diary.WEEK, 0, 0)
    buttons = [
        turn(_("More of it"), shown.span, shown.back, shown.page + 1) if shown.page < last else None,
        turn(_("Back to the newer ones"), shown.span, shown.back, shown.page - 1) if shown.page else None,
        turn(earlier, shown.span, shown.back + 1, 0) if pages.earlier else None,
        turn(later, shown.span, shown.back - 1, 0) if pages.later else None,
        other,
        Button(_("Note a good deed"), data="open:diary:"),
    ]
    return tuple(button for button in buttons if button is not None)


# ── whoever is in charge ────────────────────────────────────────────────────────────────────────────────────────────


def paint_list(view: View, person_id: int, chat_id: int) -> Face | None:
    """Praise that waits for a yes, and diaries to be read with a warm eye."""
    reader = people.find_person(view, chat_id)
    if reader is None or reader.id != person_id or not diary.units_of(view, reader):
        return None
    waits = diary.waiting(view, reader)
    told = _("{count} good deed waits for your word.", "{count} good deeds wait for your word.")
    row = _("{number}. {name}, {at}: {words}")
    rows = [
        row(number=number, name=writer.called, at=entry.at, words=entry.words or "🖼")
        for number, (_deed, writer, entry) in enumerate(waits.entries, 1)
    ]
    text = lines(
        told(count=len(waits.praises)) if waits.praises else _("No good deed waits for your word."),
        _("From the diaries. A star asks whoever wrote it whether the neighbours may read it:") if rows else None,
        *rows,
    )
    look = _("Look at it: {at}")
    star = _("⭐ {number}. {name}")
    looks = [
        Button(look(at=deed.made_at), data=DeedTap(verb="look", id=deed.id, matched=deed.matched).pack())
        for deed in waits.praises[:8]
    ]
    stars = [
        Button(star(number=number, name=writer.called), data=MarkTap(verb="mark", id=deed.id).pack())
        for number, (deed, writer, _entry) in enumerate(waits.entries, 1)
    ]
    last = max(0, waits.count - 1) // diary.A_PAGE
    more = Button(_("More of it"), data=MarkTap(verb="page", id=waits.page + 1).pack())
    less = Button(_("Back to the newer ones"), data=MarkTap(verb="page", id=waits.page - 1).pack())
    turns = [*([more] if waits.page < last else []), *([less] if waits.page else [])]
    return Face(text, (*looks, *stars, *turns), language=language_of(view, reader))


def paint_pairs(view: View, person_id: int, chat_id: int) -> Face | None:
    """Households that praise only each other: nobody is accused, somebody looks."""
    reader = people.find_person(view, chat_id)
    if reader is None or reader.id != person_id or not roles.may_set_up(view, reader):
        return None
    found = pairs.closed_pairs(view)
    language, since = language_of(view, reader), pairs.since(view)
    named = [_named(each) for each in pairs.namings(view)]
    along = [_("Named as having come along, since {since}:")(since=since), *named] if named else []
    if not found:
        none = _("Since {since} no two households have praised only each other.")(since=since)
        return Face(lines(none, *along), language=language)
    row = _("• {one} ↔ {other}: {there} and {back}")
    units = view.file.units
    rows = [
        row(
            one=where(each.one, units[each.one.unit].name),
            other=where(each.other, units[each.other.unit].name),
            there=each.there,
            back=each.back,
        )
        for each in found
        if each.one.unit in units and each.other.unit in units
    ]
    head = _("Since {since} these households have praised each other and nobody else:")(since=since)
    kind = _("That may be chance. Please ask kindly; what was given can be taken back.")
    return Face(lines(head, *rows, *along, kind), language=language)


def _named(seen: pairs.Named) -> Text:
    row = _("• {name} named {names}. Yes: {agreed}. Not so: {not_so}.")
    return row(name=seen.holder, names=" · ".join(seen.others), agreed=seen.agreed, not_so=seen.not_so)


CARDS = {diary.CARD: paint_diary, diary.LIST: paint_list, pairs.CARD: paint_pairs}

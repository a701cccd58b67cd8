"""/posters: whoever looks after a place has its buildings' posters sent, revoked or made anew; and one is scanned.

dina: /posters
desk: Posters for the doors of your buildings. Which one? [Ankang Community, building 3]
dina: [Ankang Community, building 3]
desk: Ankang Community, building 3. Since today. [Send me the sheet] [Make a new poster] [It is to lead nowhere]
"""

from __future__ import annotations

from typing import Any

from aiogram import Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.cards import Drawing, Face, View, language_of
from bot.flows import talking
from bot.flows.report import Report, known_at
from bot.flows.router import Private
from bot.handlers.payloads import Opens
from bot.words import Reader
from desk import people, posters
from desk.front import Button, Desk
from desk.posters import CARD, LINK, LIST, PAPER, PosterView
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _, lines

router = Router(name="posters")

ON_A_PAGE = 20


class PosterTap(CallbackData, prefix="po"):
    verb: str
    id: int


@router.message(Command("posters", ignore_case=True), Private())
async def asked_for_posters(message: Message, desk: Desk, person: Person) -> None:
    posters.show_list(desk, person)


@router.callback_query(PosterTap.filter())
async def poster_tapped(query: CallbackQuery, callback_data: PosterTap, desk: Desk, person: Person) -> Text | None:
    match callback_data.verb:
        case "page":
            posters.show_list(desk, person, callback_data.id)
        case "open":
            posters.show_poster(desk, person, callback_data.id)
        case "paper":
            posters.show_poster(desk, person, callback_data.id, PAPER)
        case "revoke":
            posters.revoke(desk, person, callback_data.id)
            return _("It leads nowhere from now on. Please take it off the door.")
        case "renew":
            posters.renew(desk, person, callback_data.id)
            return _("There is a new one, and the old one leads nowhere. Please hang up the new sheet.")
        case _:
            raise NotFound
    return None


# ── cards ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def paint_list(view: View, page: int, chat_id: int) -> Face | None:
    person = people.find_person(view, chat_id)
    found = posters.those_of(view, person)
    if person is None or not found:
        text = _("No household stands in your places yet. An officer sends me the list of buildings and rooms first.")
        return Face(text) if person is not None else None
    shown = found[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
    buttons = [Button(each.place, data=f"po:open:{each.poster.id}") for each in shown]
    if len(found) > (page + 1) * ON_A_PAGE:
        buttons.append(Button(_("More"), data=f"po:page:{page + 1}"))
    return Face(
        _("Posters for the doors of your buildings. Which one?"), tuple(buttons), language=language_of(view, person)
    )


def paint_poster(view: View, poster_id: int, chat_id: int) -> Face | None:
    person = people.find_person(view, chat_id)
    found = posters.find_for(view, person, poster_id)
    if person is None or found is None:
        return None
    sheet = Button(_("🖨 Send me the sheet"), data=f"po:paper:{poster_id}")
    anew = Button(_("Make a new poster"), data=f"po:renew:{poster_id}")
    nowhere = Button(_("It is to lead nowhere"), data=f"po:revoke:{poster_id}")
    holds = found.poster.holds
    stands = _("In use since {since}.") if holds else _("It leads nowhere.")
    text = lines(_("Poster: <b>{place}</b>")(place=found.place), stands(since=found.poster.made_at))
    return Face(text, (sheet, anew, nowhere) if holds else (anew,), language=language_of(view, person))


def paint_paper(view: View, poster_id: int, chat_id: int) -> Face | None:
    person = people.find_person(view, chat_id)
    found = posters.find_for(view, person, poster_id)
    if person is None or found is None or not found.poster.holds:
        return None
    text = _("To be printed on A4 and hung on the door: {place}")(place=found.place)
    return Face(text, language=language_of(view, person), drawn=Drawing(printed, sheet(view, found), "poster.pdf"))


def sheet(view: View, found: PosterView) -> Any:
    from bot.paper_posters import sheet_of  # draws PDFs: nobody waits for it when the desk starts

    return sheet_of(view, found)


def printed(reader: Reader, of: Any) -> bytes:
    from bot.paper_posters import one_poster

    return one_poster(reader, of)


# ── scanned ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def open_poster(desk: Desk, person: Person, token: str) -> Text | None:
    """A report with the place filled in, which can be corrected there. A half-finished conversation goes on after."""
    poster = posters.open_poster(desk, token)
    found = talking.current(desk, person)
    suspended = None
    if found is not None and found[1].begun and not found[0].sealed and found[1].name != "start":
        suspended = talking.put_aside(found[1])
    talking.open_flow(desk, person, Report, suspended=suspended, **known_at(poster.unit, poster.building))
    return None


PAYLOADS: dict[str, Opens] = {LINK: open_poster}
CARDS = {LIST: paint_list, CARD: paint_poster, PAPER: paint_paper}

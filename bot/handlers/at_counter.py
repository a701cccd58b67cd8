"""/counter: a keeper scans, photographs or types a code, hands over, and has the day's list on paper."""

from __future__ import annotations

import asyncio
from functools import partial
from urllib.parse import parse_qs, urlsplit

from aiogram import Router
from aiogram.filters import Command, Filter
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.cards import Drawing, Face, View, language_of
from bot.counter_list import Listed, counter_list
from bot.flows import talking
from bot.flows.router import Private
from bot.handlers.payloads import Opens
from bot.jobs import Jobs
from bot.sorting import COMMAND, WORDS
from desk import counter, household_cards, items, on_paper, people, pickups
from desk.front import Button, CardRefresh, Desk
from desk.roles import tell
from domain.market import looks_like_code
from domain.market_refusals import CounterLocked, WrongCode
from domain.people import Person
from domain.refusals import NotFound, Refusal
from domain.words import Text, _, lines

router = Router(name="at_counter")

LARGEST = 20 * 1024 * 1024
NO_CODE_SEEN = _("I can see no code in this picture. Please hold it closer, or type the eight letters and digits.")
LIST = "counter_list"


class CounterTap(CallbackData, prefix="v"):
    verb: str
    id: int


def tap(label: Text, verb: str, id: int = 0) -> Button:
    return Button(label, data=CounterTap(verb=verb, id=id).pack())


@router.message(Command("counter", ignore_case=True), Private())
async def asked_for_counter(message: Message, desk: Desk, person: Person) -> None:
    counter.check_keeper(desk, person)
    desk.say(CardRefresh(message.chat.id, counter.COUNTER, person.id, anew=True))


@router.callback_query(CounterTap.filter())
async def tapped(query: CallbackQuery, callback_data: CounterTap, desk: Desk, person: Person) -> Text | None:
    match callback_data.verb:
        case "give":
            return counter.hand_over(desk, person, callback_data.id)
        case "list":
            on_paper.paper_list(desk, person)
            if person.telegram_id is not None:
                desk.say(CardRefresh(person.telegram_id, LIST, person.id, anew=True))
        case "items":
            items.show_all(desk, person)
        case _:
            raise NotFound
    return None


# ── the code ────────────────────────────────────────────────────────────────────────────────────────────────────────


def shown(desk: Desk, person: Person, words: str, *, scanned: bool = False) -> Text | None:
    """What was scanned or typed leads to its card; a wrong one is counted, and that stays although it is refused."""
    try:
        counter.find_by_token(desk, person, words) if scanned else counter.find_by_code(desk, person, words)
    except (WrongCode, CounterLocked) as refusal:
        return refusal.said
    return None


async def opened(desk: Desk, person: Person, token: str) -> Text | None:
    return shown(desk, person, token, scanned=True)


PAYLOADS: dict[str, Opens] = {"v": opened}


class TypedCode(Filter):
    """Eight signs from somebody who keeps a counter, outside of any conversation."""

    where = frozenset({WORDS})

    async def __call__(self, message: Message, desk: Desk, person: Person | None = None) -> bool:
        if message.chat.type != "private" or person is None or not looks_like_code(message.text or ""):
            return False
        return counter.counter_of(desk, person).is_kept and talking.current(desk, person) is None


@router.message(TypedCode())
async def typed(message: Message, desk: Desk, person: Person) -> Text | None:
    return shown(desk, person, message.text or "")


class Photographed(Filter):
    """A picture from somebody who keeps a counter: perhaps of the code on a telephone."""

    where = frozenset({COMMAND, WORDS})

    async def __call__(self, message: Message, desk: Desk, person: Person | None = None) -> bool:
        if message.chat.type != "private" or person is None or not message.photo or message.media_group_id:
            return False
        return counter.counter_of(desk, person).is_kept and talking.current(desk, person) is None


@router.message(Photographed())
async def photographed(message: Message, desk: Desk, person: Person, jobs: Jobs) -> None:
    assert message.photo
    picture = message.photo[-1]
    if (picture.file_size or 0) <= LARGEST:
        job = partial(look_at, jobs, person, picture.file_id)
        desk.after.append(lambda: jobs.start(job))


async def look_at(jobs: Jobs, person: Person, file_id: str) -> None:
    """Fetched and read outside of any transaction; what it says is looked up in one of its own."""
    data = await jobs.fetch_file(file_id)
    words = await asyncio.to_thread(read, data)
    await jobs.do(lambda desk: seen(desk, people.get_person(desk, person.id), words))


def read(data: bytes) -> str | None:
    from bot.drawing.codes import read_qr  # needs libraries that nobody waits for when the desk starts

    return read_qr(data)


def seen(desk: Desk, person: Person, words: str | None) -> None:
    token, card = token_in(words or ""), token_in(words or "", f"{household_cards.LINK}_")
    if card and household_cards.open_at_counter(desk, person, card):
        return
    try:
        said = shown(desk, person, token, scanned=True) if token else NO_CODE_SEEN
    except Refusal as refusal:
        said = refusal.said
    if said is not None:
        tell(desk, person, said)


def token_in(words: str, kind: str = "v_") -> str | None:
    """The secret part of a pick-up link of ours, or of a household's card; whatever else a code says is nobody's."""
    try:
        payload = parse_qs(urlsplit(words).query).get("start", [""])[0]
    except ValueError:
        return None
    return payload.removeprefix(kind) if payload.startswith(kind) and len(payload) <= 64 else None


# ── cards ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def paint_handover(view: View, redemption_id: int, chat_id: int) -> Face | None:
    """What was redeemed by whom, and the button that hands it over."""
    person = people.find_person(view, chat_id)
    if person is None:
        return None
    try:
        found = counter.view(view, counter.get_kept(view, person, redemption_id))
    except NotFound:
        return None
    redemption, language = found.redemption, language_of(view, person)
    text = lines(
        _("<b>{item} × {count}</b>")(**pickups.what(view, redemption)),
        _("For the household at {home}.")(home=counter.door(found.home)),
        _("Now: {stands}.")(stands=pickups.stands(view, redemption)),
    )
    buttons: tuple[Button, ...] = ()
    if redemption.state == "ready":
        buttons = (tap(_("Handed over"), "give", redemption_id),)
    elif redemption.state == "collected":
        buttons = (Button(_("It was brought back…"), data=f"open:takeback:{redemption_id}"),)
    return Face(text, buttons, language=language)


def paint_counter(view: View, person_id: int, chat_id: int) -> Face | None:
    """What waits here, and how a code is shown."""
    person = people.find_person(view, chat_id)
    if person is None or person.id != person_id or not counter.counter_of(view, person).is_kept:
        return None
    waiting = counter.waiting(view, person)
    head = _("{count} thing waits to be collected here.", "{count} things wait to be collected here.")
    text = lines(
        _("<b>The counter</b>"),
        head(count=len(waiting)) if waiting else _("Nothing waits to be collected here."),
        _("Scan the code on somebody's card, send me a picture of it, or type its eight letters and digits."),
    )
    buttons = (
        tap(_("🖨 The list on paper"), "list"),
        Button(_("Enter from paper"), data="open:frompaper:"),
        tap(_("What is on the shelves"), "items"),
    )
    return Face(text, buttons, language=language_of(view, person))


def paint_list(view: View, person_id: int, chat_id: int) -> Face | None:
    """Everything that may be collected, to be printed for a day without a network."""
    person = people.find_person(view, chat_id)
    if person is None or person.id != person_id or not counter.counter_of(view, person).is_kept:
        return None
    listed = Listed.of(view, counter.waiting(view, person))
    text = _("To be printed. Tick what you hand over and write down when; then tap “Enter from paper”.")
    return Face(text, language=language_of(view, person), drawn=Drawing(counter_list, listed, "list.pdf"))


CARDS = {counter.HANDOVER: paint_handover, counter.COUNTER: paint_counter, LIST: paint_list}

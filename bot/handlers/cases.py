"""Cards of the private door: a neutral alert, her words for whoever may open them, and the little she sees herself.

Nothing of it is ever a line. Every card is put into words when it is sent, for one private chat, and judged anew there.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from aiogram import BaseMiddleware, Router
from aiogram.filters import Filter
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, InaccessibleMessage, Message, TelegramObject

from bot.cards import Face, View, language_of
from bot.flows.private import CLEAR, numbers
from bot.flows.steps import parts_as_text
from bot.sorting import COMMAND, WORDS
from bot.words import catalogue
from desk import cases, her_side
from desk.cases import Opened
from desk.front import Button, Desk
from domain.cases import CALL, WRITE, normal
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _, lines, plain

router = Router(name="cases")  # stands before every other, so that what it must hear is heard here first
Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

CLEARING = _("clear this, clear, wipe")
"""What can be written to clear, in each language, with commas between."""


class CaseTap(CallbackData, prefix="k"):
    verb: str
    id: int


class Traces(BaseMiddleware):
    """While a confidential conversation is open, both sides' messages are remembered, so that they can be cleared."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        message = event.message if isinstance(event, CallbackQuery) else event
        person: Person | None = data.get("person")
        if isinstance(message, Message | InaccessibleMessage) and message.chat.type == "private" and person is not None:
            her_side.trace_if_open(data["desk"], person, message.message_id, ours=isinstance(event, CallbackQuery))
        return await handler(event, data)


router.message.outer_middleware(Traces())
router.callback_query.outer_middleware(Traces())


# ── what people tap ─────────────────────────────────────────────────────────────────────────────────────────────────


@router.callback_query(CaseTap.filter())
async def tapped(query: CallbackQuery, callback_data: CaseTap, desk: Desk, person: Person) -> Text | None:
    match callback_data.verb:
        case "open":
            cases.open_case(desk, person, callback_data.id)
        case "away":
            cases.put_away(desk, person, callback_data.id)
        case "take":
            cases.take(desk, person, callback_data.id)
            return _("You have it now. Nobody else is called.")
        case "back":
            cases.give_back(desk, person, callback_data.id)
            return _("It waits again, and others are asked.")
        case "close":
            cases.close(desk, person, callback_data.id)
            return _("It is closed. What was told is deleted in thirty days.")
        case "clear":
            return remains(her_side.clear(desk, person))
        case _:
            raise NotFound
    return None


def remains(cleared: her_side.Cleared) -> Text:
    """Honestly: what clearing could not take away."""
    if cleared.left:
        return _(
            "Tidied. {count} message of yours is older than two days: only you can delete it. Notifications may"
            " remain.",
            "Tidied. {count} messages of yours are older than two days: only you can delete them. Notifications may"
            " remain.",
        )(count=cleared.left)
    return _("Tidied. Notifications on this phone, and copies on other devices, may remain.")


# ── what she writes ─────────────────────────────────────────────────────────────────────────────────────────────────


class ClearsWithAWord(Filter):
    """The plain word for clearing, where there is something to clear."""

    where = frozenset({COMMAND, WORDS})

    async def __call__(self, message: Message, desk: Desk, person: Person | None = None) -> bool:
        if message.chat.type != "private" or person is None or not message.text or len(message.text) > 40:
            return False
        return normal(message.text) in clearing_words(tuple(desk.file.languages)) and her_side.has_traces(desk, person)


@cache
def clearing_words(languages: tuple[str, ...]) -> frozenset[str]:
    said = [catalogue(language).gettext(CLEARING.msgid) for language in languages]
    return frozenset(normal(word) for words in said for word in re.split("[,，、]", words))


class AsksWithTheWord(Filter):
    """The word she chose, outside any confidential conversation."""

    where = frozenset({COMMAND, WORDS})

    async def __call__(self, message: Message, desk: Desk, person: Person | None = None) -> bool | dict[str, int]:
        if message.chat.type != "private" or person is None or not message.text:
            return False
        found = her_side.find_by_word(desk, person, message.text)
        return {"case_id": found} if found is not None else False


@router.message(ClearsWithAWord())
async def clears(message: Message, desk: Desk, person: Person) -> Text | None:
    return remains(her_side.clear(desk, person, message.message_id))


@router.message(AsksWithTheWord())
async def asks(message: Message, case_id: int, desk: Desk, person: Person) -> None:
    her_side.trace(desk, person, message.message_id, ours=False)
    her_side.ask_for_news(desk, person, case_id)


# ── cards ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def paint_alert(view: View, case_id: int, chat_id: int) -> Face | None:
    """Something waits. What it is opens on a tap."""
    found = cases.find_waiting(view, chat_id, case_id)
    if found is None:
        return None
    open_it = Button(_("Open"), data=CaseTap(verb="open", id=case_id).pack())
    language = language_of(view, found.reader)
    if found.state == "waiting":
        unit = view.file.units[found.unit].name
        waits = _("A confidential matter in {unit} waits since {since}.")(unit=unit, since=found.since)
        take = Button(_("I'll take it"), data=CaseTap(verb="take", id=case_id).pack())
        return Face(lines(cases.YOU_HAVE_A_MESSAGE, waits), (open_it, take), language)
    if found.mine and found.may_open:
        return Face(_("You have taken it."), (open_it,), language)
    return Face(_("This has been taken care of. Thank you!"), (), language)


def paint_case(view: View, case_id: int, chat_id: int) -> Face | None:
    """Her words, for as long as this reader has them open."""
    found = cases.find_shown(view, chat_id, case_id)
    if found is None:
        return Face(_("Put away.")) if chat_id > 0 else None
    verbs = (
        {"take": _("I'll take it")} if found.state == "waiting" else {"back": _("Give it back"), "close": _("Close it")}
    )
    buttons = [Button(label, data=CaseTap(verb=verb, id=case_id).pack()) for verb, label in verbs.items()]
    if found.state == "taken":
        buttons.insert(0, Button(_("Leave a message"), data=f"open:case_reply:{case_id}"))
    away = Button(_("Put away"), data=CaseTap(verb="away", id=case_id).pack())
    return Face(content(view, found), (*buttons, away), protected=True)


def paint_part(view: View, part: int, chat_id: int) -> Face | None:
    """A picture or a voice of her story. It goes when the story is put away."""
    media = cases.find_part(view, chat_id, part)
    return Face(plain(""), protected=True, media=media) if media else None


def content(view: View, found: Opened) -> Text:
    story, her = found.story, found.her
    home = her.address or view.file.units[found.unit].name
    left_out = [*story.not_names, *cases.names_of(view, story.not_people)]
    return lines(
        _("A confidential matter in {unit}, since {since}.")(unit=view.file.units[found.unit].name, since=found.since),
        _("From: <b>{name}</b>, {home}")(name=her.called, home=home),
        how_to_answer(found),
        _("Must not know of it: their household{names}")(names="".join(f", {name}" for name in left_out)),
        plain(""),
        parts_as_text(story.parts),
        *[_("You left for them: {words}")(words=each["words"]) for each in story.left],
    )


def how_to_answer(found: Opened) -> Text:
    contact = found.story.contact
    begin, end = (f"{hour}:00" for hour in contact.hours)
    if contact.rule == CALL:
        calling = _("They may be called between {begin} and {end}: {phone}. Say nothing to anybody else who answers.")
        return calling(begin=begin, end=end, phone=contact.phone)
    if contact.rule == WRITE:
        return _("Leave a message: between {begin} and {end} they hear that there is one, and no more.")(
            begin=begin, end=end
        )
    return _("Do not write or call first. What you leave for them waits until they ask for it with their word.")


def paint_aside(view: View, what: int, chat_id: int) -> Face | None:
    """What she sees: the numbers, that it was passed on, or news when she has asked for it."""
    if what == her_side.NUMBERS:
        gone = _("To take away what stands here, tap below. Notifications on this phone may remain.")
        return Face(lines(numbers(view), gone), (CLEAR,))
    if what == her_side.PASSED_ON:
        return Face(_("Thank you. Whenever you want to know more, write your word here."), (CLEAR,))
    found = her_side.news(view, chat_id)
    if found is None:
        return None
    unit = view.file.units[found.unit].name
    stands = {
        "waiting": _("Nobody has taken it yet. It waits since {since}, and one after another is asked."),
        "taken": _("Somebody who answers for {unit} has taken it."),
        "closed": _("It is closed."),
    }[found.state](since=found.since, unit=unit)
    read = _("{count} person has opened it.", "{count} people have opened it.")(count=found.readers)
    left = [Text("{at}: {words}")(at=at, words=words) for at, words in found.left]
    return Face(lines(stands, read, *left, *([numbers(view)] if found.state == "waiting" else [])), (CLEAR,))


CARDS = {"case_alert": paint_alert, "case": paint_case, "case_part": paint_part, "aside": paint_aside}

"""Carries every conversation over Telegram: one router for all of them, none of their rules."""

from __future__ import annotations

from typing import Any

from aiogram import Router
from aiogram.filters import Command, CommandObject, Filter
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.flows import talking
from bot.flows.flow import NEVER_MIND, Flow, Pressed, Said
from desk import people
from desk.front import Desk
from domain.people import Person
from domain.words import Text, _

router = Router(name="flows")


class Press(CallbackData, prefix="f"):
    """A button under a question. It belongs to one conversation and one turn of it."""

    talk: str
    turn: int
    value: str


class Open(CallbackData, prefix="open"):
    """A button that begins a conversation, perhaps about one thing."""

    flow: str
    id: int | None


class Language(CallbackData, prefix="lang"):
    language: str


class Private(Filter):
    """Only the private chat with the bot."""

    async def __call__(self, message: Message) -> bool:
        return message.chat.type == "private"


class InTalk(Filter):
    """Words for a conversation that is going on: private, and no command."""

    async def __call__(self, message: Message, desk: Desk, person: Person | None = None) -> bool:
        if message.chat.type != "private" or person is None or (message.text or "").startswith("/"):
            return False
        return talking.current(desk, person) is not None


def said_in(message: Message) -> Said:
    """What this message says, whatever its kind."""
    words = message.text or message.caption or ""
    album = message.media_group_id or ""
    if message.text:
        return Said("text", words)
    if message.photo:
        return Said("photo", words, message.photo[-1].file_id, album=album)
    for kind, thing in (
        ("voice", message.voice or message.audio),
        ("video", message.video or message.video_note or message.animation),
        ("document", message.document),
    ):
        if thing is not None:
            return Said(kind, words, thing.file_id, album=album)
    if message.venue:
        pin = message.venue.location
        return Said("place", f"{message.venue.title}, {message.venue.address}", "", pin.latitude, pin.longitude)
    if message.location:
        return Said("place", "", "", message.location.latitude, message.location.longitude)
    if message.contact:
        own = message.contact.user_id == (message.from_user.id if message.from_user else None)
        return Said("contact", message.contact.phone_number, own=own)
    return Said(message.content_type)


@router.message(InTalk())
async def spoke(message: Message, desk: Desk, person: Person) -> None:
    talking.hear(desk, person, said_in(message))


@router.callback_query(Press.filter())
async def pressed(query: CallbackQuery, callback_data: Press, desk: Desk, person: Person) -> Text | None:
    found = talking.current(desk, person)
    if found is None:
        talking.hear(desk, person, Pressed(callback_data.value))
        talking.show_menu(desk, person)
        return talking.OVER
    talk, _flow = found
    if (talk.tag, talk.turn) != (callback_data.talk, callback_data.turn):
        talking.show_screen(desk, person, anew=True)
        return talking.ANSWERED
    talking.hear(desk, person, Pressed(callback_data.value))
    return None


@router.callback_query(Open.filter())
async def opened(query: CallbackQuery, callback_data: Open, desk: Desk, person: Person) -> Text | None:
    kind = talking.FLOWS.get(callback_data.flow)
    if kind is None:
        talking.show_menu(desk, person)
        return talking.OVER
    return begin(desk, person, kind, callback_data.id)


def begin(desk: Desk, person: Person, kind: type[Flow], subject_id: int | None = None) -> Text | None:
    """Open a conversation; one that is half-finished is kept, and the person is asked which it shall be."""
    known = kind.opened_with(person, desk, subject_id)
    found = talking.current(desk, person)
    if found is not None and found[1].name != "leave" and (found[1].answers or found[1].name == "start"):
        if found[1].name in (kind.name, "start"):
            talking.show_screen(desk, person, anew=True)
            return None
        suspended = {"flow": found[0].flow, "id": found[0].id, "turn": found[0].turn, "progress": found[0].progress}
        talking.open_flow(desk, person, kind, suspended=None if found[0].sealed else suspended, **known)
        return None
    talking.open_flow(desk, person, kind, **known)
    return None


@router.callback_query(Language.filter())
async def changed_language(query: CallbackQuery, callback_data: Language, desk: Desk, person: Person) -> Text | None:
    if callback_data.language not in desk.file.languages:
        return talking.OVER
    person = people.change(desk, person, language=callback_data.language)
    if talking.current(desk, person) is not None:
        talking.show_screen(desk, person, anew=False)
        return None
    talking.show_menu(desk, person)
    return None


@router.message(Command("cancel"), Private())
async def cancelled(message: Message, desk: Desk, person: Person) -> Text | None:
    found = talking.current(desk, person)
    if found is None:
        talking.show_menu(desk, person)
        return _("There is nothing to cancel.")
    talking.close(desk, person, found[1], NEVER_MIND)
    return None


@router.message(Command("menu"), Private())
async def menu(message: Message, desk: Desk, person: Person) -> None:
    talking.show_menu(desk, person)


@router.message(Command("language"), Private())
async def language(message: Message, desk: Desk, person: Person) -> None:
    talking.show_menu(desk, person)


class OpensFlow(Filter):
    """A command that is the name of a conversation."""

    async def __call__(self, message: Message, command: CommandObject | None = None) -> bool | dict[str, Any]:
        words = (message.text or "").split()
        if message.chat.type != "private" or not words or not words[0].startswith("/"):
            return False
        kind = talking.FLOWS.get(words[0][1:].partition("@")[0].lower())
        return {"kind": kind} if kind is not None and kind.about is not None else False


@router.message(OpensFlow())
async def commanded(message: Message, kind: type[Flow], desk: Desk, person: Person) -> Text | None:
    return begin(desk, person, kind)

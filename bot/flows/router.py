"""Carries every conversation over Telegram: one router for all of them, none of their rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Command, CommandObject, Filter
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.flows import talking
from bot.flows.flow import NEVER_MIND, Flow, Pressed, Said
from bot.sorting import COMMAND, WORDS
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


def open_data(flow: str, subject_id: int) -> str:
    """What `Open.pack` says, without its looking through what we have just written."""
    return f"open:{flow}:{subject_id}"


class Language(CallbackData, prefix="lang"):
    language: str


class Private(Filter):
    """Only the private chat with the bot."""

    where = frozenset({COMMAND, WORDS})

    async def __call__(self, message: Message) -> bool:
        return message.chat.type == "private"


class Words(Filter):
    """What a person says or sends in private: no command, and none of the notices that Telegram puts between."""

    where = frozenset({COMMAND, WORDS})

    async def __call__(self, message: Message, person: Person | None = None) -> bool:
        if message.chat.type != "private" or person is None or (message.text or "").startswith("/"):
            return False
        return message.content_type in SENT


WRITTEN = {"text", "photo", "voice", "audio", "video", "video_note", "animation", "document"}
SENT = WRITTEN | {"venue", "location", "contact", "sticker", "poll", "dice", "story", "paid_media", "game", "checklist"}
"""What people send; everything else that stands in a chat is a notice of Telegram's."""


def said_in(message: Message) -> Said:
    """What this message says, whatever its kind; in private with its number, by which an edit finds it again."""
    said = _what(message)
    return replace(said, message_id=message.message_id) if message.chat.type == "private" else said


def _what(message: Message) -> Said:
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


@router.message(Words())
async def spoke(message: Message, desk: Desk, person: Person) -> None:
    if not talking.hear(desk, person, said_in(message)):
        raise SkipHandler  # they are for whoever listens behind the conversations


@router.callback_query(Press.filter())
async def pressed(query: CallbackQuery, callback_data: Press, desk: Desk, person: Person) -> Text | None:
    found = talking.current(desk, person)
    if found is None and talking.hear(desk, person, Pressed(callback_data.value)):
        return None
    if found is None or (found[0].sealed and found[0].tag != callback_data.talk):
        talking.show_menu(desk, person)  # what is confidential is never shown unasked
        return talking.OVER
    if (found[0].tag, found[0].turn) != (callback_data.talk, callback_data.turn):
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
    """Open a conversation. One that is half-finished is not lost: it goes on when this one is over."""
    known = kind.opened_with(person, desk, subject_id)
    found = talking.current(desk, person)
    if found is None:
        talking.open_flow(desk, person, kind, **known)
        return None
    talk, flow = found
    if flow.name == kind.name and known.items() <= flow.answers.items():
        talking.show_screen(desk, person, anew=True)
    elif talk.sealed and kind.name == "language":
        talking.show_screen(desk, person, anew=True)  # the languages stand under its question
    else:
        first_hello = flow.name == "start"
        kept = not kind.needs_consent if first_hello else flow.begun and not talk.sealed
        suspended = talking.put_aside(flow) if kept else flow.progress.suspended
        talking.open_flow(desk, person, kind, suspended=suspended, **known)
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


@router.message(Command("cancel", ignore_case=True), Private())
async def cancelled(message: Message, desk: Desk, person: Person) -> Text | None:
    found = talking.current(desk, person)
    if found is None:
        talking.show_menu(desk, person)
        return _("There is nothing to cancel.")
    talking.close(desk, person, found[1], NEVER_MIND)
    return None


class OpensFlow(Filter):
    """A command that is the name of a conversation."""

    where = frozenset({COMMAND})

    async def __call__(self, message: Message, command: CommandObject | None = None) -> bool | dict[str, Any]:
        words = (message.text or "").split()
        if message.chat.type != "private" or not words or not words[0].startswith("/"):
            return False
        kind = talking.FLOWS.get(words[0][1:].partition("@")[0].lower())
        return {"kind": kind} if kind is not None and kind.about is not None else False


@router.message(OpensFlow())
async def commanded(message: Message, kind: type[Flow], desk: Desk, person: Person) -> Text | None:
    return begin(desk, person, kind)

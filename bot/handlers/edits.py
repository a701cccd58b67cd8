"""Edited messages: never a command and never an answer a second time; words of a request are corrected with them."""

from __future__ import annotations

from aiogram import Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.types import Message

from bot.flows.reworded import reword
from desk import edits
from desk.front import Desk
from desk.talks import is_confiding
from domain.people import Person

router = Router(name="edits")


@router.edited_message()
async def edited(message: Message, desk: Desk, person: Person | None = None) -> object:
    """A moving place, a group's chatter and words that look like a command are nothing to us."""
    words = message.text or message.caption or ""
    if message.chat.type != "private" or person is None or words.startswith("/"):
        return UNHANDLED
    if message.text is None and message.caption is None and message.location is not None:
        return UNHANDLED
    if not reword(desk, person, message.message_id, words) and not is_confiding(desk, person.id):
        edits.change_words(desk, person, message.message_id, words)
    return None

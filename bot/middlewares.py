"""Before a handler: who is this? After it: every tap answered once, every refusal said in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.types import CallbackQuery, Message, TelegramObject, User

from bot.cards import language_of
from bot.words import negotiate
from desk import people
from desk.front import Answer, Desk, Line
from domain.people import ANONYMOUS, Person
from domain.refusals import Refusal
from domain.words import Text, _

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

LONGEST = 15
UNHEARD = _("This button no longer does anything. /menu shows what I can do.")


class Meet(BaseMiddleware):
    """Gives the handler its `person`. Group chatter makes nobody known: only taps and private words do."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        user: User | None = getattr(event, "from_user", None)
        desk: Desk = data["desk"]
        data["person"] = None
        private = isinstance(event, Message | CallbackQuery) and _is_private(event)
        if user is None or user.is_bot or user.id in ANONYMOUS:
            if private or isinstance(event, CallbackQuery):
                return UNHANDLED  # there is nobody to answer
        elif private or isinstance(event, CallbackQuery):
            data["person"] = _met(desk, user, started=private)
        else:
            data["person"] = people.find_person(desk, user.id)
        return await handler(event, data)


def _met(desk: Desk, user: User, *, started: bool) -> Person:
    """A language is guessed from the client at the first meeting, so that the very first words can be read."""
    person = people.meet(desk, user.id, user.full_name, user.language_code, started=started)
    guessed = negotiate(user.language_code, desk.file.languages) if person.language is None else None
    return people.change(desk, person, language=guessed) if guessed else person


def _is_private(event: Message | CallbackQuery) -> bool:
    message = event.message if isinstance(event, CallbackQuery) else event
    return message is not None and message.chat.type == "private"


class AnswerTap(BaseMiddleware):
    """What a handler returns, or refuses with, is the one answer to the tap."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        assert isinstance(event, CallbackQuery)
        desk: Desk = data["desk"]
        person: Person | None = data.get("person")
        made_up = _is_made_up(event.data or "")
        result, refused = (UNHANDLED, False) if made_up else await _words_of(handler, event, data)
        unheard = result is UNHANDLED
        text = UNHEARD if unheard else result
        answered = any(isinstance(said, Answer) and said.callback_query_id == event.id for said in desk.said)
        if not answered:
            language = language_of(desk, person) if person else None
            # A no waits until it has been read; a yes is seen on the card, and passes by.
            desk.say(Answer(event.id, text, alert=refused or unheard, language=language))
        return result


def _is_made_up(data: str) -> bool:
    """A number longer than any of ours: only a modified client sends it, and the database would stumble over it."""
    return any(len(part) > LONGEST and sum(map(str.isdigit, part)) > LONGEST for part in data.split(":"))


class SayBack(BaseMiddleware):
    """What a handler returns, or refuses with, is said in the private chat."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        assert isinstance(event, Message)
        text, _refused = await _words_of(handler, event, data)
        person: Person | None = data.get("person")
        if isinstance(text, Text) and event.chat.type == "private" and person is not None:
            desk: Desk = data["desk"]
            desk.say(Line(event.chat.id, text, language=language_of(desk, person)))
        return text


async def _words_of(handler: Handler, event: TelegramObject, data: dict[str, Any]) -> tuple[Any, bool]:
    """What was returned, and whether it is a no. A refusal takes back what the deed had begun to say."""
    desk: Desk = data["desk"]
    said_before = len(desk.said)
    try:
        return await handler(event, data), False
    except Refusal as refusal:
        del desk.said[said_before:]
        return refusal.said, True

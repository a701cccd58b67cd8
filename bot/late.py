"""Before a handler: was this said long ago, while the desk was down or could not be reached?

Words, pictures and links are taken as if they came in time, and requests bear the time at which they were made. What
was meant for a screen of then, a command or a tap, does nothing: where things stand now is shown instead.
"""

from __future__ import annotations

from typing import Any

from aiogram import BaseMiddleware
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.flows import talking
from bot.middlewares import Handler
from desk.front import Desk
from desk.late import is_late, say_sorry
from domain.people import Person
from domain.words import _

WHILE_AGO = _("You tapped this a while ago, and I was away. Here is how it stands now.")


class Late(BaseMiddleware):
    """Of messages."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        assert isinstance(event, Message)
        desk: Desk = data["desk"]
        person: Person | None = data.get("person")
        if not is_late(desk, event.date):
            return await handler(event, data)
        desk.heard_at = event.date
        meant_for_then = _is_command(event.text or "")
        if event.chat.type != "private" or person is None:
            return UNHANDLED if meant_for_then else await handler(event, data)
        say_sorry(desk, person, event.date)
        if not meant_for_then:
            return await handler(event, data)
        talking.lead_on(desk, person)
        return None


def _is_command(words: str) -> bool:
    """A link that was opened is none: whoever opened it wants what it leads to, now as then."""
    command, _space, payload = words.partition(" ")
    return words.startswith("/") and not (command.lower().startswith("/start") and payload.strip())


class LateTap(BaseMiddleware):
    """Of taps. Telegram forgets them after some minutes; one that comes later has waited in our own inbox."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        assert isinstance(event, CallbackQuery)
        desk: Desk = data["desk"]
        person: Person | None = data.get("person")
        if desk.heard_at is None or not is_late(desk, desk.heard_at):
            return await handler(event, data)
        if person is not None and event.message is not None and event.message.chat.type == "private":
            talking.lead_on(desk, person)
        return WHILE_AGO

"""Leads every raw update past the handlers: aiogram's dispatcher, which hears everything and sends nothing."""

from __future__ import annotations

from functools import cache
from typing import Any

from aiogram import BaseMiddleware, Bot, Dispatcher
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.exceptions import DetailedAiogramError
from aiogram.types import CallbackQuery, ChatMemberUpdated, InaccessibleMessage, Message, TelegramObject, Update, User
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError

from bot.handlers import ROUTERS
from bot.jobs import Jobs
from bot.late import Late, LateTap
from bot.middlewares import AnswerTap, Handler, Meet, SayBack
from bot.post.faults import Undecodable
from bot.post.raw import Raw
from bot.sorting import put_up
from desk.front import Desk


class Chatter(BaseMiddleware):
    """What people say to each other in a group is nobody's business here: it goes past every handler at once.

    Commands, and replies to a card, are not chatter.
    """

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        return UNHANDLED if _is_chatter(event) else await handler(event, data)


def _is_chatter(event: TelegramObject) -> bool:
    if not isinstance(event, Message) or event.text is None or event.chat.type not in ("group", "supergroup"):
        return False
    return event.reply_to_message is None and not event.text.startswith("/")


@cache
def dispatcher() -> Dispatcher:
    """The one dispatcher of this process: handlers keep nothing, so several desks may share it."""
    board = Dispatcher(disable_fsm=True)
    board.message.outer_middleware(Chatter())
    for observer in (
        board.message,
        board.edited_message,
        board.callback_query,
        board.my_chat_member,
        board.chat_member,
    ):
        observer.outer_middleware(Meet())
    board.callback_query.outer_middleware(AnswerTap())
    board.callback_query.outer_middleware(LateTap())
    board.message.outer_middleware(SayBack())
    board.message.outer_middleware(Late())
    board.edited_message.outer_middleware(SayBack())
    put_up(board, ROUTERS)
    return board


@cache
def deaf_bot(username: str) -> Bot:
    """aiogram wants a bot beside every update. This one knows its name and is never asked to send anything."""
    bot = Bot("1:never-sends")
    bot._me = User(id=1, is_bot=True, first_name=username, username=username)
    return bot


async def handle(desk: Desk, raw: Raw, jobs: Jobs) -> bool:
    """One update, inside the open transaction; `jobs` follow its commit. False: no concern of the desk's."""
    bot = deaf_bot(desk.bot_name)
    try:
        kind, event = _read(raw, bot)
    except ValidationError as reason:
        raise Undecodable("it cannot be decoded") from reason
    except (UpdateTypeLookupError, DetailedAiogramError) as reason:
        raise Undecodable("unknown kind") from reason
    heard = await dispatcher().propagate_event(update_type=kind, event=event, bot=bot, desk=desk, jobs=jobs)
    return heard is not UNHANDLED


KINDS: dict[str, type[TelegramObject]] = {
    "message": Message,
    "edited_message": Message,
    "my_chat_member": ChatMemberUpdated,
    "chat_member": ChatMemberUpdated,
}


def _read(raw: Raw, bot: Bot) -> tuple[str, TelegramObject]:
    """What has happened, without the envelope: looking for all it might hold costs more than reading what it holds.

    Of the message that was tapped, only which it is and where it stands, as of one that is not there any more: what
    stood on it is judged anew anyhow, and its words and buttons would have to be read, twice even.
    """
    context = {"bot": bot}
    for kind, event in raw.items():
        if kind in KINDS:
            return kind, KINDS[kind].model_validate(event, context=context)
        if kind == "callback_query" and isinstance(event, dict):
            tapped = event.get("message")
            if isinstance(tapped, dict):
                where = {"chat": tapped.get("chat"), "message_id": tapped.get("message_id"), "date": 0}
                event = event | {"message": InaccessibleMessage.model_validate(where, context=context)}
            return kind, CallbackQuery.model_validate(event, context=context)
    whole = Update.model_validate(raw, context=context)
    return whole.event_type, whole.event

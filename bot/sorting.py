"""Sorts what comes in by what can be told at a glance: only those are asked who may have something to say to it.

aiogram asks the filters of one handler after the other, some microseconds each, and a router of its own costs twenty.
Here all routers become one board, each handler stands in the trays it listens to, in the order of the list, and what
comes in goes past the handlers of its tray only. A tap's tray is the prefix of its data; a message's is said below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from aiogram import Dispatcher, Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.dispatcher.event.telegram import TelegramEventObserver
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.types import CallbackQuery, Message

COMMAND, WORDS, IN_GROUP = "command", "words", "group"
"""Of messages: a command in private, whatever else comes in private, and everything that stands in a group."""
ANY = frozenset({COMMAND, WORDS, IN_GROUP})

Tray = Callable[[Any], str]


def tray_of_message(message: Message) -> str:
    if message.chat.type != "private":
        return IN_GROUP
    return COMMAND if (message.text or message.caption or "").startswith("/") else WORDS


def tray_of_tap(query: CallbackQuery) -> str:
    return (query.data or "").partition(":")[0]


def trays_of_message(handler: HandlerObject) -> frozenset[str]:
    """Where it may have something to say. A filter of ours tells it by `where`; without, that is anywhere."""
    trays = ANY
    for each in handler.filters or []:
        trays &= frozenset({COMMAND, IN_GROUP}) if isinstance(each.callback, Command) else _where(each.callback)
    return trays


def trays_of_tap(handler: HandlerObject) -> frozenset[str]:
    filters: list[Any] = [each.callback for each in handler.filters or []]
    return frozenset(each.callback_data.__prefix__ for each in filters if isinstance(each, CallbackQueryFilter))


def _where(filter: Any) -> frozenset[str]:
    found: frozenset[str] = getattr(filter, "where", ANY)
    return found


SORTED: dict[str, tuple[Tray, Callable[[HandlerObject], frozenset[str]]]] = {
    "message": (tray_of_message, trays_of_message),
    "callback_query": (tray_of_tap, trays_of_tap),
}


def put_up(board: Dispatcher, routers: Iterable[Router]) -> None:
    """All handlers of these routers on one board, sorted. Routers have no filters of their own."""
    for router in routers:
        for name, observer in router.observers.items():
            assert not observer._handler.filters, f"{router.name} has a filter for all of its {name}"
            for middleware in observer.outer_middleware:
                board.observers[name].outer_middleware(middleware)
            board.observers[name].handlers.extend(observer.handlers)
    for name, (tray, trays) in SORTED.items():
        _sort(board, board.observers[name], tray, trays)


def _sort(board: Dispatcher, observer: TelegramEventObserver, tray: Tray, trays: Any) -> None:
    sorted_: dict[str, TelegramEventObserver] = {}
    for handler in observer.handlers:
        for each in trays(handler):
            sorted_.setdefault(each, TelegramEventObserver(board, observer.event_name)).handlers.append(handler)

    async def lead(event: Any, **data: Any) -> Any:
        """To the handlers of its tray, in their order."""
        found = sorted_.get(tray(event))
        return UNHANDLED if found is None else await found.trigger(event, **data)

    observer.handlers.clear()
    observer.trigger = lead  # type: ignore[method-assign]

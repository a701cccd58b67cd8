"""Nothing on the way of a message goes through a thread: every filter, handler and middleware is awaited in place."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiogram import Router
from aiogram.dispatcher.event.handler import CallableObject, HandlerObject
from aiogram.dispatcher.event.telegram import TelegramEventObserver
from aiogram.filters import Filter
from aiogram.types import Message
from aiogram.utils.magic_filter import MagicFilter

from bot.handlers import ROUTERS
from bot.sorting import COMMAND, IN_GROUP, WORDS, tray_of_message, trays_of_message
from bot.switchboard import deaf_bot, dispatcher
from domain.people import Person

Called = tuple[str, CallableObject]


def observers(router: Router) -> Iterator[tuple[str, TelegramEventObserver]]:
    for name, observer in router.observers.items():
        if isinstance(observer, TelegramEventObserver):
            yield f"{router.name if router.parent_router else 'board'}.{name}", observer
    for inner in router.sub_routers:
        yield from observers(inner)


def called(router: Router) -> list[Called]:
    """Every filter and every handler that an update may come past."""
    found: list[Called] = []
    for where, observer in observers(router):
        for root in observer._handler.filters or []:
            found.append((where, root))
        for handler in observer.handlers:
            found.append((f"{where} → {handler.callback.__name__}", handler))
            found += [(f"{where} → {handler.callback.__name__}", each) for each in handler.filters or []]
    return found


CALLED = [found for router in (dispatcher(), *ROUTERS) for found in called(router)]


def is_awaited(each: CallableObject) -> bool:
    """aiogram runs whatever it does not know as awaitable in a thread of its own."""
    bare: Callable[..., Any] = inspect.unwrap(each.callback)
    whole = bare.__call__ if isinstance(bare, Filter) else bare
    return each.awaitable and inspect.iscoroutinefunction(whole)


def test_there_is_something_to_look_at() -> None:
    assert len(CALLED) > 60


@pytest.mark.parametrize(("where", "each"), CALLED, ids=[f"{n} {where}" for n, (where, _each) in enumerate(CALLED)])
def test_every_filter_and_handler_is_awaited(where: str, each: CallableObject) -> None:
    assert is_awaited(each), f"{where}: {each.callback} would go through a thread"
    assert not isinstance(each.callback, MagicFilter) and getattr(each, "magic", None) is None, f"{where}: an F filter"


def test_a_plain_function_or_an_f_filter_would_be_found() -> None:
    from aiogram import F

    slow = Router(name="slow")

    @slow.message(F.text, lambda message: True)
    def plain(message: object) -> None: ...

    assert [is_awaited(each) for _where, each in called(slow)] == [False, False, False]


def test_every_middleware_is_awaited() -> None:
    for where, observer in observers(dispatcher()):
        for middleware in (*observer.middleware, *observer.outer_middleware):
            whole = middleware if inspect.isfunction(middleware) else type(middleware).__call__
            assert inspect.iscoroutinefunction(whole), f"{where}: {middleware}"


# ── sorted by what can be told at a glance ──────────────────────────────────────────────────────────────────────────

WRITTEN = {
    "words": {"text": "No rice at home"},
    "a command": {"text": "/menu"},
    "a command to a bot": {"text": "/start@linli_bot g_1"},
    "a caption like a command": {
        "caption": "/menu",
        "photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}],
    },
    "a list": {"document": {"file_id": "d", "file_unique_id": "d", "file_name": "list.xlsx"}},
    "a move": {"migrate_to_chat_id": -1001},
    "nothing": {},
}
MESSAGES = [
    Message.model_validate({"message_id": 1, "date": 1, "chat": {"id": chat_id, "type": kind}, **written})
    for kind, chat_id in (("private", 7), ("group", -7), ("supergroup", -1007), ("channel", -1008))
    for written in WRITTEN.values()
]
LISTENING = [handler for router in ROUTERS for handler in router.observers["message"].handlers]  # type: ignore[attr-defined]


class Untouchable:
    """A desk that nobody may ask: what is not meant for a handler is to be told by the message alone."""

    bot_name = "linli_bot"

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked for a message of another tray")


@pytest.mark.parametrize("handler", LISTENING, ids=[handler.callback.__name__ for handler in LISTENING])
async def test_a_handler_has_nothing_to_say_to_what_is_in_another_tray(handler: HandlerObject) -> None:
    bot, person = deaf_bot("linli_bot"), Person(1, 7, "open")
    elsewhere = [each for each in MESSAGES if tray_of_message(each) not in trays_of_message(handler)]
    for message in elsewhere:
        wants, _data = await handler.check(message, bot=bot, desk=Untouchable(), person=person)
        assert not wants, f"{handler.callback.__name__} wants {message.text or message.content_type}"
    assert trays_of_message(handler), "it would never be asked"


def test_there_is_a_message_for_every_tray() -> None:
    assert {tray_of_message(message) for message in MESSAGES} == {COMMAND, WORDS, IN_GROUP}

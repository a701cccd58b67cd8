"""Nothing on the way of a message goes through a thread: every filter, handler and middleware is awaited in place."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiogram import Router
from aiogram.dispatcher.event.handler import CallableObject
from aiogram.dispatcher.event.telegram import TelegramEventObserver
from aiogram.filters import Filter
from aiogram.utils.magic_filter import MagicFilter

from bot.switchboard import dispatcher

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


CALLED = called(dispatcher())


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

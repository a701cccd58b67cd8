"""Time as a seed has it: an event loop that never waits. When nothing is left to do it is the next moment at once."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime, timedelta
from typing import Any


class Idle(selectors.BaseSelector):
    """There is nothing to wait for from outside: every wait is over at once, and the clock has moved."""

    def __init__(self) -> None:
        self._files = selectors.DefaultSelector()
        self.passed: Callable[[float], None] = lambda seconds: None

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("everybody waits for something that will never happen")
        if timeout > 0:
            self.passed(timeout)
        return []

    def register(self, fileobj: Any, events: int, data: Any = None) -> Any:
        return self._files.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> Any:
        return self._files.unregister(fileobj)

    def get_map(self) -> Any:
        return self._files.get_map()

    def close(self) -> None:
        self._files.close()


class VirtualLoop(asyncio.SelectorEventLoop):
    """The same order of things every time: no sockets, no threads, no clock of the machine."""

    def __init__(self) -> None:
        idle = Idle()
        self._seconds = 0.0
        super().__init__(idle)
        idle.passed = self.pass_time

    def time(self) -> float:
        return self._seconds

    def pass_time(self, seconds: float) -> None:
        self._seconds += seconds

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """At once, here: a thread would come back whenever it liked."""
        future: asyncio.Future[Any] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as fault:
            future.set_exception(fault)
        return future


class VirtualClock:
    """The loop's time as a wall clock; shared by the desk and the sandbox."""

    def __init__(self, at: datetime, loop: VirtualLoop) -> None:
        self._at, self._loop = at, loop
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        return self._at + timedelta(seconds=round(self._loop.time(), 6))

    def elapsed(self) -> float:
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def on_move(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def forget_listeners(self) -> None:
        """Of a desk that is no more."""
        self._listeners.clear()

    def move(self, by: timedelta) -> None:
        """As if the machine had slept: everything that has become due meanwhile is due at once."""
        self._loop.pass_time(by.total_seconds())
        for listener in list(self._listeners):
            listener()

"""The machine on which the real desk runs: it can be switched off at any of its dangerous moments, and on again."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bot.app import App
from bot.pictures import develop_here
from bot.post.budget import Budget
from bot.post.office import PostOffice
from bot.settings import Settings
from domain.desk_file import DeskFile
from sandbox.server import Sandbox
from tests.simulator.database import Inline, Troubled, make_haste
from tests.simulator.line import Line
from tests.simulator.loop import VirtualClock

POINTS = ("after_fetch", "in_handler", "after_commit", "after_send", "before_download", "after_file")


develop = cache(develop_here)
"""In this process, and each picture once: a process of its own would not keep to the loop's time."""


class Killed(BaseException):
    """From here on this process does nothing any more."""


@dataclass
class Machine:
    """One desk after another, on the same database."""

    settings: Settings
    file: DeskFile
    clock: VirtualClock
    box: Sandbox
    chance: random.Random
    app: App | None = None
    dead: bool = True
    cut_off: bool = False  # from Telegram
    lives: int = 0
    kills: int = 0
    refused_starts: int = 0
    dies_at: tuple[str, int] | None = None
    trouble: Troubled | None = None
    before: set[asyncio.Task[Any]] = field(default_factory=set)
    reached_points: dict[str, int] = field(default_factory=dict)

    async def start(self) -> bool:
        """False: it died, or could not, before it was open. Whoever looks after it tries again later."""
        assert self.dead, "it runs already"
        self.before = asyncio.all_tasks()
        self.dead, self.lives = False, self.lives + 1
        life = self.lives
        self.app = App(
            self.settings,
            self.file,
            clock=self.clock,
            budget=Budget(),
            reached=self.reached,
            tick=1e7,  # whoever plays ticks
            chance=self.chance,
            develop=develop,
            carriage=lambda connections, patience: Line(self.box, self, self.chance),
            readers=Inline,  # type: ignore[arg-type]
            office=lambda writer: PostOffice,  # all in one loop, whose time can be moved
        )
        make_haste(self.app.writer)
        self.trouble = Troubled(self.app.writer, self.alive(life))
        freeze, gc.freeze = gc.freeze, lambda: None  # a hundred desks a minute: their remains are to be swept up
        collect, gc.collect = gc.collect, lambda: 0  # type: ignore[assignment,misc]
        opening = asyncio.ensure_future(self.app.open())
        try:
            await asyncio.wait([opening])
        finally:
            gc.freeze, gc.collect = freeze, collect  # type: ignore[misc]
        fault = opening.exception()
        if fault is None and not self.dead:
            return True
        if fault is not None and not isinstance(fault, Killed):
            self.refused_starts += 1
        await self.abandon()
        return False

    def alive(self, life: int) -> Callable[[], None]:
        def check() -> None:
            if self.dead or self.lives != life:
                raise Killed

        return check

    def reached(self, point: str) -> None:
        if self.dead:
            raise Killed
        self.reached_points[point] = self.reached_points.get(point, 0) + 1
        if self.dies_at is not None and self.dies_at[0] == point:
            self.dies_at = point, self.dies_at[1] - 1
            if self.dies_at[1] <= 0:
                self.dies_at = None
                self.dead = True
                raise Killed

    async def kill(self) -> None:
        """Now, wherever it is."""
        self.dead = True
        await self.abandon()

    async def abandon(self) -> None:
        """What the kernel does for a dead process: transactions roll back, connections close, the lock is free."""
        assert self.app is not None
        self.dead, self.dies_at = True, None
        self.kills += 1
        self.clock.forget_listeners()
        mine = [task for task in asyncio.all_tasks() - self.before if task is not asyncio.current_task()]
        for task in mine:
            task.cancel()
        if mine:
            await asyncio.wait(mine)
        self.app.office.pump._watchdog.stop()
        self.app.office.ticker._scheduler.remove_all_jobs() if self.app.office.ticker._scheduler.running else None
        self.app.writer.dispose()
        await self.app.readers.dispose()
        self.app.lock.release()
        self.app = None

    async def close(self) -> None:
        """In good order."""
        if self.app is not None and not self.dead:
            self.dies_at = None
            if self.trouble:
                self.trouble.waiting.clear()
            await self.app.close()
            self.clock.forget_listeners()
            self.app.office.pump._watchdog.stop()
        self.app, self.dead = None, True

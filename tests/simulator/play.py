"""Plays a seed: draws steps, lets the town come to rest after each, and looks whether what must hold still holds."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from sqlalchemy import create_engine, select
from structlog.testing import capture_logs

from bot.demo.seed import seed as move_in
from bot.demo.town import TOKEN
from bot.settings import Settings
from desk.front import Desk
from domain.desk_file import DeskFile
from sandbox.server import Sandbox
from storage.tables import metadata
from storage.vault import Keys
from tests.conftest import MORNING
from tests.simulator.database import OneLook, make_haste, reading_engine
from tests.simulator.limits import limited_file
from tests.simulator.loop import VirtualClock, VirtualLoop
from tests.simulator.machine import Killed, Machine
from tests.simulator.savings import save_up
from tests.simulator.step import Invariant, Step
from tests.simulator.town import Town, buttons_of, calls_since, settle_there

LANGUAGE = "en"
QUIET = 60.0
LONGEST = 1800.0  # seconds by which everything that could be sent has been
SEALED = {("cases", "sealed"), ("talks", "answers"), ("inbox", "raw"), ("state", "value")}
"""Columns with seals in them, which are never twice the same."""


class Broken(AssertionError):
    """Something that must hold does not."""


@dataclass
class Play:
    """One seed on one database."""

    seed: int
    town: Town
    machine: Machine
    clock: VirtualClock
    steps: Sequence[Step]
    invariants: Sequence[Invariant]
    logs: list[Any]
    faults: list[str]  # what libraries and the loop complain about
    done: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    seen_buttons: dict[int, list[str]] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)  # what was asked of Telegram since the last step
    kept: dict[str, Any] = field(default_factory=dict)  # what invariants remember from step to step
    sleeping_until: float = 0.0
    pace: float = 2.0  # seconds between two steps, at most
    ticked_at: datetime = MORNING
    quiet: bool = False
    final: str = ""  # a digest of all that has happened and all that stands
    _calls: int = 0

    @property
    def loop_time(self) -> float:
        return asyncio.get_running_loop().time()

    # ── the course of things ────────────────────────────────────────────────────────────────────────────────────────

    async def run(self, count: int, every: int = 25) -> None:
        for invariant in self.invariants:
            invariant.begin(self)
        for number in range(1, count + 1):
            await self.step(number)
            if number % every == 0 or number == count:
                await self.come_to_rest()
        await self.machine.close()
        self.final = self.digest()

    async def step(self, number: int) -> None:
        chance = self.town.chance
        if self.machine.dead and self.loop_time >= self.sleeping_until and chance.random() < 0.6:
            await self.machine.start()
        name, done = "", None
        for _try in range(50):
            [drawn] = chance.choices(self.steps, [step.weight for step in self.steps])
            name, done = drawn.name, await drawn.act(self)
            if done is not None:
                break
        self.counts[name] += 1
        self.done.append(f"{number} {self.clock.now():%d %H:%M:%S} {name}: {done}")
        await asyncio.sleep(chance.random() * self.pace)
        await self.settle()
        if number % 2 == 0:
            await self.tick()
        self.check(every=True)

    async def settle(self, seconds: float = 8) -> bool:
        """Until nothing is on its way, or the machine has died, or it takes long. Was it quiet?"""
        until, pause, still = self.loop_time + seconds, 0.01, 0
        while self.loop_time < until and still < 2:
            await asyncio.sleep(pause)
            pause = min(0.5, pause * 1.3)
            if self.machine.dead:
                break
            still = 0 if self.is_busy else still + 1
        if self.machine.dead and self.machine.app is not None:
            await self.machine.abandon()
        return still >= 2

    @property
    def is_busy(self) -> bool:
        app = self.machine.app
        return bool(self.town.world.updates.waiting or (app is not None and app.office.busy))

    async def tick(self) -> None:
        """The ticker looks at what is due."""
        app = self.machine.app
        if app is None or self.machine.dead:
            return
        self.ticked_at = self.clock.now()
        ticking = asyncio.ensure_future(app.office.ticker._tick())
        until = self.loop_time + 30
        while not ticking.done() and not self.machine.dead and self.loop_time < until:
            await asyncio.wait([ticking], timeout=0.05)
        await self.settle()

    async def come_to_rest(self) -> None:
        """Nothing goes wrong for a while; everything that waits goes out; then all of it is looked at."""
        town = self.town
        await town.do("faults", clear=True)
        self.machine.cut_off, self.machine.dies_at = False, None
        for _try in range(20):
            if not self.machine.dead:
                break
            await self.machine.start()
            await asyncio.sleep(1)
        if self.machine.app is None:
            raise self.broken("the desk does not start any more", [])
        if self.machine.trouble:
            self.machine.trouble.waiting.clear()
        until = self.loop_time + LONGEST
        while self.loop_time < until:
            await self.tick()
            if await self.settle() and not self.waiting:
                break
            await asyncio.sleep(5)
        else:
            raise self.broken("it never comes to rest", [repr(each) for each in self.waiting[:5]])
        await asyncio.sleep(QUIET)
        await self.settle()
        self.quiet = True
        self.check(every=True)
        self.check(every=False)
        self.quiet = False

    @property
    def waiting(self) -> list[Any]:
        """What could go out and has not."""
        assert self.machine.app is not None
        lanes = self.machine.app.office.courier._lanes
        return [parcel for chat in lanes._chats.values() for parcel in chat] + list(lanes.in_flight.values())

    # ── looking ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def check(self, *, every: bool) -> None:
        if every:
            self.calls = calls_since(self.town.world, self._calls)
            self._calls = self.town.world.call_count
            self._remember_buttons()
        with self.town.reading.at_once():
            for invariant in self.invariants:
                if invariant.every == every and (wrong := invariant.check(self)):
                    raise self.broken(invariant.name, wrong)

    def _remember_buttons(self) -> None:
        for call in self.calls:
            chat, markup = call["params"].get("chat_id"), call["params"].get("reply_markup")
            if isinstance(chat, int) and chat > 0 and isinstance(markup, dict):
                known = self.seen_buttons.setdefault(chat, [])
                rows = markup.get("inline_keyboard") or []
                known += [button["callback_data"] for row in rows for button in row if "callback_data" in button]
                del known[:-40]

    def broken(self, what: str, wrong: list[str]) -> Broken:
        told = "\n  ".join(self.done[-25:])
        listed = "\n  ".join(wrong[:12])
        dialect = self.town.reading.dialect.name
        head = f"seed {self.seed} on {dialect}, step {len(self.done)}: {what}\n  {listed}\nthe last steps:\n  {told}"
        return Broken(f"{head}\nagain: make simulate SEED={self.seed} STEPS={len(self.done)} DATABASE={dialect}")

    def digest(self) -> str:
        """All that happened and all that stands, but for what is sealed."""
        whole = hashlib.sha256("\n".join(self.done).encode())
        with self.town.reading.connect() as conn:
            for table in metadata.sorted_tables:
                shown = [column for column in table.c if (table.name, column.name) not in SEALED]
                for row in conn.execute(select(*shown).order_by(*table.primary_key)):
                    whole.update(repr(tuple(row)).encode())
        for chat in self.town.world.chats.values():
            for record in chat.messages.values():
                whole.update(repr((record.body, record.deleted, buttons_of(record))).encode())
        return whole.hexdigest()


@contextmanager
def foreseen(chance: random.Random) -> Iterator[None]:
    """What is drawn so that nobody can foresee it is drawn from the seed here."""
    drawn = SimpleNamespace(
        token_hex=lambda size: chance.randbytes(size).hex(),
        token_urlsafe=lambda size: chance.randbytes(size).hex(),
        token_bytes=chance.randbytes,
    )
    with ExitStack() as stack:
        for where in ("desk.talks.secrets", "desk.invitations.secrets", "storage.points.secrets"):
            stack.enter_context(mock.patch(where, drawn))
        yield


async def opened(
    seed: int,
    data: Path,
    database_url: str,
    reading: OneLook,
    steps: Sequence[Step],
    invariants: Sequence[Invariant],
    logs: list[Any],
    faults: list[str],
    chance: random.Random,
) -> Play:
    """1. the clock and the sandbox 2. people and groups 3. the desk knows those who have a part 4. it opens."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    loop.set_exception_handler(lambda _loop, context: note_fault(faults, context))
    clock = VirtualClock(MORNING, loop)
    file: DeskFile = limited_file(LANGUAGE)
    box = Sandbox(TOKEN, clock=clock, budgets=True)
    given = {"bot_token": TOKEN, "bot_api": "http://sandbox", "data": data, "database_url": database_url, "key": "k"}
    settings = Settings.model_validate(given)
    keys = Keys.made_from(*settings.sealing_key().split())
    town = Town(box, file, clock, reading, keys, chance)
    await settle_there(town, LANGUAGE)
    writer = create_engine(database_url)
    make_haste(writer)
    with writer.begin() as conn:
        desk = Desk(conn, file, clock.now(), keys, chance, box.world.bot.username or "")
        move_in(desk, town.people, town.groups, LANGUAGE)
        save_up(desk)
    writer.dispose()
    machine = Machine(settings, file, clock, box, chance)
    play = Play(seed, town, machine, clock, steps, invariants, logs, faults)
    await machine.start()
    await play.settle()
    return play


def note_fault(faults: list[str], context: dict[str, Any]) -> None:
    if not isinstance(context.get("exception"), Killed):
        faults.append(f"{context.get('message')}: {context.get('exception')!r}")


def play_seed(
    seed: int,
    count: int,
    data: Path,
    database_url: str,
    steps: Sequence[Step],
    invariants: Sequence[Invariant],
    watch: Callable[[Play], None] = lambda play: None,
) -> Play:
    """A whole seed, from its first step to its last."""
    chance, faults, reading = random.Random(seed), list[str](), OneLook(reading_engine(database_url))

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            faults.append(record.getMessage())

    listener = Listener(logging.ERROR)
    logging.getLogger().addHandler(listener)

    async def whole(logs: list[Any]) -> Play:
        play = await opened(seed, data, database_url, reading, steps, invariants, logs, faults, chance)
        watch(play)
        try:
            await play.run(count)
        finally:
            if not play.machine.dead:
                await play.machine.kill()
        return play

    try:
        with capture_logs() as logs, foreseen(chance), asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(whole(logs))
    finally:
        reading.dispose()
        logging.getLogger().removeHandler(listener)

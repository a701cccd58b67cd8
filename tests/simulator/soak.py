"""The same town in real processes: a desk that is killed every few seconds, over HTTP, for as long as you like.

    make soak MINUTES=30

On each database half of that time. The desk runs apart, as `linli run` would, on PostgreSQL two of them; the town, its
faults and its clock are here. Whatever breaks is listed at the end, and the exit code says so.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, func, make_url, select, text

from bot.demo.apart import Apart, NotOpened
from bot.demo.seed import seed as move_in
from bot.demo.town import TOKEN, morning, town_file
from bot.post.clock import MovableClock
from bot.settings import Settings
from desk.front import Desk
from sandbox.server import Sandbox
from storage import schema
from storage.tables import inbox, outbox
from storage.vault import Keys
from storage.work import open_writer
from tests.conftest import POSTGRESQL
from tests.simulator.acts import STEPS, whole
from tests.simulator.database import OneLook, reading_engine
from tests.simulator.invariants import INVARIANTS
from tests.simulator.nursery import Afar, Forked, open_nursery
from tests.simulator.play import LANGUAGE, Broken, Play
from tests.simulator.savings import save_up
from tests.simulator.step import Step
from tests.simulator.tally import summary, unexpected
from tests.simulator.town import Town, settle_there

RESTS_EVERY = 60.0
WALKERS = 3  # who do whole things beside
LIVES = {1: 1.0, 2: 2.5}  # so many times as long: what one did for both the other does only when the lease ends
LEASE = 2.0  # seconds after which the other takes over what a killed desk did for both
PATIENT, GIVES_UP = 6, 15.0  # steps into the void, and then seconds until somebody hears


@dataclass
class Soak(Play):
    """Steps in real time. What breaks is noted, and it goes on."""

    wrong: list[str] = field(default_factory=list)
    calm: bool = False
    rests: int = 0
    walking: int = 0  # how many are in the middle of something whole
    unheard: int = 0  # steps since there was a desk that heard of them

    @property
    def afar(self) -> Afar:
        return self.machine  # type: ignore[return-value]

    @property
    def is_busy(self) -> bool:
        waits = select(func.count()).where(inbox.c.state == "new")
        with self.town.reading.connect() as conn:
            return bool(self.town.world.updates.waiting or conn.scalar(waits))

    async def settle(self, seconds: float = 2) -> bool:
        """Until everybody has been answered, most of the time; some tap on while others wait, or while nobody hears.

        They do not for long: who goes on tapping on what stood there is soon nowhere.
        """
        if not self.calm and not any(desk.running for desk in self.afar.desks):
            self.unheard += 1
            if self.unheard < PATIENT:
                return False
        elif not self.calm and random.random() < 0.2:
            return False
        try:
            async with asyncio.timeout(seconds if self.calm or self.unheard < PATIENT else GIVES_UP):
                while True:
                    for desk in self.afar.desks:
                        if desk.running or self.calm or not any(each.running for each in self.afar.desks):
                            await desk.settled()
                    if not self.is_busy:
                        break
                    await asyncio.sleep(0.01)
        except TimeoutError:
            return False
        self.unheard = 0
        return True

    async def tick(self) -> None:
        """It ticks by itself."""
        self.ticked_at = self.clock.now() - timedelta(seconds=3)

    def broken(self, what: str, wrong: list[str]) -> Broken:
        self.wrong.append(f"after {len(self.done)} steps: {what}\n  " + "\n  ".join(wrong[:5]))
        return Broken(what)

    def check(self, *, every: bool) -> None:
        with suppress(Broken):
            super().check(every=every)

    async def come_to_rest(self) -> None:
        """No faults, no kills; the clock is pushed on until everything has gone out."""
        self.calm = True
        self.rests += 1
        try:
            await self.town.do("faults", clear=True)
            while self.walking:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            while not all(desk.running for desk in self.afar.desks):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            for _try in range(400):
                quiet = await self.settle(20)
                if quiet and not self._unsent():
                    break
                self.clock.move(timedelta(seconds=4))
            else:
                self.broken("it never comes to rest", [f"{self._unsent()} messages still wait"])
            await asyncio.sleep(LEASE + 2.5)  # somebody is the ticker, and looks at what is due
            await self.tick()
            await self.settle(20)
            self.quiet = True
            self.check(every=True)
            self.check(every=False)
            self.quiet = False
        finally:
            self.calm = False

    def _unsent(self) -> int:
        with self.town.reading.connect() as conn:
            due = outbox.c.not_before.is_(None) | (outbox.c.not_before <= self.clock.now())
            waits = select(func.count()).where(outbox.c.state.in_(("queued", "sending")), due)
            return int(conn.scalar(waits) or 0)

    async def go_about(self, whole_things: list[Step]) -> None:
        """What takes many moves is done beside the single ones, by several at once."""
        while True:
            await asyncio.sleep(random.uniform(0.1, 1))
            if self.calm:
                continue
            self.walking += 1
            [drawn] = self.town.chance.choices(whole_things, [step.weight for step in whole_things])
            try:
                did = await drawn.act(self)
            finally:
                self.walking -= 1
            if did is not None:
                self.counts[drawn.name] += 1
                self.done.append(f"beside {self.clock.now():%d %H:%M:%S} {drawn.name}: {did}")

    # ── what only a real process meets ──────────────────────────────────────────────────────────────────────────────

    async def is_killed_again_and_again(self, desk: Apart, chance: random.Random) -> None:
        """Now and then while it opens; and now and then it is closed in good order, as for an upgrade."""
        afar = self.afar
        while True:
            await asyncio.sleep(chance.uniform(1, 6) * LIVES[len(afar.desks)])
            if self.calm:
                continue
            if chance.random() < 0.1:
                await desk.close()
                afar.closed += 1
            else:
                await desk.kill()
                afar.kills += 1
            if chance.random() < 0.2:
                await asyncio.sleep(chance.uniform(0, 3))
            while not desk.running:
                opening = asyncio.create_task(desk.open())
                if chance.random() < 0.15:
                    await asyncio.wait([opening], timeout=chance.uniform(0, 0.8))
                    await desk.kill()
                    afar.kills_at_birth += 1
                    await asyncio.gather(opening, return_exceptions=True)
                    continue
                try:
                    await opening
                except NotOpened:
                    afar.refused_starts += 1

    async def has_trouble_with_its_database(self, url: str) -> None:
        """Another process holds the file, or the server ends every connection."""
        chance = random.Random(self.seed + 1)
        while True:
            await asyncio.sleep(chance.uniform(3, 12))
            if self.calm:
                continue
            self.afar.troubles += 1
            if url.startswith("sqlite"):
                other = sqlite3.connect(str(make_url(url).database), isolation_level=None, timeout=0.5)
                with suppress(sqlite3.OperationalError):
                    other.execute("BEGIN IMMEDIATE")
                    await asyncio.sleep(chance.uniform(0.1, 6))
                other.close()
            else:
                engine = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
                with engine.connect() as conn:
                    theirs = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
                    theirs += " AND application_name <> 'town'"
                    conn.execute(text(theirs), {"name": make_url(url).database})
                engine.dispose()


async def soak(url: str, data: Path, seconds: float, seed: int) -> Soak:
    """One database, so many seconds."""
    file, clock, chance = town_file(LANGUAGE), MovableClock(), random.Random(seed)
    clock.move(morning(clock.now(), file))
    box = Sandbox(TOKEN, clock=clock, budgets=True)
    await box.start()
    given = {"bot_token": TOKEN, "bot_api": box.url, "data": data, "database_url": url, "key": "a key for the soak"}
    settings = Settings.model_validate(given)
    keys = Keys.made_from(*settings.sealing_key().split())
    ours = make_url(url) if url.startswith("sqlite") else make_url(url).update_query_dict({"application_name": "town"})
    town = Town(box, file, clock, OneLook(reading_engine(ours.render_as_string(hide_password=False))), keys, chance)
    await settle_there(town, LANGUAGE)
    writer = open_writer(url)
    schema.upgrade(writer)
    with writer.begin() as conn:
        opened = Desk(conn, file, clock.now(), keys, chance, box.world.bot.username or "")
        move_in(opened, town.people, town.groups, LANGUAGE)
        save_up(opened)
    writer.dispose()
    close_nursery = await open_nursery(nursery := data / "nursery")
    several = 1 if url.startswith("sqlite") else 2
    desks = [Forked(nursery, settings, LANGUAGE, clock, budgets=True, lease=LEASE) for _each in range(several)]
    afar = Afar([*desks], settings)
    for desk in desks:
        await desk.open()
    steps = [step for step in STEPS if not step.alone]
    play: Any = Soak(seed, town, afar, clock, steps, INVARIANTS, [], [], pace=0.1)  # type: ignore[arg-type]
    for invariant in INVARIANTS:
        invariant.begin(play)
    around = [
        *(
            asyncio.create_task(play.is_killed_again_and_again(desk, random.Random(f"{seed} {number}")))
            for number, desk in enumerate(desks)
        ),
        asyncio.create_task(play.has_trouble_with_its_database(url)),
        *(asyncio.create_task(play.go_about(whole.STEPS)) for _each in range(WALKERS)),
    ]
    end, rests_at = time.monotonic() + seconds, time.monotonic() + min(RESTS_EVERY, seconds / 2)
    try:
        while time.monotonic() < end:
            await play.step(len(play.done) + 1)
            if time.monotonic() >= rests_at:
                await play.come_to_rest()
                rests_at = time.monotonic() + RESTS_EVERY
        await play.come_to_rest()
        for task in around:
            if task.done() and not task.cancelled():
                play.wrong.append(f"the soak itself: {task.exception()!r}")
    finally:
        for task in around:
            task.cancel()
        await asyncio.gather(*around, return_exceptions=True)
        for desk in desks:
            await desk.close()
        close_nursery()
        await box.stop()
    return play  # type: ignore[no-any-return]


def databases(which: str, data: Path) -> list[tuple[str, str]]:
    name = f"linli_soak_{os.getpid()}"
    there = make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)
    both = [("sqlite", f"sqlite:///{data}/soak.db"), ("postgresql", there)]
    return [each for each in both if which in ("both", each[0])]


def main() -> int:
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--minutes", type=float, default=10)
    told.add_argument("--seed", type=int, default=None)
    told.add_argument("--database", choices=("both", "sqlite", "postgresql"), default="both")
    asked = told.parse_args()
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(10**6)
    data = Path(tempfile.mkdtemp(prefix="linli-soak-"))
    log = data / "desk.log"
    out = sys.stdout
    os.dup2(os.open(log, os.O_RDWR | os.O_CREAT | os.O_APPEND), 2)  # the desk's own words
    chosen, broken = databases(asked.database, data), False
    print(f"seed {seed}, {asked.minutes:g} minutes; the desk's log: {log}", file=out, flush=True)
    for name, url in chosen:
        server = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
        if name == "postgresql":
            with server.connect() as conn:
                conn.execute(text(f'CREATE DATABASE "{make_url(url).database}"'))
        since = log.stat().st_size
        (data / name).mkdir()  # each has files of its own
        try:
            play = asyncio.run(soak(url, data / name, asked.minutes * 60 / len(chosen), seed))
            errors = unexpected(log, since)
            print(summary(play, name, errors), file=out, flush=True)
            broken = broken or bool(play.wrong or errors)
            play.town.reading.dispose()
        finally:
            if name == "postgresql":
                with server.connect() as conn:
                    conn.execute(text(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)'))
            server.dispose()
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

"""Two hundred volunteers tap on one order in the same moment: all are answered, and one has it."""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import time
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from benchmarks import town
from benchmarks.crowd import Actor, Crowd, Step
from benchmarks.measure import cpu_of, running
from benchmarks.table import line
from storage.tables import orders

TAPS, ROUNDS = 200, 5
QUIET = 0.3
SENT = 9
"""Steps of the story until the request is sent."""


class Base(DeclarativeBase):
    """The models of the yardstick."""


class Order(Base):
    """The same row, as an ORM reads it."""

    __table__ = orders.to_metadata(Base.metadata)


async def read_by_orm(path: Path) -> tuple[float, float]:
    """Seconds, and seconds of CPU, of as many reads, each in a session of its own."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
    sessions: async_sessionmaker[AsyncSession] = async_sessionmaker(engine)
    begun, cpu = 0.0, 0.0
    for _warm in range(2):
        begun, cpu = time.perf_counter(), time.process_time()
        for _read in range(TAPS):
            async with sessions() as session:
                assert await session.get(Order, 1) is not None
    took = time.perf_counter() - begun, time.process_time() - cpu
    await engine.dispose()
    return took


def claims(path: Path) -> list[int]:
    """How many have taken each order."""
    with sqlite3.connect(path) as conn:
        found = conn.execute("SELECT count(*) FROM order_history WHERE what = 'claim' GROUP BY order_id")
        return [count for (count,) in found]


async def rush(crowd: Crowd, pid: int, turn: int) -> tuple[float, float]:
    """Seconds until all are answered; CPU until all that follows has been said, too."""
    (group,) = crowd.groups.values()
    while not group.cards:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    await asyncio.sleep(QUIET)
    data, card = group.cards.popleft()
    order = [(number + turn) % TAPS for number in range(TAPS)]
    cpu, begun = cpu_of(pid), time.perf_counter()
    for number in order:
        actor = Actor(town.volunteer_id(0, number), f"Ben {number}", "en", (Step(tap=f"^{data}$"),))
        crowd.acts(actor, (*card[:2], [data]))
    while crowd.open:  # noqa: ASYNC110
        await asyncio.sleep(0.002)
    took = time.perf_counter() - begun
    await asyncio.sleep(QUIET)
    return took, cpu_of(pid) - cpu


async def measure() -> tuple[list[tuple[float, float]], list[tuple[float, float]], list[int]]:
    crowd = Crowd([], town.teams()[:1])
    crowd.groups[town.group_id(0)].free.clear()
    taps, reads = [], []
    async with running("benchmarks.desk", crowd, seconds=300, BENCH_IN_ONE=str(TAPS)) as bot:
        path = bot.folder / "linli.db"
        for turn in range(ROUNDS):
            asker = town.askers(turn * town.COMMUNITIES + 1)[-1]
            asker.script = asker.script[:SENT]
            crowd.newcomers.append(asker)
            crowd.begin()
            taps.append(await rush(crowd, bot.pid, turn))
            reads.append(await read_by_orm(path))
        return taps, reads, claims(path)


def main() -> None:
    taps, reads, winners = asyncio.run(measure())
    for place, what in ((0, "until all are answered"), (1, "and the CPU of it")):
        desk, orm = (statistics.median(1000 * each[place] for each in side) for side in (taps, reads))
        ratio = statistics.median(tap[place] / read[place] for tap, read in zip(taps, reads, strict=True))
        line(f"{TAPS} taps on one order, {what}, ms", f"{desk:.0f}", f"{orm:.0f}", f"{ratio:.2f}", "≤ 1")
    line(f"winners of {ROUNDS} such orders", ", ".join(map(str, winners)), "", "", "1 each")


if __name__ == "__main__":
    main()

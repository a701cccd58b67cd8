"""Runs one bot on a core of its own against the stub on the other, and reads what it cost."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crowd import Crowd
from benchmarks.stub import Stub

TICK = os.sysconf("SC_CLK_TCK")
WARM, COOL = 0.15, 0.9
"""Measured between these shares of all updates: neither the first connections nor the last stragglers."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run showed."""

    per_second: float
    cpu: float  # milliseconds of the bot's, an update
    stub_cpu: float  # share of a core that the stub needed
    calls: float  # requests of the bot's, an update
    median: float  # milliseconds to the first answer
    p99: float
    start: float  # seconds from nothing to the first answer
    memory: float  # MB at the end


def cpu_of(pid: int) -> float:
    """Seconds of CPU so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory_of(pid: int) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


@dataclass(frozen=True, slots=True)
class Running:
    """A bot that runs, on a core of its own."""

    pid: int
    stub: Stub
    begun: float
    folder: Path


@asynccontextmanager
async def running(
    module: str, crowd: Crowd, *, per_second: float = 0, seconds: float = 120, arguments: Sequence[str] = (), **env: str
) -> AsyncIterator[Running]:
    """One bot and one crowd; whoever waits too long ends it all. `env`: what else the bot is told."""
    stub = Stub(crowd, per_second)
    url = await stub.open()
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        begun = time.perf_counter()
        crowd.begin()
        bot = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            url,
            folder,
            *arguments,
            env=os.environ | env,
            preexec_fn=lambda: os.sched_setaffinity(0, {cores[0]}),
        )
        os.sched_setaffinity(0, {cores[-1]})
        try:
            async with asyncio.timeout(seconds):
                yield Running(bot.pid, stub, begun, Path(folder))
        except TimeoutError:
            stuck = [f"{one.id} at {one.place}" for one in crowd.actors.values() if 0 < one.place <= len(one.script)]
            raise SystemExit(f"{module} stood still; {len(stuck)} people wait: {stuck[:5]}; {stub.requests}") from None
        finally:
            if bot.returncode is None:
                bot.terminate()
            await bot.wait()
            stub.close()
            os.sched_setaffinity(0, set(cores))


async def run(
    module: str, crowd: Crowd, *, per_second: float = 0, updates: int, seconds: float = 120, **env: str
) -> Run:
    """The whole crowd from its first update to its last."""
    async with running(module, crowd, per_second=per_second, seconds=seconds, **env) as bot:
        return await _watch(bot.pid, bot.stub, crowd, updates, bot.begun)


async def _watch(pid: int, stub: Stub, crowd: Crowd, updates: int, begun: float) -> Run:
    while not crowd.took:  # noqa: ASYNC110
        await asyncio.sleep(0.002)
    start = time.perf_counter() - begun
    marks = []
    for share in (WARM, COOL):
        while len(crowd.took) < share * updates:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        requests = sum(stub.requests.values())
        marks.append((time.perf_counter(), cpu_of(pid), time.process_time(), len(crowd.took), requests))
    while not crowd.over:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    (since, cpu, own, answered, asked), (until, cpu_then, own_then, answered_then, asked_then) = marks
    took = sorted(crowd.took[answered:answered_then])
    count = answered_then - answered
    return Run(
        count / (until - since),
        1000 * (cpu_then - cpu) / count,
        (own_then - own) / (until - since),
        (asked_then - asked) / count,
        1000 * statistics.median(took),
        1000 * took[int(len(took) * 0.99)],
        start,
        memory_of(pid),
    )

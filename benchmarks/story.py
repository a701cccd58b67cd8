"""The whole story of an order beside the echo bot: throughput, answers, dispatch, memory, start."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

from benchmarks import desk, dispatch, town
from benchmarks.crowd import Crowd
from benchmarks.measure import Run, run
from benchmarks.table import line
from storage import schema

PACE = 20


def measured(people: int, waiting: int = 100, per_second: float = 0) -> tuple[Run, Run]:
    """The echo bot and the desk, one after the other, under the same load."""
    updates = people * town.UPDATES
    echo = run("benchmarks.echo", Crowd(town.talkers(people), (), waiting), per_second=per_second, updates=updates)
    first = asyncio.run(echo)
    crowd = Crowd(town.askers(people), town.teams(), waiting)
    return first, asyncio.run(run("benchmarks.desk", crowd, per_second=per_second, updates=updates))


def importing() -> float:
    """Seconds until Python has started and read aiogram."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import aiogram"], check=True)
    return time.perf_counter() - begun


def started() -> float:
    """Seconds from nothing to the first answer, of a desk that has settled in."""
    with tempfile.TemporaryDirectory() as folder:
        app = desk.build("http://127.0.0.1:1", folder)
        schema.upgrade(app.writer)
        with app.writer.begin() as conn:
            desk.settle_in(app.desk_for(conn))
        app.writer.dispose()
        crowd, updates = Crowd(town.askers(1), town.teams(), 1), town.UPDATES
        return asyncio.run(run("benchmarks.desk", crowd, updates=updates, BENCH_DATA=folder)).start


def row(what: str, pairs: list[tuple[Run, Run]], value: Callable[[Run], float], reach: str) -> None:
    """The medians, and the median of the ratios of each round."""
    echo, desk = (statistics.median(value(pair[place]) for pair in pairs) for place in (0, 1))
    ratio = statistics.median(value(desk) / value(echo) for echo, desk in pairs)
    line(what, f"{desk:.2f}", f"{echo:.2f}", f"{ratio:.2f}", reach)


def main(people: int = 150, rounds: int = 3) -> None:
    full = [measured(people) for _ in range(rounds)]
    row("updates a second, 100 waiting", full, lambda run: run.per_second, "≥ 0.7")
    row("CPU an update, ms", full, lambda run: run.cpu, "")
    row("99th percentile to the first answer, 100 waiting, ms", full, lambda run: run.p99, "≤ 0.5")
    row("requests to Telegram an update", full, lambda run: run.calls, "")
    row("the stub's share of its core", full, lambda run: run.stub_cpu, "")
    row(f"memory after {people * town.UPDATES} updates, MB", full, lambda run: run.memory, "≤ 1.5")
    paced = [measured(20, 5, PACE) for _ in range(rounds)]
    row(f"median to the first answer at {PACE}/s, ms", paced, lambda run: run.median, "≤ 2")
    row(f"99th percentile to the first answer at {PACE}/s, ms", paced, lambda run: run.p99, "≤ 2")
    one, past, chatter = asyncio.run(dispatch.measure())
    line("dispatch past every filter, µs", f"{past:.0f}", f"{one:.0f}", f"{past / one:.2f}", "≤ 1.6")
    line("dispatch of chatter in a group, µs", f"{chatter:.0f}", f"{one:.0f}", f"{chatter / one:.2f}", "≤ 1.6")
    starts = [(importing(), started()) for _ in range(rounds)]
    read, began = (statistics.median(pair[place] for pair in starts) for place in (0, 1))
    ratio = statistics.median(after / before for before, after in starts)
    first = "start to first answer, beside `import aiogram`, s"
    line(first, f"{began:.2f}", f"{read:.2f}", f"{ratio:.2f}", "≤ 1.5")

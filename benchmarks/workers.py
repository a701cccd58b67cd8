"""Two workers on one PostgreSQL beside one: updates for each second of their CPU, and how long locks are waited for.

Each run has a database of its own, copied from one in which the desk has settled in. Nobody is tied to a core.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, create_engine, make_url, text

from benchmarks import desk, town
from benchmarks.crowd import Crowd
from benchmarks.measure import COOL, WARM, cpu_of
from benchmarks.stub import Stub
from benchmarks.table import line
from storage import schema

SERVER = os.environ.get("BENCH_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
WAITING, PEOPLE, ROUNDS = 24, 120, 3
"""So many at once; and so many in all that what each process learns once weighs little."""
EVERY = 0.004  # seconds between two looks at who waits for a lock
CALM = 0.3
WHO_WAITS = text(
    "SELECT clock_timestamp() AS now, waits.pid, waits.waitstart FROM (SELECT 1) AS once LEFT JOIN ("
    "SELECT pid, waitstart FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE NOT granted AND datname = current_database()) AS waits ON true"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one run showed."""

    per_second: float
    per_cpu: float  # updates for a second of the workers' CPU, all of them together
    least: float  # share of that CPU of whoever had least to do
    waits: list[float]  # milliseconds that somebody waited for a lock, each time


# ── databases ───────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def database(server: Engine, name: str, like: str = "template1") -> Iterator[str]:
    """A database of its own, gone afterwards."""
    with server.connect() as conn:
        conn.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{like}"'))
    try:
        yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as conn:
            conn.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


def settle(url: str, folder: str) -> None:
    app = desk.build("http://127.0.0.1:1", folder, url)
    schema.upgrade(app.writer)
    with app.writer.begin() as conn:
        desk.settle_in(app.desk_for(conn))
    app.writer.dispose()


# ── waiting for locks ───────────────────────────────────────────────────────────────────────────────────────────────


class Locks:
    """Looks all the time who waits, from a connection of its own.

    PostgreSQL knows since when; the end is when somebody is not seen waiting any more. So a wait is counted a little
    too long, and one that falls between two looks not at all: both make the percentile worse than it is.
    """

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT")
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.waits: list[float] = []

    def __enter__(self) -> Locks:
        self._thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._over.set()
        self._thread.join()
        self._engine.dispose()

    def _look(self) -> None:
        waiting: dict[tuple[int, datetime], datetime] = {}
        with self._engine.connect() as conn:
            while not self._over.wait(EVERY):
                rows = conn.execute(WHO_WAITS).all()
                now = rows[0].now
                seen = {(row.pid, row.waitstart): row.waitstart for row in rows if row.waitstart}
                self._ended([since for key, since in waiting.items() if key not in seen], now)
                waiting = seen
            self._ended(list(waiting.values()), now)

    def _ended(self, since: list[datetime], now: datetime) -> None:
        self.waits += [1000 * (now - each).total_seconds() for each in since]


# ── workers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def working(count: int, stub: Stub, folder: str, url: str) -> AsyncIterator[list[int]]:
    """So many workers, all of them open."""
    api = await stub.open()
    env = os.environ | {"BENCH_DATA": folder, "BENCH_DATABASE": url}
    command = [sys.executable, "-m", "benchmarks.desk", api, folder]
    workers = [await asyncio.create_subprocess_exec(*command, env=env) for _worker in range(count)]
    try:
        async with asyncio.timeout(120):
            pids = [worker.pid for worker in workers]
            while stub.requests["getMe"] < count:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await calm(pids)
            yield pids
    finally:
        for worker in workers:
            if worker.returncode is None:
                worker.terminate()
        await asyncio.gather(*(worker.wait() for worker in workers))
        stub.close()


async def calm(pids: list[int]) -> None:
    """Returns once nothing of their start is left to do."""
    cpu = -1.0
    while (now := sum(map(cpu_of, pids))) - cpu > 0.1 * CALM:
        cpu = now
        await asyncio.sleep(CALM)


async def measure(count: int, folder: str, url: str) -> Shown:
    crowd = Crowd(town.askers(PEOPLE), town.teams(), WAITING)
    updates, marks = PEOPLE * town.UPDATES, []
    async with working(count, Stub(crowd), folder, url) as pids:
        with Locks(url) as locks:
            crowd.begin()
            for share in (WARM, COOL):
                while len(crowd.took) < share * updates:  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
                marks.append((time.perf_counter(), [cpu_of(pid) for pid in pids], len(crowd.took)))
            while not crowd.over:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
    (since, cpus, answered), (until, cpus_then, answered_then) = marks
    spent = [then - before for before, then in zip(cpus, cpus_then, strict=True)]
    done = answered_then - answered
    return Shown(done / (until - since), done / sum(spent), min(spent) / sum(spent), locks.waits)


def main() -> None:
    name = f"linli_figures_{os.getpid()}"
    server = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    shown: dict[int, list[Shown]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as folder, database(server, name) as settled:
        settle(settled, folder)
        for turn in range(ROUNDS):
            for count in (1, 2) if turn % 2 else (2, 1):
                with database(server, f"{name}_run", name) as url:
                    shown[count].append(asyncio.run(measure(count, folder, url)))
    server.dispose()
    pairs = list(zip(shown[2], shown[1], strict=True))
    two, one = (statistics.median(each.per_cpu for each in shown[count]) for count in (2, 1))
    ratio = statistics.median(two.per_cpu / one.per_cpu for two, one in pairs)
    line(
        "updates a CPU second, two workers on PostgreSQL, beside one",
        f"{two:.0f}",
        f"{one:.0f}",
        f"{ratio:.2f}",
        "≥ 0.85",
    )
    two, one = (statistics.median(each.per_second for each in shown[count]) for count in (2, 1))
    ratio = statistics.median(two.per_second / one.per_second for two, one in pairs)
    line(f"and updates a second, {WAITING} waiting", f"{two:.0f}", f"{one:.0f}", f"{ratio:.2f}", "")
    line("and the lesser worker's share of the CPU", f"{min(each.least for each in shown[2]):.2f}", "", "", "")
    waits = sorted(wait for each in shown[2] for wait in each.waits)
    longest = waits[int(len(waits) * 0.99)] if waits else 0.0
    line(f"99th percentile of {len(waits)} waits for a lock, ms", f"{longest:.0f}", "", "", "≤ 50")


if __name__ == "__main__":
    main()

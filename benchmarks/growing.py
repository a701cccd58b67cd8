"""One update as the tables grow: the story of an order at ten thousand orders, and at a million."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from pathlib import Path

from benchmarks import desk, town
from benchmarks.crowd import Actor, Crowd
from benchmarks.grown import grow
from benchmarks.measure import Run, run
from benchmarks.table import line
from storage import schema

FEW, MANY = 10_000, 1_000_000
PEOPLE, ROUNDS = 40, 3


def grown(folder: Path, count: int) -> Path:
    """A folder with a desk that has so many orders behind it."""
    folder.mkdir()
    app = desk.build("http://127.0.0.1:1", str(folder))
    schema.upgrade(app.writer)
    with app.writer.begin() as conn:
        desk.settle_in(app.desk_for(conn))
        grow(conn, count, app.clock.now())
    app.writer.dispose()
    return folder


def newcomers(turn: int) -> list[Actor]:
    """People of whom no earlier round has heard."""
    return town.askers((turn + 1) * PEOPLE)[turn * PEOPLE :]


def measured(folder: Path, turn: int) -> Run:
    crowd = Crowd(newcomers(turn), town.teams())
    crowd.update_id = turn * 1_000_000
    return asyncio.run(run("benchmarks.desk", crowd, updates=PEOPLE * town.UPDATES, BENCH_DATA=str(folder)))


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        few, many = (grown(Path(temporary) / str(count), count) for count in (FEW, MANY))
        pairs = [(measured(few, turn), measured(many, turn)) for turn in range(ROUNDS)]
    first, later = (statistics.median(pair[place].cpu for pair in pairs) for place in (0, 1))
    ratio = statistics.median(many.cpu / few.cpu for few, many in pairs)
    what = f"CPU an update at {MANY:,} orders, beside {FEW:,}, ms"
    line(what, f"{later:.2f}", f"{first:.2f}", f"{ratio:.2f}", "≤ 1.2")
    ratio = statistics.median(few.per_second / many.per_second for few, many in pairs)
    slow, quick = (statistics.median(1000 / pair[place].per_second for pair in pairs) for place in (1, 0))
    line("and the time of it, 100 waiting, ms", f"{slow:.2f}", f"{quick:.2f}", f"{ratio:.2f}", "≤ 1.2")


if __name__ == "__main__":
    main()

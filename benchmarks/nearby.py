"""What was reported nearby, among a thousand open reports and among a hundred thousand that lie as close together.

On SQLite and on PostgreSQL, through the same function as the desk; each search at another place, both sizes in turn.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from math import ceil, cos, radians, sqrt

from sqlalchemy import Engine, create_engine, insert, make_url, text

from benchmarks.table import line
from domain.nearby import band_of
from domain.words import Text, to_json
from storage import schema
from storage.reports import find_near
from storage.tables import orders, people
from storage.work import open_writer

SERVER = os.environ.get("BENCH_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
FEW, MANY = 1_000, 100_000
APART = 30
"""Metres between two reports: some nine of them are within reach of any place."""
REACH = 50
SEARCHES = 2_000
SOUTH, WEST = 29.9, 122.2
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
NORTHWARDS = 1 / 111_195
EASTWARDS = NORTHWARDS / cos(radians(SOUTH))


def rows(count: int) -> Iterator[dict[str, object]]:
    """Open reports in a square, one every so many metres; as many again that are mended, and as many of other kinds."""
    side = ceil(sqrt(count))
    for number in range(count):
        north, east = divmod(number, side)
        latitude, longitude = SOUTH + north * APART * NORTHWARDS, WEST + east * APART * EASTWARDS
        there = {"latitude": latitude, "longitude": longitude, "band": band_of(latitude)}
        for category, state in (("lamp", "offered"), ("lamp", "closed"), ("exit", "new")):
            name = f"{category}{state}{number}"
            yield {
                **there,
                "once": name,
                "reference": name,
                "category": category,
                "unit": "ankang",
                "state": state,
                "asked_by": 1,
                "wanted": to_json(Text("")),
                "door_word": 1,
                "made_at": NOW - timedelta(minutes=number % 10_000),
            }


def fill(engine: Engine, count: int) -> None:
    schema.upgrade(engine)
    with engine.begin() as conn:
        conn.execute(insert(people).values(id=1, made_at=NOW))
        batch = list(rows(count))
        for first in range(0, len(batch), 5_000):
            conn.execute(insert(orders), batch[first : first + 5_000])
        conn.execute(text("ANALYZE"))


def search(engine: Engine, count: int, places: random.Random) -> float:
    """Milliseconds of one search somewhere in the middle of them."""
    inside = (ceil(sqrt(count)) - 2) * APART - 2 * REACH
    north, east = (REACH + places.random() * inside for _axis in range(2))
    with engine.begin() as conn:
        begun = time.perf_counter()
        found = find_near(
            conn, "lamp", SOUTH + north * NORTHWARDS, WEST + east * EASTWARDS, REACH, NOW - timedelta(days=14)
        )
        took = time.perf_counter() - begun
    assert 6 <= len(found) <= 12, len(found)
    return 1000 * took


@contextmanager
def database(kind: str, name: str, folder: str) -> Iterator[Engine]:
    if kind == "SQLite":
        engine = open_writer(f"sqlite:///{folder}/{name}.db")
        yield engine
        engine.dispose()
        return
    server = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with server.connect() as conn:
        conn.execute(text(f'CREATE DATABASE "{name}"'))
    engine = open_writer(make_url(SERVER).set(database=name).render_as_string(hide_password=False))
    try:
        yield engine
    finally:
        engine.dispose()
        with server.connect() as conn:
            conn.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        server.dispose()


def main() -> None:
    for kind in ("SQLite", "PostgreSQL"):
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            few, many = (
                stack.enter_context(database(kind, f"bench_nearby_{count}_{os.getpid()}", folder))
                for count in (FEW, MANY)
            )
            fill(few, FEW)
            fill(many, MANY)
            places = random.Random(7)
            took: dict[int, list[float]] = {FEW: [], MANY: []}
            for turn in range(SEARCHES + 200):
                for engine, count in ((few, FEW), (many, MANY)) if turn % 2 else ((many, MANY), (few, FEW)):
                    took[count].append(search(engine, count, places))
            first, later = (statistics.median(took[count][200:]) for count in (FEW, MANY))
            what = f"search nearby among {MANY:,} open reports, beside {FEW:,}, {kind}, ms"
            line(what, f"{later:.2f}", f"{first:.2f}", f"{later / first:.2f}", "≤ 1.2")


if __name__ == "__main__":
    main()

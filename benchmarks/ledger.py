"""What a ledger costs to read when it is a thousand times as long: balance, a page of a statement, a board, one's rank.

Each is measured twice: the bare reading, and the answer as somebody who asks gets it, found and put into words.

    nice -n 19 python -m benchmarks.ledger [--households 1000000] [--each 5] [--calls 3000] [--keep FOLDER]

Two SQLite files are made, all in one community: a thousand households with ten thousand postings, a million with ten
million. The rows are of the size and in the order that years of awards leave behind; their hashes are made up, since
nothing here looks at them. Both are read in turns, so that whatever else the machine does slows both alike.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bot.cards import Paint
from bot.handlers.boards import paint_board
from bot.handlers.statements import paint_statement
from bot.words import Reader
from desk.front import Desk
from domain.desk_file import read_desk_file
from domain.shipped import shipped_desk_file
from storage import schema
from storage.points import balance_of
from storage.standings import around, rank_of, top
from storage.statements import head_of, lines_of
from storage.vault import Keys
from storage.work import open_writer

AT = "2026-11-{day:02} 02:00:00.000000"
UNIT, MONTH = "ankang", "2026-11"
ASKERS, FIRST = 20_000, 1_000
NOW = datetime(2026, 11, 29, 2, 0, tzinfo=UTC)
REASON = '{"text": "Help: {category}", "blanks": {"category": {"named": {"zh_Hans": "买菜、跑腿", "en": "Errands"}}}}'
BULK = ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000")
ROWS = {
    "households": "id, unit, building, room, address, state, made_at",
    "accounts": "id, kind, household_id, balance, entries, head",
    "transfers": "id, kind, once, once_hash, reason, earned_by, dimension, household_id, unit, deed, points, "
    "counted_at, counted_in, digest, at",
    "postings": "id, transfer_id, account_id, amount, number, link",
    "standings": "period, unit, dimension, household_id, points, shown",
    "standing_counts": "period, unit, dimension, width, bucket, households",
}


def points_of(household: int, number: int) -> int:
    return 1 + (household * 7919 + number * 104729) % 20


def mark(*about: object) -> bytes:
    return hashlib.sha256(repr(about).encode()).digest()


def fill(path: Path, households: int, each: int) -> None:
    """Indexes are made at the end, as whoever loads so much would."""
    engine = open_writer(f"sqlite:///{path}")
    schema.upgrade(engine)
    engine.dispose()
    file = sqlite3.connect(path, isolation_level=None)
    for pragma in BULK:
        file.execute(f"PRAGMA {pragma}")
    made = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN "
    indexes = file.execute(made + f"{tuple(ROWS)}").fetchall()
    for name, _sql in indexes:
        file.execute(f"DROP INDEX {name}")
    file.execute("BEGIN")
    file.execute("INSERT INTO people (id, name, made_at) VALUES (1, 'Ben', ?)", (AT.format(day=1),))
    file.execute("INSERT INTO accounts (id, kind) VALUES (-1, 'issuer')")
    for table, rows in _rows(households, each).items():
        blanks = ", ".join("?" * len(ROWS[table].split(",")))
        file.executemany(f"INSERT INTO {table} ({ROWS[table]}) VALUES ({blanks})", rows)
    file.execute("COMMIT")
    for _name, sql in indexes:
        file.execute(sql)
    _let_people_ask(file, households)
    file.close()


def _let_people_ask(file: sqlite3.Connection, households: int) -> None:
    """Twenty thousand people, or one for each household, spread over all of them."""
    many = min(ASKERS, households)
    homes = [(n, 1 + n * households // many) for n in range(many)]
    file.execute("BEGIN")
    file.executemany(
        "INSERT INTO people (id, name, language, unit, household_id, made_at) VALUES (?, 'Ama', 'zh_Hans', ?, ?, ?)",
        ((FIRST + n, UNIT, home, AT.format(day=1)) for n, home in homes),
    )
    file.executemany(
        "INSERT INTO contacts (telegram_id, person_id, reach) VALUES (?, ?, 'open')",
        ((FIRST + n, FIRST + n) for n, _home in homes),
    )
    file.execute("COMMIT")


def _rows(households: int, each: int) -> dict[str, Iterator[tuple[Any, ...]]]:
    everybody = range(1, households + 1)
    total = {number: sum(points_of(number, n) for n in range(each)) for number in everybody}

    def entries() -> Iterator[tuple[int, int, int]]:
        """Round after round, as time goes by: the entries of one household lie far apart."""
        for n in range(each):
            for number in everybody:
                yield n * households + number, number, n

    counts: Counter[tuple[int, int]] = Counter()
    for points in total.values():
        counts.update(((1, points), (64, points // 64)))
    day = AT.format(day=1)
    boards = [(period, dimension) for period in (MONTH, MONTH[:4]) for dimension in ("", "service")]
    return {
        "households": ((n, UNIT, str(n // 100), str(n), f"Ankang {n}", "standing", day) for n in everybody),
        "accounts": ((n, "household", n, total[n], each, mark(n)) for n in everybody),
        "transfers": (
            (entry, "award", f"award:order:{entry}", mark(entry).hex(), REASON, 1, "service", number, UNIT, "errand",
             points_of(number, n), AT.format(day=1 + n % 28), MONTH, mark(entry), AT.format(day=1 + n % 28))
            for entry, number, n in entries()
        ),
        "postings": (
            row
            for entry, number, n in entries()
            for row in (
                (2 * entry - 1, entry, -1, -points_of(number, n), None, None),
                (2 * entry, entry, number, points_of(number, n), n + 1, mark(entry, n)),
            )
        ),
        "standings": ((p, UNIT, d, n, total[n], True) for p, d in boards for n in everybody),
        "standing_counts": ((p, UNIT, d, w, b, count) for p, d in boards for (w, b), count in counts.items()),
    }  # fmt: skip


@dataclass
class Ledger:
    desk: Desk
    households: int

    @property
    def conn(self) -> Connection:
        return self.desk.conn

    def household(self, chance: random.Random) -> int:
        return chance.randrange(1, self.households + 1)

    def person(self, chance: random.Random) -> int:
        return FIRST + chance.randrange(min(ASKERS, self.households))


def asked(paint: Paint) -> Read:
    """As the courier does it: the card of this person, in words."""

    def read(ledger: Ledger, person_id: int) -> str:
        face = paint(ledger.desk, person_id, person_id)
        assert face is not None
        return Reader("zh_Hans", ledger.desk.file.zone, NOW).say(face.text)

    return read


PLACE = (MONTH, UNIT, "")
Read = Callable[[Ledger, int], Any]
BARE: dict[str, Read] = {
    "balance": lambda ledger, household: balance_of(ledger.conn, household),
    "statement page": lambda ledger, household: lines_of(ledger.conn, head_of(ledger.conn, household), 0, 8),
    "top 50": lambda ledger, household: top(ledger.conn, PLACE, 50),
    "own rank": lambda ledger, household: rank_of(ledger.conn, PLACE, 30 + household % 50),
    "own place and neighbours": lambda ledger, household: around(ledger.conn, PLACE, household),
}
ASKED: dict[str, Read] = {
    "/statement: balance and page": asked(paint_statement),
    "/board: top, rank, neighbours": asked(paint_board),
}


def measure(
    ledgers: list[Ledger], read: Read, whose: Callable[[Ledger, random.Random], int], calls: int
) -> list[float]:
    """The median call in microseconds, of each; they take turns."""
    chance, took = random.Random(1), [[] for _ledger in ledgers]  # type: list[list[float]]
    for _call in range(calls):
        for ledger, times in zip(ledgers, took, strict=True):
            subject = whose(ledger, chance)
            start = time.perf_counter_ns()
            read(ledger, subject)
            times.append((time.perf_counter_ns() - start) / 1000)
    return [statistics.median(times) for times in took]


def out(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--each", type=int, default=5)
    parser.add_argument("--calls", type=int, default=3000)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        paths = [(1000, folder / "small.db"), (given.households, folder / "large.db")]
        for households, path in paths:
            if not path.exists():
                start = time.perf_counter()
                fill(path, households, given.each)
                size = path.stat().st_size / 2**20
                took = time.perf_counter() - start
                out(f"{households} households, {2 * households * given.each} postings: {size:.0f} MiB in {took:.0f} s")
        engines = [open_writer(f"sqlite:///{path}") for _households, path in paths]
        conns = [engine.connect() for engine in engines]
        file = read_desk_file(shipped_desk_file("demo"))
        ledgers = []
        for conn, (households, _path) in zip(conns, paths, strict=True):
            conn.begin()
            desk = Desk(conn, file, NOW, Keys.made_from("a key for benchmarks"), random.Random(1))
            ledgers.append(Ledger(desk, households))
        bare = {name: (read, Ledger.household) for name, read in BARE.items()}
        worst = 0.0
        for name, (read, whose) in {**bare, **{name: (read, Ledger.person) for name, read in ASKED.items()}}.items():
            measure(ledgers, read, whose, given.calls // 10)
            few, many = measure(ledgers, read, whose, given.calls)
            worst = max(worst, many / few)
            out(f"{name:30} {few:8.1f} µs  {many:8.1f} µs  {many / few:5.2f}")
        for conn, engine in zip(conns, engines, strict=True):
            conn.close()
            engine.dispose()
    return 0 if worst <= 1.2 else 1


if __name__ == "__main__":
    sys.exit(main())

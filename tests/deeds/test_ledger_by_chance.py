"""A hundred thousand steps by chance: earned, held, spent, given back, taken back, merged, forgotten; and it holds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from domain.desk_file import DeskFile
from storage.work import open_writer
from tests.deeds.ledger_machine import Ledger
from tests.deeds.ledger_model import KINDS, Act, by_chance, shrink

PLAYS, LENGTH = int(os.environ.get("LINLI_LEDGER_PLAYS", "100")), 1000


@contextmanager
def a_ledger(engine: Engine, file: DeskFile) -> Iterator[Ledger]:
    """In one transaction that is rolled back, so that the next play finds the database empty."""
    with engine.connect() as conn:
        transaction = conn.begin()
        try:
            yield Ledger(conn, file)
        finally:
            transaction.rollback()


def first_fault(engine: Engine, file: DeskFile, acts: Sequence[Act]) -> list[str]:
    with a_ledger(engine, file) as ledger:
        for number, act in enumerate([*acts, Act("whole", 0, 0, 1)]):
            if wrong := ledger.play(act):
                return [f"step {number}: {act}", *wrong]
    return []


def play(engine: Engine, file: DeskFile, acts: Sequence[Act]) -> None:
    """Fails with the shortest list of steps that does."""
    if first_fault(engine, file, acts):
        short = shrink(acts, lambda some: bool(first_fault(engine, file, some)))
        found = first_fault(engine, file, short)
        pytest.fail("\n".join([*map(str, short), *found]))


@pytest.fixture
def quick(empty_sqlite: Path, tmp_path: Path) -> Iterator[Engine]:
    """A real file that does not wait for the disk."""
    path = tmp_path / "linli.db"
    shutil.copyfile(empty_sqlite, path)
    engine = open_writer(f"sqlite:///{path}")
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous = OFF"))
    yield engine
    engine.dispose()


assert PLAYS * LENGTH >= 100_000 or "LINLI_LEDGER_PLAYS" in os.environ


@pytest.mark.parametrize("part", range(10))
def test_whatever_happens_every_rule_of_the_ledger_holds(quick: Engine, desk_file: DeskFile, part: int) -> None:
    for seed in range(part, PLAYS, 10):
        play(quick, desk_file, by_chance(seed, LENGTH))


def test_and_on_postgresql(postgresql_url: str, desk_file: DeskFile, writer: Engine) -> None:
    if writer.dialect.name == "postgresql":
        play(writer, desk_file, by_chance(1, 700))


def test_a_failure_is_shrunk_to_what_it_takes(
    quick: Engine, desk_file: DeskFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ledger that forgets to look at what is taken back is found out, and two steps are enough to show it."""
    monkeypatch.setattr("tests.deeds.ledger_machine.reverse", lambda *_given, **_more: True)
    acts = by_chance(3, 300)
    assert first_fault(quick, desk_file, acts)
    short = shrink(acts, lambda some: bool(first_fault(quick, desk_file, some)))
    assert [act.kind for act in short] == ["award", "reversal"]


def test_every_kind_of_step_happens(quick: Engine, desk_file: DeskFile) -> None:
    """Not only tried: something comes of each."""
    with a_ledger(quick, desk_file) as ledger:
        for act in by_chance(1, 1500):
            assert ledger.play(act) == []
        kinds = {kind for (kind,) in ledger.conn.exec_driver_sql("SELECT DISTINCT kind FROM transfers")}
        assert kinds == {"award", "hold", "capture", "release", "expiry", "reversal", "move"}
        assert set(KINDS) >= kinds - {"move"}

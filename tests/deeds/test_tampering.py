"""Somebody changes the file behind the desk's back: any column, any byte; and it is found, at the right household."""

from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from desk.front import Desk
from desk.points import earn
from domain.desk_file import DeskFile
from domain.points import Posting
from domain.words import _
from storage.audit import LEDGER, audit
from storage.audit.whole import whole
from storage.points import account_of, balance_of, desk_account, move_all, post, reverse
from storage.work import open_writer
from tests.conftest import KEYS, MORNING
from tests.deeds.cast import gather
from tests.deeds.test_earning import by

TABLES = ("accounts", "transfers", "postings", "earned_with", "transfer_notes")
BEN, CLEO = 2, 3
"""The households of those two, in the order in which the cast moves in."""


@pytest.fixture
def ledger(empty_sqlite: Path, tmp_path: Path, desk_file: DeskFile) -> Path:
    """Ben and Cleo have earned, held, spent, and had something taken back."""
    path = tmp_path / "ledger.db"
    shutil.copyfile(empty_sqlite, path)
    engine = open_writer(f"sqlite:///{path}")
    with engine.begin() as conn:
        desk = Desk(conn, desk_file, MORNING, KEYS, random.Random(1))
        cast = gather(desk)
        assert (cast.ben.household_id, cast.cleo.household_id) == (BEN, CLEO)
        for number in range(3):
            earn(desk, by(cast.ben, f"ben:{number}", cast.ama, note="She carried it up all six floors"))
            earn(desk, by(cast.cleo, f"cleo:{number}", cast.faye, decided_by=cast.dina.id))
        free, kept = account_of(conn, BEN), account_of(conn, BEN, "hold")
        post(conn, MORNING, "hold", "hold:1", [Posting(free, -6), Posting(kept, 6)], _("Rice"))
        post(
            conn,
            MORNING,
            "capture",
            "capture:1",
            [Posting(kept, -6), Posting(desk_account(conn, "market"), 6)],
            _("Rice"),
        )
        reverse(conn, MORNING, 1, _("Taken back"), cast.dina.id, "It was somebody else")
        assert audit(conn, LEDGER) == []
    engine.dispose()
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file.execute("PRAGMA journal_mode = DELETE")
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {name}")
    file.close()
    return path


def faults_in(path: Path) -> list[str]:
    engine = open_writer(f"sqlite:///{path}")
    try:
        with engine.connect() as conn:
            return audit(conn, [*LEDGER, whole])
    except (DatabaseError, ValueError, TypeError, OverflowError) as damaged:
        return [f"the file is damaged: {damaged}"]
    finally:
        engine.dispose()


def content(path: Path) -> Any:
    """Everything the ledger says, as far as it can be read."""
    file = sqlite3.connect(path)
    file.text_factory = bytes
    try:
        return [file.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in TABLES]
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return None
    finally:
        file.close()


COLUMNS = {
    "transfers": "kind once once_hash reason order_id earned_by decided_by dimension reverses at household_id unit "
    "deed points counted_at standard_id note_mark digest",
    "postings": "transfer_id account_id amount number link",
    "accounts": "balance entries head",
    "earned_with": "household_id other points",
    "transfer_notes": "words salt",
}
OTHER = {"kind": "release", "at": "2026-11-22 02:00:00.000000", "reason": '{"text": "Another", "blanks": {}}'}
CLEOS = {
    "transfers": "id = 2",  # her first award
    "postings": "id = 4",
    "accounts": "household_id = 3 AND kind = 'household'",
    "earned_with": "transfer_id = 2",
}


@pytest.mark.parametrize(("table", "column"), [(t, c) for t, columns in COLUMNS.items() for c in columns.split()])
def test_a_changed_column_is_found_at_the_right_household(ledger: Path, table: str, column: str) -> None:
    where = CLEOS.get(table, "transfer_id = 1")
    file = sqlite3.connect(ledger)
    old = file.execute(f"SELECT {column} FROM {table} WHERE {where}").fetchone()[0]
    new = OTHER.get(column) or (OTHER["at"] if column == "counted_at" else None)
    if new is None:
        new = 77 if old is None or isinstance(old, int) else (b"x" if isinstance(old, bytes) else "x") + old[1:]
    if column == "account_id":
        new = 1
    file.execute("PRAGMA foreign_keys = OFF")
    file.execute("PRAGMA ignore_check_constraints = ON")
    assert file.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (new,)).rowcount >= 1
    file.commit()
    file.close()
    household = CLEO if table in CLEOS else BEN
    assert any(f"household {household}" in each or f", {household}:" in each for each in faults_in(ledger))


@pytest.mark.parametrize(
    ("column", "unreadable"), [("at", "2026-11-3"), ("counted_at", "soon"), ("reason", '{"text": '), ("points", "many")]
)
def test_a_column_that_nobody_can_read_any_more_is_found_there(ledger: Path, column: str, unreadable: str) -> None:
    file = sqlite3.connect(ledger)
    file.execute(f"UPDATE transfers SET {column} = ? WHERE id = 2", (unreadable,))
    file.commit()
    file.close()
    assert any(f"household {CLEO}" in each for each in faults_in(ledger))


@pytest.mark.parametrize("statement", ["DELETE FROM postings WHERE id = 4", "DELETE FROM transfers WHERE id = 2"])
def test_a_missing_row_is_found(ledger: Path, statement: str) -> None:
    file = sqlite3.connect(ledger)
    assert file.execute(statement).rowcount == 1
    file.commit()
    file.close()
    assert any(f"household {CLEO}" in each for each in faults_in(ledger))


def test_the_last_line_cannot_be_cut_off(ledger: Path) -> None:
    """The whole of the last entry is gone, and the balance was made to fit."""
    file = sqlite3.connect(ledger)
    last = file.execute("SELECT max(id) FROM transfers").fetchone()[0]
    file.execute("DELETE FROM transfer_notes WHERE transfer_id = ?", (last,))
    for table, key in (("earned_with", "transfer_id"), ("postings", "transfer_id"), ("transfers", "id")):
        file.execute(f"DELETE FROM {table} WHERE {key} = ?", (last,))
    summed = "(SELECT coalesce(sum(amount), 0) FROM postings WHERE account_id = accounts.id)"
    file.execute(f"UPDATE accounts SET balance = {summed} WHERE household_id IS NOT NULL")
    file.commit()
    file.close()
    assert any("ends with another line" in each for each in faults_in(ledger))


def test_any_changed_byte_that_changes_what_is_said_is_found(ledger: Path, tmp_path: Path) -> None:
    """Bytes of the file turned at random: either every row still reads the same, or the audit says where it is not."""
    assert faults_in(ledger) == []
    before, said, chance = ledger.read_bytes(), content(ledger), random.Random(7)
    sample = tmp_path / "changed.db"
    pages = [at for at in range(0, len(before), 4096) if b"cleo:1" in before[at : at + 4096]]
    changed = 0
    while changed < 60:
        at = chance.choice(pages) + chance.randrange(4096) if chance.random() < 0.5 else chance.randrange(len(before))
        sample.write_bytes(before[:at] + bytes([before[at] ^ (1 << chance.randrange(8))]) + before[at + 1 :])
        if content(sample) == said:
            continue
        changed += 1
        assert faults_in(sample), f"byte {at} was changed, and the ledger seems sound"


def test_points_that_move_with_a_household_stay_proved(writer: Engine, desk_file: DeskFile) -> None:
    with writer.begin() as conn:
        desk = Desk(conn, desk_file, MORNING, KEYS, random.Random(1))
        cast = gather(desk)
        earn(desk, by(cast.ben, "1", cast.ama))
        free, kept = account_of(conn, BEN), account_of(conn, BEN, "hold")
        post(conn, MORNING, "hold", "hold:1", [Posting(free, -2), Posting(kept, 2)], _("Rice"))
        assert move_all(conn, MORNING, "merge:2:3", BEN, CLEO, _("Moved"))
        assert not move_all(conn, MORNING, "merge:2:3", BEN, CLEO, _("Moved"))
        assert (balance_of(conn, BEN), balance_of(conn, CLEO), balance_of(conn, CLEO, "hold")) == (0, 3, 2)
        assert audit(conn, LEDGER) == []

"""Before a newer version changes a SQLite database there is a copy of it, or nothing is changed."""

from __future__ import annotations

import resource
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from structlog.testing import capture_logs

from bot.settings import Settings
from domain.shipped import shipped_desk_file
from storage import schema
from storage.copies import NoCopy
from storage.work import open_writer
from tests.house.test_command_line import TOKEN, Command, linli, place

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
__all__ = ["linli", "place"]


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Engine]:
    """A desk that was left at the first revision, with somebody in it."""
    engine = open_writer(f"sqlite:///{tmp_path / 'linli.db'}")
    schema.upgrade(engine, "0001", now=NOW)
    with engine.begin() as conn:
        conn.execute(text("INSERT INTO people (name, made_at) VALUES ('Ama', '2026-11-23')"))
    yield engine
    engine.dispose()


def copies(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("linli.db.*"))


def revision(engine: Engine) -> str | None:
    with engine.begin() as conn:
        return schema.revision_of(conn)


def test_a_new_database_is_not_copied(tmp_path: Path) -> None:
    engine = open_writer(f"sqlite:///{tmp_path / 'linli.db'}")
    schema.upgrade(engine, now=NOW)
    schema.upgrade(engine, now=NOW)
    engine.dispose()
    assert copies(tmp_path) == []


def test_what_is_changed_is_copied_first_and_the_copy_is_whole(old: Engine, tmp_path: Path) -> None:
    with capture_logs() as logs:
        schema.upgrade(old, now=NOW)
    assert revision(old) == schema.newest_revision()
    assert copies(tmp_path) == ["linli.db.0001.20261123T020000Z"]
    copy = tmp_path / "linli.db.0001.20261123T020000Z"
    assert [entry["copy"] for entry in logs if entry.get("copy")] == [str(copy)]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as conn:
        assert conn.execute("SELECT name FROM people").fetchall() == [("Ama",)]
        assert conn.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
    again = open_writer(f"sqlite:///{copy}")
    schema.upgrade(again, now=NOW)  # it can be taken up where it was left
    assert revision(again) == schema.newest_revision()
    again.dispose()


def test_the_last_three_are_kept(old: Engine, tmp_path: Path) -> None:
    (tmp_path / "linli.db.lock").touch()
    for day in range(5):
        schema.downgrade(old, "0001")
        schema.upgrade(old, now=NOW + timedelta(days=day))
    days = [f"linli.db.0001.202611{day}T020000Z" for day in (25, 26, 27)]
    assert copies(tmp_path) == [*days, "linli.db.lock"]


def test_without_room_for_the_copy_nothing_is_changed(old: Engine, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16 << 10, hard))
    try:
        with pytest.raises(NoCopy, match=r"Free at least 1 MiB on the disk of /.*start again\."):
            schema.upgrade(old, now=NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert revision(old) == "0001" and copies(tmp_path) == []
    schema.upgrade(old, now=NOW)
    assert revision(old) == schema.newest_revision()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_is_left_to_its_own_tools(writer: Engine, tmp_path: Path) -> None:
    schema.downgrade(writer, "0001")
    schema.upgrade(writer, now=NOW)
    assert revision(writer) == schema.newest_revision() and not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [("run",), ("cards", "cards.pdf")])
def test_a_database_of_a_newer_version_is_refused_with_a_sentence(
    words: tuple[str, ...], linli: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "desk.toml").write_text(shipped_desk_file("demo"), encoding="utf-8")
    monkeypatch.setenv("LINLI_BOT_TOKEN", TOKEN)
    engine = open_writer(Settings.model_validate({}).database)
    schema.upgrade(engine, now=NOW)
    with engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    code, said = linli(*words)
    assert code == 2 and "newer version of Linli: install that version" in said

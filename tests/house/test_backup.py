"""A backup taken while the desk writes can be put back, whole; and nothing is ever overwritten by one."""

from __future__ import annotations

import errno
import shutil
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, func, make_url, select, text

from storage import files, points
from storage.backup import BadBackup, back_up, restore
from storage.people import add_person
from storage.tables import people
from storage.work import open_writer
from tests.conftest import MORNING, POSTGRESQL


@pytest.fixture
def empty_place(database_url: str, tmp_path: Path, worker_id: str) -> Iterator[str]:
    """Somewhere to restore to: a file that is not there, or an empty database."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'restored' / 'linli.db'}"
        return
    server = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    name = f"linli_restored_{worker_id}"
    with server.connect() as conn:
        conn.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        conn.execute(text(f'CREATE DATABASE "{name}"'))
    yield make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)
    with server.connect() as conn:
        conn.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()


def count_people(url: str) -> int:
    engine = open_writer(url)
    with engine.connect() as conn:
        assert points.audit(conn) == []
        count = conn.execute(select(func.count()).select_from(people)).scalar_one()
    engine.dispose()
    return int(count)


def test_taken_under_load_and_put_back(database_url: str, empty_place: str, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "picture").write_bytes(b"a gate")
    stop, written = threading.Event(), []

    def write() -> None:
        engine = open_writer(database_url)
        while not stop.is_set():
            with engine.begin() as conn:
                person_id = add_person(conn, MORNING)
            written.append(person_id)
        engine.dispose()

    writing = threading.Thread(target=write)
    writing.start()
    while len(written) < 5:
        stop.wait(0.01)
    note = back_up(database_url, folder, tmp_path / "copy.tar.gz", MORNING)
    stop.set()
    writing.join()
    restore(empty_place, tmp_path / "new" / "files", tmp_path / "copy.tar.gz")
    assert 5 <= count_people(empty_place) <= len(written)
    assert note["rows"]["people"] >= 5
    assert (tmp_path / "new" / "files" / "picture").read_bytes() == b"a gate"
    with pytest.raises(BadBackup, match="already"):
        restore(empty_place, tmp_path / "new" / "files", tmp_path / "copy.tar.gz")


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "holiday.tar.gz").write_bytes(b"not a backup")
    with pytest.raises(BadBackup, match="not a backup"):
        restore(f"sqlite:///{tmp_path / 'linli.db'}", tmp_path / "files", tmp_path / "holiday.tar.gz")
    assert not (tmp_path / "linli.db").exists()


def test_a_damaged_database_is_not_called_a_backup(empty_sqlite: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    whole = bytearray(empty_sqlite.read_bytes())
    whole[8192:12288] = b"\xff" * 4096
    broken.write_bytes(whole)
    with pytest.raises(BadBackup, match="damaged"):
        back_up(f"sqlite:///{broken}", tmp_path / "files", tmp_path / "copy.tar.gz", MORNING)
    assert not (tmp_path / "copy.tar.gz").exists()


def test_put_back_onto_another_disk_and_read_by_nobody_else(
    empty_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = f"sqlite:///{empty_sqlite}"
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "picture").write_bytes(b"a gate")
    back_up(here, tmp_path / "files", tmp_path / "copy.tar.gz", MORNING)
    assert (tmp_path / "copy.tar.gz").stat().st_mode & 0o077 == 0
    real = Path.rename, Path.replace

    def across_disks(path: Path, target: Path) -> Path:
        if Path(path).parent != Path(target).parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return real[1](path, target)

    monkeypatch.setattr(Path, "rename", across_disks)
    monkeypatch.setattr(Path, "replace", across_disks)
    monkeypatch.setattr(shutil.os, "rename", lambda source, target: across_disks(Path(source), Path(target)))
    restore(f"sqlite:///{tmp_path / 'new' / 'linli.db'}", tmp_path / "new" / "files", tmp_path / "copy.tar.gz")
    assert count_people(f"sqlite:///{tmp_path / 'new' / 'linli.db'}") == 0
    assert (tmp_path / "new" / "files" / "picture").read_bytes() == b"a gate"


def test_pictures_go_along_and_one_that_is_deleted_meanwhile_holds_nothing_up(
    empty_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "files"
    for name in ("ab12", "ab34", "cd56"):
        files.write(folder, name, name.encode())
    (folder / "cd" / "cd78.half").write_bytes(b"half a picture")
    add = tarfile.TarFile.add

    def deleted_first(tar: tarfile.TarFile, path: Path, name: str, **more: Any) -> None:
        if name.endswith("ab34"):
            files.remove(folder, "ab34")
        add(tar, path, name, **more)

    monkeypatch.setattr(tarfile.TarFile, "add", deleted_first)
    note = back_up(f"sqlite:///{empty_sqlite}", folder, tmp_path / "copy.tar.gz", MORNING)
    restore(f"sqlite:///{tmp_path / 'new' / 'linli.db'}", tmp_path / "new" / "files", tmp_path / "copy.tar.gz")
    there = {path.name: path for path in (tmp_path / "new" / "files").rglob("*") if path.is_file()}
    assert set(there) == {"ab12", "cd56"} and note["files"] == 2 and note["rows"]["pictures"] == 0
    assert there["ab12"].read_bytes() == b"ab12" and there["ab12"].stat().st_mode & 0o077 == 0

"""A copy of everything the desk remembers, taken while it runs, proved before it is called a backup, and put back.

The copy is one `.tar.gz`: the database, the files beside it, and a note of what is inside. The key that seals what is
confidential is not in it: whoever finds a backup must not find the key as well.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, func, make_url, select

from storage import points, schema
from storage.files import HALF
from storage.lock import only_one
from storage.tables import metadata
from storage.work import open_writer

NOTE, SQLITE, POSTGRESQL, FILES = "backup.json", "linli.db", "linli.pgdump", "files"


class BadBackup(Exception):
    """This cannot be restored, or was not written whole; the sentence says why."""


def back_up(url: str, files: Path, target: Path, now: datetime) -> dict[str, Any]:
    """1. copy 2. prove the copy 3. pack it under another name 4. only then give it its name. What is inside."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        room = Path(folder)
        database = _copy(make_url(url), room)
        note = {"made_at": now.isoformat(), "database": database.name, **_prove(url, database)}
        (room / NOTE).write_text(json.dumps(note))
        packed = room / "packed"
        with tarfile.open(packed, "w:gz") as tar:
            tar.add(room / NOTE, NOTE)
            tar.add(database, database.name)
            note["files"] = _add_files(tar, files)
        packed.chmod(0o600)  # it holds what people told the desk
        packed.replace(target)
    return note


def _add_files(tar: tarfile.TarFile, files: Path) -> int:
    """How many. Packed after the database, so that whatever it says is kept is there; what goes meanwhile may go."""
    count = 0
    for path in sorted(files.rglob("*")):
        if path.suffix == HALF:
            continue
        try:
            tar.add(path, f"{FILES}/{path.relative_to(files).as_posix()}", recursive=False)
        except FileNotFoundError:
            continue
        count += path.is_file()
    return count


def _copy(url: URL, room: Path) -> Path:
    if url.get_backend_name() == "sqlite":
        copy = room / SQLITE
        with closing(sqlite3.connect(f"file:{url.database}?mode=ro", uri=True)) as conn:
            try:
                conn.execute("VACUUM INTO ?", (str(copy),))
            except sqlite3.DatabaseError:
                raise BadBackup("the database cannot be copied: it is damaged, or the disk is full") from None
        return copy
    copy = room / POSTGRESQL
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={copy}", _plain(url))
    return copy


def _prove(url: str, copy: Path) -> dict[str, Any]:
    """What stands in the copy; for PostgreSQL what stood in the database while it was taken."""
    if copy.name == SQLITE:
        with closing(sqlite3.connect(copy)) as conn:
            sound = conn.execute("PRAGMA integrity_check").fetchone()
        if sound != ("ok",):
            raise BadBackup("the copy is damaged: look at the disk, and try again")
        url = f"sqlite:///{copy}"
    engine = open_writer(url)
    try:
        with engine.connect() as conn:
            if faults := points.audit(conn):
                raise BadBackup(f"the ledger is not sound: {faults[0]}")
            rows = {
                name: conn.execute(select(func.count()).select_from(t)).scalar() for name, t in metadata.tables.items()
            }
            return {"revision": schema.revision_of(conn), "rows": rows}
    finally:
        engine.dispose()


def restore(url: str, files: Path, source: Path) -> dict[str, Any]:
    """Put a backup in the place of an empty database. Refuses while the desk runs, and where there is one already."""
    lock = only_one(url)
    lock.take()
    try:
        with tempfile.TemporaryDirectory() as folder:
            room = Path(folder)
            note = _unpack(source, room)
            _check_empty(url)
            if (room / FILES).is_dir():
                shutil.copytree(room / FILES, files, dirs_exist_ok=True)
            _put_back(make_url(url), room / note["database"])  # last: what breaks off before can be done again
        return note
    finally:
        lock.release()


def _unpack(source: Path, room: Path) -> dict[str, Any]:
    try:
        with tarfile.open(source) as tar:
            tar.extractall(room, filter="data")
        note: dict[str, Any] = json.loads((room / NOTE).read_text())
    except (OSError, tarfile.TarError, ValueError) as reason:
        raise BadBackup(f"{source.name} is not a backup of Linli") from reason
    if note["revision"] not in schema.known_revisions():
        raise BadBackup("this backup is of a newer version of Linli: install that version first")
    return note


def _check_empty(url: str) -> None:
    engine = open_writer(url)
    try:
        with engine.connect() as conn:
            if schema.revision_of(conn) is not None:
                raise BadBackup("there is a database already: move it away first, nothing is overwritten")
    finally:
        engine.dispose()


def _put_back(url: URL, copy: Path) -> None:
    if url.get_backend_name() == "sqlite":
        if copy.name != SQLITE:
            raise BadBackup("this backup is of a PostgreSQL database: restore it into one")
        place = Path(str(url.database))
        for beside in ("-wal", "-shm"):  # of the empty file that was just looked at
            Path(f"{place}{beside}").unlink(missing_ok=True)
        whole = place.with_name(f"{place.name}.restoring")  # beside its place, which may be on another disk
        shutil.copyfile(copy, whole)
        whole.replace(place)
        return
    if copy.name != POSTGRESQL:
        raise BadBackup("this backup is of a SQLite file: restore it to SQLite")
    _run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={_plain(url)}", str(copy))


def _plain(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        raise BadBackup(f"{command[0]} is missing: install PostgreSQL's client programs") from None
    except subprocess.CalledProcessError as failed:
        raise BadBackup(f"{command[0]} ended with code {failed.returncode}") from None

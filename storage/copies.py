"""A copy of the SQLite file, made beside it before a newer version changes it, so that there is a way back."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlalchemy import URL

log = structlog.get_logger()

KEPT = 3
MIB = 1 << 20


class NoCopy(Exception):
    """The database could not be copied before its change, so nothing was changed. The sentence says what to do."""


def copy_before(url: URL, revision: str, now: datetime) -> Path | None:
    """1. copy 2. prove the copy 3. only then give it its name 4. the oldest go. None: there is no file to copy."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    file = Path(url.database)
    named = file.with_name(f"{file.name}.{revision}.{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    making = file.with_name(f"{file.name}.copying")
    making.unlink(missing_ok=True)
    try:
        os.close(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # it holds what people told the desk
        copy_file(file, making)
        making.replace(named)
    except (OSError, sqlite3.DatabaseError):
        making.unlink(missing_ok=True)
        needed = file.stat().st_size // MIB + 1
        raise NoCopy(
            f"This version changes the database, and no copy of it could be made first: nothing was changed. Free at "
            f"least {needed} MiB on the disk of {file.parent.absolute()}, see that it can be written, and start again."
        ) from None
    kept = sorted(file.parent.glob(f"{file.name}.[0-9]*.*Z"), key=lambda copy: copy.name.rpartition(".")[2])
    for old in kept[:-KEPT]:
        old.unlink()
    log.info("the database is copied before it is changed", copy=str(named), revision=revision)
    return named


def copy_file(file: Path, target: Path) -> None:
    """Whole and sound, while others go on reading and writing; the target is new or empty."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as conn:
        conn.execute("VACUUM INTO ?", (str(target),))
    with closing(sqlite3.connect(target)) as conn:
        if conn.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("the copy is damaged")

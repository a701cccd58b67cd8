"""On SQLite only one desk may write. An `flock` says so: it cannot outlive a process that was killed."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url


class AnotherIsRunning(Exception):
    """Somebody else already runs a desk on this database file."""


@dataclass(slots=True)
class Lock:
    """Held from `take` to `release`, or to the end of the process."""

    path: Path | None
    descriptor: int | None = None

    def take(self) -> None:
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise AnotherIsRunning(
                f"another Linli is running on {self.path.stem}: stop it first. On SQLite one process does everything."
            ) from None
        self.descriptor = descriptor

    def release(self) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


def only_one(url: str) -> Lock:
    """The lock of this database; PostgreSQL needs none."""
    database = make_url(url).database if make_url(url).get_backend_name() == "sqlite" else None
    return Lock(Path(f"{database}.lock") if database else None)

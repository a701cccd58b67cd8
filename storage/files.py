"""Files of the desk in folders of its own, under names drawn by chance: whole or not there, and read by nobody else."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

HALF = ".half"
"""Ends the name of a file that is still being written."""


def place_of(folder: Path, name: str) -> Path:
    """Sub-folders keep a folder from holding a hundred thousand files. Names are ours: letters and digits, no paths."""
    if not (name.isascii() and name.isalnum()):
        raise ValueError("that is no name of a file of ours")
    return folder / name[:2] / name


def write(folder: Path, name: str, data: bytes) -> None:
    """1. beside its place 2. on the disk 3. its name 4. the name on the disk. Once more is the same."""
    place = place_of(folder, name)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = place.with_name(name + HALF)
    half.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        half.replace(place)
    except OSError:
        half.unlink(missing_ok=True)
        raise
    _sync(place.parent)


def read(folder: Path, name: str) -> bytes:
    return place_of(folder, name).read_bytes()


def remove(folder: Path, name: str) -> None:
    """Gone, and so is what was half written."""
    place = place_of(folder, name)
    place.unlink(missing_ok=True)
    place.with_name(name + HALF).unlink(missing_ok=True)


def older_than(folder: Path, seconds: float) -> Iterator[str]:
    """The names of files that have lain there for so long, half written ones as well."""
    before = time.time() - seconds
    for path in folder.glob("??/*"):
        try:
            if path.is_file() and path.stat().st_mtime <= before:
                yield path.name.removesuffix(HALF)
        except FileNotFoundError:
            continue


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

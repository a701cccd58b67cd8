"""Fetches what people sent as evidence, looks at it apart, and keeps it: the file first, then the row.

1. Claimed in a transaction of its own: nobody else fetches it for the next two minutes.
2. Fetched, looked at and written beside everything else; a crash leaves the row as it was, to be claimed again.
3. Kept or refused by a row count; a file that nobody wants any more goes again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from bot import darkroom, recordings
from bot.jobs import Jobs
from bot.post.faults import place
from bot.post.wire import NoFile, NotNow, TooBig, Wire
from desk import pictures
from desk.front import Desk
from domain.pictures import LONGEST_EDGE, MIB, MOST_BYTES, MOST_PIXELS, ONE_TRY, WANTED, Picture
from storage import files

log = structlog.get_logger()

AT_ONCE = 2
LEFT_FREE = 200 * MIB
"""So much of the disk stays free for the database, whatever people send."""
DEVELOPING = timedelta(seconds=40)
TIDY_EVERY, STRAY = timedelta(hours=6), timedelta(hours=24)


class NotKept(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Looked:
    """What is kept of it."""

    data: bytes
    width: int | None = None
    height: int | None = None


Develop = Callable[[bytes], darkroom.Developed]


class Apart:
    """Develops in a process of its own, which knows nothing of ours and may be killed by what it looks at."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()

    def __call__(self, data: bytes) -> darkroom.Developed:
        command = [sys.executable, "-I", str(darkroom.__file__), str(MOST_PIXELS), str(LONGEST_EDGE)]
        known = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "LANG") if name in os.environ}
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=known) as process:
            self._running.add(process)
            try:
                out, _nothing = process.communicate(data, timeout=DEVELOPING.total_seconds())
            except subprocess.TimeoutExpired:
                process.kill()
                out = b""
            finally:
                self._running.discard(process)
        said, _line, jpeg = out.partition(b"\n")
        try:
            answer: dict[str, Any] = json.loads(said)
        except ValueError:
            log.warning("a picture could not be developed", code=process.returncode)
            raise darkroom.Undevelopable("damaged") from None
        if why := answer.get("why"):
            raise darkroom.Undevelopable(why)
        return darkroom.Developed(jpeg, answer["width"], answer["height"])

    def end(self) -> None:
        """Nobody waits for it any more: the desk closes."""
        for process in list(self._running):
            process.kill()


def develop_here(data: bytes) -> darkroom.Developed:
    """For whoever brings their own pictures only."""
    return darkroom.develop(data, MOST_PIXELS, LONGEST_EDGE)


def look(data: bytes, kind: str, develop: Develop) -> Looked:
    """By what it is, whatever it is called."""
    if len(data) > MOST_BYTES:
        raise NotKept("too_large")
    try:
        if kind != "voice" and not recordings.is_film(data):
            done = develop(data)
            return Looked(done.jpeg, done.width, done.height)
        if kind == "photo":
            raise NotKept("no_picture")
        return Looked(recordings.as_recorded(data))
    except darkroom.Undevelopable as fault:
        raise NotKept(fault.why) from None
    except recordings.NoRecording:
        raise NotKept("no_picture") from None


class Pictures:
    """A sweep: begins what is due, a few at a time, each beside everything else."""

    def __init__(
        self,
        folder: Path,
        wire: Wire,
        jobs: Jobs,
        develop: Develop | None = None,
        reached: Callable[[str], None] = lambda point: None,
    ) -> None:
        self.folder, self._wire, self._jobs, self._reached = folder, wire, jobs, reached
        self._apart = Apart()
        self._develop = develop or self._apart
        self._going_on, self._closing = 0, False
        self._one_at_a_time = asyncio.Semaphore(1)  # unpacked, a picture may take half a gigabyte
        self._tidy_at: datetime | None = None

    def close(self) -> None:
        """What is under way is broken off, as a crash would: it is fetched again."""
        self._closing = True
        self._apart.end()

    def sweep(self, desk: Desk) -> bool:
        if self._tidy_at is None or desk.now >= self._tidy_at:
            self._tidy_at = desk.now + TIDY_EVERY
            desk.after.append(partial(self._jobs.start, self.tidy))
        if self._going_on >= AT_ONCE or self._closing:
            return False
        picture = pictures.claim(desk)
        if picture is None:
            return False
        self._begin(desk, picture)
        return self._going_on < AT_ONCE

    def _begin(self, desk: Desk, picture: Picture) -> None:
        def begin() -> None:
            self._going_on += 1
            self._jobs.start(partial(self._work, picture))

        desk.after.append(begin)

    async def _work(self, picture: Picture) -> None:
        """And then the next one, until nothing is due."""
        due: Picture | None = picture
        try:
            while due is not None:
                await self._see_to(due)
                due = None if self._closing else await self._jobs.do(pictures.claim)
        finally:
            self._going_on -= 1

    async def _see_to(self, picture: Picture) -> None:
        if picture.state != WANTED:
            await self._delete(picture)
            return
        try:
            async with asyncio.timeout(ONE_TRY.total_seconds()):
                looked = await self._fetch(picture)
        except NotKept as refused:
            why = refused.why
            if self._closing:  # perhaps only because it was broken off
                return
            await self._jobs.do(lambda desk: pictures.refuse(desk, picture.id, why))
        except (NotNow, OSError, TimeoutError) as fault:
            log.warning("a picture waits to be fetched", tries=picture.tries + 1, why=type(fault).__name__)
        else:
            await self._note(picture, looked)

    async def _fetch(self, picture: Picture) -> Looked:
        """Fetched, looked at, and written under the name its row has had from the beginning."""
        try:
            self._reached("before_download")
            data = await self._wire.download(picture.file_id or "", MOST_BYTES)
        except TooBig:
            raise NotKept("too_large") from None
        except NotNow:
            raise
        except NoFile:
            raise NotKept("not_there") from None
        async with self._one_at_a_time:
            looked = await asyncio.to_thread(self._look, data, picture.kind)
        await asyncio.to_thread(self._write, picture.name, looked.data)
        self._reached("after_file")
        return looked

    def _look(self, data: bytes, kind: str) -> Looked:
        """A fault of our own in looking at something strange is not tried nine times."""
        try:
            return look(data, kind, self._develop)
        except (NotKept, OSError):
            raise
        except Exception as fault:
            log.error("a picture could not be looked at", fault=place(fault))
            raise NotKept("damaged") from None

    def _write(self, name: str, data: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(self.folder).free < LEFT_FREE + len(data):
            log.error("the disk is nearly full: pictures wait", free=shutil.disk_usage(self.folder).free)
            raise OSError("no room")
        files.write(self.folder, name, data)

    async def _note(self, picture: Picture, looked: Looked) -> None:
        facts = {
            "sha256": hashlib.sha256(looked.data).hexdigest(),
            "bytes": len(looked.data),
            "width": looked.width,
            "height": looked.height,
        }
        if not await self._jobs.do(lambda desk: pictures.keep(desk, picture.id, **facts)):
            await asyncio.to_thread(files.remove, self.folder, picture.name)

    async def _delete(self, picture: Picture) -> None:
        await asyncio.to_thread(files.remove, self.folder, picture.name)
        self._reached("after_file")
        await self._jobs.do(lambda desk: pictures.file_gone(desk, picture.id))

    async def tidy(self) -> None:
        """Files that have lain there for a day and belong to nothing: of a desk that was put back, or killed twice."""
        names = await asyncio.to_thread(lambda: list(files.older_than(self.folder, STRAY.total_seconds())))
        for begin in range(0, len(names), 500):
            some = [name for name in names[begin : begin + 500] if name.isascii() and name.isalnum()]
            for name in await self._jobs.do(partial(pictures.strangers, names=some)):
                await asyncio.to_thread(files.remove, self.folder, name)
                log.info("a file that belonged to nothing is removed")

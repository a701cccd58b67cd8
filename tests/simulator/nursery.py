"""Desks of a soak, each a process of its own, forked from one that has read all modules: no kill waits for that.

    python -m tests.simulator.nursery SOCKET

Whoever connects there has a desk at the other end, as `python -m bot.demo.running` has one at its standard input; its
first line says its process id.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.demo import running
from bot.demo.apart import Apart
from bot.logs import set_up_logs
from bot.settings import Settings


@dataclass
class Afar:
    """Desks in processes of their own, on PostgreSQL two who share the work; nobody looks into them."""

    desks: list[Apart]
    settings: Settings
    dead: bool = False
    app: None = None
    trouble: None = None
    dies_at: None = None
    cut_off: bool = False
    kills: int = 0
    kills_at_birth: int = 0
    closed: int = 0
    refused_starts: int = 0
    troubles: int = 0
    reached_points: dict[str, int] = field(default_factory=dict)


class Born:
    """What `Apart` knows of a process."""

    def __init__(self, pid: int, lines: asyncio.StreamReader, stdin: asyncio.StreamWriter) -> None:
        self.pid, self.stdin, self._lines = pid, stdin, lines
        self.stdout, self.killed = self, False

    async def readline(self) -> bytes:
        """A socket ends otherwise than a pipe when it dies with something unread."""
        try:
            return await self._lines.readline()
        except ConnectionError:
            return b""

    def kill(self) -> None:
        self.killed = True
        os.kill(self.pid, signal.SIGKILL)

    async def wait(self) -> int:
        """Once nothing is left of it; the nursery's children are buried by the kernel."""
        with suppress(ProcessLookupError):
            while True:
                os.kill(self.pid, 0)
                await asyncio.sleep(0.005)
        self.stdin.close()
        return -signal.SIGKILL if self.killed else 0


class Forked(Apart):
    """An `Apart` whose processes come out of the nursery."""

    def __init__(self, nursery: Path, *parts: Any, **options: Any) -> None:
        super().__init__(*parts, **options)
        self._nursery = nursery

    async def _spawn(self) -> Any:
        reader, writer = await asyncio.open_unix_connection(str(self._nursery))
        return Born(json.loads(await reader.readline())["pid"], reader, writer)


async def open_nursery(path: Path) -> Callable[[], None]:
    """Returns how to close it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.simulator.nursery", str(path), start_new_session=True
    )
    while not path.exists():  # noqa: ASYNC110, ASYNC240
        await asyncio.sleep(0.05)
    return process.kill


def live(line: socket.socket) -> None:
    """The child's whole life."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for stream in (0, 1):
        os.dup2(line.fileno(), stream)
    line.close()
    running.say(pid=os.getpid())
    set_up_logs("WARNING")
    code = 1
    try:
        asyncio.run(running.main())
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    finally:
        sys.stderr.flush()
        os._exit(code)


def main(path: str) -> None:
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(f"{path}.new")
        door.listen()
        Path(f"{path}.new").rename(path)
        while True:
            line, _from = door.accept()
            if not os.fork():
                door.close()
                live(line)
            line.close()


if __name__ == "__main__":
    main(sys.argv[1])

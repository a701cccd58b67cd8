"""Workers of the tiny desk in processes of their own, to be stopped and killed.

Run as a program it imports everything once and then forks a worker for each line it reads, and says its process id:
{"database": …, "api": …, "lease": 1.0, "kill": "after_send 2"}.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, insert, select

from desk.front import Desk, Line
from domain.words import plain
from storage.tables import audit_log
from tests.post.tiny import office


async def handle(desk: Desk, raw: dict[str, Any]) -> bool:
    """Says it back, and writes down who did it, from when until when by the database's clock."""
    who, words = raw["message"]["from"]["id"], raw["message"]["text"]
    begun = desk.conn.scalar(select(func.clock_timestamp()))
    time.sleep(0.001)  # noqa: ASYNC251 - as a deed of some statements
    ended = desk.conn.scalar(select(func.clock_timestamp()))
    span = {"from": begun.timestamp(), "to": ended.timestamp(), "by": os.getpid()}
    desk.conn.execute(insert(audit_log).values(at=desk.now, what="deed", about={"who": who, "words": words, **span}))
    desk.say(Line(who, plain(words)))
    return True


def killer(kill: str) -> Callable[[str], None]:
    """Ends the process the so-manieth time it reaches this point."""
    point, _sign, times = kill.partition(" ")
    left = int(times or 1)

    def reached(where: str) -> None:
        nonlocal left
        left -= where == point
        if where == point and left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached


async def work(case: dict[str, Any]) -> None:
    options = {"lease": case.get("lease", 15.0), "reached": killer(case.get("kill", "")), "handle": handle}
    post, writer, readers = office(case["database"], case["api"], **options)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await post.open()
    await stop.wait()
    await post.close()
    await readers.dispose()
    writer.dispose()


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    for line in sys.stdin:
        if child := os.fork():
            print(child, flush=True)  # noqa: T201
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with contextlib.suppress(BaseException):
            silence = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(silence, stream)
            asyncio.run(work(json.loads(line)))
        os._exit(0)


if __name__ == "__main__":
    main()

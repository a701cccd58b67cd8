"""Runs the tiny desk as a process of its own, so that it can be killed.

Run as a program it imports everything once and then forks a desk for each line it reads, one after another, and says
its process id and how it ended: {"database": …, "api": …, "point": "after_send"}.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from typing import Any

from tests.post.tiny import office


async def run(case: dict[str, Any]) -> None:
    def reached(point: str) -> None:
        if point == case.get("point"):
            os.kill(os.getpid(), signal.SIGKILL)

    post, _writer, _readers = office(case["database"], case["api"], reached=reached, stuck_seconds=0.5)
    await post.open()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await post.close()


def main() -> None:
    for line in sys.stdin:
        if child := os.fork():
            print(child, flush=True)  # noqa: T201
            _child, status = os.waitpid(child, 0)
            print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201
            continue
        with contextlib.suppress(BaseException):
            silence = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(silence, stream)
            asyncio.run(run(json.loads(line)))
        os._exit(0)


if __name__ == "__main__":
    main()

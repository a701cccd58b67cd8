"""Runs the tiny desk as a process of its own, so that it can be killed: runner.py DATABASE BASE_URL [POINT]."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from tests.post.tiny import office


def reached(point: str) -> None:
    if len(sys.argv) > 3 and sys.argv[3] == point:
        os.kill(os.getpid(), signal.SIGKILL)


async def main() -> None:
    post, _writer, _readers = office(sys.argv[1], sys.argv[2], reached=reached, stuck_seconds=0.5)
    await post.open()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    print("open", flush=True)  # noqa: T201
    await stop.wait()
    await post.close()


asyncio.run(main())

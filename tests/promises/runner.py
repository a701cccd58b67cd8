"""Opens the real desk in a process that may be killed, and says how it ended.

Run as a program it imports everything once and then forks a desk for each line it reads, so that no case waits for
imports: {"settings": …, "language": …, "now": …, "kill": "after_send 2", "poison": {"die": "kill"}} → the exit code.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from bot import switchboard
from bot.app import App
from bot.demo.file import town_file
from bot.jobs import Jobs
from bot.post.budget import Budget
from bot.post.clock import FrozenClock
from bot.post.raw import Raw
from bot.settings import Settings
from desk.front import Desk

Handle = Callable[[Desk, Raw, Jobs], Coroutine[Any, Any, bool]]


def poisoned(handle: Handle, words: dict[str, str]) -> Handle:
    """The switchboard, except that whoever writes these words finds a fault in a handler."""

    async def with_faults(desk: Desk, raw: Raw, jobs: Jobs) -> bool:
        match words.get(raw.get("message", {}).get("text", "")):
            case "raise":
                await handle(desk, raw, jobs)  # what was done before the fault must not stand
                raise RuntimeError(raw["message"]["text"])
            case "hang":
                await asyncio.sleep(60)
            case "block":
                time.sleep(60)  # noqa: ASYNC251
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
        return await handle(desk, raw, jobs)

    return with_faults


def killer(point: str, times: int) -> Callable[[str], None]:
    """Ends the process the so-manieth time it reaches this point."""
    left = times

    def reached(where: str) -> None:
        nonlocal left
        left -= where == point
        if where == point and left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached


async def run(case: dict[str, Any]) -> None:
    """Open until the process is killed, or is asked to end."""
    point, _sign, times = case.get("kill", "").partition(" ")
    switchboard.handle = poisoned(switchboard.handle, case.get("poison", {}))  # type: ignore[assignment]
    app = App(
        Settings.model_validate(case["settings"]),
        town_file(case["language"]),
        clock=FrozenClock(datetime.fromisoformat(case["now"])),
        budget=Budget.none(),
        reached=killer(point, int(times or 1)),
        tick=case.get("tick", 3600),
        poll=5,
        pause=0.02,
        stuck_seconds=0.5,
    )
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await app.run(stop)


def forked(case: dict[str, Any]) -> int:
    """The process id of a desk of its own."""
    if child := os.fork():
        return child
    code = 1
    with contextlib.suppress(BaseException):
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        asyncio.run(run(case))
        code = 0
    os._exit(code)


def main() -> None:
    for line in sys.stdin:
        child = forked(json.loads(line))
        print(child, flush=True)  # noqa: T201
        _child, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()

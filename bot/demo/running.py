"""The demo's desk as a program of its own, so that its plug can be pulled: `python -m bot.demo.running`.

It is told how to run by a line on its standard input, and every later line moves its clock or asks whether it is done:
{"settings": …, "language": …, "budgets": …, "lease": seconds, "ahead": seconds}, then {"ahead": seconds} or
{"settle": number}. It answers with {"open": true} and {"settled": number}. When nobody speaks to it any more, it closes
in good order.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import timedelta
from typing import Any

from bot.app import App
from bot.demo.file import town_file
from bot.logs import set_up_logs
from bot.not_opened import NOT_OPENED, why_not
from bot.post.budget import Budget
from bot.post.clock import MovableClock
from bot.settings import Settings

Line = dict[str, Any]
NOT_OPEN = 2  # how a process ends that could not open


async def listen() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


def say(**line: Any) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


async def answer(app: App, number: int) -> None:
    await app.office.drained()
    say(settled=number)


async def main() -> None:
    lines = await listen()
    told: Line = json.loads(await lines.readline() or "{}")
    if not told:
        return  # nobody wants a desk any more
    clock = MovableClock()
    clock.move(timedelta(seconds=told["ahead"]))
    budget = Budget() if told["budgets"] else Budget.none()
    settings, file = Settings.model_validate(told["settings"]), town_file(told["language"])
    app = App(settings, file, clock=clock, budget=budget, lease=told["lease"])
    try:
        await app.open()
    except NOT_OPENED as fault:
        sys.stderr.write(f"{why_not(told['language'], fault)}\n")
        sys.exit(NOT_OPEN)
    say(open=True)
    answers: set[asyncio.Task[None]] = set()
    while line := await lines.readline():
        match json.loads(line):
            case {"ahead": seconds}:
                clock.move(max(timedelta(0), timedelta(seconds=seconds) - clock.ahead))
            case {"settle": number}:
                answers.add(task := asyncio.create_task(answer(app, number)))
                task.add_done_callback(answers.discard)
    await app.close()


if __name__ == "__main__":
    set_up_logs("WARNING")
    asyncio.run(main())

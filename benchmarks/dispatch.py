"""What it costs to lead one update past every handler and conversation of the desk, beside a board with one handler."""

from __future__ import annotations

import asyncio
import gc
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from aiogram import Dispatcher
from aiogram.types import Message, Update

from benchmarks.town import town_file
from bot import switchboard
from bot.jobs import Jobs
from desk.front import Desk
from storage import schema
from storage.vault import Keys
from storage.work import open_writer

Lead = Callable[[dict[str, Any]], Awaitable[None]]
ROUNDS, UPDATES = 5, 1500
CHATTER: dict[str, Any] = {
    "update_id": 1,
    "message": {
        "message_id": 1,
        "date": 1_790_000_000,
        "from": {"id": 77, "is_bot": False, "first_name": "Ama", "language_code": "en"},
        "chat": {"id": -1_001_000_000_000, "title": "Neighbours", "type": "supergroup"},
        "text": "Good morning everybody, the lift works again",
    },
}
"""Said in a group and meant for nobody: the most frequent update of all."""
STICKER = {"type": "regular", "file_id": "s", "file_unique_id": "s", "width": 9, "height": 9}
SHOWN: dict[str, Any] = {
    "update_id": 1,
    "message": {**CHATTER["message"], "sticker": {**STICKER, "is_animated": False, "is_video": False}},
}
del SHOWN["message"]["text"]
"""Shown in a group: every filter for messages is asked, and none wants it."""


def one_handler() -> Dispatcher:
    board = Dispatcher(disable_fsm=True)

    @board.message()
    async def one(message: Message) -> None:
        pass

    return board


def numbered(raw: dict[str, Any]) -> list[dict[str, Any]]:
    """No two alike: aiogram remembers what it has seen."""
    return [{"update_id": n, "message": {**raw["message"], "message_id": n}} for n in range(1, UPDATES + 1)]


async def microseconds(lead: Lead, raws: list[dict[str, Any]]) -> float:
    begun = time.process_time()
    for raw in raws:
        await lead(raw)
    return 1e6 * (time.process_time() - begun) / UPDATES


async def measure() -> tuple[float, float, float]:
    """Microseconds of CPU an update: one handler; the desk past every filter; the desk hearing chatter of a group."""
    bot, board = switchboard.deaf_bot("figures_bot"), one_handler()
    with tempfile.TemporaryDirectory() as folder:
        writer = open_writer(f"sqlite:///{Path(folder) / 'desk.db'}")
        schema.upgrade(writer)
        file, jobs, rounds = town_file(), cast(Jobs, None), []
        with writer.begin() as conn:
            keys = Keys.made_from("the figures keep no secrets")
            desk = Desk(conn, file, datetime.now(UTC), keys, random.Random(1), "figures_bot")

            async def yardstick(raw: dict[str, Any]) -> None:
                await board.feed_update(bot, Update.model_validate(raw, context={"bot": bot}))

            async def whole(raw: dict[str, Any]) -> None:
                await switchboard.handle(desk, raw, jobs)

            ways = [(yardstick, numbered(SHOWN)), (whole, numbered(SHOWN)), (whole, numbered(CHATTER))]
            gc.collect()
            gc.freeze()
            for _ in range(ROUNDS):
                rounds.append([await microseconds(lead, raws) for lead, raws in ways])
        writer.dispose()
    one, past, chatter = (statistics.median(each[place] for each in rounds) for place in range(3))
    return one, past, chatter


if __name__ == "__main__":
    print(asyncio.run(measure()))  # noqa: T201

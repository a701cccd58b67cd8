"""Catching up: what has come while the bot was away, all of it waiting when it starts.

Of 20,000 updates half were said in groups to neighbours; the other half to the bot, by people who wrote five times
each.
"""

from __future__ import annotations

import asyncio
import statistics
import time

from benchmarks import town
from benchmarks.crowd import Crowd
from benchmarks.measure import cpu_of, running
from benchmarks.table import line

WAITING, TIMES, ROUNDS = 20_000, 5, 1
QUIET = 0.3  # seconds without a request: nothing is on its way any more


def away() -> Crowd:
    """Nobody acts any more; what they did waits."""
    crowd = Crowd([])
    groups = town.chatter(WAITING // 2)
    for number in range(WAITING // 2):
        crowd.hears(groups[number])
        user = 2_000_000 + number // TIMES
        person = {"id": user, "first_name": "Ama"}
        message = {
            "message_id": 100 + number,
            "date": 1_790_000_000,
            "from": person | {"is_bot": False, "language_code": town.LANGUAGES[user % 2]},
            "chat": person | {"type": "private"},
            "text": "Hello? No rice at home, and my leg hurts so much",
        }
        crowd.hears({"message": message})
    return crowd


async def caught_up(module: str) -> tuple[float, float]:
    """Seconds, and seconds of CPU, from the first look until all is answered."""
    crowd = away()
    async with running(module, crowd, seconds=300) as bot:
        await bot.stub.begun.wait()
        begun, cpu = time.perf_counter(), cpu_of(bot.pid)
        last, asked, at = 0.0, -1, begun
        while time.perf_counter() - at < QUIET or crowd.ready or bot.stub.confirmed < crowd.update_id:
            if (now := sum(bot.stub.requests.values())) != asked:
                asked, at, last = now, time.perf_counter(), cpu_of(bot.pid)
            await asyncio.sleep(0.005)
    return at - begun, last - cpu


def main() -> None:
    pairs = [
        (asyncio.run(caught_up("benchmarks.echo")), asyncio.run(caught_up("benchmarks.desk"))) for _ in range(ROUNDS)
    ]
    for place, what, reach in ((0, f"catching up with {WAITING:,}, s", "≤ 1.3"), (1, "the CPU of it, s", "")):
        echo, desk = (statistics.median(pair[bot][place] for pair in pairs) for bot in (0, 1))
        ratio = statistics.median(pair[1][place] / pair[0][place] for pair in pairs)
        line(what, f"{desk:.1f}", f"{echo:.1f}", f"{ratio:.2f}", reach)


if __name__ == "__main__":
    main()

"""Memory after 100,000 updates, and after 100,000 more: one request from the first hello to the thanks in each 150.

The rest is what neighbours say to each other in their groups, the most frequent update there is.
"""

from __future__ import annotations

import asyncio

from benchmarks import town
from benchmarks.crowd import Crowd
from benchmarks.measure import memory_of, running
from benchmarks.table import line

FIRST, THEN = 100_000, 200_000
IN_ALL = 150
"""Updates for each story, its own fifteen among them."""


async def watched(module: str, *marks: int) -> list[float]:
    """MB after so many updates each."""
    people = marks[-1] // IN_ALL + 200
    chatter = town.chatter(IN_ALL - town.UPDATES)
    if module == "benchmarks.echo":
        crowd = Crowd(town.talkers(people), (), 100, chatter)
    else:
        crowd = Crowd(town.askers(people), town.teams(), 100, chatter)
    found = []
    async with running(module, crowd, seconds=900) as bot:
        for mark in marks:
            while crowd.update_id - len(crowd.ready) < mark:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            found.append(memory_of(bot.pid))
    return found


def main() -> None:
    (echo,) = asyncio.run(watched("benchmarks.echo", FIRST))
    desk, later = asyncio.run(watched("benchmarks.desk", FIRST, THEN))
    line(f"memory after {FIRST:,} updates, MB", f"{desk:.0f}", f"{echo:.0f}", f"{desk / echo:.2f}", "≤ 1.5")
    line(f"and after {THEN:,}, beside that", f"{later:.0f}", f"{desk:.0f}", f"{later / desk:.2f}", "≤ 1.02")


if __name__ == "__main__":
    main()

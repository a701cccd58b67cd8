"""What happens to the house itself: time passes, the process dies, the database has its troubles."""

from __future__ import annotations

from datetime import timedelta

from tests.simulator.database import Strike
from tests.simulator.machine import POINTS
from tests.simulator.play import Play
from tests.simulator.step import Step


async def time_passes(play: Play) -> str | None:
    """Seconds mostly, minutes often, hours now and then."""
    luck = play.town.chance.random()
    low, high = (5, 90) if luck < 0.5 else (120, 3000) if luck < 0.93 else (3600, 40_000)
    seconds = play.town.chance.uniform(low, high)
    play.clock.move(timedelta(seconds=seconds))
    return f"{seconds:.0f} s pass"


async def dies(play: Play) -> str | None:
    """At one of its dangerous moments, some way ahead."""
    if play.machine.dead or play.machine.dies_at:
        return None
    point, times = play.town.chance.choice(POINTS), play.town.chance.randint(1, 4)
    play.machine.dies_at = point, times
    return f"dies at {point} {times}"


async def is_killed(play: Play) -> str | None:
    if play.machine.dead:
        return None
    await play.machine.kill()
    return "killed"


async def restarts(play: Play) -> str | None:
    """In good order, as for an upgrade."""
    if play.machine.dead:
        return None
    await play.machine.close()
    return "closed"


async def database_fails(play: Play) -> str | None:
    trouble, chance = play.machine.trouble, play.town.chance
    if play.machine.dead or trouble is None:
        return None
    strike = Strike(chance.choice(trouble.kinds), chance.randint(1, 12), chance.randint(1, 3))
    trouble.waiting.append(strike)
    return f"database: {strike.kind} after {strike.after}, {strike.times} times"


STEPS = [
    Step("time passes", 9, time_passes),
    Step("dies", 2.5, dies, alone=True),
    Step("is killed", 0.5, is_killed, alone=True),
    Step("restarts", 0.4, restarts, alone=True),
    Step("the database fails", 3, database_fails, alone=True),
]

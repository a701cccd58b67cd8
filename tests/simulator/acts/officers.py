"""Supervisors and officers: alerts, the queue, duty, how the desk is arranged; and somebody wants to be forgotten."""

from __future__ import annotations

from tests.simulator.acts.residents import in_talk, tappable
from tests.simulator.play import Play
from tests.simulator.step import Step

IN_CHARGE = ("dina", "hugo", "gita", "kofi", "ivy")


async def attends(play: Play) -> str | None:
    """Somebody in charge taps what stands on their phone, the newest first."""
    town = play.town
    user = town.anybody(*IN_CHARGE)
    found = tappable(town, user, 5)
    if not found:
        return None
    record, data = found[min(int(town.chance.expovariate(0.4)), len(found) - 1)]
    await town.taps(user, record, data)
    return f"{town.name(user)} taps {data}"


async def asks(play: Play) -> str | None:
    town = play.town
    user = town.anybody(*IN_CHARGE)
    command = town.chance.choice(("/queue", "/duty", "/nottonight", "/mine", "/orders"))
    await town.says(user, command)
    return f"{town.name(user)} {command}"


async def arranges(play: Play) -> str | None:
    town = play.town
    await town.says(town.people["ivy"], "/setup")
    return "ivy /setup"


async def forgets(play: Play) -> str | None:
    """Somebody wants to be forgotten."""
    town = play.town
    user = town.anybody("ama", "faye", "jo", "kim", "lena", "milo", "nour", "omar")
    await town.says(user, "/forget")
    return f"{town.name(user)} /forget"


async def confides(play: Play) -> str | None:
    """Somebody takes the private door, and goes through it as far as their courage lasts."""
    town = play.town
    user = town.anybody("ama", "faye", "lena", "milo", "nour", "omar")
    if user in in_talk(town):
        return None
    found = [(record, data) for record, data in tappable(town, user, 3) if data.endswith(":not_safe")]
    if not found:
        await town.says(user, "/help")
        return f"{town.name(user)} /help, for the private door"
    await town.taps(user, *found[0])
    return f"{town.name(user)} takes the private door"


STEPS = [
    Step("attends", 10, attends),
    Step("asks in charge", 2, asks),
    Step("arranges", 1, arranges),
    Step("forgets", 0.4, forgets),
    Step("confides", 2, confides),
]

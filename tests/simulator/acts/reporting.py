"""Residents report what they saw, at a few places near one another, with pictures and without; some saw the same."""

from __future__ import annotations

from bot.flows.steps import DONE
from tests.simulator.acts.residents import answer, in_talk, press
from tests.simulator.play import Play
from tests.simulator.step import Step
from tests.simulator.town import Here, Town

PLACES = ((29.95, 122.30), (29.9501, 122.3001), (29.9512, 122.3), (-16.5, 179.99999), (-16.5, -179.99999))
KINDS = ("lamp", "exit", "wire", "gas", "litter", "noise", "parking")


async def tells_what_they_saw(play: Play) -> str | None:
    """Whoever is asked about it answers as people do: with a picture, a pin, and mostly that it is the same."""
    town = play.town
    theirs = [(user, here) for user in in_talk(town) if user in town.world.people and (here := town.here(user))]
    asked = [(user, here) for user, here in theirs if here.flow.name == "report"]
    if not asked:
        return None
    user, here = town.chance.choice(asked)
    return f"{town.name(user)} in report.{here.step.name}: {await _says(town, user, here)}"


async def _says(town: Town, user: int, here: Here) -> str:
    chance = town.chance
    if here.step.name == "kind":
        offered = [kind for kind in KINDS if kind in here.values]
        return await press(town, user, here, chance.choice(offered)) if offered else await answer(town, user, here)
    if here.step.name == "story" and DONE not in here.values:
        kind = "album" if chance.random() < 0.2 else "photo"
        await town.do("send", user=user, kind=kind, caption=f"seen {town.word()}")
        return kind
    if here.step.name == "story":
        return await press(town, user, here, DONE)
    if here.step.name == "place" and chance.random() < 0.7:
        latitude, longitude = chance.choice(PLACES)
        await town.do("send", user=user, kind="location", latitude=latitude, longitude=longitude)
        return f"{latitude} {longitude}"
    if here.step.name == "nearby" and chance.random() < 0.7:
        return await press(town, user, here, here.values[0])
    return await answer(town, user, here)


STEPS = [
    Step("tells what they saw", 10, tells_what_they_saw),
]

"""Good deeds are told, noted and looked at, and the same hole in the road is seen by one after the other."""

from __future__ import annotations

from bot.flows.good_deed import MYSELF
from bot.flows.report import OTHER
from bot.flows.steps import DONE, Tell
from bot.handlers.diary import DiaryTap, MarkTap
from bot.handlers.good_deeds import DeedTap, PraiseTap
from bot.handlers.problems import ProblemTap
from tests.simulator.acts.officers import IN_CHARGE
from tests.simulator.acts.residents import in_talk, press, say, tell
from tests.simulator.play import Play
from tests.simulator.step import Step

TALKS = ("praise", "diary", "report", "who_did_it", "problem_note", "problem_owner", "problem_close")
LEADS_ON = ("hazard", "manhole", OTHER)
"""Answers that make another report of the same place."""
HOLES = ((29.9500, 122.3000),)


async def tells(play: Play) -> str | None:
    town = play.town
    user, command = town.anybody(), town.chance.choice(("/praise", "/diary", "/report", "/report", "/problems"))
    await town.says(user, command)
    return f"{town.name(user)} {command}"


async def looks_after(play: Play) -> str | None:
    town = play.town
    user, command = town.anybody(*IN_CHARGE), town.chance.choice(("/deeds", "/deeds", "/pairs", "/problems"))
    await town.says(user, command)
    return f"{town.name(user)} {command}"


async def goes_on(play: Play) -> str | None:
    """Whoever tells of something good, or of a hole in the road, goes straight on with it."""
    town, chance = play.town, play.town.chance
    for user in in_talk(town):
        here = town.here(user) if user in town.world.people else None
        if here is None or here.flow.name not in TALKS or (here.flow.name, here.step.name) == ("report", "place"):
            continue
        offered = [value for value in here.values if not value.startswith("~") and value != MYSELF]
        if isinstance(here.step, Tell) and DONE not in offered:
            did = await tell(town, user, here)
            if here.flow.name == "report":
                await town.do("send", user=user, kind="photo")
        elif wanted := [value for value in LEADS_ON if value in offered]:
            did = await press(town, user, here, chance.choice(wanted))
        elif offered and (here.step.name != "room" or chance.random() < 0.2):
            did = await press(town, user, here, chance.choice(offered))
        else:
            did = await say(town, user, here)
        return f"{town.name(user)} in {here.flow.name}.{here.step.name}: {did}"
    return None


async def points_at_it(play: Play) -> str | None:
    """Whoever is asked where something is sends a pin, within some metres of where others have."""
    town = play.town
    for user in in_talk(town):
        here = town.here(user) if user in town.world.people else None
        if here is not None and (here.flow.name, here.step.name) == ("report", "place"):
            latitude, longitude = town.chance.choice(HOLES)
            near = {"latitude": latitude + town.chance.uniform(-2e-4, 2e-4), "longitude": longitude}
            await town.do("send", user=user, kind="location", **near)
            return f"{town.name(user)} points at {latitude}"
    return None


async def forges(play: Play) -> str | None:
    """With a client of their own: somebody else's deed confirmed, somebody else's yes given, a problem taken."""
    town, chance = play.town, play.town.chance
    user, number = town.anybody(), chance.randint(1, 20)
    data = chance.choice(
        (
            DeedTap(
                verb=chance.choice(("yes", "wordless", "no", "look", "pictures")), id=number, matched=number % 2
            ).pack(),
            PraiseTap(verb=chance.choice(("named", "nameless", "no", "down")), id=number).pack(),
            MarkTap(verb=chance.choice(("mark", "page")), id=number).pack(),
            ProblemTap(verb=chance.choice(("show", "where", "take", "follow")), id=number).pack(),
            DiaryTap(span=chance.choice(("week", "month", "year")), back=number - 5, page=number % 3).pack(),
        )
    )
    stands = town.standing(user, 1)
    if not stands:
        return None
    await town.taps(user, stands[0], data)
    return f"{town.name(user)} forges {data}"


STEPS = [
    Step("tells of good deeds", 4, tells),
    Step("looks after deeds and problems", 1.5, looks_after),
    Step("goes on with it", 9, goes_on),
    Step("points at it", 3, points_at_it),
    Step("forges deeds and problems", 2, forges),
]

"""Supervisors judge what was reported, two of them at once now and then; whoever reported it answers what they ask."""

from __future__ import annotations

from bot.flows.steps import DONE
from sandbox.world import Record
from tests.simulator.acts.officers import IN_CHARGE
from tests.simulator.acts.residents import answer, in_talk, press, tappable
from tests.simulator.play import Play
from tests.simulator.step import Step
from tests.simulator.town import Here, Town

VERDICTS = ("ju:", "open:strike_out:", "open:same_as:", "open:refer_to:", "open:decline:", "open:ask:")


def verdicts(town: Town, user: int) -> list[tuple[Record, str]]:
    return [(record, data) for record, data in tappable(town, user, 12) if data.startswith(VERDICTS)]


async def sees_something(play: Play) -> str | None:
    """A resident reports something: whoever has begun goes on, most of the time with what is asked for."""
    town = play.town
    begun = [user for user in in_talk(town) if (here := town.here(user)) is not None and here.flow.name == "report"]
    if not begun:
        user = town.anybody("ama", "faye", "jo", "kim", "lena", "milo", "nour", "omar")
        await town.says(user, "/report")
        return f"{town.name(user)} /report"
    user = town.chance.choice(begun)
    here = town.here(user)
    assert here is not None
    return f"{town.name(user)} in report.{here.step.name}: {await report_on(town, user, here)}"


async def report_on(town: Town, user: int, here: Here) -> str:
    offered = [value for value in here.values if not value.startswith("~")]
    match here.step.name:
        case "about_what":
            return await press(town, user, here, town.chance.choice(("hazard", "hazard", "uncivil")))
        case "kind":
            few = [value for value in ("lamp", "lamp", "litter", "wire") if value in offered]
            return await press(town, user, here, town.chance.choice(few or offered))
        case "story" if not here.flow.answers.get("story", {}).get("parts"):
            await town.do("send", user=user, kind="photo", caption=f"it is broken {town.word()}")
            return "a picture"
        case "story":
            return await press(town, user, here, DONE)
        case "place":
            await town.do("send", user=user, kind="location", latitude=29.95, longitude=122.3)
            return "a pin"
    return await answer(town, user, here)


async def judges(play: Play) -> str | None:
    town = play.town
    user = town.anybody(*IN_CHARGE)
    found = verdicts(town, user)
    if not found:
        return None
    record, data = town.chance.choice(found)
    await town.taps(user, record, data)
    return f"{town.name(user)} judges by {data}"


async def judge_together(play: Play) -> str | None:
    """Different verdicts on one report, in the same moment."""
    town = play.town
    by_report: dict[str, list[tuple[int, Record, str]]] = {}
    for key in IN_CHARGE:
        for record, data in verdicts(town, town.people[key]):
            if data.startswith("ju:"):
                by_report.setdefault(data.rsplit(":", 1)[1], []).append((town.people[key], record, data))
    contested = [taps for taps in by_report.values() if len({user for user, _record, _data in taps}) > 1]
    if not contested:
        return None
    taps = town.chance.choice(contested)
    town.chance.shuffle(taps)
    for user, record, data in taps[:3]:
        await town.taps(user, record, data)
    return f"{len(taps[:3])} judge {taps[0][2]} together"


async def decides(play: Play) -> str | None:
    """Whoever has begun to judge goes on."""
    town = play.town
    flows = ("strike_out", "same_as", "refer_to", "decline", "ask")
    busy = [
        user
        for user in (town.people[key] for key in IN_CHARGE)
        if (here := town.here(user)) is not None and here.flow.name in flows
    ]
    if not busy:
        return None
    user = town.chance.choice(busy)
    here = town.here(user)
    assert here is not None
    return f"{town.name(user)} in {here.flow.name}.{here.step.name}: {await answer(town, user, here)}"


async def is_asked(play: Play) -> str | None:
    """Somebody whose report needs a word more gives it, or replies to the card."""
    town = play.town
    found = [
        (user, record, data)
        for user in town.people.values()
        for record, data in tappable(town, user, 6)
        if data.startswith("open:answer:")
    ]
    if not found:
        return None
    user, record, data = town.chance.choice(found)
    if town.chance.random() < 0.5:
        await town.says(user, f"by the gate, {town.word()}", reply_to=record.id)
        return f"{town.name(user)} replies to what is asked"
    await town.taps(user, record, data)
    return f"{town.name(user)} taps {data}"


STEPS = [
    Step("sees something", 12, sees_something),
    Step("judges", 8, judges),
    Step("judge together", 1, judge_together),
    Step("decides", 8, decides),
    Step("is asked", 2, is_asked),
]

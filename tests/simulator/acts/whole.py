"""Things done from their beginning to their end, one move after another, while the desk is killed in between.

The other steps are single moves, of which few ever make a whole. These are for the soak, which has the time.
"""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from bot.flows.steps import Confirm, Tell
from storage.tables import contacts, orders, redemptions
from tests.simulator.acts.households import names_part
from tests.simulator.acts.judging import report_on, verdicts
from tests.simulator.acts.market import a_link
from tests.simulator.acts.officers import IN_CHARGE
from tests.simulator.acts.residents import answer, press, say, tappable, tell
from tests.simulator.acts.volunteers import inside, offers
from tests.simulator.play import Play
from tests.simulator.step import Step
from tests.simulator.town import Here, Town

MOVES = 14
LOOKS = 12
RESIDENTS = ("ama", "faye", "jo", "kim", "lena", "milo", "nour", "omar", "ben", "cleo")
BEGUN = (*("/help",) * 6, *("/report",) * 3, "/praise", "/diary", "/household", "/callme")


async def goes_on(play: Play, user: int) -> int:
    """As people do who want to get somewhere: every question is answered, until none is left."""
    town = play.town
    for move in range(MOVES):
        await play.settle()
        here = town.here(user)
        if here is None:
            return move
        await sees(town, user, here)
        await sensibly(town, user, here)
    return MOVES


async def sees(town: Town, user: int, here: Here) -> None:
    """Nobody answers a question that has not arrived yet; at most one message a second does."""
    theirs = f"f:{here.talk.tag}:{here.talk.turn}:"
    for _look in range(LOOKS):
        if any(data.startswith(theirs) for _record, data in tappable(town, user, 4)):
            return
        await asyncio.sleep(0.5)


async def sensibly(town: Town, user: int, here: Here) -> str:
    offered = [value for value in here.values if not value.startswith("~")]
    if here.flow.name == "report":
        return await report_on(town, user, here)
    if named := await names_part(town, user, here):
        return named
    if here.flow.name == "private" and here.step.name in ("safe", "at_hours", "left_out"):
        return await press(town, user, here, offered[0] if here.step.name == "safe" else offered[-1])
    if isinstance(here.step, Confirm):
        return await press(town, user, here, "yes")
    if here.flow.name == "resolve" and isinstance(here.step, Tell) and not offered:
        await town.do("send", user=user, kind="photo", caption=f"it is done {town.word()}")  # some need a picture
        return "a picture"
    if isinstance(here.step, Tell):
        return await tell(town, user, here) if not offered else await press(town, user, here, offered[-1])
    if here.step.name == "points":
        await town.says(user, str(town.chance.choice((5, 7, 60))))
        return "a number"
    if here.step.name in ("afraid", "child"):
        return await press(town, user, here, "no")
    if offered:
        return await press(town, user, here, town.chance.choice(offered))
    return await say(town, user, here) if "text" in here.step.accepts else await answer(town, user, here)


async def asks(play: Play) -> str | None:
    town = play.town
    user, command = town.anybody(*RESIDENTS), town.chance.choice(BEGUN)
    if town.here(user) is None:
        await town.says(user, command)
    moves = await goes_on(play, user)
    return f"{town.name(user)} {command}, {moves} moves"


async def helps(play: Play) -> str | None:
    """Takes what stands in the group."""
    town = play.town
    chat = town.group(town.chance.choice(list(town.groups)))
    found, there = [each for each in offers(town, chat) if each[1].startswith("o:claim")], inside(town, chat)
    if not found or not there:
        return None
    user, (record, data) = town.chance.choice(there), town.chance.choice(found)
    await town.taps(user, record, data)
    return f"{town.name(user)} takes {data}"


async def finishes(play: Play) -> str | None:
    """Whoever has something goes, and says that it is done; whoever asked for it says so, too."""
    town = play.town
    with town.reading.connect() as conn:
        held = select(contacts.c.telegram_id, orders.c.id).join(orders, orders.c.holder_id == contacts.c.person_id)
        rows = conn.execute(held.where(orders.c.holder_id.is_not(None)).order_by(orders.c.id)).all()
    wanted = []
    for user, order in rows:
        does = (f"o:on_way:{order}", f"open:resolve:{order}")
        wanted += [(user, record, data) for record, data in tappable(town, user, 12) if data in does]
    for user in town.people.values():
        wanted += [(user, *each) for each in tappable(town, user, 6) if each[1].startswith(("o:close:", "r:"))]
    if not wanted:
        return None
    user, record, data = town.chance.choice(wanted)
    await town.taps(user, record, data)
    moves = await goes_on(play, user) if data.startswith("open:") else 0
    return f"{town.name(user)} {data}, {moves} moves"


async def judges(play: Play) -> str | None:
    """Somebody in charge decides about a report, a good deed, an award, a case."""
    town = play.town
    user = town.anybody(*IN_CHARGE)
    found = verdicts(town, user) + [
        each for each in tappable(town, user, 12) if each[1].startswith(("gd:", "sg:sign", "sg:page", "k:", "ha:"))
    ]
    if not found:
        command = town.chance.choice(("/queue", "/deeds", "/award", "/award", "/households"))
        await town.says(user, command)
        return f"{town.name(user)} {command}, {await goes_on(play, user)} moves"
    record, data = town.chance.choice(found)
    await town.taps(user, record, data)
    return f"{town.name(user)} decides {data}, {await goes_on(play, user)} moves"


async def agrees(play: Play) -> str | None:
    """Whoever did something good is asked whether it is told."""
    town = play.town
    found = [(user, *each) for user in town.people.values() for each in tappable(town, user, 8) if each[1][:3] == "pr:"]
    if not found:
        return None
    user, record, data = town.chance.choice(found)
    await town.taps(user, record, data)
    return f"{town.name(user)} {data}"


async def redeems(play: Play) -> str | None:
    """Something from the shelf, to the end."""
    town = play.town
    user = town.anybody("ben", "cleo")
    for command, wanted in (("/market", "m:item:"), ("", "open:redeem:")):
        if command:
            await town.says(user, command)
        await play.settle()
        found = [each for each in tappable(town, user, 4) if each[1].startswith(wanted)]
        if not found:
            break
        await town.taps(user, *town.chance.choice(found))
    return f"{town.name(user)} redeems, {await goes_on(play, user)} moves"


async def collects(play: Play) -> str | None:
    """The keeper scans what is ready, and hands it over."""
    town, eli = play.town, play.town.people["eli"]
    with town.reading.connect() as conn:
        if conn.scalar(select(redemptions.c.id).where(redemptions.c.state == "ready").limit(1)) is None:
            return None
    link = town.look(lambda desk: a_link(desk, town.chance.randrange(5)))
    await town.do("start", user=eli, payload=link)
    await play.settle()
    for record, data in tappable(town, eli, 2):
        if data.startswith("v:give"):
            await town.taps(eli, record, data)
            return f"eli hands over {data}"
    return "eli scans"


async def confides(play: Play) -> str | None:
    """The private door, to the end."""
    town = play.town
    user = town.anybody("ama", "faye", "lena", "milo", "nour", "omar")
    if town.here(user) is None:
        await town.says(user, "/help")
        await play.settle()
    here = town.here(user)
    if here is not None and "not_safe" in here.values:
        await sees(town, user, here)
        await press(town, user, here, "not_safe")
    return f"{town.name(user)} confides, {await goes_on(play, user)} moves"


STEPS = [
    Step("asks to the end", 42, asks),
    Step("helps", 36, helps),
    Step("finishes", 42, finishes),
    Step("decides to the end", 30, judges),
    Step("agrees", 9, agrees),
    Step("redeems to the end", 15, redeems),
    Step("collects", 15, collects),
    Step("confides to the end", 12, confides),
]

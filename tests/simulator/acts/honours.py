"""A period is over, and its households are thanked: looked over, asked, published, taken down; all of it is forged."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from bot.handlers.honours import HonourAnswer, HonourTap
from desk import honours
from desk.front import Desk
from desk.points import earn
from domain.honours import period_of
from domain.points import Earning
from domain.words import Text
from storage import honours as rows
from storage.tables import households, people
from tests.simulator.acts.officers import IN_CHARGE
from tests.simulator.acts.residents import goes_on_in
from tests.simulator.play import Play
from tests.simulator.step import Step
from tests.simulator.town import buttons_of

TALKS = ("leave_out", "quiet_hero")
OURS = ("hb:", "hy:", "open:leave_out:", "open:quiet_hero:")
LATE = ("hb:drop", "hb:none")
"""What ends a board, and is tapped less often."""


async def is_over(play: Play) -> str | None:
    """A month, a quarter or a year, by the desk's own hand; again, when it has died before or was first."""
    town, chance = play.town, play.town.chance
    app = play.machine.app
    if app is None or play.machine.dead:
        return None
    unit = chance.choice(("ankang", "ankang", "haitang"))
    key = chance.choice((f"{town.now:%Y-%m}", f"{town.now:%Y}-q4", f"{town.now:%Y}"))
    if chance.random() < 0.8 and unit in town.look(lambda desk: rows.made_for(desk.conn, key)):
        return None
    proposing = asyncio.ensure_future(app.office.pump.do(lambda desk: end(desk, unit, key)))
    until = play.loop_time + 30
    while not proposing.done() and not play.machine.dead and play.loop_time < until:
        await asyncio.wait([proposing], timeout=0.05)
    if proposing.done() and not proposing.cancelled():
        proposing.exception()  # the database has failed, or the process has died: it is proposed another time
    else:
        proposing.cancel()
    return f"{key} is over in {unit}"


def end(desk: Desk, unit: str, key: str) -> None:
    """Some have done something in it, whatever else they did."""
    lived_in = select(people.c.household_id).join(households, households.c.id == people.c.household_id)
    for home in sorted(set(desk.conn.scalars(lived_in.where(households.c.unit == unit))))[:3]:
        earn(desk, Earning(f"in {key}: {home}", home, None, 2, Text("Given by hand"), dimension="service"))
    honours.propose(desk, unit, period_of(key))


async def looks(play: Play) -> str | None:
    town = play.town
    user = town.anybody(*IN_CHARGE) if town.chance.random() < 0.5 else town.anybody()
    await town.says(user, "/honour")
    return f"{town.name(user)} /honour"


async def taps(play: Play) -> str | None:
    """One of the buttons of a board that somebody sees."""
    town, chance = play.town, play.town.chance
    seen = [
        (user, record, data)
        for user in town.people.values()
        for record in town.standing(user, 20)
        for data in buttons_of(record)
        if data.startswith(OURS) and (not data.startswith(LATE) or chance.random() < 0.05)
    ]
    if not seen:
        return None
    wanted = [each for each in seen if each[2].startswith(("hy:yes", "hb:ask", "hb:publish"))]
    user, record, data = chance.choice(wanted if wanted and chance.random() < 0.5 else seen)
    await town.taps(user, record, data)
    return f"{town.name(user)} taps {data}"


async def goes_on(play: Play) -> str | None:
    """Whoever leaves one out or adds a quiet hero goes on with it."""
    return await goes_on_in(play, TALKS)


async def forges(play: Play) -> str | None:
    """Somebody else's board published, somebody else's yes given, one's own household put back."""
    town, chance = play.town, play.town.chance
    user, number = town.anybody(), chance.randint(1, 12)
    verb = chance.choice(("look", "list", "how", "none", "back", "ask", "publish", "drop"))
    data = chance.choice(
        (
            HonourTap(verb=verb, id=number, version=chance.randint(1, 6)).pack(),
            HonourAnswer(verb=chance.choice(("yes", "no")), id=number, mark=number).pack(),
            f"open:leave_out:{number}",
            f"open:quiet_hero:{number}",
        )
    )
    stands = town.standing(user, 1)
    if not stands:
        return None
    await town.taps(user, stands[0], data)
    return f"{town.name(user)} forges {data}"


STEPS = [
    Step("a period is over", 1, is_over, alone=True),
    Step("looks at honours", 1, looks),
    Step("taps about honours", 6, taps),
    Step("goes on with honours", 4, goes_on),
    Step("forges honours", 1, forges),
]

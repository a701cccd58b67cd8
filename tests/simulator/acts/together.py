"""Nobody goes alone: the holder names who came along, those say yes or no, and whoever was helped says who came."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from bot.flows.resolve import TOGETHER
from bot.flows.several import ENOUGH
from bot.flows.steps import DONE
from bot.handlers.co_volunteers import AlongTap
from desk.alert_views import could_take
from desk.closing import resolve
from desk.co_volunteers import could_come
from desk.front import Desk
from desk.order_views import get_order
from desk.orders import claim, make_order
from desk.people import find_person
from domain.orders import NewOrder
from domain.refusals import Refusal
from sandbox.world import Record
from storage.tables import contacts, orders
from storage.teams import get_team
from tests.simulator.acts.residents import press, tappable
from tests.simulator.acts.volunteers import inside, offers
from tests.simulator.acts.whole import MOVES, sees, sensibly
from tests.simulator.play import Play
from tests.simulator.step import Step
from tests.simulator.town import Here, Town

ASKED = ("o:close:", "o:close_alone:", "o:reopen:")
TALKS = ("start", "help", "resolve")
RESIDENTS = ("ama", "faye", "jo", "kim", "lena", "milo", "nour", "omar")


async def together(play: Play) -> str | None:
    """An errand is asked for, taken, and done by more than one: whichever of the three is next, to its end."""
    town, chance = play.town, play.town.chance
    if found := done_buttons(town):
        user, record, data = chance.choice(found)
        await town.taps(user, record, data)
        return f"{town.name(user)} {data}, {await goes_on(play, user)} moves"
    chat = town.group("neighbours")
    there, waits = inside(town, chat), [each for each in offers(town, chat) if each[1].startswith("o:claim")]
    if there and waits:
        user, (record, data) = chance.choice(there), chance.choice(waits)
        await town.taps(user, record, data)
        return f"{town.name(user)} takes {data}"
    user = town.anybody(*RESIDENTS)
    if town.here(user) is None:
        await town.says(user, "/help")
    return f"{town.name(user)} /help, {await goes_on(play, user)} moves"


def done_buttons(town: Town) -> list[tuple[int, Record, str]]:
    """Of whoever has something in hand: the buttons under which it is done."""
    with town.reading.connect() as conn:
        held = select(contacts.c.telegram_id, orders.c.id).join(orders, orders.c.holder_id == contacts.c.person_id)
        having = conn.execute(held.where(orders.c.state.in_(("claimed", "in_progress"))).order_by(orders.c.id)).all()
    return [
        (user, record, data)
        for user, order in having
        for record, data in tappable(town, user, 20)
        if data == f"open:resolve:{order}"
    ]


async def goes_on(play: Play, user: int) -> int:
    """Until nothing is asked any more, or the desk has died."""
    for move in range(MOVES):
        await play.settle()
        here = play.town.here(user)
        if here is None or here.flow.name not in TALKS or play.machine.dead:
            return move
        await sees(play.town, user, here)
        await step_of(play.town, user, here)
    return MOVES


async def step_of(town: Town, user: int, here: Here) -> str:
    offered = [value for value in here.values if not value.startswith("~")]
    if "errand" in offered:
        return await press(town, user, here, "errand")
    if here.flow.name == "resolve" and TOGETHER in offered:
        return await press(town, user, here, town.chance.choice((TOGETHER, TOGETHER, TOGETHER, DONE)))
    if ENOUGH in offered:
        return await press(town, user, here, town.chance.choice([*offered, *offered[:-1]]))
    return await sensibly(town, user, here)


async def was_done(play: Play) -> str | None:
    """The same within a moment, by the desk's own hand, so that there is enough to say yes and no to."""
    town, chance = play.town, play.town.chance
    app = play.machine.app
    if app is None or play.machine.dead:
        return None
    user, once, draw = town.anybody(*RESIDENTS, "ben", "cleo"), f"together {len(play.done)}", chance.random()
    doing = asyncio.ensure_future(app.office.pump.do(lambda desk: done_by_some(desk, user, once, draw)))
    until = play.loop_time + 30
    while not doing.done() and not play.machine.dead and play.loop_time < until:
        await asyncio.wait([doing], timeout=0.05)
    if doing.done() and not doing.cancelled():
        doing.exception()  # the database has failed, or the process has died
    else:
        doing.cancel()
    return f"what {town.name(user)} asked for is done"


def done_by_some(desk: Desk, user: int, once: str, draw: float) -> None:
    """Asked, taken by one who can be reached, and done; most of the time together with somebody."""
    asker = find_person(desk, user)
    if asker is None:
        return
    parts = [{"kind": "text", "words": "Rice, please"}]
    order = make_order(desk, NewOrder(once, "errand", "ankang", asker.id, asker.id, place="Ankang 1-404", parts=parts))
    could = could_take(desk, order)
    if order.state != "offered" or not could:
        return
    holder = could[int(draw * 100) % len(could)]
    try:
        claim(desk, holder, order.id, get_team(desk.conn, order.team_id or 0).chat_id)
        others = could_come(desk, get_order(desk, order.id), holder)
        resolve(desk, holder, order.id, [], [each.id for each in others[: 1 + int(draw * 4)]] if draw < 0.9 else [])
    except Refusal:  # has too many in hand, or is not inside any more
        return


def asked(town: Town, prefix: str | tuple[str, ...], most: int) -> list[tuple[int, Record, str]]:
    return [
        (user, record, data)
        for user in town.people.values()
        for record, data in tappable(town, user, most)
        if data.startswith(prefix)
    ]


async def says_whether(play: Play) -> str | None:
    """Was there, or was not; now and then both, and twice. Whoever does not tap now does so later."""
    town, chance = play.town, play.town.chance
    found = asked(town, "cv:", 40)
    if not found:
        return None
    user, record, data = chance.choice(found)
    if chance.random() < 0.7:
        data = data.replace("cv:no", "cv:yes")
    await town.taps(user, record, data)
    if chance.random() < 0.3:
        again = chance.choice((data, data.replace("cv:yes", "cv:no"), data.replace("cv:no", "cv:yes")))
        await town.taps(user, record, again)
        data = f"{data} and {again}"
    return f"{town.name(user)} taps {data}"


async def says_who_came(play: Play) -> str | None:
    """It is done; it is done, but nobody else came; it is not done."""
    town, chance = play.town, play.town.chance
    found = [each for each in asked(town, ASKED, 20) if "reopen" not in each[2] or chance.random() < 0.2]
    if not found:
        return None
    user, record, data = chance.choice(found)
    await town.taps(user, record, data)
    if "close" in data and chance.random() < 0.2:  # with the other thumb
        other = data.replace("close_alone:", "close:") if "alone" in data else data.replace("close:", "close_alone:")
        await town.taps(user, record, other)
        data = f"{data} and {other}"
    return f"{town.name(user)} taps {data}"


async def forges(play: Play) -> str | None:
    """Somebody else's yes, or one's own to what nobody asked."""
    town, chance = play.town, play.town.chance
    user = town.anybody()
    stands = town.standing(user, 1)
    if not stands:
        return None
    data = AlongTap(verb=chance.choice(("yes", "yes", "no")), id=chance.randint(1, 12)).pack()
    await town.taps(user, stands[0], data)
    return f"{town.name(user)} forges {data}"


STEPS = [
    Step("does it together", 8, together),
    Step("was done together", 8, was_done, alone=True),
    Step("says whether they came along", 8, says_whether),
    Step("says who came", 8, says_who_came),
    Step("forges having come along", 1, forges),
]

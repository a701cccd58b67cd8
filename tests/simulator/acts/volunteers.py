"""Volunteers race for what stands in their group, come and go, and talk there."""

from __future__ import annotations

from bot.handlers.orders import OrderTap
from sandbox.world import Chat, Record
from tests.simulator.play import Play
from tests.simulator.step import Step
from tests.simulator.town import Town, buttons_of


def offers(town: Town, chat: Chat) -> list[tuple[Record, str]]:
    return [
        (record, data) for record in town.standing(chat.id, 20) for data in buttons_of(record) if data.startswith("o:")
    ]


def inside(town: Town, chat: Chat) -> list[int]:
    return [user for user in chat.members if chat.has(user) and user in town.world.people]


async def races(play: Play) -> str | None:
    """Several thumbs on one card in the same moment."""
    town = play.town
    chat = town.group(town.chance.choice(list(town.groups)))
    found, there = offers(town, chat), inside(town, chat)
    if not found or not there:
        return None
    record, data = town.chance.choice(found)
    racing = [town.chance.choice(there) for _each in range(town.chance.randint(1, 4))]
    for user in racing:
        await town.taps(user, record, data)
    return f"{', '.join(map(town.name, racing))} tap {data}"


async def strangers_tap(play: Play) -> str | None:
    """Somebody who is not of that group taps with a client of their own."""
    town = play.town
    chat = town.group(town.chance.choice(list(town.groups)))
    found = offers(town, chat)
    if not found:
        return None
    record, _data = town.chance.choice(found)
    user, verb = town.anybody(), town.chance.choice(("claim", "done", "back", "cancel", "resolve"))
    stands = town.standing(user, 1)
    data = OrderTap(verb=verb, id=town.chance.randint(1, 60)).pack()
    await town.taps(user, stands[0] if stands else record, data)
    return f"{town.name(user)} forges {data}"


async def chats(play: Play) -> str | None:
    town = play.town
    chat = town.group(town.chance.choice(list(town.groups)))
    there = inside(town, chat)
    if not there:
        return None
    words = town.chance.choice(("morning all", "/mine", f"/start@{town.world.bot.username}", town.word("chatter")))
    await town.says(town.chance.choice(there), words, chat=chat.id)
    return f"in {chat.title}: {words}"


async def comes_or_goes(play: Play) -> str | None:
    town = play.town
    chat = town.group(town.chance.choice(list(town.groups)))
    user = town.anybody("ben", "cleo", "jo", "kim")
    status = "left" if chat.has(user) and town.chance.random() < 0.3 else "member"
    if chat.status(user) == status:
        return None
    await town.do("members", group=chat.id, user=user, status=status)
    return f"{town.name(user)} {status} in {chat.title}"


STEPS = [
    Step("races", 12, races),
    Step("strangers tap", 1, strangers_tap),
    Step("chats", 1, chats),
    Step("comes or goes", 2, comes_or_goes),
]

"""Anybody with a phone: begins things, answers what is asked or something else, taps twice and late."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from bot.flows.flow import AGAIN, BACK, CANCEL
from bot.flows.router import Press
from bot.flows.steps import DONE, Confirm, Phone, Place, Summary, Tell
from sandbox.world import Record
from storage.tables import contacts, talks
from tests.simulator.play import Play
from tests.simulator.step import Step
from tests.simulator.town import Here, Town, buttons_of

COMMANDS = (
    *("/help",) * 8,
    *("/start", "/menu", "/household", "/callme", "/orders", "/mine", "/points", "/settings", "/language", "/cancel"),
)
KINDS = ("photo", "voice", "sticker", "location", "contact", "document", "album", "video", "dice", "poll")
NONSENSE = (
    "?",
    "🙃" * 40,
    "<b>bold & broken",
    "١٢٣ שלום 你好",
    "x" * 1500,
    "K7-42M",
    "/nonsense",
    "/help@another_bot",
    "%s {count} \\n",
    "\u202eback to front",
    "0" * 30,
)
PLACES = ("Ankang 安康, building 3, room 201", "Haitang 海棠 1-404", "by the river", "安康 5-302")


async def begins(play: Play) -> str | None:
    town = play.town
    user, command = town.anybody(), town.chance.choice(COMMANDS)
    await town.says(user, command)
    return f"{town.name(user)} {command}"


def in_talk(town: Town) -> list[int]:
    """Who is in the middle of a conversation, by their Telegram ids."""
    with town.reading.connect() as conn:
        theirs = select(contacts.c.telegram_id).join(talks, talks.c.person_id == contacts.c.person_id)
        return list(conn.scalars(theirs.order_by(contacts.c.telegram_id)))


async def goes_on_in(play: Play, flows: Collection[str]) -> str | None:
    """The first who is in the middle of one of these conversations taps what is offered, or sometimes types."""
    town, chance = play.town, play.town.chance
    for user in in_talk(town):
        here = town.here(user) if user in town.world.people else None
        if here is None or here.flow.name not in flows:
            continue
        offered = [value for value in here.values if not value.startswith("~")]
        if here.step.name == "points" and chance.random() < 0.3:
            await town.says(user, str(chance.choice((7, 60, 90, 0))))
            did = "a number"
        elif offered and (isinstance(here.step, Confirm) or chance.random() < 0.9):
            did = await press(town, user, here, chance.choice(offered))
        else:
            did = await say(town, user, here)
        return f"{town.name(user)} in {here.flow.name}.{here.step.name}: {did}"
    return None


async def answers(play: Play) -> str | None:
    """Whoever is asked something says something sensible, most of the time."""
    town = play.town
    asked = [user for user in in_talk(town) if user in town.world.people]
    if not asked:
        return None
    user = town.chance.choice(asked)
    here = town.here(user)
    if here is None:
        return None
    return f"{town.name(user)} in {here.flow.name}.{here.step.name}: {await answer(town, user, here)}"


async def answer(town: Town, user: int, here: Here) -> str:
    chance, step, offered = town.chance, here.step, [value for value in here.values if not value.startswith("~")]
    luck = chance.random()
    if luck < 0.06:
        return await press(town, user, here, chance.choice((BACK, CANCEL, AGAIN, "~call")))
    if luck < 0.12:
        await town.says(user, chance.choice(NONSENSE))
        return "nonsense"
    if isinstance(step, Tell) and (DONE not in offered or chance.random() < 0.4):
        return await tell(town, user, here)
    if isinstance(step, Confirm):
        if isinstance(step, Summary) and chance.random() < 0.15:
            return await press(town, user, here, chance.choice(here.values))
        return f"sends it, {await press(town, user, here, 'yes')}"
    if offered and (chance.random() < 0.85 or "text" not in step.accepts):
        if here.flow.name == "private" and step.name in ("safe", "left_out") and chance.random() < 0.8:
            return await press(town, user, here, offered[0] if step.name == "safe" else offered[-1])
        return await press(town, user, here, chance.choice(offered))
    return await say(town, user, here)


async def tell(town: Town, user: int, here: Here) -> str:
    word = town.confide(user, here.talk.id, here.flow.answers.get("case")) if here.flow.sealed else town.word()
    if town.chance.random() < 0.15:
        await town.do("send", user=user, kind=town.chance.choice(("photo", "voice")), caption=f"see {word}")
    else:
        await town.says(user, f"No rice, {word}, my leg hurts")
    return word


async def say(town: Town, user: int, here: Here) -> str:
    if isinstance(here.step, Phone):
        words = f"0580 {town.chance.randrange(10**6):06d}"
    elif isinstance(here.step, Place):
        words = town.chance.choice(PLACES)
    elif here.step.name == "word":
        words = town.secrets[user] = f"pomegranate{town.chance.randrange(1000)}"
    elif here.step.name in ("building", "room"):
        words = town.chance.choice(("1", "3", "5", "201", "302"))
    elif here.flow.sealed:
        words = f"my aunt {town.confide(user, here.talk.id, here.flow.answers.get('case'))}"
    else:
        words = f"{town.chance.choice(('Nana', 'tomorrow', 'soon'))} {town.word()}"
    await town.says(user, words)
    return words


async def press(town: Town, user: int, here: Here, value: str) -> str:
    data = Press(talk=here.talk.tag, turn=here.talk.turn, value=value).pack()
    for record in town.standing(user):
        if data in buttons_of(record):
            await town.taps(user, record, data)
            return value
    stands = town.standing(user, 1)
    if stands and town.chance.random() < 0.3:
        await town.taps(user, stands[0], data)  # it has not arrived here yet; another of her phones has it
        return f"{value} elsewhere"
    await town.says(user, "/menu")
    return "/menu"


def tappable(town: Town, user: int, most: int) -> list[tuple[Record, str]]:
    return [(record, data) for record in town.standing(user, most) for data in buttons_of(record)]


async def taps(play: Play) -> str | None:
    """Any button that stands in somebody's chat."""
    town = play.town
    user = town.anybody()
    found = tappable(town, user, 4)
    if not found:
        return None
    record, data = town.chance.choice(found)
    await town.taps(user, record, data)
    return f"{town.name(user)} taps {data}"


async def taps_late(play: Play) -> str | None:
    """A button further up, or one that stood there once."""
    town = play.town
    user = town.anybody()
    known = play.seen_buttons.get(user, [])
    stands = town.standing(user, 40)
    if not known or not stands:
        return None
    data, record = town.chance.choice(known), town.chance.choice(stands)
    await town.taps(user, record, data)
    return f"{town.name(user)} taps late {data}"


async def taps_twice(play: Play) -> str | None:
    """Impatiently, as fast as a thumb can."""
    town = play.town
    user = town.anybody()
    found = tappable(town, user, 2)
    if not found:
        return None
    record, data = town.chance.choice(found)
    times = town.chance.randint(2, 5)
    for _again in range(times):
        await town.taps(user, record, data)
    return f"{town.name(user)} taps {data} {times} times"


async def says_anything(play: Play) -> str | None:
    town = play.town
    user = town.anybody()
    if town.chance.random() < 0.5:
        words = town.chance.choice((*NONSENSE, town.word("loose"), town.secrets.get(user, "clear this")))
        await town.says(user, words)
    else:
        words = town.chance.choice(KINDS)
        await town.do("send", user=user, kind=words)
    return f"{town.name(user)} sends {words[:20]}"


async def replies(play: Play) -> str | None:
    """Words that answer one of the bot's messages: for whoever is on the other side."""
    town = play.town
    user = town.anybody()
    stands = town.standing(user, 6)
    if not stands:
        return None
    await town.says(user, f"reply {town.word()}", reply_to=town.chance.choice(stands).id)
    return f"{town.name(user)} replies"


async def edits(play: Play) -> str | None:
    town = play.town
    user = town.anybody()
    own = [each for each in town.world.chats[user].messages.values() if not each.from_bot and not each.deleted]
    if not own:
        return None
    await town.do("edit", user=user, message_id=town.chance.choice(own[-3:]).id, text=f"edited {town.word()}")
    return f"{town.name(user)} edits"


async def reorders(play: Play) -> str | None:
    """A word and a tap that cross each other on the way."""
    town = play.town
    user = town.anybody()
    found = tappable(town, user, 2)
    if not found:
        return None
    record, data = town.chance.choice(found)
    if town.chance.random() < 0.5:
        await town.taps(user, record, data)
        await town.says(user, f"and {town.word()}")
    else:
        await town.says(user, f"and {town.word()}")
        await town.taps(user, record, data)
    return f"{town.name(user)} says and taps {data}"


async def deletes(play: Play) -> str | None:
    """A person tidies their own phone; the bot hears nothing of it."""
    town = play.town
    user = town.anybody()
    stands = town.standing(user, 6)
    if not stands:
        return None
    if town.chance.random() < 0.1:
        await town.do("delete", user=user, all=True)
        return f"{town.name(user)} clears the chat"
    town.world.chats[user].messages[town.chance.choice(stands).id].deleted = True
    return f"{town.name(user)} deletes a message"


STEPS = [
    Step("begins", 7, begins),
    Step("answers", 42, answers),
    Step("taps", 12, taps),
    Step("taps late", 4, taps_late),
    Step("taps twice", 5, taps_twice),
    Step("says anything", 4, says_anything),
    Step("replies", 3, replies),
    Step("edits", 1, edits),
    Step("reorders", 2, reorders),
    Step("deletes", 1, deletes),
]

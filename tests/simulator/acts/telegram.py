"""What Telegram does to the desk: too much, not now, not at all, twice, and things that change behind its back."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sandbox.arguments import Arguments
from tests.simulator.play import Play
from tests.simulator.step import Step

FAULTS = ("429", "429_all", "500", "502_html", "reset_before", "reset_after", "invalid_json", "slow")
METHODS = (None, None, None, "sendMessage", "editMessageText", "answerCallbackQuery", "pinChatMessage", "deleteMessage")


async def fails(play: Play) -> str | None:
    """The next calls go wrong."""
    town, chance = play.town, play.town.chance
    kind, method = chance.choice(FAULTS), chance.choice(METHODS)
    more: dict[str, object] = {"count": chance.randint(1, 4), "seconds": chance.uniform(0.5, 30)}
    if kind.startswith("429") and chance.random() < 0.5:
        more = {"retry_after": chance.randint(1, 40)}
    chat = chance.choice((None, *town.people.values(), *(town.group(key).id for key in town.groups)))
    if kind != "429_all" and chat is not None:
        more["chat"] = chat
    await town.do("faults", kind=kind, method=method, **more)
    return f"{kind} {method or 'any'} {more}"


async def fails_to_fetch(play: Play) -> str | None:
    """The poll goes wrong; what had been handed over already comes again."""
    town, chance = play.town, play.town.chance
    kind = chance.choice(("429", "500", "502_html", "reset_before", "reset_after", "invalid_json"))
    await town.do("faults", kind=kind, method="getUpdates", count=chance.randint(1, 3), retry_after=3)
    return f"{kind} getUpdates"


async def is_cut_off(play: Play) -> str | None:
    """Nothing reaches Telegram for a while."""
    machine = play.machine
    seconds = play.town.chance.uniform(1, 200)
    machine.cut_off = True
    asyncio.get_running_loop().call_later(seconds, lambda: setattr(machine, "cut_off", False))
    return f"no network for {seconds:.0f} s"


async def blocks(play: Play) -> str | None:
    town = play.town
    blocked = [user for user in town.people.values() if town.world.people[user].blocked]
    if blocked and town.chance.random() < 0.7:
        user = town.chance.choice(blocked)
        await town.do("block", user=user, blocked=False)
        if town.chance.random() < 0.5:
            await town.do("start", user=user)
        return f"{town.name(user)} unblocks"
    user = town.anybody()
    await town.do("block", user=user, blocked=True)
    return f"{town.name(user)} blocks"


async def removes_card(play: Play) -> str | None:
    """An administrator deletes one of the bot's messages, or it can no longer be edited."""
    town = play.town
    chat = town.group(town.chance.choice(list(town.groups)))
    stands = town.standing(chat.id, 6)
    if not stands:
        return None
    record = town.chance.choice(stands)
    if town.chance.random() < 0.3:
        await town.do("freeze", chat=chat.id, message_id=record.id)
        return f"a card in {chat.title} is frozen"
    record.deleted = True
    return f"a card in {chat.title} is deleted"


async def changes_standing(play: Play) -> str | None:
    """The bot is thrown out, muted, demoted; and taken back."""
    town = play.town
    chat = town.group(town.chance.choice(list(town.groups)))
    now = chat.status(town.world.bot.id)
    away = town.chance.choice(("kicked", "left", "member", "restricted"))
    status = away if now == "administrator" and town.chance.random() < 0.5 else "administrator"
    if status == now:
        return None
    by = next((user for user in chat.members if user in town.world.people and chat.has(user)), town.people["ivy"])
    await town.do("members", group=chat.id, user=town.world.bot.id, status=status, by=by)
    return f"the bot is {status} in {chat.title}"


async def migrates(play: Play) -> str | None:
    """A group becomes a supergroup, and the bot hears of it in one of many ways."""
    town = play.town
    small = [chat for chat in map(town.group, town.groups) if chat.type == "group" and chat.became is None]
    if not small:
        return None
    order = town.chance.choice(("both", "old_first", "new_first", "old_only", "new_only", "error_only"))
    await town.do("migrate", group=small[0].id, order=order)
    return f"{small[0].title} becomes a supergroup, {order}"


async def another_polls(play: Play) -> str | None:
    """Somebody has started a second program with the same token."""
    asked = Arguments({"offset": 0, "timeout": 1}, {}, [])
    asyncio.get_running_loop().create_task(play.town.box.call("getUpdates", asked))
    return "another program polls"


async def is_malformed(play: Play) -> str | None:
    """Updates no phone would send."""
    town = play.town
    user = town.world.people[town.anybody()]
    odd = town.chance.choice(
        (
            {"message": {"message_id": 1, "date": 1, "chat": user.brief(), "from": user.user(), "external_reply": {}}},
            {"poll_answer_of_tomorrow": {"x": 1}},
            {"message": {"text": 7}},
            {"callback_query": {"id": "1", "from": user.user(), "chat_instance": "1", "data": "o:claim:1"}},
            {
                "edited_message": {
                    "message_id": 5,
                    "date": 0,
                    "chat": user.brief(),
                    "from": user.user(),
                    "text": "/help",
                }
            },
        )
    )
    town.world.updates.add_raw(odd)
    return f"odd update {next(iter(odd))}"


async def loses_taps(play: Play) -> str | None:
    """The desk is down; who taps meanwhile is never heard, and who writes is."""
    if play.machine.dead:
        return None
    await play.machine.kill()
    play.sleeping_until = play.loop_time + play.town.chance.uniform(160, 600)
    play.clock.move(timedelta(seconds=1))
    return "killed, and down for minutes"


STEPS = [
    Step("Telegram fails", 5, fails),
    Step("fetching fails", 2, fails_to_fetch),
    Step("cut off", 0.6, is_cut_off, alone=True),
    Step("blocks", 1.5, blocks),
    Step("removes a card", 1.5, removes_card),
    Step("changes standing", 1.2, changes_standing),
    Step("migrates", 0.3, migrates),
    Step("another polls", 0.5, another_polls, alone=True),
    Step("malformed", 1, is_malformed),
    Step("down for minutes", 0.4, loses_taps, alone=True),
]

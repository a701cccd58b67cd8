"""Telegram makes a supergroup of the volunteers' group, and the desk goes along, in whatever order it hears of it."""

from __future__ import annotations

import pytest

from sandbox.phones import Chat
from tests.stories.test_asking import ASK
from tests.town import TestTown


@pytest.mark.parametrize("order", ["both", "old_first", "new_first", "error_only"])
async def test_an_open_order_stands_in_the_new_group_and_can_be_taken(town: TestTown, order: str) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    town.demo.sandbox.world.chats[town.volunteers.id].type = "group"  # it has been a small group until now
    moved = await town.demo.town.do("migrate", group=town.volunteers.id, order=order)
    await town.settle()
    if order == "error_only":  # nobody has told the desk: it finds out when it next speaks there
        await town.wait(minutes=15)
    group = Chat(town.demo.town, moved["id"], "the new group")
    card = await group.sees("Groceries", buttons=["I'll take it"])
    standing = [message for message in await group.from_bot() if "Groceries" in message["text"]]
    assert len(standing) == 1
    await town.ben.taps("I'll take it", on=card)
    town.ben.is_told("It's yours")
    await town.ama.hears("Ben has taken it")
    await group.sees("Ben")
    await group.all_read()

"""Telegram makes a supergroup of the volunteers' group, and the desk goes along, in whatever order it hears of it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from sandbox.phones import Chat
from storage.tables import audit_log, metadata
from tests.stories.test_asking import ASK
from tests.town import TestTown


@pytest.mark.parametrize("order", ["both", "old_first", "new_first", "old_only", "new_only", "error_only"])
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


async def test_told_again_and_again_it_moves_once(town: TestTown) -> None:
    """The error, then both messages, and both once more: one card stands in the new group, and one line in the log."""
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    old = town.volunteers.id
    town.demo.sandbox.world.chats[old].type = "group"
    moved = await town.demo.town.do("migrate", group=old, order="error_only")
    await town.wait(minutes=15)
    group = Chat(town.demo.town, moved["id"], "the new group")
    before = [message["message_id"] for message in await group.from_bot()]
    ivy = town.demo.sandbox.world.people[town.ivy.id].user()
    here = {"message_id": 900, "date": 1, "from": ivy}
    for _again in range(2):
        for chat, other in ((old, {"migrate_to_chat_id": group.id}), (group.id, {"migrate_from_chat_id": old})):
            kind = {"id": chat, "title": "x", "type": "group" if chat == old else "supergroup"}
            await town.demo.town.do("raw", message={**here, "chat": kind, **other})
            await town.settle()
    assert [message["message_id"] for message in await group.from_bot()] == before
    assert len([message for message in await group.from_bot() if "Groceries" in message["text"]]) == 1
    said = select(func.count()).select_from(audit_log).where(audit_log.c.what == "group_moved")
    assert town.look(lambda desk: desk.conn.scalar(said)) == 1
    await town.ama.all_read()
    await town.volunteers.all_read()


def test_every_table_that_names_a_chat_is_thought_of() -> None:
    """A new one has to be moved as well, or to be no group's."""
    named = {table.name for table in metadata.sorted_tables if "chat_id" in table.c}
    assert named == {"cards", "group_members", "groups", "outbox", "teams"}

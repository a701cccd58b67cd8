"""Whoever holds a role is asked for once; what Telegram says of them counts from then on."""

from __future__ import annotations

from sqlalchemy import delete, select

from storage.tables import group_members
from tests.stories.test_asking import ASK
from tests.town import TestTown


async def test_a_volunteer_who_had_left_before_anybody_looked_cannot_take_orders(town: TestTown) -> None:
    group = town.volunteers.id
    town.demo.sandbox.world.chats[group].members[town.cleo.id] = "left"  # before the desk was there to hear of it
    town.look(lambda desk: desk.conn.execute(delete(group_members)))
    await town.wait(minutes=2)
    heard = select(group_members.c.telegram_id, group_members.c.inside)
    known = town.look(lambda desk: dict(desk.conn.execute(heard).all()))
    assert (known[town.ben.id], known[town.cleo.id]) == (True, False)
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    await town.cleo.taps("I'll take it", on=card)
    assert not (town.cleo.answer or {}).get("text", "").startswith("It's yours")
    await town.cleo.all_read()
    asked = [call for call in await town.demo.town.calls() if call["method"] == "getChatMember"]
    await town.wait(minutes=2)
    again = [call for call in await town.demo.town.calls() if call["method"] == "getChatMember"]
    assert len(asked) == len(again), "each of them is asked about once"
    await town.volunteers.all_read()


async def test_a_group_that_cannot_be_asked_about_puts_nobody_out(town: TestTown) -> None:
    town.look(lambda desk: desk.conn.execute(delete(group_members)))
    del town.demo.sandbox.world.chats[town.care.id]
    await town.wait(minutes=2)
    heard = select(group_members.c.telegram_id).where(group_members.c.chat_id == town.care.id)
    assert town.look(lambda desk: desk.conn.execute(heard).all()) == [], "no answer is not an answer"
    town.demo.groups.pop("care")

"""Fifty volunteers tap one card at once: one of them has it, and the others are told who."""

from __future__ import annotations

import asyncio

from sqlalchemy import func, select

from desk import people
from desk.front import Desk
from sandbox.phones import Phone, labels_of
from storage.roles import give_role
from storage.tables import order_history, orders, teams
from tests.stories.test_asking import ASK
from tests.town import TestTown

FIFTY = 50
TAKE = "I'll take it"


async def fifty_volunteers(town: TestTown) -> list[Phone]:
    """They are in the group, have opened the chat with the desk, and belong to its team."""
    town_of_phones, group = town.demo.town, town.volunteers
    phones = [await town_of_phones.person(f"Vol{n:02}", language_code="en") for n in range(FIFTY)]
    for phone in phones:
        town.demo.sandbox.world.people[phone.id].started = True
        await town_of_phones.do("members", group=group.id, user=phone.id, status="member")

    def welcome(desk: Desk) -> None:
        team = desk.conn.scalar(select(teams.c.id).where(teams.c.chat_id == group.id)) or 0
        for phone in phones:
            person = people.meet(desk, phone.id, phone.name, "en", started=True)
            people.change(desk, person, name=phone.name, language="en")
            give_role(desk.conn, desk.now, person.id, "volunteer", team_id=team)

    await town.settle()
    await town.at_desk(welcome)
    return phones


async def test_fifty_taps_at_once_have_one_holder_and_forty_nine_are_told_who(town: TestTown) -> None:
    phones = await fifty_volunteers(town)
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    card = await town.volunteers.sees("Groceries", buttons=[TAKE])
    cards_before = len(await town.volunteers.from_bot())

    answers = await asyncio.gather(*(phone.taps(TAKE, on=card, read=False) for phone in phones))
    await town.settle()

    said = [str((answer or {}).get("text")) for answer in answers]
    winners = [phone for phone, words in zip(phones, said, strict=True) if "It's yours" in words]
    assert len(winners) == 1, said
    told_who = [words for words in said if winners[0].name in words]
    assert len(told_who) == FIFTY - 1, said

    assert len(await town.volunteers.from_bot()) == cards_before
    standing = await town.volunteers.sees("Groceries", winners[0].name)
    assert standing["message_id"] == card["message_id"]
    assert TAKE not in labels_of(standing)
    for phone in phones:
        if phone is not winners[0]:
            await phone.hears_nothing()
    await winners[0].hears("room 201", "my leg hurts")

    def proof(desk: Desk) -> tuple[int, int, list[int | None]]:
        claims = select(func.count()).select_from(order_history).where(order_history.c.what == "claim")
        held = list(desk.conn.scalars(select(orders.c.holder_id)))
        return desk.conn.scalar(select(func.count()).select_from(orders)) or 0, desk.conn.scalar(claims) or 0, held

    count, claims, held = town.look(proof)
    assert (count, claims, len(held)) == (1, 1, 1)
    assert held[0] == town.look(lambda desk: people.find_person(desk, winners[0].id)).id

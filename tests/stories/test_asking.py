"""Somebody asks for help, and somebody comes."""

from __future__ import annotations

from tests.town import TestTown

ASK = (
    "[Ask for help]",
    "[Groceries]",
    "No rice, my leg hurts",
    "[That's all]",
    "Ankang, building 3, room 201",
    "[Today]",
)


async def test_a_first_request_takes_at_most_eight_taps_and_messages(town: TestTown) -> None:
    await town.ama.starts()
    deeds = ("[That's fine]", *ASK, "[Yes, send it]")
    await town.ama.says(*deeds)
    assert len(deeds) <= 8
    await town.ama.sees("Nobody has taken it yet", "10:30")
    await town.volunteers.sees("Groceries", buttons=["I'll take it"])


async def test_the_first_who_taps_has_it_and_the_others_are_told_who(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    await town.ben.taps("I'll take it", on=card)
    await town.cleo.taps("I'll take it", on=card)
    town.cleo.is_told("Ben")
    await town.ben.hears("Ankang, building 3, room 201", "my leg hurts")
    await town.ama.sees("Ben")
    await town.cleo.hears_nothing()
    await town.faye.hears_nothing()
    await town.volunteers.does_not_see("my leg hurts", "room 201", "Ama")


async def test_an_order_nobody_takes_climbs_to_the_supervisor(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    await town.volunteers.sees("Groceries")
    await town.wait(minutes=15)
    await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    await town.wait(minutes=14, seconds=59)
    await town.dina.hears_nothing()
    await town.wait(seconds=1)
    await town.dina.hears("Groceries", buttons=["I've seen it"])
    card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    await town.ben.taps("I'll take it", on=card)
    await town.ama.hears("Ben has taken it")
    await town.wait(minutes=90)
    await town.gita.hears_nothing()

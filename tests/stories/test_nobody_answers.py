"""Nobody answers: supervisors hear of it, and see, take, give or call off; at the end the officers hear."""

from __future__ import annotations

from tests.stories.test_asking import ASK
from tests.town import TestTown


async def ask(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    await town.ama.all_read()
    await town.volunteers.sees("Groceries")


async def climb(town: TestTown) -> None:
    """Up to the first supervisor."""
    await ask(town)
    await town.wait(minutes=30)
    await town.volunteers.all_read()
    await town.dina.hears("Nobody has taken this yet", "Waiting since 10:00", buttons=["I've seen it"])


async def test_seen_keeps_it_still_and_then_it_climbs(town: TestTown) -> None:
    await climb(town)
    await town.dina.taps("I've seen it")
    town.dina.is_told("11:00")
    await town.dina.hears("Dina has seen it", "11:00")
    await town.ama.all_read()
    await town.wait(minutes=29)
    await town.gita.hears_nothing()
    await town.wait(minutes=1)
    await town.gita.hears("Nobody has taken this yet", "Called at 10:30: Dina")


async def test_the_supervisor_takes_it(town: TestTown) -> None:
    await climb(town)
    alert = await town.dina.hears("Groceries", buttons=["I'll take it"])
    await town.dina.taps("I'll take it", on=alert)
    town.dina.is_told("It's yours")
    await town.dina.hears("room 201")
    await town.dina.hears("Dina has it")
    await town.ama.hears("Dina has taken it")
    await town.dina.taps("I've seen it", on=alert)
    town.dina.is_told("Dina has it already")


async def test_the_supervisor_gives_it_to_a_volunteer(town: TestTown) -> None:
    await climb(town)
    await town.dina.says("[Give it to…]")
    await town.dina.hears("Who shall look after it?", buttons=["Ben", "Cleo"])
    await town.dina.says("[Ben]")
    await town.dina.hears("Ben has it now")
    await town.ben.hears("Dina asks you to look after this")
    await town.ben.hears("room 201")
    await town.ama.hears("Ben has taken it")


async def test_the_supervisor_calls_it_off(town: TestTown) -> None:
    await climb(town)
    await town.dina.says("[Call it off]", "[It is not needed any more]")
    await town.dina.hears("It is called off")
    await town.ama.hears("Dina has called it off")
    await town.wait(hours=6)
    await town.gita.hears_nothing()


async def test_a_supervisor_who_has_blocked_the_desk_is_passed_over_at_once(town: TestTown) -> None:
    await ask(town)
    await town.dina.blocks()
    await town.wait(minutes=30)
    await town.volunteers.all_read()
    await town.ama.all_read()
    await town.gita.hears("Nobody has taken this yet")


async def test_the_queue_and_duty(town: TestTown) -> None:
    await ask(town)
    await town.dina.says("/queue")
    await town.dina.hears("1 request waits", buttons=["Groceries"])
    await town.dina.says("[Groceries]")
    await town.dina.hears("Nobody has taken this yet", buttons=["I'll take it"])
    await town.dina.says("/duty", "[Go off duty]")
    await town.dina.hears("You are off duty")
    await town.ben.says("/queue")
    await town.ben.hears("Only the people in charge")


async def test_a_silent_holder_is_asked_and_says_yes(town: TestTown) -> None:
    await ask(town)
    card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    await town.ben.taps("I'll take it", on=card)
    await town.ben.all_read()
    await town.ama.all_read()
    await town.wait(hours=2)
    await town.ben.hears("Are you still on it?")
    await town.ben.says("[Yes, still on it]")
    town.ben.is_told("Good to know")
    await town.ben.hears("You are on it")
    await town.wait(hours=2)
    await town.ben.hears("Are you still on it?")
    await town.wait(hours=2)
    await town.ben.hears("I haven't heard from you")
    await town.ama.hears("cannot come after all")
    await town.volunteers.sees("Groceries", buttons=["I'll take it"])


async def test_when_nobody_is_left_officers_hear_and_the_requester_is_told_honestly(town: TestTown) -> None:
    await climb(town)
    for minutes, supervisor in ((30, town.gita), (60, town.kofi), (60, town.ivy)):
        await town.wait(minutes=minutes)
        await supervisor.hears("Nobody has taken this")
    await town.ivy.hears("nobody is left whom I could call", "Called at 12:00: Kofi")
    await town.ama.hears("nobody could take it", "110")
    await town.dina.says("/queue")
    await town.dina.hears("1 request waits", buttons=["🔔 Groceries"])
    card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    await town.ben.taps("I'll take it", on=card)
    await town.ben.all_read()
    await town.ama.hears("Ben has taken it")
    await town.ivy.hears("Ben has it")


async def test_a_request_that_no_group_can_hear_of_is_with_the_supervisor_at_once(town: TestTown) -> None:
    await town.joins(town.ama)
    deeds = ("[Ask for help]", "[Trouble at home]", "[No]", *ASK[2:], "[Yes, send it]")
    await town.ama.says(*deeds)
    await town.ama.all_read()
    await town.wait(seconds=1)
    await town.dina.hears("Nobody has taken this yet", "There is no group I could ask", buttons=["I'll take it"])
    await town.dina.does_not_see("my leg hurts")

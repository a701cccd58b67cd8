"""People who cannot be written to: what was for them ends with its reason, and coming back opens the chat again."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from desk.front import Desk
from desk.people import find_person
from storage.tables import contacts, outbox, people
from tests.stories.test_asking import ASK
from tests.town import TestTown


def dead_for(desk: Desk, chat_id: int) -> set[str | None]:
    """Why messages to this chat have ended."""
    gone = select(outbox.c.reason).where(outbox.c.chat_id == chat_id, outbox.c.state == "dead")
    return set(desk.conn.scalars(gone))


def waiting_for(desk: Desk, chat_id: int) -> int:
    unsent = outbox.c.state.in_(("queued", "sending"))
    return desk.conn.scalar(select(func.count()).where(outbox.c.chat_id == chat_id, unsent)) or 0


@pytest.mark.parametrize("comes_back", ["unblocks", "starts"])
async def test_whoever_blocks_the_desk_stays_known_and_is_written_to_again_once_they_are_back(
    town: TestTown, comes_back: str
) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    known = town.look(lambda desk: find_person(desk, town.ama.id))
    await town.ama.blocks()
    await town.volunteers.sees("Groceries")
    await town.ben.taps("I'll take it", chat=town.volunteers.id)
    await town.ben.all_read()
    await town.volunteers.all_read()
    assert town.look(lambda desk: waiting_for(desk, town.ama.id)) == 0
    still = town.look(lambda desk: find_person(desk, town.ama.id))
    assert (still.id, still.name, still.reach) == (known.id, known.name, "blocked")
    if comes_back == "unblocks":
        await town.ama.blocks(False)
    else:
        await town.ama.starts()
    assert town.look(lambda desk: find_person(desk, town.ama.id)).reach == "open"
    await town.ben.says("[On my way]")
    await town.ama.hears("Ben is on the way")
    await town.ama.all_read()
    await town.volunteers.all_read()
    assert town.look(lambda desk: desk.conn.scalar(select(func.count()).where(people.c.id == known.id))) == 1


@pytest.mark.parametrize(("how", "reason"), [("deactivated", "deactivated"), ("never", "never_started")])
async def test_a_supervisor_whom_nothing_reaches_is_passed_over_at_once(town: TestTown, how: str, reason: str) -> None:
    """Nobody has told the desk: it finds out from what Telegram says."""
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    dina = town.demo.sandbox.world.people[town.dina.id]
    if how == "deactivated":
        await town.demo.town.do("people", id=town.dina.id, deactivated=True)
    else:
        dina.started = False
    await town.wait(minutes=30)
    await town.wait(seconds=1)
    await town.volunteers.all_read()
    await town.ama.all_read()
    await town.gita.hears("Nobody has taken this yet")
    assert town.look(lambda desk: dead_for(desk, town.dina.id)) == {reason}
    reach = select(contacts.c.reach).where(contacts.c.telegram_id == town.dina.id)
    assert town.look(lambda desk: desk.conn.scalar(reach)) == reason

"""Nothing stands between a person and their request: one tap, and no word that was said before it is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from desk import people
from desk.front import Desk
from domain.orders import Order
from sandbox.phones import labels_of, text_of
from storage import orders
from tests.conftest import MORNING
from tests.stories.test_asking import ASK
from tests.town import TestTown, a_town


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TestTown]:
    async with a_town(tmp_path, MORNING) as opened:
        yield opened


def told(town: TestTown, order_id: int = 1) -> list[str]:
    """The story of an order, as it is kept."""
    return town.look(lambda desk: [part.words or part.kind for part in orders.parts_of(desk.conn, order_id, "story")])


async def test_what_is_said_before_anything_else_is_not_lost(town: TestTown) -> None:
    await town.ama.says("no rice")
    await town.ama.sees("To help you I keep", buttons=["That's fine"])
    await town.ama.says("and my leg hurts")
    await town.ama.sees("I have kept what you said", "To help you I keep")
    await town.ama.sends("album", count=3)
    await town.ama.sends("location")
    await town.ama.says("[That's fine]")
    await town.ama.sees("Shall I ask the neighbours to help with this?", buttons=["Groceries"])
    await town.ama.says("[Groceries]", "[Ankang Community]", "[Today]")
    await town.ama.sees("This is what I understood", "no rice", "and my leg hurts", "a picture")
    await town.ama.says("[Yes, send it]")
    await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    assert told(town) == ["no rice", "and my leg hurts", "photo", "photo", "photo"]


async def test_after_start_too(town: TestTown) -> None:
    await town.ama.starts()
    await town.ama.says("no rice", "[That's fine]")
    await town.ama.sees("Shall I ask the neighbours to help with this?", buttons=["Groceries"])
    await town.ama.says("[Groceries]", "Ankang, building 3", "[Today]", "[Yes, send it]")
    await town.volunteers.sees("Groceries")
    assert told(town) == ["no rice"]


async def test_a_command_goes_on_after_the_one_tap(town: TestTown) -> None:
    await town.ama.says("/help")
    await town.ama.sees("To help you I keep")
    await town.ama.says("[That's fine]")
    await town.ama.sees("What do you need help with?")
    await town.faye.all_read()
    newcomer = await town.demo.town.person("Nadia", language_code="en")
    await newcomer.starts()
    await newcomer.says("no rice", "/callme", "[That's fine]")
    await newcomer.sees("Which number may we call?")
    await newcomer.says("0580 123 4567", "[Ankang Community]")
    await newcomer.sees("A community worker will call you")
    await newcomer.sees("Shall I ask the neighbours to help with this?")
    await town.wait(minutes=1)
    await town.dina.hears("call", buttons=["I'll take it"])


async def test_not_saying_yes_keeps_nothing_and_asks_again(town: TestTown) -> None:
    await town.ama.says("no rice", "[Cancel]")
    await town.ama.sees("I've put it away")
    await town.ama.says("/orders", "/help")
    await town.ama.sees("To help you I keep", buttons=["That's fine"])


async def test_a_new_version_of_what_is_kept_is_asked_once_more(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says("/help")
    await town.ama.sees("What do you need help with?")
    await town.ama.says("[Cancel]")
    app = town.demo.app
    app.file = replace(app.file, consent_version="2")
    await town.ama.says("/help")
    assert "To help you I keep" in text_of(await town.ama.last())
    await town.ama.says("[That's fine]", *ASK[1:], "[Yes, send it]")
    await town.volunteers.sees("Groceries")
    known = town.look(lambda desk: people.has_consented(desk, people.find_person(desk, town.ama.id)))
    assert known


async def test_start_in_the_middle_shows_where_one_is(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK[:3])
    await town.ama.starts()
    assert "I've noted it" in text_of(await town.ama.last())
    await town.ama.says(*ASK[3:], "[Yes, send it]")
    await town.volunteers.sees("Groceries")
    assert told(town) == ["No rice, my leg hurts"]


async def test_start_in_the_middle_of_something_private_shows_the_ordinary_menu(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says("[Ask for help]", "[I'd rather say it privately]", "[Yes]")
    private = await town.ama.last()
    assert "Clear this" in labels_of(private)
    await town.ama.starts()
    assert "What can I do for you?" in text_of(await town.ama.last())
    await town.ama.says("Have you fed the cat?")
    assert "Shall I ask the neighbours" in text_of(await town.ama.last())
    await town.ama.taps("No, I'll ask here", on=private)
    assert "Shall I ask the neighbours" in text_of(await town.ama.last()) or town.ama.answer is not None


async def test_what_comes_too_late_for_something_private_is_offered_to_nobody(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says("[Ask for help]", "[I'd rather say it privately]", "[Yes]")
    private = await town.ama.last()
    await town.wait(minutes=16)
    await town.ama.says("He hit me")
    await town.ama.sees("That was a while ago")
    assert "What can I do for you?" in text_of(await town.ama.last())
    await town.ama.does_not_see("He hit me")
    await town.ama.taps("No, I'll ask here", on=private)
    town.ama.is_told("This conversation is over")


async def test_a_desk_without_an_officer_says_what_to_do(town: TestTown) -> None:
    def nobody_in_charge(desk: Desk) -> None:
        from sqlalchemy import update

        from storage.tables import roles

        desk.conn.execute(update(roles).where(roles.c.role == "officer").values(ended_at=desk.now))

    await town.at_desk(nobody_in_charge)
    await town.ama.starts()
    await town.ama.sees("nobody in charge yet", f"LINLI_OWNER={town.ama.id}")
    await town.ama.sees("To help you I keep")


async def test_names_of_any_kind(town: TestTown) -> None:
    for name, asked in (("🌸🌸", True), ("...", True), ("أمينة", False), ("‮evil‬", False), ("阿婆", False)):
        phone = await town.demo.town.person(name, language_code="en")
        await phone.starts()
        await phone.says("[That's fine]", *ASK)
        if asked:
            await phone.sees("what may we call you?")
            await phone.says("Grandma Rose 🌹")
        summary = await phone.sees("This is what I understood")
        assert "‮" not in text_of(summary)
        await phone.says("[Yes, send it]")
        await phone.sees("Nobody has taken it yet")
        await town.volunteers.all_read()
    made: Order = town.look(lambda desk: orders.find_order(desk.conn, 1))
    assert made.for_name == "Grandma Rose 🌹"

"""The desk was down for hours, and everything that was said meanwhile comes at once."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from sandbox.phones import Json, Phone, text_of
from storage import orders
from storage.messages import get_fact
from storage.retention import SORRY
from storage.tables import deadlines, inbox
from tests.promises.conftest import opens
from tests.stories.test_asking import ASK
from tests.town import TestTown

DOWN = timedelta(hours=6)
SORRY_WORDS = "I'm sorry: I was away"


async def says(town: TestTown, phone: Phone, words: str) -> None:
    """Said to a desk that does not hear."""
    await town.demo.town.do("say", user=phone.id, chat=phone.id, text=words)


async def back(town: TestTown, after: timedelta = DOWN) -> None:
    town.demo.clock.move(after)
    await opens(town)


async def since(phone: Phone, before: int) -> list[Json]:
    return (await phone.from_bot())[before:]


def sorries(messages: list[Json]) -> list[str]:
    return [text_of(message) for message in messages if SORRY_WORDS in text_of(message)]


def made(town: TestTown, order_id: int = 1) -> Any:
    return town.look(lambda desk: orders.find_order(desk.conn, order_id))


def due(town: TestTown, metric: str = "first_response") -> datetime:
    query = select(deadlines.c.due_at).where(deadlines.c.order_id == 1, deadlines.c.metric == metric)
    return town.look(lambda desk: desk.conn.scalar(query))  # type: ignore[no-any-return]


async def test_six_hours_of_five_hundred_updates(town: TestTown) -> None:
    """Everybody's words are taken in order, nobody hears more than they can read, and each is told once why."""
    people = [await town.demo.town.person(f"Neighbour {n}") for n in range(25)]
    for phone in people:
        await town.joins(phone)
    before = {phone.id: len(await phone.from_bot()) for phone in people}
    await town.demo.app.close()
    for turn in range(20):
        for phone in people:
            words = ("/help", "/menu", "/mine", f"part {turn}", "/orders")[turn % 5]
            await says(town, phone, words)
        town.demo.clock.move(DOWN / 20)
    await opens(town)
    rows = town.look(lambda desk: desk.conn.execute(select(inbox.c.state)).all())
    assert {row.state for row in rows} == {"done"}
    for phone in people:
        heard = await since(phone, before[phone.id])
        assert len(sorries(heard)) == 1
        most = 12 if town.demo.app.writer.dialect.name == "sqlite" else 20  # several workers take fewer at a time
        assert len(heard) <= most, [text_of(message) for message in heard]
        assert "What do you need help with?" in text_of(await phone.last())
    await people[0].says("[Groceries]", *ASK[4:], "[Yes, send it]")
    told = town.look(lambda desk: [part.words for part in orders.parts_of(desk.conn, 1)])
    assert told == ["part 3", "part 8", "part 13", "part 18"]


@pytest.mark.parametrize("command", ["/cancel", "/forget", "/points", "/nonsense", "/language"])
async def test_a_command_of_then_shows_where_things_stand(town: TestTown, command: str) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK[:3])
    question = await town.ama.last()
    await town.demo.app.close()
    await says(town, town.ama, command)
    await back(town)
    assert text_of(await town.ama.last()) == text_of(question)
    await town.ama.says(*ASK[3:], "[Yes, send it]")
    await town.volunteers.sees("Groceries")
    await town.faye.says("/menu")
    before = len(await town.faye.from_bot())
    await town.demo.app.close()
    await says(town, town.faye, command)
    await back(town)
    sorry, menu = await since(town.faye, before)
    assert SORRY_WORDS in text_of(sorry)
    assert "What can I do for you?" in text_of(menu)


async def test_a_request_bears_the_time_it_was_made_and_people_have_their_time_to_answer(town: TestTown) -> None:
    await town.faye.says("/callme")
    asked_at = town.now
    await town.demo.app.close()
    await says(town, town.faye, "0580 123 4567")
    await back(town)
    order = made(town)
    assert order.category == "call_me"
    assert order.made_at == asked_at
    assert due(town) > town.now, "what is promised can be kept"
    await town.wait(seconds=1)
    await town.hugo.sees("since 10:00")


async def test_a_link_that_was_opened_then_opens_now(town: TestTown) -> None:
    await town.ivy.says("/setup", "[Invite another officer]")
    link = next(
        text_of(m).split("start=")[1].split()[0] for m in reversed(await town.ivy.from_bot()) if "start=" in text_of(m)
    )
    await town.demo.app.close()
    await town.demo.town.do("start", user=town.dina.id, payload=link)
    await back(town)
    await town.dina.says("/setup")
    await town.dina.sees("how it is arranged", buttons=["Invite another officer"])


async def test_a_tap_that_waited_in_our_own_inbox_does_nothing(town: TestTown) -> None:
    """Telegram forgets taps within minutes; one that was accepted just before a crash may still be older."""
    await town.joins(town.ama)
    await town.ama.says(*ASK)
    question = await town.ama.last()
    button = question["reply_markup"]["inline_keyboard"][0][0]
    tapped: dict[str, Any] = {
        "id": "777",
        "from": {"id": town.ama.id, "is_bot": False, "first_name": "Ama"},
        "message": {name: question[name] for name in ("message_id", "date", "chat", "from", "text")},
        "chat_instance": "1",
        "data": button["callback_data"],
    }
    raw = {"update_id": 5, "callback_query": tapped}
    accepted_at = town.now
    await town.demo.app.close()
    row = {"update_id": 5, "sender": town.ama.id, "raw": json.dumps(raw), "state": "new", "at": accepted_at}
    with town.demo.app.writer.begin() as conn:
        conn.execute(insert(inbox).values(**row))
    town.demo.app.writer.dispose()  # opened once more, beside a desk that is closed
    before = len(await town.ama.from_bot())
    await back(town)
    assert made(town) is None
    assert [text_of(message) for message in await since(town.ama, before)] == [text_of(question)]
    await town.ama.says("[Yes, send it]")
    assert made(town) is not None


async def test_in_the_group_nobody_answers_hours_later(town: TestTown) -> None:
    await town.demo.app.close()
    before = len(await town.volunteers.from_bot())
    await town.demo.town.do("say", user=town.ben.id, chat=town.volunteers.id, text="/mine")
    await back(town)
    assert len(await town.volunteers.from_bot()) == before


async def test_in_confidence_nothing_comes_unasked(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says("/help", "[I'd rather say it privately]", "[Yes]")
    await town.demo.app.close()
    await says(town, town.ama, "He hit me")
    await back(town, timedelta(minutes=12))
    assert sorries(await town.ama.from_bot()) == []


async def test_after_a_day_nobody_remembers_who_was_told(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.demo.app.close()
    await says(town, town.ama, "/menu")
    await back(town)
    name = f"{SORRY}{town.look(lambda desk: _person(desk, town.ama.id))}"
    assert town.look(lambda desk: get_fact(desk.conn, name))
    await town.wait(hours=49)
    await town.wait(hours=24)
    assert town.look(lambda desk: get_fact(desk.conn, name)) is None


def _person(desk: Any, telegram_id: int) -> int:
    from desk.people import find_person

    found = find_person(desk, telegram_id)
    assert found is not None
    return found.id

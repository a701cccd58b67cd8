"""Cards: rendered when they are sent, edited in place, replaced when lost, one edit for many changes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.post.budget import Budget
from bot.post.clock import FrozenClock
from desk.front import CardRefresh, Line
from domain.words import plain
from storage.tables import cards
from tests.conftest import MORNING
from tests.post import tiny
from tests.post.conftest import Open, Town, out, settled


async def shown(town: Town, chat: int) -> list[tuple[str, bool]]:
    """Words and whether there are buttons, of every message that still stands."""
    said = [each for each in await town.messages(chat) if "text" in each and not each["deleted"]]
    return [(each["text"], "reply_markup" in each) for each in said]


async def test_many_changes_while_it_waits_become_one_message(town: Town, open_office: Open, look: Any) -> None:
    ama = await town.person()
    for _ in range(10):
        await town.says(ama, "card")
    post = await open_office()
    await settled(town, post)
    assert await shown(town, ama) == [("Done so far: 10", True)]
    assert len(await town.calls("sendMessage", "editMessageText")) == 1
    assert out(look) == [("sent", None)] * 10


async def test_a_change_is_an_edit_and_no_change_is_nothing(town: Town, open_office: Open, look: Any) -> None:
    ama = await town.person()
    post = await open_office()
    for _ in range(2):
        await town.says(ama, "card")
        await settled(town, post)
    assert await shown(town, ama) == [("Done so far: 2", True)]
    assert len(await town.calls("editMessageText")) == 1
    tapped = await town.messages(ama)
    await town.do("tap", user=ama, chat=ama, message_id=tapped[0]["message_id"])
    await post.pump.take([])
    await settled(town, post)
    calls = len(await town.calls("editMessageText", "sendMessage"))
    await post.pump.do(lambda desk: desk.say(CardRefresh(ama, "tally", 1)))
    await post.drained()
    assert len(await town.calls("editMessageText", "sendMessage")) == calls
    assert len(look(select(cards))) == 1


async def test_a_lost_card_is_replaced_once(town: Town, open_office: Open) -> None:
    ama = await town.person()
    group = await town.group(ama)
    post = await open_office()
    await town.says(ama, f"card {group}")
    await settled(town, post)
    (card,) = [each for each in await town.messages(group) if "text" in each]
    await town.do("delete", user=ama, chat=group, message_id=card["message_id"])
    for _ in range(3):
        await town.says(ama, f"card {group}")
        await settled(town, post)
    assert await shown(town, group) == [("Done so far: 4", True)]
    assert len(await town.calls("sendMessage")) == 2
    assert len(await town.calls("pinChatMessage")) == 2


async def test_anew_stands_at_the_bottom_and_the_old_one_loses_its_buttons(town: Town, open_office: Open) -> None:
    ama = await town.person()
    post = await open_office()
    for words in ("card", "hello", "anew"):
        await town.says(ama, words)
        await settled(town, post)
    assert await shown(town, ama) == [("Done so far: 1", False), ("You said: hello", False), ("Done so far: 3", True)]


async def test_nothing_to_show_takes_the_buttons_away(town: Town, open_office: Open, look: Any) -> None:
    ama = await town.person()
    post = await open_office()
    for words in ("card", "enough", "card"):
        await town.says(ama, words)
        await settled(town, post)
    assert (await shown(town, ama))[0] == ("Done so far: 1", False)
    assert look(select(cards.c.message_id)) == [(None,)]
    await town.says(ama, "card")
    await settled(town, post)
    assert out(look)[-1] == ("dead", "nothing to show")


async def test_a_card_that_cannot_be_rendered_holds_up_nobody(town: Town, open_office: Open, look: Any) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    post = await open_office()
    for words in ("quiet", "break", "card"):
        await town.says(ama, words)
    await town.says(ben, "hello")
    await town.confirmed()
    await post.pump.rest()
    await post.drained()
    assert "You said: hello" in await town.heard(ben)
    assert [state for state, _ in out(look)].count("sending") == 1


async def test_a_deleted_card_comes_back_once_however_much_changes(town: Town, open_office: Open, look: Any) -> None:
    ama = await town.person()
    group = await town.group(ama)
    post = await open_office()
    await town.says(ama, f"card {group}")
    await settled(town, post)
    await delete_all(town, group, by=ama)
    for _change in range(5):
        await town.says(ama, f"card {group}")  # all five wait together, and none waits for another one
    await settled(town, post)
    assert await shown(town, group) == [("Done so far: 6", True)]
    assert len(await town.calls("sendMessage")) == 2
    assert len(look(select(cards))) == 1


async def delete_all(town: Town, group: int, by: int) -> None:
    """An administrator cleans up."""
    for card in await town.messages(group):
        if "text" in card and not card["deleted"]:
            await town.do("delete", user=by, chat=group, message_id=card["message_id"])


async def test_a_card_deleted_again_and_again_comes_back_once_a_minute(town: Town, open_office: Open) -> None:
    clock = FrozenClock(MORNING)
    ama = await town.person()
    group = await town.group(ama)
    post = await open_office(clock=clock)
    for _turn in range(4):  # put there, replaced at once, and then it waits
        await town.says(ama, f"card {group}")
        await settled(town, post)
        await delete_all(town, group, by=ama)
    assert await shown(town, group) == []
    assert len(await town.calls("sendMessage")) == 2
    await post.pump.do(lambda desk: desk.say(Line(group, plain("the rest of the chat goes on"))))
    await post.drained()
    assert await shown(town, group) == [("the rest of the chat goes on", False)]
    clock.move(timedelta(seconds=61))
    await post.drained()
    assert (await shown(town, group))[1:] == [("Done so far: 4", True)]
    assert len(await town.calls("sendMessage")) == 4


async def test_a_frozen_card_is_left_behind_and_a_new_one_stands(town: Town, open_office: Open) -> None:
    ama = await town.person()
    post = await open_office()
    await town.says(ama, "card")
    await settled(town, post)
    (card,) = await town.messages(ama)
    await town.do("freeze", chat=ama, message_id=card["message_id"])
    for _change in range(2):
        await town.says(ama, "card")
        await settled(town, post)
    assert await shown(town, ama) == [("Done so far: 1", True), ("Done so far: 3", True)]


async def test_an_edit_that_had_worked_is_no_fault_when_it_is_made_again(
    town: Town, open_office: Open, look: Any
) -> None:
    """Its answer was lost, so nobody knows; the second one hears that nothing has changed."""
    clock = FrozenClock(MORNING)
    ama = await town.person()
    post = await open_office(clock=clock)
    await town.says(ama, "card")
    await settled(town, post)
    await town.do("faults", kind="reset_after", method="editMessageText", count=1)
    with capture_logs() as logs:
        await town.says(ama, "card")
        await settled(town, post)
        clock.move(timedelta(minutes=1))
        await post.drained()
    edits = await town.calls("editMessageText")
    assert [edit["ok"] for edit in edits] == [True, False]
    assert edits[1]["description"].startswith("Bad Request: message is not modified: specified new message content")
    assert await shown(town, ama) == [("Done so far: 2", True)]
    assert out(look) == [("sent", None)] * 2
    assert [entry for entry in logs if entry["log_level"] not in ("debug", "info")] == []
    calls = len(await town.calls("editMessageText", "sendMessage"))
    await post.pump.do(lambda desk: desk.say(CardRefresh(ama, "tally", 1)))
    await post.drained()
    assert len(await town.calls("editMessageText", "sendMessage")) == calls, "what stands there is known"


async def test_whoever_clears_their_chat_gets_the_card_again(town: Town, open_office: Open) -> None:
    ama = await town.person()
    post = await open_office()
    for _turn in range(2):
        await town.says(ama, "card")
        await settled(town, post)
        await town.do("delete", user=ama, all=True)
    await town.says(ama, "card")
    await settled(town, post)
    assert await shown(town, ama) == [("Done so far: 3", True)]


async def test_a_second_call_for_one_card_makes_the_next_message_wait(town: Town, open_office: Open) -> None:
    clock = FrozenClock(MORNING)
    town.box.world.budgets.now = clock.now
    ama = await town.person()
    post = await open_office(clock=clock, budget=Budget())
    for _again in range(4):  # each puts the card up anew, and takes the buttons of the one before away
        await town.says(ama, "anew")
        await settled(town, post)
        clock.move(timedelta(seconds=10))
        await post.drained()
    await town.do("settings", budgets=True)
    for _again in range(6):
        await town.says(ama, "anew")
        await settled(town, post)
    for _second in range(30):
        clock.move(timedelta(seconds=1))
        await post.drained()
    assert post.courier.waiting == 0
    assert all(call["ok"] for call in await town.calls("sendMessage", "editMessageReplyMarkup"))


async def test_a_database_that_is_away_is_no_fault_of_a_card(town: Town, open_office: Open, monkeypatch: Any) -> None:
    """Its connection is cut while the card is read: it is read again, and nobody is called for it."""
    ama = await town.person()
    away, render = iter([True]), tiny.render

    def cut(conn: Any, *key: Any) -> Any:
        if next(away, False):
            raise OperationalError("SELECT", None, ConnectionError("the connection is lost"))
        return render(conn, *key)

    monkeypatch.setattr(tiny, "render", cut)
    with capture_logs() as logs:
        post = await open_office()
        await town.says(ama, "card")
        await town.confirmed()
        async with asyncio.timeout(10):
            while not await shown(town, ama):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await settled(town, post)
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == []
    assert await shown(town, ama) == [("Done so far: 1", True)]

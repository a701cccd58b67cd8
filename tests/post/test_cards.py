"""Cards: rendered when they are sent, edited in place, replaced when lost, one edit for many changes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from storage.tables import cards
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
    from desk.front import CardRefresh

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

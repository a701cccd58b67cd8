"""Updates are offered again until they are confirmed, and one poller listens at a time."""

from __future__ import annotations

import asyncio
from typing import Any


async def three(town: Any) -> list[int]:
    ama = (await town.do("people", first_name="Ama"))["id"]
    for text in ("/start", "two", "three"):
        await town.do("say", user=ama, text=text)
    return [update["update_id"] for update in await town.call("getUpdates")]


async def test_what_is_not_confirmed_comes_again(town: Any) -> None:
    ids = await three(town)
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]
    assert [u["update_id"] for u in await town.call("getUpdates")] == ids
    assert [u["update_id"] for u in await town.call("getUpdates", limit=1)] == ids[:1]
    assert [u["update_id"] for u in await town.call("getUpdates", offset=ids[1])] == ids[1:]
    assert [u["update_id"] for u in await town.call("getUpdates")] == ids[1:]
    assert await town.call("getUpdates", offset=ids[2] + 1) == []
    assert await town.call("getUpdates") == []


async def test_a_negative_offset_keeps_only_the_last(town: Any) -> None:
    ids = await three(town)
    assert [u["update_id"] for u in await town.call("getUpdates", offset=-2)] == ids[1:]
    assert [u["update_id"] for u in await town.call("getUpdates")] == ids[1:]


async def test_a_long_poll_wakes_when_something_comes(town: Any) -> None:
    ama = await town.person("Ama")
    poll = asyncio.create_task(town.hear(timeout=30))
    await asyncio.sleep(0.05)
    assert not poll.done()
    await town.do("say", user=ama, text="hello")
    assert (await poll)[0]["message"]["text"] == "hello"


async def test_a_second_poller_ends_the_first(town: Any) -> None:
    ama = await town.person("Ama")
    older = asyncio.create_task(town.ask("getUpdates", offset=town.offset, timeout=30))
    await asyncio.sleep(0.05)
    newer = asyncio.create_task(town.hear(timeout=30))
    refused = await older
    assert (refused["error_code"], refused["description"]) == (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )
    await town.do("say", user=ama, text="hello")
    assert len(await newer) == 1


async def test_a_short_look_ends_nobodys_wait(town: Any) -> None:
    ama = await town.person("Ama")
    poll = asyncio.create_task(town.hear(timeout=30))
    await asyncio.sleep(0.05)
    assert await town.call("getUpdates") == []
    await town.do("say", user=ama, text="hello")
    assert (await poll)[0]["message"]["text"] == "hello"


async def test_an_update_is_what_was_said_then(town: Any) -> None:
    ama = await town.person("Ama")
    said = await town.do("say", user=ama, text="rice")
    await town.do("edit", user=ama, message_id=said["message_id"], text="noodles")
    first, second = await town.hear()
    assert first["message"]["text"] == "rice"
    assert second["edited_message"]["text"] == "noodles"
    assert second["edited_message"]["edit_date"] >= first["message"]["date"]


async def test_chat_member_comes_only_when_asked_for_and_the_wish_is_remembered(town: Any) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    group = await town.group(ama)
    await town.do("members", group=group, user=ben, status="member")
    assert [list(u)[1] for u in await town.hear()] == ["message"]
    await town.hear(allowed_updates=["chat_member"])
    await town.do("members", group=group, user=ben, status="left")
    assert [list(u)[1] for u in await town.hear()] == ["chat_member"]
    assert (await town.call("getWebhookInfo"))["allowed_updates"] == ["chat_member"]
    await town.hear(allowed_updates=[])
    await town.do("members", group=group, user=ben, status="member")
    assert [list(u)[1] for u in await town.hear()] == ["message"]


async def test_updates_are_kept_a_day_and_taps_150_seconds(town: Any) -> None:
    ama = await town.person("Ama")
    card = await town.call("sendMessage", chat_id=ama, text="Card")
    await town.do("say", user=ama, text="hello")
    await town.do("tap", user=ama, message_id=card["message_id"], data="x", wait=0)
    assert len(await town.hear()) == 2
    assert (await town.call("getWebhookInfo"))["pending_update_count"] == 2
    await town.do("clock", seconds=151)
    assert [list(u)[1] for u in await town.call("getUpdates")] == ["message"]
    await town.do("clock", minutes=24 * 60)
    assert await town.call("getUpdates") == []


async def test_pending_updates_can_be_dropped(town: Any) -> None:
    await three(town)
    assert await town.call("deleteWebhook", drop_pending_updates=True)
    assert await town.call("getUpdates") == []


async def test_any_update_can_be_put_in_as_it_is(town: Any) -> None:
    given = {"message": {"message_id": 1, "forward_origin": {"type": "hidden_user"}}, "moon": [1, None]}
    number = (await town.do("raw", update_id=5, **given))["update_id"]
    assert await town.hear() == [{"update_id": number, **given}]
    number = (await town.do("raw"))["update_id"]
    assert await town.hear() == [{"update_id": number}]


async def test_a_stopped_sandbox_lets_its_poller_go(town: Any, box: Any) -> None:
    poll = asyncio.create_task(town.ask("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    await box.stop()
    assert (await poll)["result"] == []

"""What a bot may say in a second and a minute, by the sandbox's clock."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
async def strict(town: Any) -> None:
    await town.do("settings", budgets=True)


async def until_refused(town: Any, most: int, method: str = "sendMessage", **params: Any) -> tuple[int, int]:
    """How many calls went through, and what the refused one was told to wait."""
    for count in range(most):
        answer = await town.ask(method, **params)
        if not answer["ok"]:
            wait = answer["parameters"]["retry_after"]
            assert answer["error_code"] == 429
            assert answer["description"] == f"Too Many Requests: retry after {wait}"
            return count, wait
    raise AssertionError("never refused")


async def test_a_person_gets_one_a_second_and_a_small_burst(town: Any) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    assert await until_refused(town, 10, chat_id=ama, text="x") == (5, 1)
    assert (await town.ask("sendMessage", chat_id=ben, text="x"))["ok"]
    await town.do("clock", seconds=1)
    assert await until_refused(town, 10, chat_id=ama, text="x") == (1, 1)
    await town.do("clock", minutes=1)
    assert (await until_refused(town, 10, chat_id=ama, text="x"))[0] == 5


async def test_a_group_gets_twenty_a_minute_edits_included(town: Any) -> None:
    ama = await town.person("Ama")
    group = await town.group(ama)
    card = await town.call("sendMessage", chat_id=group, text="Card")
    for n in range(10):
        await town.call("editMessageText", chat_id=group, message_id=card["message_id"], text=f"Card {n}")
    await town.do("clock", seconds=20)
    assert await until_refused(town, 30, chat_id=group, text="x") == (9, 40)
    await town.do("clock", seconds=40)
    assert await until_refused(town, 30, chat_id=group, text="x") == (11, 20)


async def test_everybody_together_gets_thirty_a_second(town: Any) -> None:
    people = [await town.person(f"P{n}") for n in range(31)]
    for person in people[:30]:
        await town.call("sendMessage", chat_id=person, text="x")
    answer = await town.ask("sendMessage", chat_id=people[30], text="x")
    assert answer["parameters"] == {"retry_after": 1}
    await town.do("clock", seconds=1)
    await town.call("sendMessage", chat_id=people[30], text="x")


async def test_an_album_counts_each_of_its_files_in_a_group(town: Any) -> None:
    ama = await town.person("Ama")
    group = await town.group(ama)
    file = (await town.do("send", user=ama, kind="photo"))["photo"][-1]["file_id"]
    media = [{"type": "photo", "media": file}] * 10
    for _ in range(2):
        await town.call("sendMediaGroup", chat_id=group, media=media)
    assert "Too Many Requests" in await town.refused("sendMessage", chat_id=group, text="x")


async def test_answers_and_questions_are_free_and_budgets_can_be_off(town: Any) -> None:
    ama = await town.person("Ama")
    card = await town.call("sendMessage", chat_id=ama, text="Card")
    await until_refused(town, 10, chat_id=ama, text="x")
    tap = await town.do("tap", user=ama, message_id=card["message_id"], data="x", wait=0)
    await town.call("answerCallbackQuery", callback_query_id=tap["callback_id"])
    await town.call("getChat", chat_id=ama)
    await town.call("deleteMessage", chat_id=ama, message_id=card["message_id"])
    assert await town.do("settings", budgets=False) == {"budgets": False, "privacy": True}
    await town.call("sendMessage", chat_id=ama, text="x")

"""Telegram says "too many requests": to one chat, to several, to everybody, to the long poll."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from bot.post.budget import Budget
from bot.post.clock import FrozenClock
from bot.post.fetch import Fetcher
from bot.post.health import Health
from bot.post.outcomes import Parked, PermanentlyRefused
from desk.front import BULK, URGENT, Desk, Line
from domain.words import plain
from tests.conftest import MORNING
from tests.post.conftest import Open, Town, out, settled


async def later(town: Town, clock: FrozenClock, **span: float) -> None:
    """For the desk and for Telegram."""
    await town.do("clock", minutes=span.get("minutes", 0), seconds=span.get("seconds", 0))
    clock.move(timedelta(**span))


async def sends(town: Town, chat: int) -> list[dict[str, Any]]:
    return [call for call in await town.calls("sendMessage") if call["params"]["chat_id"] == chat]


async def test_a_chat_is_left_alone_as_long_as_telegram_says_and_no_request_is_wasted(
    town: Town, open_office: Open, look: Any
) -> None:
    """Thrice it says so: four requests, each not before the time it was told, and an alarm elsewhere goes at once."""
    clock = FrozenClock(MORNING)
    ama, dina = await town.person("Ama"), await town.person("Dina")
    await town.do("faults", kind="429", chat=ama, retry_after=10, count=3)
    post = await open_office(clock=clock)
    await town.says(ama, "hello")
    await settled(town, post)
    for second in range(40):
        assert len(await sends(town, ama)) == min(4, 1 + second // 10)
        if second == 5:
            await post.pump.do(lambda desk: desk.say(Line(dina, plain("Nobody answers"), lane=URGENT, rule="urgent")))
            await post.drained()
            assert await town.heard(dina) == ["Nobody answers"]
        await later(town, clock, seconds=1)
        await post.drained()
    assert await town.heard(ama) == ["You said: hello"]
    assert out(look) == [("sent", None)] * 2


async def test_told_to_two_chats_at_once_it_is_meant_for_everybody(town: Town, open_office: Open, look: Any) -> None:
    clock = FrozenClock(MORNING)
    people = [await town.person(name) for name in ("Ama", "Ben", "Cleo", "Dina")]
    for struck in people[:2]:
        await town.do("faults", kind="429", chat=struck, retry_after=20, count=1)
    post = await open_office(clock=clock)

    def tell(desk: Desk) -> None:
        desk.say(*(Line(each, plain("news"), lane=BULK, rule="bulk") for each in people[:2]))

    await post.pump.do(tell)
    await post.drained()
    assert len(await town.calls("sendMessage")) == 2
    await post.pump.do(lambda desk: desk.say(*(Line(each, plain("more")) for each in people[2:])))
    await later(town, clock, seconds=19)
    await post.drained()
    assert len(await town.calls("sendMessage")) == 2, "nothing goes to anybody"
    await later(town, clock, seconds=2)
    await post.drained()
    assert [await town.heard(each) for each in people] == [["news"], ["news"], ["more"], ["more"]]
    assert {state for state, _reason in out(look)} == {"sent"}


async def test_a_reminder_that_has_lost_its_meaning_while_it_waited_is_dropped(
    town: Town, open_office: Open, look: Any
) -> None:
    clock = FrozenClock(MORNING)
    ama = await town.person()
    await town.do("faults", kind="429", chat=ama, retry_after=1800, count=1)
    post = await open_office(clock=clock)

    def remind(desk: Desk) -> None:
        soon: datetime = desk.now + timedelta(minutes=20)
        desk.say(Line(ama, plain("in a quarter of an hour"), expires_at=soon), Line(ama, plain("as it stands")))

    await post.pump.do(remind)
    await post.drained()
    await later(town, clock, minutes=31)
    await post.drained()
    assert await town.heard(ama) == ["as it stands"]
    assert out(look) == [("dead", "expired"), ("sent", None)]


async def test_bulk_waits_longest_when_room_is_scarce() -> None:
    """Everything together is at its limit: the next free place is not for bulk."""
    budget = Budget(overall=0.1, bulk=0.5)
    for chat in range(5):
        budget.spend(chat + 1, BULK, 0.0)
    assert budget.free_at(90, URGENT) < budget.free_at(90, BULK)


async def test_the_long_poll_waits_too(town: Town, open_office: Open) -> None:
    ama = await town.person()
    await town.says(ama, "hello")
    await town.do("faults", kind="429", method="getUpdates", retry_after=1, count=2)
    post = await open_office()
    await settled(town, post)
    assert await town.heard(ama) == ["You said: hello"]
    polls = (await town.calls("getUpdates"))[:3]
    assert [poll["ok"] for poll in polls] == [False, False, True]
    assert post.health.ready


async def test_the_long_poll_waits_no_shorter_than_it_is_told(monkeypatch: Any) -> None:
    """And what it is not told grows with each refusal, up to half a minute."""
    answers: list[Any] = [Parked(7.0), Parked(40.0), *[PermanentlyRefused(400, "Bad Request")] * 7]
    slept: list[float] = []

    class Busy:
        async def fetch(self, offset: int, timeout: float, limit: int = 100) -> Any:
            return answers.pop(0)

    class Enough(Exception):
        pass

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if not answers:
            raise Enough

    async def take(updates: list[Any]) -> None:
        raise AssertionError("there was nothing")

    monkeypatch.setattr("bot.post.fetch.asyncio.sleep", sleep)
    with pytest.raises(Enough):
        await Fetcher(Busy(), take, Health())._run()  # type: ignore[arg-type]
    assert slept[:2] == [7.0, 40.0]
    assert max(slept[2:]) <= 40.0
    assert all(later >= earlier for earlier, later in pairwise(slept[3:]))


async def test_told_so_beside_a_card_the_chat_is_left_alone_too(town: Town, open_office: Open, look: Any) -> None:
    """The card stands, and pinning it was too much: the next message waits as long as Telegram says."""
    clock = FrozenClock(MORNING)
    ama = await town.person()
    group = await town.group(ama)
    await town.do("faults", kind="429", chat=group, method="pinChatMessage", retry_after=10, count=1)
    post = await open_office(clock=clock)
    await town.says(ama, f"card {group}")
    await settled(town, post)
    await post.pump.do(lambda desk: desk.say(Line(group, plain("news"))))
    await post.drained()
    assert len(await sends(town, group)) == 1
    await later(town, clock, seconds=10)
    await post.drained()
    assert len(await sends(town, group)) == 2
    assert {state for state, _reason in out(look)} == {"sent"}

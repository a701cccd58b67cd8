"""The courier: lanes, order, people who cannot be reached, Telegram's "too much", and lost answers."""

from __future__ import annotations

import asyncio
import gc
from datetime import timedelta
from typing import Any, cast

import pytest
from aiohttp import web
from sqlalchemy import select

from bot.post.budget import Budget
from bot.post.clock import FrozenClock
from bot.post.courier import Courier
from bot.post.outgoing import message
from bot.post.parcel import Parcel
from desk.front import Desk, Line
from domain.words import plain
from storage.messages import put
from storage.tables import contacts, outbox
from tests.conftest import MORNING
from tests.post import tiny
from tests.post.conftest import Open, Town, out, settled


async def test_a_chat_keeps_its_order(town: Town, open_office: Open) -> None:
    ama = await town.person()
    await town.says(ama, "several 20")
    post = await open_office()
    await settled(town, post)
    assert await town.heard(ama) == [f"{n}" for n in range(20)]


async def test_urgent_goes_before_personal_and_bulk(town: Town, open_office: Open) -> None:
    ama = await town.person()
    await town.says(ama, "bulk 5")
    await town.says(ama, "hello")
    await town.says(ama, "urgent")
    post = await open_office()
    await settled(town, post)
    heard = await town.heard(ama)
    assert heard[:2] == ["urgent", "You said: hello"]
    assert heard[2:] == [f"bulk {n}" for n in range(5)]


async def test_who_has_blocked_the_bot_is_noted_and_the_desk_is_told(
    town: Town, open_office: Open, look: Any, database_url: str
) -> None:
    ama, told = await town.person(), []
    tiny.know(database_url, ama)
    await town.says(ama, "several 3")
    await town.do("block", user=ama, blocked=True)

    def unreachable(desk: Desk, chat_id: int) -> None:
        told.append((chat_id, desk.conn.scalar(select(contacts.c.reach))))

    post = await open_office(unreachable=unreachable)
    await settled(town, post)
    assert told == [(ama, "blocked")]
    assert out(look) == [("dead", "blocked")] * 3
    assert len(await town.calls("sendMessage")) == 1
    assert {row.body for row in look(select(outbox))} == {None}


async def test_nothing_is_written_to_who_is_known_to_be_out_of_reach(
    town: Town, open_office: Open, look: Any, database_url: str
) -> None:
    ama = await town.person()
    tiny.know(database_url, ama)
    post = await open_office(fetch=False)
    await post.pump.ride(lambda conn: conn.execute(contacts.update().values(reach="deactivated")))
    await post.pump.take([{"update_id": 1, "message": {"chat": {"id": ama}, "from": {"id": ama}, "text": "hello"}}])
    await post.drained()
    assert out(look) == [("dead", "deactivated")]
    assert await town.calls("sendMessage") == []


async def test_a_group_that_threw_the_bot_out_is_noted(town: Town, open_office: Open, look: Any) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    group = await town.group(ama, ben)
    lost: list[int] = []
    post = await open_office(fetch=False, unreachable=lambda desk, chat_id: lost.append(chat_id))
    await town.do("members", group=group, user=town.box.world.bot.id, status="kicked", by=ama)
    await post.pump.take([{"update_id": 1, "message": {"chat": {"id": ama}, "text": f"card {group}"}}])
    await post.drained()
    assert out(look) == [("dead", "left")]
    assert lost == [group]


async def test_later_means_later_and_too_late_is_dropped(town: Town, open_office: Open, look: Any) -> None:
    clock = FrozenClock(MORNING)
    ama = await town.person()
    await town.says(ama, "later")
    await town.says(ama, "expiring")
    post = await open_office(clock=clock)
    await settled(town, post)
    assert await town.heard(ama) == []
    clock.move(timedelta(minutes=61))
    await post.drained()
    assert await town.heard(ama) == ["later"]
    assert out(look) == [("sent", None), ("dead", "expired")]


async def test_what_waits_for_later_survives_a_restart(town: Town, open_office: Open) -> None:
    clock = FrozenClock(MORNING)
    ama = await town.person()
    await town.says(ama, "later")
    await settled(town, first := await open_office(clock=clock))
    await first.close()
    clock.move(timedelta(hours=2))
    second = await open_office(clock=clock)
    await second.drained()
    assert await town.heard(ama) == ["later"]


async def test_too_much_parks_that_chat_only(town: Town, open_office: Open, look: Any) -> None:
    """A person hears five messages at once from the sandbox, then "too many requests"."""
    await town.do("settings", budgets=True)
    clock = FrozenClock(MORNING)
    ama, ben = await town.person("Ama"), await town.person("Ben")
    await town.says(ama, "several 7")
    post = await open_office(clock=clock)
    await settled(town, post)
    assert len(await town.heard(ama)) == 5
    await town.says(ben, "hello")
    await settled(town, post)
    assert await town.heard(ben) == ["You said: hello"]
    assert [call["error_code"] for call in await town.calls("sendMessage") if not call["ok"]] == [429]
    await town.do("clock", minutes=1)
    clock.move(timedelta(minutes=1))
    await post.drained()
    assert await town.heard(ama) == [f"{n}" for n in range(7)]
    assert {state for state, _ in out(look)} == {"sent"}


async def test_a_call_that_telegram_refuses_is_dead_with_its_words(town: Town, open_office: Open, look: Any) -> None:
    ama = await town.person()
    post = await open_office()
    await town.says(ama, "call")
    await settled(town, post)
    ((state, reason),) = out(look)
    assert (state, reason) in [("sent", None), ("dead", "Not Found: method not found")]


class Deaf:
    """A Telegram in front of the sandbox that takes messages and loses its answers, or is not there at all."""

    def __init__(self, target: str) -> None:
        self.target, self.lose, self.html, self.broken = target, 0, 0, 0
        self.accepted: list[str] = []
        self.runner: web.AppRunner | None = None

    async def start(self) -> str:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self.pass_on)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self.runner:
            await self.runner.cleanup()

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        import aiohttp

        body = await request.read()
        sends = request.path.endswith("sendMessage")
        if sends and self.broken:
            self.broken -= 1
            return web.json_response({"ok": False, "description": "Internal Server Error"}, status=500)
        async with (
            aiohttp.ClientSession() as http,
            http.request(
                request.method, f"{self.target}{request.path_qs}", data=body, headers=request.headers
            ) as response,
        ):
            answer = await response.read()
        if sends and self.lose:
            self.lose -= 1
            assert request.transport
            request.transport.close()
        if sends and self.html:
            self.html -= 1
            return web.Response(text="<html>late</html>", content_type="text/html")
        return web.Response(body=answer, status=response.status, content_type="application/json")


@pytest.mark.parametrize("fault", ["lose", "html"])
@pytest.mark.parametrize(
    ("words", "heard", "end"),
    [
        ("hello", ["You said: hello"], "uncertain"),
        ("urgent", ["urgent", "urgent\n\nThis may be a repeat."], "sent"),
        ("bulk 1", ["bulk 0"], "uncertain"),
    ],
)
async def test_a_lost_answer_is_uncertain(
    town: Town, open_office: Open, look: Any, words: str, heard: list[str], end: str, fault: str
) -> None:
    clock = FrozenClock(MORNING)
    deaf = Deaf(town.box.url)
    setattr(deaf, fault, 1)
    ama = await town.person()
    await town.says(ama, words)
    post = await open_office(await deaf.start(), clock=clock, poll=1)
    await settled(town, post)
    clock.move(timedelta(minutes=1))
    await post.drained()
    assert await town.heard(ama) == heard
    assert [state for state, _ in out(look)] == [end]
    await post.close()
    await deaf.stop()


async def test_trouble_of_telegrams_own_is_tried_again(town: Town, open_office: Open, look: Any) -> None:
    clock = FrozenClock(MORNING)
    deaf = Deaf(town.box.url)
    deaf.broken = 2
    ama = await town.person()
    await town.says(ama, "hello")
    post = await open_office(await deaf.start(), clock=clock, poll=1)
    await settled(town, post)
    assert await town.heard(ama) == []
    for _ in range(2):
        clock.move(timedelta(minutes=1))
        await post.drained()
    assert await town.heard(ama) == ["You said: hello"]
    assert look(select(outbox.c.state, outbox.c.tries)) == [("sent", 3)]
    await post.close()
    await deaf.stop()


async def test_what_a_crash_left_uncertain_says_nothing_of_telegram(
    town: Town, open_office: Open, database_url: str, look: Any
) -> None:
    people = [await town.person(f"P{n}") for n in range(9)]
    engine = tiny.create_engine(database_url)
    with engine.begin() as conn:
        row = {"lane": 1, "kind": "line", "rule": "receipt", "body": message("hello"), "made_at": MORNING}
        put(conn, [{**row, "chat_id": chat, "state": "sending" if chat != people[-1] else "queued"} for chat in people])
    engine.dispose()
    post = await open_office()
    await post.drained()
    assert [state for state, _reason in out(look)] == ["uncertain"] * 8 + ["sent"]
    assert post.health.ready


async def test_an_unreachable_telegram_is_waited_for(town: Town, open_office: Open, look: Any) -> None:
    clock = FrozenClock(MORNING)
    deaf = Deaf(town.box.url)
    url = await deaf.start()
    await deaf.stop()
    ama = await town.person()
    post = await open_office(url, clock=clock, fetch=False)
    await post.pump.take([{"update_id": 1, "message": {"chat": {"id": ama}, "text": "hello"}}])
    await post.drained()
    assert out(look) == [("sending", None)]
    assert not post.health.ready


async def test_a_quiet_chat_gets_its_first_few_at_once() -> None:
    budget = Budget(overall=0, bulk=0, person=1, group=3, person_first=3, group_first=2)
    for expected in (0, 0, 0, 101, 102):
        assert budget.free_at(7, 1) <= max(expected, 100)
        assert budget.free_at(7, 1) >= expected
        budget.spend(7, 1, max(100, expected))
    assert budget.free_at(7, 1) == 103


async def test_kept_budgets_never_hear_too_much(town: Town, open_office: Open, look: Any) -> None:
    clock = FrozenClock(MORNING)
    town.box.world.budgets.now = clock.now  # both live in the same moved time
    await town.do("settings", budgets=True)
    people = [await town.person(f"P{n}") for n in range(12)]
    group = await town.group(people[0])
    for user in people:
        await town.says(user, "several 5")
    post = await open_office(clock=clock, budget=Budget())
    await settled(town, post)

    def everything(desk: Desk) -> None:
        desk.say(*(Line(group, plain(f"g{n}")) for n in range(25)))

    await post.pump.do(everything)
    for step in range(300):
        await post.drained()
        if not post.courier.waiting:
            break
        clock.move(timedelta(seconds=0.04 if step < 80 else 0.5))
    assert {state for state, _ in out(look)} == {"sent"}
    assert len(await town.heard(group)) == 25
    assert all(call["ok"] for call in await town.calls("sendMessage"))


async def test_budgets_space_messages_evenly_and_keep_room() -> None:
    budget = Budget(overall=0.1, bulk=0.2, person=1, group=3, person_first=1, group_first=1, late=0)
    assert budget.free_at(7, 1) == 0
    budget.spend(7, 2, elapsed=10)
    assert budget.free_at(7, 1) == 11
    assert budget.free_at(8, 1) == pytest.approx(10.1)
    assert budget.free_at(8, 2) == pytest.approx(10.2)
    budget.spend(-5, 1, elapsed=10.1)
    assert budget.free_at(-5, 1) == pytest.approx(13.1)
    budget.park(8, 30, elapsed=20)
    assert budget.free_at(8, 0) == 50
    assert budget.free_at(9, 0) < 20
    budget.park(9, 40, elapsed=20.5)
    assert budget.free_at(10, 0) == 60.5  # two at once: it is meant for everybody


async def test_a_sending_that_is_broken_off_before_it_began_leaves_nothing_behind() -> None:
    begun: list[bool] = []

    async def go() -> None:
        begun.append(True)

    going = asyncio.create_task(Courier._safely(cast(Courier, None), cast(Parcel, None), go))
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    gc.collect()  # what was never waited for would be said here
    assert not begun

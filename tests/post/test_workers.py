"""Two workers on one PostgreSQL: who takes whom, what happens when they meet, and how duties pass on."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, insert, select, text, update

from bot.post.office import PostOffice
from bot.post.raw import group_of, is_chatter
from bot.post.turns import choose
from desk.front import Desk
from storage.inbox import Waits
from storage.keys import AnotherKey, check_key
from storage.tables import audit_log, inbox, outbox, state
from storage.vault import Keys
from tests.post import tiny
from tests.post.conftest import Open, Town, ends, settled
from tests.web.conftest import OpenSurface, brought, http, open_surface

Look = Callable[[Any], list[Any]]
ALL = {"poll", "courier", "ticker"}

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
__all__ = ["http", "open_surface"]


async def until(there: Callable[[], object], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not there():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def written(number: int, who: int, words: str) -> dict[str, Any]:
    return {
        "update_id": number,
        "message": {"chat": {"id": who, "type": "private"}, "from": {"id": who}, "text": words},
    }


# ── whose turn it is ────────────────────────────────────────────────────────────────────────────────────────────────


def waits(number: int, sender: int, **more: Any) -> Waits:
    return Waits(number, sender, **{"chat": None, "alone": False, "tries": 0, "wait": 0.0, **more})


@pytest.mark.parametrize(
    ("waiting", "held", "together", "alone"),
    [
        ([waits(1, 7), waits(2, 8), waits(3, 7)], set(), [1, 2, 3], []),
        ([waits(1, 7), waits(2, 8), waits(3, 7)], {7}, [2], []),
        ([waits(1, 7, chat=-5), waits(2, 8, chat=-5), waits(3, 8)], {7}, [], []),  # the group's order, and then hers
        ([waits(1, 7, alone=True), waits(2, 7), waits(3, 8)], set(), [3], [1]),
        ([waits(1, 7), waits(2, 7, alone=True), waits(3, 7)], set(), [1], []),  # not before what she wrote first
        ([waits(1, 7, alone=True, tries=2), waits(2, 8, alone=True)], set(), [], [2, 1]),  # least tried first
        ([waits(1, 7, alone=True, wait=0.5), waits(2, 7), waits(3, 8)], set(), [3], []),
        ([waits(1, 0), waits(2, 0)], set(), [1, 2], []),
    ],
)
def test_nobodys_later_update_before_an_earlier_one(
    waiting: list[Waits], held: set[int], together: list[int], alone: list[int]
) -> None:
    chosen = choose(waiting, held)
    assert [each.update_id for each in chosen.together] == together
    assert [each.update_id for each in chosen.alone] == alone


GROUP = {"id": -5, "type": "supergroup"}


@pytest.mark.parametrize(
    ("raw", "group", "chatter"),
    [
        ({"message": {"chat": GROUP, "text": "hi"}}, None, True),
        ({"message": {"chat": GROUP, "text": "/help"}}, None, False),
        ({"message": {"chat": GROUP, "text": "hi", "reply_to_message": {}}}, None, False),
        ({"message": {"chat": {"id": 5, "type": "private"}, "text": "hi"}}, None, False),
        ({"message": {"chat": GROUP, "migrate_to_chat_id": -9}}, -5, False),
        ({"message": {"chat": {"id": -9, "type": "supergroup"}, "migrate_from_chat_id": -5}}, -5, False),
        ({"chat_member": {"chat": GROUP, "from": {"id": 7}}}, -5, False),
        ({"my_chat_member": {"chat": {"id": 7, "type": "private"}, "from": {"id": 7}}}, None, False),
        ({"message": "not even an object"}, None, False),
    ],
)
def test_what_is_a_groups_own_affair_and_what_its_chatter(
    raw: dict[str, Any], group: int | None, chatter: bool
) -> None:
    assert group_of(raw) == group
    assert is_chatter(raw) is chatter


# ── two of them ─────────────────────────────────────────────────────────────────────────────────────────────────────


@on_postgresql
async def test_the_same_update_brought_five_times_to_two_workers_is_handled_once(
    town: Town, open_office: Open, open_surface: OpenSurface, look: Look, http: aiohttp.ClientSession
) -> None:
    ama = await town.person()
    doors = [await open_surface(await open_office(fetch=False)) for _worker in range(2)]
    for number in (10**9, 17):
        update = written(number, ama, f"{number}")
        assert await asyncio.gather(*(brought(http, doors[n % 2], update) for n in range(5))) == [200] * 5
        await until(lambda: "new" not in ends(look))
    assert ends(look) == ["done", "done"]
    await until(lambda: look(select(outbox.c.state)) == [("sent",)] * 2)
    assert await town.heard(ama) == [f"You said: {10**9}", "You said: 17"]


@on_postgresql
async def test_whoever_closes_leaves_its_duties_to_the_other_at_once(town: Town, open_office: Open) -> None:
    ama = await town.person()
    first = await open_office(lease=60)
    second = await open_office(lease=60)
    assert (first.duties, second.duties) == (ALL, set())
    await town.says(ama, "hello")
    await settled(town, first)
    begun = time.monotonic()
    await first.close()
    await until(lambda: second.duties == ALL)
    assert time.monotonic() - begun < 5
    await town.says(ama, "again")
    await settled(town, second)
    assert await town.heard(ama) == ["You said: hello", "You said: again"]


@on_postgresql
async def test_a_lease_that_is_lost_is_not_acted_on(town: Town, open_office: Open, database_url: str) -> None:
    post = await open_office(lease=1.0)
    assert post.duties == ALL
    engine = tiny.create_engine(database_url)
    with engine.begin() as conn:
        conn.execute(text("UPDATE leases SET holder = 'somebody else', until = now() + interval '1.5 seconds'"))
    await until(lambda: not post.duties, 1.0)
    await until(lambda: post.duties == ALL, 3.0)  # it was never renewed
    engine.dispose()
    ama = await town.person()
    await town.says(ama, "hello")
    await settled(town, post)
    assert "You said: hello" in await town.heard(ama)


async def both(town: Town, open_office: Open, **options: Any) -> tuple[PostOffice, PostOffice]:
    return await open_office(fetch=False, **options), await open_office(fetch=False, **options)


@on_postgresql
async def test_a_deadlock_is_the_same_batch_again(town: Town, open_office: Open, look: Look) -> None:
    ama, ben, met = await town.person("Ama"), await town.person("Ben"), Counter[str]()

    async def handle(desk: Desk, raw: dict[str, Any]) -> bool:
        words = raw["message"]["text"]
        met[words] += 1
        for name in words.split():
            desk.conn.execute(update(state).where(state.c.name == name).values(value=words))
            time.sleep(0.2)  # noqa: ASYNC251 - each has the first and wants the second
        return await tiny.handle(desk, raw)

    first, _second = await both(town, open_office, handle=handle)
    await first.pump.ride(lambda conn: conn.execute(insert(state), [{"name": n, "value": ""} for n in ("a", "b")]))
    await first.pump.take([written(1, ama, "a b")])
    await until(lambda: met)
    await first.pump.take([written(2, ben, "b a")])
    await until(lambda: ends(look) == ["done", "done"])
    assert sum(met.values()) == 3, "one of them was broken off, and done again"
    assert look(select(func.count()).select_from(audit_log)) == [(2,)]
    assert look(select(inbox.c.tries, inbox.c.state)) == [(0, "done")] * 2


@on_postgresql
async def test_poison_is_quarantined_once_and_holds_up_nobody(town: Town, open_office: Open, look: Look) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    first, _second = await both(town, open_office)
    updates = [
        written(1, ama, "poison"),
        written(2, ama, "and then?"),
        *(written(3 + n, ben, f"{n}") for n in range(9)),
    ]
    await first.pump.take(updates)
    await until(lambda: "new" not in ends(look))
    await until(lambda: {state for (state,) in look(select(outbox.c.state))} == {"sent"})
    assert ends(look) == ["quarantined"] + ["done"] * 10
    apology, answer = await town.heard(ama)
    assert apology.startswith("Something went wrong on our side")
    assert answer == "You said: and then?"
    assert await town.heard(ben) == [f"You said: {n}" for n in range(9)]
    assert look(select(inbox.c.tries).where(inbox.c.state == "quarantined")) == [(3,)]


@on_postgresql
async def test_an_errand_of_one_is_said_by_the_other(town: Town, open_office: Open, look: Look) -> None:
    from desk.front import Line
    from domain.words import plain

    ama = await town.person()
    _courier, other = await both(town, open_office)
    assert not other.duties
    await other.pump.do(lambda desk: desk.say(Line(ama, plain("from the other"))))
    await until(lambda: look(select(outbox.c.state)) == [("sent",)])
    assert await town.heard(ama) == ["from the other"]


@on_postgresql
def test_a_worker_with_another_key_is_refused(writer: Any) -> None:
    with writer.begin() as conn:
        check_key(conn, Keys.made_from("one key"))
        check_key(conn, Keys.made_from("a newer one", "one key"))
        with pytest.raises(AnotherKey, match="another LINLI_KEY"):
            check_key(conn, Keys.made_from("another"))

"""Forty days of a neighbourhood: what the desk keeps for its own work grows no more, on disk and in memory."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select

from bot.post.budget import Budget
from bot.post.clock import FrozenClock
from desk.front import BULK, CardRefresh, Desk, Line
from desk.retention import sweep_old
from domain.words import plain
from storage.retention import INBOX, LINKS, OUTBOX, TALKS
from storage.tables import cards, inbox, outbox, people, talks
from tests.conftest import MORNING
from tests.post.conftest import Open, Town

DAYS, PEOPLE = 40, 6


async def test_forty_days_later_it_is_as_large_as_it_was(town: Town, open_office: Open, look: Any) -> None:
    """Every day other people write, hear, see a card, run into a limit, and something is dropped."""
    clock = FrozenClock(MORNING)
    budget = Budget(overall=0, bulk=0, person=1, group=3)
    post = await open_office(clock=clock, budget=budget, sweeps=[sweep_old], fetch=False, tick=False)
    sizes: list[dict[str, int]] = []
    number, group = 0, await town.group(await town.person("Ben"))
    for day in range(DAYS):
        those = [await town.person(f"P{day}-{n}") for n in range(PEOPLE)]
        await town.do("faults", kind="429", chat=those[0], retry_after=2, count=1)
        updates = []
        for who in those:
            number += 1
            message = {"chat": {"id": who, "type": "private"}, "from": {"id": who}, "text": f"{number}"}
            updates.append({"update_id": number, "message": message})
        await post.pump.take(updates)

        def speak(desk: Desk, people: list[int] = those) -> None:
            soon = desk.now + timedelta(hours=1)
            desk.say(*(CardRefresh(who, "tally", 1) for who in people), CardRefresh(group, "tally", 1))
            desk.say(Line(people[1], plain("too late"), not_before=soon + timedelta(hours=1), expires_at=soon))
            desk.say(Line(group, plain("news"), lane=BULK, rule="bulk", expires_at=soon))

        await post.pump.do(speak)
        for _hour in range(4):
            await post.drained()
            await town.do("clock", minutes=360)
            clock.move(timedelta(hours=6))
        await post.sweep_now()
        await post.drained()
        rows = {table.name: look(select(func.count()).select_from(table))[0][0] for table in (inbox, outbox, cards)}
        sizes.append(rows | in_memory(post))
    assert max(size["inbox"] for size in sizes) <= PEOPLE * (INBOX.days + 1)
    assert max(size["outbox"] for size in sizes) <= (2 * PEOPLE + 3) * (OUTBOX.days + 1)
    assert sizes[-1]["outbox"] <= sizes[OUTBOX.days + 1]["outbox"], "it has stopped growing"
    held = [{name: size for name, size in each.items() if name not in ("inbox", "outbox", "cards")} for each in sizes]
    assert all(sum(each.values()) <= 2 for each in held), held[-1]


def in_memory(post: Any) -> dict[str, int]:
    """What is held by name between two messages; everything else is a number or a setting."""
    courier = post.courier
    return {
        "waiting": len(courier._lanes),
        "expiring": len(courier._lanes._expiring),
        "fresh": len(courier._marks.fresh),
        "marks": len(courier._marks._marks) + len(courier._marks._stands),
        "replaced": len(courier._cards._replaced),
        "parked": len(courier._budget._parked_until),
        "careful": len(getattr(post.pump, "_careful", ())),  # several workers keep them in the inbox alone
        "batches": sum(len(getattr(post.pump, name, ())) for name in ("_waiting", "_rides", "_errands")),
        "jobs": len(post.jobs._running),
        "faults of sweeps": len(post.ticker._resting),
    }


def test_however_many_people_there_are_the_budget_forgets_those_of_yesterday() -> None:
    budget = Budget(overall=0, bulk=0, person=1)
    for chat in range(1, 50_000):
        budget.spend(chat, 1, elapsed=chat / 10)
    assert len(budget._chat_at) <= 20_001


async def test_half_finished_conversations_are_kept_for_two_months(town: Town, open_office: Open, look: Any) -> None:
    clock = FrozenClock(MORNING)
    post = await open_office(clock=clock, sweeps=[sweep_old], fetch=False, tick=False)

    def begin(conn: Any) -> None:
        person = conn.execute(insert(people).values(made_at=MORNING).returning(people.c.id)).scalar_one()
        fields = {"person_id": person, "flow": "help", "version": "1", "id": "talk-1", "answers": "{}", "turn": 1}
        conn.execute(insert(talks).values(**fields, touched_at=MORNING))

    await post.pump.ride(begin)
    for days, left in ((TALKS.days - 1, 1), (2, 0)):
        clock.move(timedelta(days=days))
        await post.sweep_now()
        assert look(select(func.count()).select_from(talks)) == [(left,)]
    assert LINKS.days <= TALKS.days

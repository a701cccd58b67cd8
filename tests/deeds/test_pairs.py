"""Two people change one request at the same moment: any two deeds, in any state, in both orders.

On PostgreSQL the second has read the request before the first changes it, and writes afterwards. On SQLite there is one
writer, and they come one after the other. Either way both are heard: the deed is done, or refused with a sentence.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count, product
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, select, text

from desk import asking, closing, holding, orders
from desk.front import Desk
from domain.desk_file import DeskFile
from domain.orders import HELD, OPEN, Order, after
from domain.refusals import Refusal
from domain.words import Text, plain
from storage.orders import history_of
from storage.points import audit
from storage.tables import orders as table
from storage.work import open_writer
from tests.conftest import KEYS, MORNING
from tests.deeds.cast import GROUP, Cast, ask, gather

NOTE = [{"kind": "text", "words": "It is in her kitchen"}]
Deed = Callable[[Desk, Cast, int], Any]
DEEDS: dict[str, Deed] = {
    "Ben claims": lambda desk, cast, order: orders.claim(desk, cast.ben, order, GROUP),
    "Cleo claims": lambda desk, cast, order: orders.claim(desk, cast.cleo, order, GROUP),
    "Ben sets out": lambda desk, cast, order: holding.on_way(desk, cast.ben, order),
    "Ben gives it back": lambda desk, cast, order: holding.release(desk, cast.ben, order, "my bicycle broke"),
    "Ben has done it": lambda desk, cast, order: closing.resolve(
        desk, cast.ben, order, [{"kind": "text", "words": "x"}]
    ),
    "Ben gives it to Cleo": lambda desk, cast, order: orders.hand_over(desk, cast.ben, order, cast.cleo.id, "please"),
    "Ama says yes": lambda desk, cast, order: closing.close(desk, cast.ama, order),
    "Ama says not yet": lambda desk, cast, order: closing.reopen(desk, cast.ama, order),
    "Ama calls it off": lambda desk, cast, order: closing.cancel(desk, cast.ama, order, "no need"),
    "Dina calls it off": lambda desk, cast, order: closing.cancel(desk, cast.dina, order, "no need"),
    "Dina gives it to Cleo": lambda desk, cast, order: orders.assign(desk, cast.dina, order, cast.cleo.id),
    "Dina asks another team": lambda desk, cast, order: orders.offer_to(desk, cast.dina, order, cast.other_team),
    "Dina asks first": lambda desk, cast, order: asking.ask(desk, cast.dina, order, "Which floor?"),
    "Ama answers": lambda desk, cast, order: asking.answer(desk, cast.ama, order, NOTE),
    "nothing is heard of Ben": lambda desk, cast, order: holding.fall_back(desk, order, plain("nothing heard")),
    "it closes by itself": lambda desk, cast, order: closing.close_by_itself(desk, order),
}
BEFORE: dict[str, tuple[str, ...]] = {
    "offered": (),
    "claimed": ("Ben claims",),
    "in_progress": ("Ben claims", "Ben sets out"),
    "resolved": ("Ben claims", "Ben has done it"),
    "closed": ("Ben claims", "Ben has done it", "Ama says yes"),
    "reopened": ("Ben claims", "Ben has done it", "Ama says not yet"),
    "waiting": ("Dina asks first",),
    "cancelled": ("Ama calls it off",),
}
PAIRS = 60
VERBS = {"fall_back": "release"}


class Neighbourhood:
    """A desk on a database, and as many connections as it takes."""

    def __init__(self, url: str, file: DeskFile) -> None:
        self.file = replace(file, orders=replace(file.orders, open_per_volunteer=10_000))
        self.first, self.second = open_writer(url), open_writer(url)
        self.at_once = url.startswith("postgresql")
        self.chance, self.talks = random.Random(1), count()
        with self.first.begin() as conn:
            self.cast = gather(self.desk(conn))

    def desk(self, conn: Connection) -> Desk:
        return Desk(conn, self.file, MORNING, KEYS, self.chance, bot_name="linli_bot")

    def made(self, state: str) -> int:
        with self.first.begin() as conn:
            desk = self.desk(conn)
            order = orders.make_order(desk, ask(self.cast, f"talk-{next(self.talks)}"))
            for deed in BEFORE[state]:
                DEEDS[deed](desk, self.cast, order.id)
        return order.id

    def done(self, deed: str, order_id: int, engine: Engine) -> bool:
        """Was it done? Otherwise it was refused, with a sentence, and left nothing behind."""
        try:
            with engine.begin() as conn:
                if self.at_once:
                    conn.execute(text("SET LOCAL lock_timeout = '3s'"))
                outcome = DEEDS[deed](self.desk(conn), self.cast, order_id)
        except Refusal as refusal:
            assert isinstance(refusal.said, Text)
            return False
        return outcome is not False

    def both(self, early: str, late: str, order_id: int) -> tuple[bool, bool]:
        """The late one has read everything, and is about to write, when the early one is done."""
        if not self.at_once:
            return self.done(early, order_id, self.first), self.done(late, order_id, self.first)
        happened: list[bool] = []

        def about_to_write(conn: Connection, cursor: Any, statement: str, *_more: Any) -> None:
            if not happened and statement.lstrip().upper().startswith(("UPDATE", "INSERT", "DELETE")):
                happened.append(self.done(early, order_id, self.first))

        event.listen(self.second, "before_cursor_execute", about_to_write)
        try:
            second = self.done(late, order_id, self.second)
        finally:
            event.remove(self.second, "before_cursor_execute", about_to_write)
        if not happened:  # it was refused without writing anything
            happened.append(self.done(early, order_id, self.first))
        return happened[0], second

    def stands(self, order_id: int) -> tuple[Order, list[str]]:
        with self.first.begin() as conn:
            order = orders.get_order(self.desk(conn), order_id)
            return order, [VERBS.get(what, what) for what, _who, _note in history_of(conn, order_id)]


@pytest.fixture
def neighbourhood(database_url: str, desk_file: DeskFile) -> Iterator[Neighbourhood]:
    opened = Neighbourhood(database_url, desk_file)
    yield opened
    opened.first.dispose()
    opened.second.dispose()


def all_pairs() -> list[tuple[str, str, str]]:
    return list(product(BEFORE, DEEDS, DEEDS))


def test_any_two_deeds_leave_a_request_as_if_one_had_come_after_the_other(neighbourhood: Neighbourhood) -> None:
    drawn = random.Random(2026).sample(all_pairs(), PAIRS)
    for state, one, other in drawn:
        for early, late in ((one, other), (other, one)):
            order_id = neighbourhood.made(state)
            before, past = neighbourhood.stands(order_id)
            assert before.state == state
            done = neighbourhood.both(early, late, order_id)
            now, history = neighbourhood.stands(order_id)
            happened = history[len(past) :]
            case = f"{state}: {early} {done[0]}, {late} {done[1]} -> {now.state} after {happened}"
            assert len(happened) == sum(done), case
            reached: str | None = state
            for verb in happened:
                assert reached is not None, case
                reached = after(verb, reached, now.team_id)
            assert reached == now.state, case
            assert (now.holder_id is not None) == (now.state in HELD) or now.state not in (*OPEN, *HELD), case
            assert now.version >= before.version + len(happened), case
            if happened:
                assert any(done), case
    with neighbourhood.first.begin() as conn:
        assert audit(conn) == []
        held = conn.execute(select(table.c.state, table.c.holder_id).where(table.c.state.in_(HELD))).all()
        assert all(holder for _state, holder in held)


@pytest.mark.parametrize(
    ("state", "early", "late"),
    [
        ("offered", "Ben claims", "Cleo claims"),
        ("claimed", "Dina gives it to Cleo", "Ben sets out"),
        ("claimed", "Ama calls it off", "Ben has done it"),
        ("claimed", "nothing is heard of Ben", "Ben sets out"),
        ("resolved", "Ama says not yet", "it closes by itself"),
        ("resolved", "Ama says yes", "it closes by itself"),
        ("claimed", "Ama calls it off", "Dina asks another team"),
        ("offered", "Ben claims", "Dina asks first"),
        ("offered", "Dina asks first", "Ben claims"),
        ("waiting", "Ama calls it off", "Ama answers"),
    ],
)
def test_the_first_has_it_and_the_other_is_refused(
    neighbourhood: Neighbourhood, state: str, early: str, late: str
) -> None:
    order_id = neighbourhood.made(state)
    assert neighbourhood.both(early, late, order_id) == (True, False)

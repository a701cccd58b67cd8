"""One order that waits in the invented town, with somebody to call on every step of the ladder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import update

from desk.escalation import (
    sweep_runs,
)
from desk.front import CardRefresh, Desk
from desk.orders import make_order
from domain.orders import Order
from domain.people import Person
from storage.tables import contacts
from tests.conftest import MORNING, AtDesk
from tests.deeds.cast import Cast, add_account, ask, gather, give

MINUTE = timedelta(minutes=1)


def sweep(desk: Desk) -> int:
    """Everything that is due at this moment, as the ticker does it."""
    count = 0
    while sweep_runs(desk):
        count += 1
        assert count < 50, "the sweep does not end"
    return count


def alerted(desk: Desk, subject: str = "alert") -> list[int]:
    """Chats in which an alert has just appeared."""
    return [
        said.chat_id for said in desk.said if isinstance(said, CardRefresh) and said.subject == subject and said.anew
    ]


def asked_groups(desk: Desk) -> list[int]:
    return [
        said.chat_id for said in desk.said if isinstance(said, CardRefresh) and said.subject == "order" and said.anew
    ]


def open_order(desk: Desk, cast: Cast, once: str = "talk-1", category: str = "errand") -> Order:
    order = make_order(desk, ask(cast, once, category))
    desk.said.clear()
    return order


class Town:
    """The cast, one waiting order, and supervisors of town and district."""

    def __init__(self, at_desk: AtDesk, now: datetime = MORNING, category: str = "errand") -> None:
        self.at_desk, self.start = at_desk, now
        with at_desk(now) as desk:
            self.cast = gather(desk)
            self.tess = add_account(desk, 21, "Tess")
            self.dora = add_account(desk, 22, "Dora")
            self.olga = add_account(desk, 23, "Olga")
            give(desk, self.tess, "supervisor", unit="donggang")
            give(desk, self.dora, "supervisor", unit="putuo")
            give(desk, self.olga, "officer")
            self.order = open_order(desk, self.cast, category=category)

    @contextmanager
    def after(self, minutes: float) -> Iterator[Desk]:
        with self.at_desk(self.start + minutes * MINUTE) as desk:
            yield desk

    def sweep_after(self, minutes: float) -> list[int]:
        with self.after(minutes) as desk:
            sweep(desk)
            return alerted(desk)


def block(desk: Desk, person: Person, reach: str = "blocked") -> None:
    desk.conn.execute(update(contacts).where(contacts.c.telegram_id == person.telegram_id).values(reach=reach))

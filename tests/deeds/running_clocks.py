"""One order with its clocks, and what they do when they are swept."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.deadlines import sweep_deadlines
from desk.front import CardRefresh, Desk
from desk.orders import claim, make_order
from domain.orders import Order
from storage.orders import find_order
from tests.conftest import MORNING, AtDesk
from tests.deeds.cast import ask, gather

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SHORT_OF = timedelta(seconds=1)


class Town:
    def __init__(self, at_desk: AtDesk, now: datetime = MORNING) -> None:
        self.at_desk, self.start = at_desk, now
        with at_desk(now) as desk:
            self.cast = gather(desk)
            self.order = make_order(desk, ask(self.cast))

    def claimed(self, now: datetime | None = None) -> None:
        with self.at_desk(now or self.start) as desk:
            claim(desk, self.cast.ben, self.order.id)

    def state(self, desk: Desk) -> Order:
        order = find_order(desk.conn, self.order.id)
        assert order is not None
        return order


def sweep(desk: Desk) -> int:
    count = 0
    while sweep_deadlines(desk):
        count += 1
        assert count < 50, "the sweep does not end"
    return count


def questions(desk: Desk) -> list[int]:
    """Who has just been asked whether they are still on it."""
    return [
        said.chat_id
        for said in desk.said
        if isinstance(said, CardRefresh) and said.subject == "still_on_it" and said.anew
    ]

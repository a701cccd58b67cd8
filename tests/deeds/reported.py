"""Somebody has reported a lamp that is out; others have seen it too; Dina is on duty, and Tess answers for the town."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from bot.words import Reader
from desk.escalation import sweep_runs
from desk.front import Desk, Line
from desk.reports import NewReport, join, make_report
from domain.orders import Order
from domain.people import Person
from storage.orders import find_order
from storage.people import get_person
from storage.reports import find_report
from storage.tables import people
from tests.conftest import MORNING, AtDesk
from tests.deeds.cast import add_account, add_team, gather, give, set_inside

HANDY = -1003
MINUTE = timedelta(minutes=1)


class Reported:
    """Ama reads English; Faye, who has seen the same, reads Chinese."""

    def __init__(self, at_desk: AtDesk, now: datetime = MORNING) -> None:
        self.at_desk, self.start, self.made = at_desk, now, 0
        with at_desk(now) as desk:
            self.cast = gather(desk)
            self.handy = add_team(desk, "handy", "Handy People", HANDY)
            give(desk, self.cast.ben, "volunteer", team_id=self.handy)
            set_inside(desk, self.cast.ben, True, HANDY)
            self.tess = add_account(desk, 21, "Tess")
            give(desk, self.tess, "supervisor", unit="donggang")
            self.gus = add_account(desk, 24, "Gus")
            desk.conn.execute(update(people).where(people.c.id == self.cast.faye.id).values(language="zh_Hans"))
            self.faye = get_person(desk.conn, self.cast.faye.id)

    @contextmanager
    def after(self, minutes: float) -> Iterator[Desk]:
        with self.at_desk(self.start + minutes * MINUTE) as desk:
            yield desk

    def report(self, desk: Desk, kind: str = "lamp", by: Person | None = None, **more: Any) -> Order:
        self.made += 1
        told: dict[str, Any] = {
            "latitude": 29.95 + self.made / 100_000,
            "longitude": 122.3,
            "parts": [
                {"kind": "text", "words": "It is dark there"},
                {"kind": "photo", "file_id": f"photo-{self.made}"},
            ],
            **more,
        }
        by = by or self.cast.ama
        return make_report(
            desk, NewReport(once=f"report-{self.made}", kind=kind, unit="ankang", reporter_id=by.id, **told)
        )

    def reported(
        self, kind: str = "lamp", by: Person | None = None, followed_by: Person | None = None, **more: Any
    ) -> Order:
        with self.after(0) as desk:
            order = self.report(desk, kind, by, **more)
            if followed_by is not None:
                join(desk, followed_by, order.id)
        return order


def now(desk: Desk, order: Order) -> Order:
    found = find_order(desk.conn, order.id)
    assert found is not None
    return found


def verdict(desk: Desk, order: Order) -> str | None:
    found = find_report(desk.conn, order.id)
    assert found is not None
    return found.verdict


def told(desk: Desk) -> list[tuple[int, str]]:
    """Who was told what, each in their own language."""
    return [
        (said.chat_id, Reader(said.language or "en", desk.file.zone, desk.now).say(said.text))
        for said in desk.said
        if isinstance(said, Line)
    ]


def sweep(desk: Desk) -> None:
    for _step in range(50):
        if not sweep_runs(desk):
            return
    raise AssertionError("the sweep does not end")

"""While we wait for an answer the clocks stand still; afterwards they go on with what was left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from desk.front import Desk
from domain.calendars import BusinessCalendar, QuietHours
from domain.orders import Order
from domain.pauses import due_after, time_left
from storage import pauses as rows
from storage.deadlines import set_deadline
from storage.escalation import ACTIVE, find_run

Rules = tuple[QuietHours | None, BusinessCalendar | None]


def pause(desk: Desk, order: Order, *, ladder: bool = True) -> None:
    """`order` as it stood before it began to wait. Where somebody has to ring meanwhile, the ladder goes on."""
    of = _rules_of(desk, order)
    left = {
        metric: _seconds(time_left(desk.now, due, *of(metric), desk.file.zone))
        for metric, due in rows.running_clocks(desk.conn, order.id).items()
    }
    run = find_run(desk.conn, order_id=order.id)
    if ladder and run is not None and run.state in ACTIVE and run.next_at is not None:
        left[rows.LADDER] = _seconds(time_left(desk.now, run.next_at, *of(rows.LADDER), desk.file.zone))
    rows.pause(desk.conn, desk.now, order.id, order.state, left, run)


def go_on(desk: Desk, order: Order, *, ladder: bool = True) -> str | None:
    """The clocks run again, and the ladder unless another one is to begin. The state it had before; None: no pause."""
    found = rows.end_pause(desk.conn, order.id)
    if found is None:
        return None
    of = _rules_of(desk, order)
    for metric, seconds in found.left.items():
        due = due_after(desk.now, timedelta(seconds=seconds), *of(metric), desk.file.zone)
        if metric != rows.LADDER:
            set_deadline(desk.conn, order.id, metric, due)
        elif ladder:
            rows.take_up_run(desk.conn, found, due)
    return found.stood


def drop(desk: Desk, order_id: int) -> None:
    """It is over: nothing goes on."""
    rows.end_pause(desk.conn, order_id)


def find(desk: Desk, order_id: int) -> rows.Pause | None:
    return rows.find_pause(desk.conn, order_id)


def _rules_of(desk: Desk, order: Order) -> Callable[[str], Rules]:
    """By which hours each clock runs: those of its promise, or of its ladder."""
    category = desk.file.categories.get(order.category)
    run = find_run(desk.conn, order_id=order.id)
    quiet = None if run is not None and run.ladder.urgent else desk.file.quiet
    calendar = desk.file.calendar_of(category.promise) if category is not None else None
    return lambda metric: (quiet, calendar if metric in ("first_response", "resolution") else None)


def _seconds(left: timedelta) -> int:
    return int(left.total_seconds())

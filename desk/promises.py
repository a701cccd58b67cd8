"""Until when somebody should have it, and until when it should be done: promised anew whenever it waits again."""

from __future__ import annotations

from desk.front import Desk
from domain.calendars import due_at
from domain.orders import Order
from storage.deadlines import set_deadline


def promise(desk: Desk, order: Order, *, to_be_taken: bool = True, to_be_done: bool = True) -> None:
    """The clocks of the desk file's promise start now. Unless the ladder is urgent they stand still at night."""
    category = desk.file.categories.get(order.category)
    if category is None:  # it has been taken out of the desk file since
        return
    file, promised = desk.file, category.promise
    quiet = None if file.ladder_of(category).urgent else file.quiet
    metrics = [("first_response", promised.first_response)] if to_be_taken else []
    metrics += [("resolution", promised.resolution)] if to_be_done else []
    for metric, amount in metrics:
        if amount is not None:
            due = due_at(desk.now, amount, quiet=quiet, calendar=file.calendar_of(promised), zone=file.zone)
            set_deadline(desk.conn, order.id, metric, due)

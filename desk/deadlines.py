"""What was promised, and what happens by itself when its time has come: one row per clock, due once, oldest first."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from desk.alerts import can_hear, refresh_alerts
from desk.due import do_alone, later
from desk.front import CardRefresh, Desk
from desk.nights import by_day, is_night
from domain.escalation import silent_at
from domain.orders import NotInYourHands, Order
from domain.people import Person
from domain.refusals import Refusal
from domain.words import Text, _
from storage import deadlines
from storage.deadlines import Deadline
from storage.escalation import find_run
from storage.households import chats_with
from storage.orders import find_order, remember
from storage.people import get_person

NEVER_STARTED = _("You had not opened the chat with me, so I'm asking the others. Thank you for offering!")
SILENT = _("I haven't heard from you for a while, so I'm asking the others. Thank you for being ready to help!")


def set_deadline(desk: Desk, order_id: int, metric: str, due_at: datetime) -> None:
    """Start this clock, or start it afresh."""
    deadlines.set_deadline(desk.conn, order_id, metric, due_at)


def meet_deadline(desk: Desk, order_id: int, metric: str) -> None:
    """This clock stops. One that went by stays gone by, and says when it was met."""
    deadlines.meet_deadline(desk.conn, desk.now, order_id, metric)
    if metric == "progress":  # something was heard, so what would follow the silence is off as well
        deadlines.meet_deadline(desk.conn, desk.now, order_id, "fall_back")


# ── is the holder still on it? ──────────────────────────────────────────────────────────────────────────────────────


def watch_holder(desk: Desk, order_id: int) -> None:
    """Something was heard of the holder: they are asked only when it has been quiet for long again."""
    run = find_run(desk.conn, order_id=order_id)
    due = silent_at(run.ladder, desk.now, desk.file.quiet, desk.file.zone) if run is not None else None
    if due is not None:
        set_deadline(desk, order_id, "progress", due)
        meet_deadline(desk, order_id, "fall_back")
    show_question(desk, order_id)


def show_question(desk: Desk, order_id: int) -> None:
    """ "Are you still on it?" goes where it stands, once it has been answered in whatever way."""
    for chat_id in chats_with(desk.conn, "still_on_it", order_id):
        desk.say(CardRefresh(chat_id, "still_on_it", order_id, silent=True))


def still_on_it(desk: Desk, person: Person, order_id: int) -> Text:
    """The holder says yes, and keeps it."""
    order = find_order(desk.conn, order_id)
    if order is None or order.holder_id != person.id or not order.is_held:
        raise NotInYourHands
    remember(desk.conn, order_id, "still_on_it", desk.now, person.id)
    watch_holder(desk, order_id)
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, "still_on_it", order_id))
    return _("Good to know. Thank you!")


def is_asked(desk: Desk, order_id: int) -> bool:
    """Is the question "Are you still on it?" open?"""
    waits = deadlines.find_deadline(desk.conn, order_id, "progress")
    return waits is not None and waits.breached_at is not None and waits.met_at is None


# ── the sweep ───────────────────────────────────────────────────────────────────────────────────────────────────────


def sweep_deadlines(desk: Desk) -> bool:
    """Do what the deadline that has been due longest asks for. False: nothing is due."""
    deadline = deadlines.next_due_deadline(desk.conn, desk.now)
    if deadline is None:
        return False
    if not do_alone(desk, partial(_pass, desk, deadline), order=deadline.order_id, metric=deadline.metric):
        deadlines.put_off(desk.conn, deadline, later(desk, deadline.tries))
    return True


def _pass(desk: Desk, deadline: Deadline) -> None:
    order = find_order(desk.conn, deadline.order_id)
    assert order is not None
    if deadline.metric == "progress" and _may_sleep(desk, order):
        set_deadline(desk, order.id, "progress", by_day(desk, desk.now))
        return
    if not deadlines.breach(desk.conn, desk.now, deadline):
        return
    said_before = len(desk.said)
    try:
        _follow(desk, order, deadline.metric)
    except Refusal:  # the order has moved on, and nothing was written
        del desk.said[said_before:]


def _follow(desk: Desk, order: Order, metric: str) -> None:
    """What comes of it."""
    from desk import order_views, orders  # which set these clocks

    match metric:
        case "first_response" | "resolution":
            order_views.show_askers(desk, order)
            refresh_alerts(desk, order.id)
        case "progress":
            _ask_holder(desk, order)
        case "fall_back":
            holder = get_person(desk.conn, order.holder_id) if order.holder_id is not None else None
            if holder is not None and order.provisional and can_hear(holder):  # opened meanwhile, by another way
                orders.started(desk, holder)
            else:
                orders.fall_back(desk, order.id, NEVER_STARTED if order.provisional else SILENT)
        case "closing":
            orders.close_by_itself(desk, order.id)


def _may_sleep(desk: Desk, order: Order) -> bool:
    """The desk was down in the evening: nobody is woken to be asked, unless it is urgent."""
    run = find_run(desk.conn, order_id=order.id)
    return run is not None and not run.ladder.urgent and is_night(desk)


def _ask_holder(desk: Desk, order: Order) -> None:
    """Asked once; if nothing is heard for as long again, or the holder cannot be reached, it goes back to the team."""
    if not order.is_held or order.holder_id is None:
        return
    holder, run = get_person(desk.conn, order.holder_id), find_run(desk.conn, order_id=order.id)
    due = silent_at(run.ladder, desk.now, desk.file.quiet, desk.file.zone) if run is not None else None
    if not can_hear(holder):
        set_deadline(desk, order.id, "fall_back", desk.now)
    elif due is not None and holder.telegram_id is not None:
        set_deadline(desk, order.id, "fall_back", due)
        desk.say(CardRefresh(holder.telegram_id, "still_on_it", order.id, anew=True))

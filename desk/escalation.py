"""When nobody answers: a ladder is frozen when it starts, and stands still, ends or begins anew as people answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from desk.alerts import (
    OFFICERS,
    Matter,
    ask_again,
    call_upwards,
    kept_from,
    matter_of,
    officers,
    reaches,
    refresh_alerts,
    whom,
)
from desk.climbing import after, at_once, show, sweep_runs
from desk.deadlines import meet_deadline, set_deadline, sweep_deadlines, watch_holder
from desk.front import Desk
from desk.report_ladders import ladder_of, must_ring
from domain.escalation import TEAM, EscalationPolicy, Ladder, first_alert_at, seen_until
from domain.orders import AlreadyClaimed, Changed, Order, is_in_charge, stands
from domain.people import Person
from domain.places import path_up
from domain.refusals import NotAllowed, NotFound
from domain.words import Text
from storage import escalation as runs
from storage.alerts import miss, miss_help, orders_called_for
from storage.escalation import ACTIVE
from storage.orders import find_order, remember
from storage.people import find_person, get_person, roles_of

__all__ = [
    "NextCall",
    "acknowledge",
    "answers_for",
    "ask_again",
    "call_supervisor",
    "cancelled",
    "check_in_charge",
    "is_exhausted",
    "meet_deadline",
    "met",
    "next_call",
    "refresh_alerts",
    "restart",
    "set_deadline",
    "start_case_run",
    "start_run",
    "sweep_deadlines",
    "sweep_runs",
    "unreachable",
]

NOTHING = Ladder((), urgent=False, seen_for=timedelta(minutes=30), silent_holder=None)


@dataclass(frozen=True, slots=True)
class NextCall:
    """If nobody has taken it by then, this is who will be called."""

    at: datetime
    whom: Text


# ── a run's life ────────────────────────────────────────────────────────────────────────────────────────────────────


def start_run(desk: Desk, order: Order) -> None:
    """Freeze the ladder of the category. What no group can hear of is for the first step that reaches anybody else."""
    ladder = _ladder_of(desk, order)
    next_at = first_alert_at(ladder, desk.now, desk.file.quiet, desk.file.zone)
    position = 0
    if order.team_id is None:
        asks_team = [step.reach == TEAM for step in ladder.steps]
        position = asks_team.index(False) if False in asks_team else len(ladder.steps)
        next_at = at_once(desk, ladder)
    next_at = next_at or at_once(desk, ladder)
    runs.add_run(desk.conn, desk.now, ladder, order_id=order.id, next_at=next_at, position=position)


def start_case_run(
    desk: Desk, case_id: int, unit: str, ladder_policy: EscalationPolicy, excluded: frozenset[int]
) -> bool:
    """The same for a confidential case. False: nobody on this ladder could hear of it now, only the officers."""
    cancelled(desk, case_id=case_id)
    ladder = ladder_policy.freeze()
    next_at = first_alert_at(ladder, desk.now, desk.file.quiet, desk.file.zone) or at_once(desk, ladder)
    runs.add_run(desk.conn, desk.now, ladder, case_id=case_id, next_at=next_at)
    run = runs.find_run(desk.conn, case_id=case_id)
    assert run is not None
    matter = Matter(run, unit, None, excluded)
    return any(reaches(desk, matter, step) for step in ladder.steps)


def met(desk: Desk, order_id: int | None = None, case_id: int | None = None) -> None:
    """Somebody has taken it: nobody else is called, and whoever has it is asked when nothing is heard of them.

    Only where a body has yet to be told of a danger, whoever is in charge goes on being called.
    """
    order = find_order(desk.conn, order_id) if order_id is not None else None
    if order is None or not must_ring(desk, order):
        runs.end_runs(desk.conn, "met", order_id=order_id, case_id=case_id)
    if order is not None:
        refresh_alerts(desk, order.id)
        if order.is_held:
            watch_holder(desk, order.id)


def cancelled(desk: Desk, order_id: int | None = None, case_id: int | None = None) -> None:
    """It is not wanted any more."""
    runs.end_runs(desk.conn, "cancelled", order_id=order_id, case_id=case_id)
    if order_id is not None:
        refresh_alerts(desk, order_id)


def restart(desk: Desk, order_id: int) -> None:
    """Given back, fallen back or reopened: it waits anew, and the ladder begins at its foot."""
    cancelled(desk, order_id)
    order = find_order(desk.conn, order_id)
    if order is not None:
        start_run(desk, order)


def _ladder_of(desk: Desk, order: Order) -> Ladder:
    """As the desk file has it now; of a category that was taken out of it, the one the order had before."""
    category = desk.file.categories.get(order.category)
    if category is not None and category.ladder in desk.file.ladders:
        return ladder_of(desk, order, category)
    before = runs.find_run(desk.conn, order_id=order.id)
    return before.ladder if before is not None else NOTHING


# ── what people see and do ──────────────────────────────────────────────────────────────────────────────────────────


def next_call(desk: Desk, order_id: int) -> NextCall | None:
    """Whom a waiting person may be promised: the next who can be reached beyond asking the same group again."""
    run = runs.find_run(desk.conn, order_id=order_id)
    if run is None or run.state not in ACTIVE or run.next_at is None:
        return None
    matter, at = matter_of(desk, run), run.next_at
    for position in range(run.position, len(run.ladder.steps)):
        step = run.ladder.steps[position]
        reached = reaches(desk, matter, step)
        if reached and step.reach != TEAM:
            return NextCall(at, whom(desk, matter.unit, step))
        if reached:
            at = after(desk, run.ladder, position + 1, at)
    return NextCall(at, OFFICERS) if officers(desk, matter) else None


def is_exhausted(desk: Desk, order_id: int) -> bool:
    """Has the ladder ended with nobody?"""
    run = runs.find_run(desk.conn, order_id=order_id)
    return run is not None and run.state == "exhausted"


def check_in_charge(desk: Desk, person: Person, order: Order) -> None:
    """Does this person answer for the place of the order, and may they know of it at all?"""
    if person.id in kept_from(desk, order):
        raise NotFound
    if not answers_for(desk, person, order):
        raise NotAllowed


def answers_for(desk: Desk, person: Person, order: Order) -> bool:
    """In charge of its place; for a discreet order of their own home nobody is."""
    path = [unit.key for unit in path_up(desk.file.units, order.unit)]
    return is_in_charge(roles_of(desk.conn, person.id), path) and person.id not in kept_from(desk, order)


def acknowledge(desk: Desk, person: Person, order_id: int) -> datetime:
    """I have seen it: the ladder stands still for a while, and then goes on. Until when."""
    order = find_order(desk.conn, order_id)
    if order is None:
        raise NotFound
    check_in_charge(desk, person, order)
    run = runs.find_run(desk.conn, order_id=order_id)
    holder = get_person(desk.conn, order.holder_id).called if order.holder_id is not None else None
    if run is None:
        raise NotFound
    until = seen_until(run.ladder, desk.now, desk.file.quiet, desk.file.zone)
    until = max(until, run.next_at or until)  # seeing it never makes the next call earlier
    if not runs.acknowledge(desk.conn, run, person.id, until):
        raise AlreadyClaimed(name=holder) if order.is_held else Changed(stands=stands(order, holder))
    remember(desk.conn, order_id, "acknowledged", desk.now, person.id)
    show(desk, order)
    return until


def call_supervisor(desk: Desk, order: Order, person: Person) -> list[Person]:
    """The holder needs help: whoever answers for the place hears at once, whatever the hour. Who was called."""
    run = runs.find_run(desk.conn, order_id=order.id)
    if run is None:
        ladder = _ladder_of(desk, order)
        end = len(ladder.steps)
        runs.add_run(desk.conn, desk.now, ladder, order_id=order.id, next_at=None, position=end, state="met")
        run = runs.find_run(desk.conn, order_id=order.id)
        assert run is not None
    matter = matter_of(desk, run)
    return call_upwards(desk, replace(matter, kept_from=matter.kept_from | {person.id}))


def unreachable(desk: Desk, telegram_id: int) -> None:
    """Telegram says that this person cannot be reached: where nobody else was called, it is the next one's turn.

    The step is climbed once more first, since others of the unit may be there to hear it.
    """
    person = find_person(desk.conn, telegram_id)
    if person is None:
        return
    called_for = orders_called_for(desk.conn, person.id)
    for run in miss(desk.conn, person.id):
        runs.step_back(desk.conn, run, at_once(desk, run.ladder))
    for run in miss_help(desk.conn, person.id):
        matter = matter_of(desk, run)
        if matter.order is not None and matter.order.holder_id is not None and matter.order.is_held:
            call_upwards(desk, replace(matter, kept_from=matter.kept_from | {matter.order.holder_id}))
    for order_id in called_for:
        refresh_alerts(desk, order_id)  # the others no longer read that this person was called

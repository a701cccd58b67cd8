"""When nobody answers: a ladder that is frozen when it starts, and calls whoever comes next until somebody has it.

A run stands before a step and is due at `next_at`. One sweep takes one run:

1. find the run that has been due longest;
2. in quiet hours let it wait for the morning, unless the ladder is urgent;
3. climb: a conditional update on where it stands, so that whoever comes second does nothing;
4. call whom the step reaches;
5. the next step is due its delay later, or at once if this one reached nobody.

After a long pause every step is still climbed, once. What was promised stays promised: asking the same group again late
moves nothing. But people who were called late have as long to answer as they would have had.

Past its last step the ladder gives those it called as long as that step had waited, and then it has ended.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from desk.alerts import (
    OFFICERS,
    Matter,
    ask_again,
    call,
    call_upwards,
    kept_from,
    matter_of,
    officers,
    people_at,
    reaches,
    refresh_alerts,
    team_at,
    whom,
)
from desk.deadlines import meet_deadline, set_deadline, sweep_deadlines, watch_holder
from desk.due import do_alone, later
from desk.front import Desk
from domain.escalation import (
    DUTY,
    SUPERVISORS,
    TEAM,
    EscalationPolicy,
    EscalationStep,
    Ladder,
    add_patience,
    first_alert_at,
    next_alert_at,
    seen_until,
)
from domain.orders import AlreadyClaimed, Changed, Order, is_in_charge, stands
from domain.people import Person
from domain.places import path_up
from domain.refusals import NotAllowed, NotFound, Refusal
from domain.words import Text
from storage import escalation as runs
from storage.escalation import ACTIVE, LATE, Run
from storage.orders import find_order, remember
from storage.people import find_person, get_person, roles_of

__all__ = [
    "NextCall",
    "acknowledge",
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

NOTICEABLE = timedelta(minutes=5)
"""Later than this, and the desk says so."""
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
        next_at = _at_once(desk, ladder)
    next_at = next_at or _at_once(desk, ladder)
    runs.add_run(desk.conn, desk.now, ladder, order_id=order.id, next_at=next_at, position=position)


def start_case_run(
    desk: Desk, case_id: int, unit: str, ladder_policy: EscalationPolicy, excluded: frozenset[int]
) -> bool:
    """The same for a confidential case. False: nobody on this ladder could hear of it now, only the officers."""
    cancelled(desk, case_id=case_id)
    ladder = ladder_policy.freeze()
    next_at = first_alert_at(ladder, desk.now, desk.file.quiet, desk.file.zone) or _at_once(desk, ladder)
    runs.add_run(desk.conn, desk.now, ladder, case_id=case_id, next_at=next_at)
    run = runs.find_run(desk.conn, case_id=case_id)
    assert run is not None
    matter = Matter(run, unit, None, excluded)
    return any(reaches(desk, matter, step) for step in ladder.steps)


def met(desk: Desk, order_id: int | None = None, case_id: int | None = None) -> None:
    """Somebody has taken it: nobody else is called, and whoever has it is asked when nothing is heard of them."""
    runs.end_runs(desk.conn, "met", order_id=order_id, case_id=case_id)
    order = find_order(desk.conn, order_id) if order_id is not None else None
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
        return desk.file.ladder_of(category).freeze()
    before = runs.find_run(desk.conn, order_id=order.id)
    return before.ladder if before is not None else NOTHING


def _at_once(desk: Desk, ladder: Ladder) -> datetime:
    """Now, or as soon as it is morning."""
    return add_patience(ladder, desk.now, timedelta(0), desk.file.quiet, desk.file.zone)


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
            at = _after(desk, run.ladder, position + 1, at)
    return NextCall(at, OFFICERS) if officers(desk, matter) else None


def is_exhausted(desk: Desk, order_id: int) -> bool:
    """Has the ladder ended with nobody?"""
    run = runs.find_run(desk.conn, order_id=order_id)
    return run is not None and run.state == "exhausted"


def check_in_charge(desk: Desk, person: Person, order: Order) -> None:
    """Does this person answer for the place of the order, and may they know of it at all?"""
    if person.id in kept_from(desk, order):
        raise NotFound
    if not is_in_charge(roles_of(desk.conn, person.id), [unit.key for unit in path_up(desk.file.units, order.unit)]):
        raise NotAllowed


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
    _show(desk, order)
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
    for run in runs.miss(desk.conn, person.id):
        at_once = _at_once(desk, run.ladder)
        runs.change_run(desk.conn, run.id, position=run.position - 1, next_at=at_once)


# ── the sweep ───────────────────────────────────────────────────────────────────────────────────────────────────────


def sweep_runs(desk: Desk) -> bool:
    """Climb one step of the run that has been due longest. False: nothing is due."""
    run = runs.next_due_run(desk.conn, desk.now)
    if run is None:
        return False
    if not do_alone(desk, partial(_climb, desk, run), run=run.id, order=run.order_id):
        runs.put_off(desk.conn, run, later(desk, run.tries))
    return True


def _climb(desk: Desk, run: Run) -> None:
    assert run.next_at is not None
    quiet = desk.file.quiet
    if quiet is not None and not run.ladder.urgent and quiet.is_quiet(desk.now, desk.file.zone):
        runs.change_run(desk.conn, run.id, next_at=quiet.next_morning(desk.now, desk.file.zone))
        return
    if not runs.climb(desk.conn, run):
        return
    matter = matter_of(desk, run)
    if matter.order is not None and not matter.order.is_open and not matter.order.provisional:
        met(desk, run.order_id)
        return
    step = run.ladder.steps[run.position] if run.position < len(run.ladder.steps) else None
    asks_team = step is not None and step.reach == TEAM
    late = desk.now - run.next_at
    if late > NOTICEABLE and not asks_team and run.order_id is not None:
        remember(desk.conn, run.order_id, LATE, desk.now, note=str(int(late.total_seconds() // 60)))
    if step is None:
        _end(desk, matter)
    elif _reach(desk, matter, step):
        climbed = run.next_at if asks_team or late <= NOTICEABLE else desk.now
        runs.change_run(desk.conn, run.id, next_at=_after(desk, run.ladder, run.position + 1, climbed))
    else:
        runs.change_run(desk.conn, run.id, next_at=_at_once(desk, run.ladder))
    if matter.order is not None:
        _show(desk, matter.order)


def _reach(desk: Desk, matter: Matter, step: EscalationStep) -> bool:
    """Call whom this step reaches. False: nobody."""
    if step.reach in (SUPERVISORS, DUTY):
        return call(desk, matter, matter.run.position, people_at(desk, matter, step)) > 0
    team = team_at(desk, matter, step)
    if team is None or team.chat_id is None or matter.order is None:
        return False
    if step.reach == TEAM:
        beside = _climb_beside(desk, matter.run, team.id)
        ask_again(desk, team.chat_id, [matter.order.id, *beside])
    else:
        from desk.giving import offer_to  # which starts ladders

        try:
            offer_to(desk, None, matter.order.id, team.id)
        except Refusal:  # it has moved on in this moment, and nothing was written
            return False
    return True


def _climb_beside(desk: Desk, run: Run, team_id: int) -> list[int]:
    """Whatever else is due to ask the same group is asked in the same message."""
    asked: list[int] = []
    for other in runs.due_beside(desk.conn, desk.now, run, team_id):
        steps = other.ladder.steps
        if other.position >= len(steps) or steps[other.position].reach != TEAM:
            continue
        assert other.order_id is not None and other.next_at is not None
        order = find_order(desk.conn, other.order_id)
        if order is None or not order.is_open or not runs.climb(desk.conn, other):
            continue
        next_at = _after(desk, other.ladder, other.position + 1, other.next_at)
        runs.change_run(desk.conn, other.id, next_at=next_at)
        _show(desk, order)
        asked.append(other.order_id)
    return asked


def _after(desk: Desk, ladder: Ladder, position: int, climbed: datetime) -> datetime:
    """When the next step is due; past the last, when the ladder has ended."""
    quiet, zone = desk.file.quiet, desk.file.zone
    due = next_alert_at(ladder, position, climbed, quiet, zone)
    if due is not None:
        return due
    waited = ladder.steps[-1].after if ladder.steps else timedelta(0)
    return add_patience(ladder, climbed, waited or ladder.seen_for, quiet, zone)


def _end(desk: Desk, matter: Matter) -> None:
    """Nobody is left to call: officers hear of it, and it stays on top of the queue."""
    run = matter.run
    runs.change_run(desk.conn, run.id, state="exhausted", next_at=None, position=run.position)
    call(desk, matter, run.position, officers(desk, matter))
    if run.order_id is not None:
        remember(desk.conn, run.order_id, "exhausted", desk.now)


def _show(desk: Desk, order: Order) -> None:
    """Whoever waits, and whoever was called, sees how it stands now."""
    from desk.order_views import show_askers  # which reads whom a ladder calls next

    show_askers(desk, order)
    refresh_alerts(desk, order.id)

"""Climbs running ladders: each step once, at its minute, to whoever comes next.

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

from datetime import datetime, timedelta
from functools import partial

from desk.alerts import Matter, ask_again, call, matter_of, officers, people_at, refresh_alerts, team_at
from desk.due import do_alone, later
from desk.front import Desk
from desk.report_ladders import must_ring
from domain.escalation import DUTY, SUPERVISORS, TEAM, EscalationStep, Ladder, add_patience, next_alert_at
from domain.orders import Order
from domain.refusals import Refusal
from storage import escalation as runs
from storage.alerts import LATE
from storage.escalation import Run
from storage.orders import find_order, remember

NOTICEABLE = timedelta(minutes=5)
"""Later than this, and the desk says so."""


def sweep_runs(desk: Desk) -> bool:
    """Climb one step of the run that has been due longest. False: nothing is due."""
    run = runs.next_due_run(desk.conn, desk.now)
    if run is None:
        return False
    if not do_alone(desk, partial(_climb, desk, run), run=run.id, order=run.order_id):
        runs.put_off(desk.conn, run, later(desk, run.tries), failed=True)
    return True


def _climb(desk: Desk, run: Run) -> None:
    assert run.next_at is not None
    quiet = desk.file.quiet
    if quiet is not None and not run.ladder.urgent and quiet.is_quiet(desk.now, desk.file.zone):
        runs.put_off(desk.conn, run, quiet.next_morning(desk.now, desk.file.zone), failed=False)
        waits = find_order(desk.conn, run.order_id) if run.order_id is not None else None
        if waits is not None:
            show(desk, waits)  # whoever was promised a call tonight reads that it comes in the morning
        return
    if not runs.climb(desk.conn, run):
        return
    matter = matter_of(desk, run)
    order = matter.order
    if order is not None and not order.is_open and not order.provisional and not must_ring(desk, order):
        runs.end_runs(desk.conn, "met", order_id=run.order_id)
        return
    step = run.ladder.steps[run.position] if run.position < len(run.ladder.steps) else None
    asks_team = step is not None and step.reach == TEAM
    late = desk.now - run.next_at
    down = desk.opened_at is None or run.next_at < desk.opened_at
    if late > NOTICEABLE and down and not asks_team and run.order_id is not None:
        remember(desk.conn, run.order_id, LATE, desk.now, note=str(int(late.total_seconds() // 60)))
    if step is None:
        _end(desk, matter)
    elif _reach(desk, matter, step):
        climbed = run.next_at if asks_team or late <= NOTICEABLE else desk.now
        runs.change_run(desk.conn, run.id, next_at=after(desk, run.ladder, run.position + 1, climbed))
    else:
        runs.change_run(desk.conn, run.id, next_at=at_once(desk, run.ladder))
    if matter.order is not None:
        show(desk, matter.order)


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
        next_at = after(desk, other.ladder, other.position + 1, other.next_at)
        runs.change_run(desk.conn, other.id, next_at=next_at)
        show(desk, order)
        asked.append(other.order_id)
    return asked


def after(desk: Desk, ladder: Ladder, position: int, climbed: datetime) -> datetime:
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


def show(desk: Desk, order: Order) -> None:
    """Whoever waits, and whoever was called, sees how it stands now."""
    from desk.order_views import show_askers  # which reads whom a ladder calls next

    show_askers(desk, order)
    refresh_alerts(desk, order.id)


def at_once(desk: Desk, ladder: Ladder) -> datetime:
    """Now, or as soon as it is morning."""
    return add_patience(ladder, desk.now, timedelta(0), desk.file.quiet, desk.file.zone)

"""A report is judged once, what was merged ends at one root with everybody who came along, and what is over rests."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Connection, select

from domain.orders import WAITING
from storage.tables import deadlines, escalation_runs, followers, order_history, orders, pauses, people, reports
from tests.simulator.play import Play
from tests.simulator.step import Invariant

AT_REST = ("cancelled", "duplicate", "referred")
NEXT: dict[tuple[str | None, str], tuple[str | None, ...]] = {
    (None, "accept"): ("accepted",),
    (None, "decline"): ("declined",),
    (None, "refer"): ("referred",),
    (None, "merge"): ("same",),
    ("accepted", "merge"): ("same",),
    ("same", "split"): (None, "accepted"),
}
"""What may follow a verdict."""
VERBS = {verb for _verdict, verb in NEXT}


def judged_once(play: Play) -> list[str]:
    wrong: list[str] = []
    with play.town.reading.connect() as conn:
        stands = {row.order_id: row.verdict for row in conn.execute(select(reports.c.order_id, reports.c.verdict))}
        happened = select(order_history.c.order_id, order_history.c.what).where(order_history.c.what.in_(VERBS))
        verbs: dict[int, list[str]] = defaultdict(list)
        for row in conn.execute(happened.order_by(order_history.c.id)):
            verbs[row.order_id].append(row.what)
    for order_id, verdict in stands.items():
        may_be: set[str | None] = {None}
        for verb in verbs[order_id]:
            may_be = {after for before in may_be for after in NEXT.get((before, verb), ())}
        if verdict not in may_be:
            wrong.append(f"order {order_id} is judged {verdict!r} after {verbs[order_id]}")
    return wrong


def merged_to_one_root(play: Play) -> list[str]:
    with play.town.reading.connect() as conn:
        rows = conn.execute(
            select(reports.c.order_id, reports.c.same_as, orders.c.state).join(
                orders, orders.c.id == reports.c.order_id
            )
        ).all()
        parents = {row.order_id: row.same_as for row in rows}
        wrong = [f"order {row.order_id} is {row.state}, same as {row.same_as}" for row in rows if _is_odd(row)]
        for order_id, parent in parents.items():
            seen = {order_id}
            while parent is not None and parent not in seen:
                seen.add(parent)
                parent = parents.get(parent)
            if parent is not None:
                wrong.append(f"order {order_id} goes round in a circle: {sorted(seen)}")
            elif parents[order_id] is not None:
                wrong += _left_behind(conn, order_id, parents[order_id])
    return wrong


def _is_odd(row: object) -> bool:
    return (getattr(row, "state", "") == "duplicate") != (getattr(row, "same_as", None) is not None)


def _left_behind(conn: Connection, order_id: int, parent: int) -> list[str]:
    """Everybody of the one is of the other; whoever was forgotten is of none."""
    missing = _of(conn, order_id) - _of(conn, parent)
    gone = set(conn.scalars(select(people.c.id).where(people.c.forgotten_at.is_not(None))))
    return [f"order {order_id} is merged into {parent}, but not {sorted(missing - gone)}"] if missing - gone else []


def _of(conn: Connection, order_id: int) -> set[int]:
    asked = conn.execute(select(orders.c.asked_by, orders.c.requester_id).where(orders.c.id == order_id)).one()
    follow = conn.scalars(select(followers.c.person_id).where(followers.c.order_id == order_id))
    return {each for each in (*asked, *follow) if each is not None}


def what_is_over_rests(play: Play) -> list[str]:
    """Nobody is called any more, no promise runs, and what waits for an answer stands still."""
    with play.town.reading.connect() as conn:
        over = select(orders.c.id).where(orders.c.state.in_((*AT_REST, WAITING)))
        climbing = select(escalation_runs.c.order_id).where(
            escalation_runs.c.state.in_(("running", "acknowledged", "exhausted")), escalation_runs.c.order_id.in_(over)
        )
        ended = select(orders.c.id).where(orders.c.state.in_(AT_REST))
        running = select(deadlines.c.order_id).where(deadlines.c.met_at.is_(None), deadlines.c.order_id.in_(ended))
        waiting = set(conn.scalars(select(orders.c.id).where(orders.c.state == WAITING)))
        paused = set(conn.scalars(select(pauses.c.order_id)))
        climbs = set(conn.scalars(climbing)) - waiting
        return [
            *(f"order {each} is over and somebody is called for it" for each in sorted(climbs)),
            *(f"order {each} is over and its clock runs" for each in sorted(set(conn.scalars(running)))),
            *(f"order {each} waits and is not paused, or the other way" for each in sorted(waiting ^ paused)),
        ]


INVARIANTS = [
    Invariant("a report is judged once", judged_once, every=False),
    Invariant("what is merged ends at one root", merged_to_one_root, every=False),
    Invariant("what is over rests", what_is_over_rests, every=False),
]

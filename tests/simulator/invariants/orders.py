"""The ledger is sound, one person has an order in hand, and nothing that was promised for a minute goes by unseen."""

from __future__ import annotations

from sqlalchemy import select

from domain.orders import HELD, OPEN
from storage.deadlines import next_due_deadline
from storage.escalation import next_due_run
from storage.points import audit
from storage.tables import alerts, escalation_runs, order_history, orders
from tests.simulator.play import Play
from tests.simulator.step import Invariant

TAKES = {"claim", "assign"}
AROUND = 100  # rows looked at once more: a lower number may be committed after a higher one
LETS_GO = {"resolve", "close", "cancel", "offer"}


def ledger_is_sound(play: Play) -> list[str]:
    with play.town.reading.connect() as conn:
        return audit(conn)


def one_holder(play: Play) -> list[str]:
    """Whoever claims finds it free: between two claims it was given back, ended or handed on."""
    wrong: list[str] = []
    held: dict[int, int | None] = play.kept.setdefault("held", {})
    with play.town.reading.connect() as conn:
        last = play.kept.get("last history", 0)
        seen: set[int] = play.kept.setdefault("history seen", set())
        lately = select(order_history).where(order_history.c.id > last - AROUND).order_by(order_history.c.id)
        rows = [row for row in conn.execute(lately).all() if row.id not in seen]
        for row in rows:
            seen.add(row.id)
            play.kept["last history"] = max(last, row.id)
            if row.what == "claim" and held.get(row.order_id) is not None:
                wrong.append(f"order {row.order_id} was claimed by {row.person_id}, and {held[row.order_id]} had it")
            if row.what in TAKES:
                held[row.order_id] = row.person_id or -1
            elif row.what in LETS_GO or row.what in GIVEN_UP:
                held[row.order_id] = None
        both = select(orders.c.id, orders.c.state, orders.c.holder_id)
        if play.quiet:
            wrong += [
                f"order {row.id} is {row.state} and held by {row.holder_id}"
                for row in conn.execute(both)
                if (row.state in HELD and row.holder_id is None) or (row.state in OPEN and row.holder_id is not None)
            ]
    return wrong


GIVEN_UP = {"release", "fall_back", "reopen"}


def nothing_is_overdue(play: Play) -> list[str]:
    """The desk is up and has ticked: every promise that has gone by has had its consequence."""
    now = play.ticked_at
    with play.town.reading.connect() as conn:
        run, deadline = next_due_run(conn, now), next_due_deadline(conn, now)
        waiting = select(escalation_runs.c.id, escalation_runs.c.order_id).where(
            escalation_runs.c.state.in_(("running", "acknowledged")), escalation_runs.c.next_at.is_(None)
        )
        forgotten = conn.execute(waiting).all()
        exhausted = select(escalation_runs.c.id).where(
            escalation_runs.c.state == "exhausted", escalation_runs.c.id.not_in(select(alerts.c.run_id))
        )
        unheard = conn.execute(exhausted).all()
    play.kept["exhausted unheard"] = len(unheard)
    wrong = [f"run {run.id} was due at {run.next_at}"] if run and run.next_at and run.tries == 0 else []
    if deadline and deadline.tries == 0:
        wrong.append(f"{deadline.metric} of order {deadline.order_id} was due at {deadline.due_at}")
    return wrong + [f"run {row.id} of order {row.order_id} runs and is never due" for row in forgotten]


INVARIANTS = [
    Invariant("I1 the ledger is sound", ledger_is_sound, every=False),
    Invariant("I2 one holder", one_holder),
    Invariant("I2 one holder, and the order says so", one_holder, every=False),
    Invariant("I5 nothing is overdue", nothing_is_overdue, every=False),
]

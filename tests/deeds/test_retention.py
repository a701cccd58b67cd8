"""What is old goes, what is young or unread stays, and it is looked for once a day."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Table, func, insert, select

from desk.front import Desk
from desk.retention import sweep_old
from storage import retention
from storage.tables import inbox, outbox
from tests.conftest import MORNING, AtDesk

DAY = timedelta(days=1)


def fill(desk: Desk, count: int) -> None:
    rows = [{"update_id": n, "sender": 1, "state": "done", "at": MORNING} for n in range(count)]
    desk.conn.execute(insert(inbox), rows)
    desk.conn.execute(insert(inbox).values(update_id=-1, sender=1, raw="{}", state="quarantined", at=MORNING))
    line = {"chat_id": 1, "lane": 1, "kind": "line", "rule": "receipt", "made_at": MORNING}
    desk.conn.execute(insert(outbox).values(**line, state="sent", done_at=MORNING))
    desk.conn.execute(insert(outbox).values(**line, state="queued"))


def count(desk: Desk, table: Table) -> int:
    return int(desk.conn.execute(select(func.count()).select_from(table)).scalar_one())


def sweep(desk: Desk) -> int:
    turns = 0
    while sweep_old(desk):
        turns += 1
    return turns


def test_what_is_old_goes_in_small_steps_and_the_rest_stays(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        fill(desk, 2 * retention.AT_ONCE + 1)
    with at_desk(MORNING + 6 * DAY) as desk:
        assert sweep(desk) == 0
        assert count(desk, inbox) == 2 * retention.AT_ONCE + 2
    with at_desk(MORNING + 8 * DAY) as desk:
        assert sweep(desk) == 3
        assert count(desk, inbox) == 1, "what is in quarantine stays until somebody has looked"
        assert count(desk, outbox) == 2
    with at_desk(MORNING + 31 * DAY) as desk:
        sweep(desk)
        assert count(desk, outbox) == 1, "what has yet to be sent stays"


def test_once_a_day_is_enough(at_desk: AtDesk) -> None:
    with at_desk(MORNING + 8 * DAY) as desk:
        sweep(desk)
        fill(desk, 1)
        assert sweep_old(desk) is False
        assert count(desk, inbox) == 2
    with at_desk(MORNING + 9 * DAY) as desk:
        sweep(desk)
        assert count(desk, inbox) == 1

"""What need not be kept any longer goes, a few hundred rows at a time, so that nobody waits for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, delete, select

from domain.household_changes import STAYS_OWN
from storage.tables import echoes, inbox, invitations, moved_out, outbox, state, talks

AT_ONCE = 500

INBOX = timedelta(days=7)
"""Telegram offers an update again for a day at most; what came longer ago cannot come twice."""
OUTBOX = timedelta(days=30)
"""So long a reply to one of our messages still finds what it was about."""
LINKS = timedelta(days=30)
TALKS = timedelta(days=60)
SORRY = "said sorry to "
"""Notes that somebody was told why an answer came late, and when; a day later nobody looks at them."""


def _old(now: datetime) -> list[tuple[Table, ColumnElement[bool]]]:
    return [
        (inbox, (inbox.c.at < now - INBOX) & inbox.c.state.in_(("done", "ignored"))),
        (outbox, (outbox.c.done_at < now - OUTBOX) & outbox.c.state.in_(("sent", "dead", "uncertain"))),
        (echoes, echoes.c.done_at < now - OUTBOX),
        (invitations, invitations.c.expires_at < now - LINKS),
        (moved_out, moved_out.c.left_at < now - STAYS_OWN),
        (talks, talks.c.touched_at < now - TALKS),
        (state, state.c.name.startswith(SORRY) & (state.c.value < (now - timedelta(days=1)).isoformat())),
    ]


def let_go(conn: Connection, now: datetime) -> int:
    """A first few of what has grown old; how many rows went."""
    gone = 0
    for table, is_old in _old(now):
        [key] = table.primary_key
        first = select(key).where(is_old).limit(AT_ONCE).scalar_subquery()
        gone += conn.execute(delete(table).where(key.in_(first))).rowcount
    return gone

"""The inbox that several workers share, on PostgreSQL: what waits, and taking it so that nobody else does.

A person's updates are for one worker at a time (an advisory lock, held as long as the transaction), and so are the
affairs of one group. Before an update is handled it is marked, in a transaction of its own: whatever kills the process
is found out by the next.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, Row, bindparam, cast, func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from storage.messages import SETTLE
from storage.tables import inbox

MOST = 400  # rows that are looked at in one go, without their words

SECONDS = func.extract("epoch", inbox.c.ready_at - func.clock_timestamp())
WAITING = (
    select(inbox.c.update_id, inbox.c.sender, inbox.c.chat, inbox.c.alone, inbox.c.tries, SECONDS.label("wait"))
    .where(inbox.c.state == "new", inbox.c.update_id > bindparam("after"))
    .order_by(inbox.c.update_id)
    .limit(MOST)
)
_key = func.unnest(cast(bindparam("keys"), ARRAY(BigInteger))).column_valued("key")
LOCK = select(_key).where(func.pg_try_advisory_xact_lock(_key))
ACCEPT = insert_once(inbox).on_conflict_do_nothing()
_free = (
    select(inbox.c.update_id)
    .where(inbox.c.update_id.in_(bindparam("ids", expanding=True)), inbox.c.state == "new")
    .with_for_update(skip_locked=True)
)
TAKEN = (inbox.c.update_id, inbox.c.sender, inbox.c.raw, inbox.c.tries, inbox.c.at)
TAKE = (
    update(inbox)
    .where(inbox.c.update_id.in_(_free.where(inbox.c.alone.is_(False))))
    .values(alone=True)
    .returning(*TAKEN)
)
TRY = update(inbox).where(inbox.c.update_id.in_(_free)).values(alone=True, tries=inbox.c.tries + 1).returning(*TAKEN)
LEAVE = (
    update(inbox)
    .where(inbox.c.update_id.in_(bindparam("ids", expanding=True)), inbox.c.state == "new")
    .values(alone=bindparam("was_alone"), tries=inbox.c.tries - bindparam("counted"))
)
REST = (
    update(inbox)
    .where(inbox.c.update_id == bindparam("u"))
    .values(
        fault=bindparam("f"),
        ready_at=func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, bindparam("seconds")),
    )
)


End = tuple[int, str, str | None, str | None]
"""How an update has ended: its number, the state, what is kept of it, the fault."""


@dataclass(frozen=True, slots=True)
class Waits:
    """An update that waits, without its words."""

    update_id: int
    sender: int
    chat: int | None
    alone: bool
    tries: int
    wait: float  # seconds until it may be tried again

    @property
    def keys(self) -> set[int]:
        """Whose order it keeps: its sender's and its group's. Of nobody: its own, so that it is handled once."""
        return {key for key in (self.sender, self.chat) if key} or {-self.update_id}


def accept_once(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write inbox rows; what is there already stays as it is."""
    if rows:
        conn.execute(ACCEPT, list(rows))


def list_waiting(conn: Connection, after: int = -1) -> list[Waits]:
    """Oldest first, those beyond this number."""
    return [
        Waits(row.update_id, row.sender, row.chat, row.alone, row.tries, float(row.wait or 0))
        for row in conn.execute(WAITING, {"after": after})
    ]


def lock(conn: Connection, keys: Collection[int]) -> set[int]:
    """Those of these that nobody else holds; ours until the transaction ends."""
    return set(conn.scalars(LOCK, {"keys": sorted(keys)})) if keys else set()


def take(conn: Connection, update_ids: Sequence[int], *, counted: bool) -> list[Row[Any]]:
    """Mark those that still wait as being handled, one alone with its try counted. In order."""
    return sorted(conn.execute(TRY if counted else TAKE, {"ids": list(update_ids)}), key=lambda row: row.update_id)


def leave(conn: Connection, update_ids: Sequence[int], *, counted: bool) -> None:
    """They were not handled, through no fault of theirs: as if they had not been taken."""
    conn.execute(LEAVE, {"ids": list(update_ids), "was_alone": counted, "counted": int(counted)})


def let_rest(conn: Connection, update_id: int, fault: str, seconds: float) -> None:
    """It has failed, and is tried again after so many seconds."""
    conn.execute(REST, {"u": update_id, "f": fault, "seconds": seconds})


def settle_all(conn: Connection, ended: Sequence[End]) -> bool:
    """These have ended. False: somebody else has settled one of them."""
    rows = [{"u": update_id, "s": state, "r": kept, "f": fault} for update_id, state, kept, fault in ended]
    return conn.execute(_SETTLE, rows).rowcount == len(rows) if rows else True


_SETTLE = SETTLE.where(inbox.c.state == "new")

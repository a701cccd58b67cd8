"""What is due is done one row at a time: one that fails is tried again alone, later and later, while the rest go on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError, TimeoutError

from desk.front import Desk
from storage.work import savepoint

log = structlog.get_logger()

PATIENCE = timedelta(minutes=1)
LONGEST = timedelta(hours=1)
OF_THE_HOUSE = (OperationalError, InterfaceError, TimeoutError)
"""The database is locked, lost or full: no row's fault, and worth doing the same again."""


def do_alone(desk: Desk, deed: Callable[[], None], **row: object) -> bool:
    """Did it go well? If not, everything it wrote and said is undone, and the transaction stands."""
    said, after = len(desk.said), len(desk.after)
    try:
        with savepoint(desk.conn):
            deed()
    except Exception as fault:
        if _of_the_house(fault):
            raise
        del desk.said[said:], desk.after[after:]
        log.error("something that was due failed", fault=type(fault).__name__, **row)
        return False
    return True


def _of_the_house(fault: BaseException | None) -> bool:
    """Also where undoing fails because the database has ended the transaction itself: then the first fault counts."""
    while fault is not None:
        if isinstance(fault, OF_THE_HOUSE) or (isinstance(fault, DatabaseError) and fault.connection_invalidated):
            return True
        fault = fault.__cause__ or fault.__context__
    return False


def later(desk: Desk, tries: int) -> datetime:
    """When to try again: in a minute, then in two, in four, at last every hour."""
    return desk.now + min(PATIENCE * (1 << min(tries, 10)), LONGEST)

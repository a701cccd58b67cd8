"""Whose fault it is when something goes wrong: the house's (database, disk), or that of the one update being handled.

Faults are told by type and place, never by their text, which may hold what somebody wrote.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import exc

LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's
OWN_SQLITE = frozenset({1, 18, 19, 20, 21, 25})
"""SQLITE_ERROR, TOOBIG, CONSTRAINT, MISMATCH, MISUSE, RANGE: a wrong statement. All others: the file or its disk."""


class Undecodable(Exception):
    """This update cannot be read, or is of a kind nobody knows: into quarantine at once, trying again would not help.

    Raised before anything is written, with a reason that holds nothing of what the update says.
    """


class TransactionLost(Exception):
    """The database ended the transaction by itself (a full disk does that); nothing of it stands."""


def house_trouble(fault: BaseException) -> bool:
    """Lock, deadlock, lost connection, full disk: nobody's fault, and worth doing the same again."""
    return any(_of_the_house(each) for each in _chain(fault))


def _chain(fault: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        yield fault
        fault = fault.__cause__ or fault.__context__


def _of_the_house(fault: BaseException) -> bool:
    match fault:
        case TransactionLost() | exc.TimeoutError() | exc.PendingRollbackError() | exc.DisconnectionError():
            return True
        case exc.DBAPIError() if fault.connection_invalidated:
            return True
        case exc.DBAPIError() if isinstance(fault.orig, sqlite3.Error):
            return (getattr(fault.orig, "sqlite_errorcode", 1) & 0xFF) not in OWN_SQLITE
        case exc.OperationalError() | exc.InterfaceError():
            return True
        case _:
            return False


def is_held(fault: BaseException) -> bool:
    """Somebody else holds what was wanted, and has not let go of it in time."""
    return any(_held(each.orig) for each in _chain(fault) if isinstance(each, exc.DBAPIError))


def _held(fault: BaseException | None) -> bool:
    if isinstance(fault, sqlite3.Error):
        return (getattr(fault, "sqlite_errorcode", 1) & 0xFF) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return getattr(fault, "sqlstate", None) == LOCK_NOT_AVAILABLE


def passes(fault: BaseException) -> bool:
    """Goes by itself, as a rule: a file that somebody holds, a connection that was cut. One that cannot be made does
    not: its address may be wrong."""
    cut = any(each.connection_invalidated for each in _chain(fault) if isinstance(each, exc.DBAPIError))
    return cut or is_held(fault)


def place(fault: BaseException) -> str:
    """Type and place of a fault: `ValueError at orders.py:41`."""
    trace = fault.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(fault).__name__}{where}"

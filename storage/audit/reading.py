"""Reading a table of any size from one end to the other, and saying whose row it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from storage.tables import accounts

AT_ONCE = 2000


def stream(conn: Connection, query: Select[Any]) -> Iterator[Row[Any]]:
    """Row by row, so that ten million of them need no more room than ten."""
    yield from conn.execute(query.execution_options(yield_per=AT_ONCE))


def whose(conn: Connection, account_ids: Sequence[int], named: int | None = None) -> str:
    """The households of these accounts, and the one the entry itself names, as a sentence begins with them."""
    theirs = select(accounts.c.household_id).where(accounts.c.id.in_(account_ids), accounts.c.household_id.is_not(None))
    found = sorted({int(each) for each in conn.scalars(theirs) if each is not None} | ({named} if named else set()))
    return f"household {', '.join(map(str, found))}" if found else "the desk's own accounts"

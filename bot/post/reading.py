"""Reads the database for whoever only reads: cards, rendered when they are sent.

A SQLite file answers at once, so it is read on the spot: handing each statement to a thread costs many times the
reading. PostgreSQL is awaited, since there every statement waits on the network.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncEngine

T = TypeVar("T")

Readers = Engine | AsyncEngine


async def read(readers: Readers, work: Callable[[Connection], T]) -> T:
    """What `work` finds; it sees one state of the database and changes nothing."""
    if isinstance(readers, Engine):
        with readers.connect() as conn:
            return work(conn)
    async with readers.connect() as conn:
        return await conn.run_sync(work)


async def close(readers: Readers) -> None:
    if isinstance(readers, Engine):
        readers.dispose()
    else:
        await readers.dispose()

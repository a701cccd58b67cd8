"""Reads the database for whoever only reads: plain functions on a connection.

What may take a while is read off the loop: aiosqlite reads a SQLite file in a thread of its own, psycopg waits for
PostgreSQL. A card is a dozen rows found by their ids: on SQLite the way to another thread and back would cost many
times the reading, so it is read on the spot.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.prepared import asking_once

T = TypeVar("T")


async def read(readers: AsyncEngine, work: Callable[[Connection], T]) -> T:
    """What `work` finds; it sees one state of the database and changes nothing."""
    async with readers.connect() as conn:
        return await conn.run_sync(work)


async def glance(short: Engine | None, readers: AsyncEngine, work: Callable[[Connection], T]) -> T:
    """The same for what takes no time; `short` is None where a statement has to be waited for."""
    if short is None:
        return await read(readers, work)
    with short.connect() as conn, conn.begin(), asking_once(conn):
        return work(conn)

"""Reads the database for whoever only reads: plain functions on a connection, run off the loop.

aiosqlite reads a SQLite file in a thread of its own, psycopg waits for PostgreSQL; neither holds up the desk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

T = TypeVar("T")


async def read(readers: AsyncEngine, work: Callable[[Connection], T]) -> T:
    """What `work` finds; it sees one state of the database and changes nothing."""
    async with readers.connect() as conn:
        return await conn.run_sync(work)

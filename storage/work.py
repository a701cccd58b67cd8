"""The one transaction: where the database is, how it is opened, and that writing begins at once.

SQLite has one writer, begun with BEGIN IMMEDIATE so that it can never be refused half-way, and a read-only engine
beside it. PostgreSQL serves both from psycopg 3, and whoever only reads awaits it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool, StaticPool

from storage.prepared import begin_with

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=5000",
    "foreign_keys=ON",
    "secure_delete=ON",
    "recursive_triggers=ON",
)
"""`secure_delete`: what a person had deleted is overwritten in the file as well. `recursive_triggers`: who replaces
a row deletes one, and is refused where nothing may be deleted."""


def open_writer(url: str) -> Engine:
    """The engine that every deed goes through; one connection, begun for writing."""
    if make_url(url).get_backend_name() != "sqlite":
        waits = {"options": "-c lock_timeout=5000"}  # somebody else's lock is trouble of the house, not a standstill
        return create_engine(
            url, pool_size=2, max_overflow=2, pool_pre_ping=True, connect_args=waits, hide_parameters=True
        )
    database = make_url(url).database
    if database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    arguments = {"check_same_thread": False, "cached_statements": 512}
    engine = create_engine(url, poolclass=StaticPool, connect_args=arguments, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN is deferred: reads first, and is refused later
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "begin", begin_with("BEGIN IMMEDIATE"))

    return engine


def open_counter(url: URL) -> Engine:
    """On PostgreSQL: counts tries, each in a transaction of its own that the death of this process cannot undo.

    It does not wait for the disk: should the database itself stop, what is lost is a count.
    """
    quick = {"options": "-c lock_timeout=5000 -c synchronous_commit=off"}
    return create_engine(
        url, isolation_level="AUTOCOMMIT", pool_size=1, pool_pre_ping=True, connect_args=quick, hide_parameters=True
    )


def open_listener(url: URL) -> AsyncEngine:
    """On PostgreSQL: one connection that hears what the other workers ring."""
    return create_async_engine(
        url, isolation_level="AUTOCOMMIT", poolclass=NullPool, pool_reset_on_return=None, hide_parameters=True
    )


def open_readers(url: str) -> AsyncEngine:
    """The engine for whoever only reads, off the loop: figures, pages, what is left over from before."""
    if make_url(url).get_backend_name() != "sqlite":
        options = {"options": "-c default_transaction_read_only=on"}
        return create_async_engine(url, pool_size=4, pool_pre_ping=True, connect_args=options, hide_parameters=True)
    engine = create_async_engine(make_url(url).set(drivername="sqlite+aiosqlite"), hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("busy_timeout=5000", "query_only=1"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def open_glance(url: str) -> Engine | None:
    """For what is read in no time, on the spot: a card before it is sent. None on PostgreSQL, where reading is waiting.

    A connection of its own beside the writer's, so that it sees only what has been committed.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return None
    arguments = {"check_same_thread": False, "cached_statements": 512}
    engine = create_engine(url, poolclass=StaticPool, connect_args=arguments, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("busy_timeout=5000", "query_only=1"):
            connection.execute(f"PRAGMA {pragma}")

    # One state of the database for all that is read; and locked once, not by each statement.
    event.listen(engine, "begin", begin_with("BEGIN"))
    return engine


@contextmanager
def savepoint(conn: Connection) -> Iterator[None]:
    """What fails inside is undone alone; the rest of the transaction stands."""
    with conn.begin_nested():
        yield

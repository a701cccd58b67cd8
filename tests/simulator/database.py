"""What goes wrong between the desk and its database: locks, deadlocks, a full disk, a connection that is gone.

Each is raised where the driver would raise it, as the driver's own error, and takes with it what it would take.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors
from sqlalchemy import Connection, Engine, create_engine, event, make_url

SQLITE = ("locked", "full", "refused", "lost_answer")
POSTGRESQL = ("serialization", "deadlock", "lock_timeout", "cut", "refused", "lost_answer")


@dataclass(slots=True)
class Strike:
    """This kind of trouble, after so many more statements, so many times. Of a commit: before or after it is done."""

    kind: str
    after: int
    times: int


class Troubled:
    """Stands before the driver of one engine. `alive` says whether its process still is."""

    def __init__(self, engine: Engine, alive: Callable[[], None]) -> None:
        self.engine, self.alive = engine, alive
        self.waiting: list[Strike] = []
        self.struck = 0
        self.sqlite = engine.dialect.name == "sqlite"
        dialect = engine.dialect
        self._commit, self._execute, self._many = dialect.do_commit, dialect.do_execute, dialect.do_executemany
        dialect.do_commit = self.do_commit  # type: ignore[method-assign]
        dialect.do_execute = self.do_execute  # type: ignore[method-assign,assignment]
        dialect.do_executemany = self.do_executemany  # type: ignore[method-assign,assignment]

    @property
    def kinds(self) -> tuple[str, ...]:
        return SQLITE if self.sqlite else POSTGRESQL

    def do_execute(self, cursor: Any, statement: Any, parameters: Any, context: Any = None) -> None:
        self._before_statement(cursor.connection)
        self._execute(cursor, statement, parameters, context)

    def do_executemany(self, cursor: Any, statement: Any, parameters: Any, context: Any = None) -> None:
        self._before_statement(cursor.connection)
        self._many(cursor, statement, parameters, context)

    def do_commit(self, connection: Any) -> None:
        self.alive()
        kind = self._meets("refused", "lost_answer")
        if kind == "refused":
            raise self._busy() if self.sqlite else errors.SerializationFailure("could not serialize access")
        self._commit(connection)
        if kind == "lost_answer":
            self._cut(connection)

    def _before_statement(self, connection: Any) -> None:
        self.alive()
        match self._meets("locked", "full", "serialization", "deadlock", "lock_timeout", "cut"):
            case "locked":
                raise self._busy()
            case "full":
                connection.rollback()  # SQLite does that by itself
                full = sqlite3.OperationalError("database or disk is full")
                full.sqlite_errorcode = sqlite3.SQLITE_FULL
                raise full
            case "serialization":
                raise errors.SerializationFailure("could not serialize access due to concurrent update")
            case "deadlock":
                raise errors.DeadlockDetected("deadlock detected")
            case "lock_timeout":
                raise errors.LockNotAvailable("canceling statement due to lock timeout")
            case "cut":
                self._cut(connection)

    def _meets(self, *kinds: str) -> str | None:
        if not self.waiting or self.waiting[0].kind not in kinds:
            return None
        strike = self.waiting[0]
        strike.after -= 1
        if strike.after > 0:
            return None
        strike.times -= 1
        if strike.times <= 0:
            self.waiting.pop(0)
        self.struck += 1
        return strike.kind

    def _busy(self) -> sqlite3.OperationalError:
        busy = sqlite3.OperationalError("database is locked")
        busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
        return busy

    def _cut(self, connection: Any) -> None:
        """The server is gone in the middle of a word."""
        if self.sqlite:
            broken = sqlite3.OperationalError("disk I/O error")
            broken.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise broken
        getattr(connection, "driver_connection", connection).close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")


class Inline:
    """An engine for whoever only reads, awaited like the real one and answered at once."""

    def __init__(self, url: str) -> None:
        self.engine = reading_engine(url)

    def connect(self) -> Inline.Opened:
        return Inline.Opened(self.engine)

    async def dispose(self) -> None:
        self.engine.dispose()

    class Opened:
        def __init__(self, engine: Engine) -> None:
            self.engine = engine
            self.conn: Connection | None = None

        async def __aenter__(self) -> Inline.Opened:
            self.conn = self.engine.connect()
            return self

        async def __aexit__(self, *fault: object) -> None:
            assert self.conn is not None
            self.conn.close()

        async def run_sync(self, work: Callable[[Connection], Any]) -> Any:
            assert self.conn is not None
            return work(self.conn)


def reading_engine(url: str) -> Engine:
    """For whoever looks: all that one connection reads is of one moment, while the desk goes on."""
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, hide_parameters=True)

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _record: Any) -> None:
            connection.isolation_level = None  # the driver's own way begins nothing before a reading
            connection.execute("PRAGMA query_only=1")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN")

        return engine
    options = {"options": "-c default_transaction_read_only=on"}
    return create_engine(url, pool_size=2, isolation_level="REPEATABLE READ", connect_args=options)


class OneLook:
    """An engine for whoever looks. `at_once`: whoever connects meanwhile looks at one moment, by one connection."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.dialect = engine, engine.dialect
        self._conn: Connection | None = None

    @contextmanager
    def at_once(self) -> Iterator[None]:
        with self.engine.connect() as self._conn, self._conn.begin():
            try:
                yield
            finally:
                self._conn = None

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        if self._conn is not None:
            yield self._conn
            return
        with self.engine.connect() as conn, conn.begin():
            yield conn

    def dispose(self) -> None:
        self.engine.dispose()


def make_haste(engine: Engine) -> None:
    """Processes die here, machines do not: nothing has to reach the disk."""
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA synchronous=OFF")

    else:

        @event.listens_for(engine, "connect")
        def prepare_there(connection: Any, _record: Any) -> None:
            connection.execute("SET synchronous_commit=off")
            connection.commit()

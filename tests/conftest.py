"""What every test stands on: a real database of either kind, a clock moved by hand, and a desk to do deeds at."""

from __future__ import annotations

import gc
import logging
import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import structlog
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from desk.front import Desk
from domain.desk_file import DeskFile, read_desk_file
from domain.shipped import shipped_desk_file
from storage import schema
from storage.tables import metadata
from storage.vault import Keys
from storage.work import open_writer

POSTGRESQL = os.environ.get("LINLI_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, ten in the morning in Shanghai
KEYS = Keys.made_from("a key for tests")
MEMORY = Path("/dev/shm")
ROOM = 4_000_000_000  # bytes

if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    # Processes die in these tests, and the machine does not: files outlive them there as well, and no commit waits for
    # a disk. `--basetemp` puts them elsewhere.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: at the end there are many short ones to share among those who have nothing to do."""
    items.sort(key=lambda item: "/simulator/" not in item.nodeid)


def pytest_collection_finish() -> None:
    """Everything that has been read stays, so nobody has to look through it for garbage again and again."""
    gc.collect()
    gc.freeze()


def left_out(what: str) -> None:
    """In CI an absence is a failure; elsewhere it is said aloud and the rest runs."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is needed here and does not answer")
    pytest.skip(f"LEFT OUT: {what} does not answer on this machine")


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """A test that sets logs up, as a command does, leaves them to the next one as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def create_database(conn: Connection, name: str) -> None:
    """An empty one, which need not outlive the server itself: no commit waits for the disk."""
    conn.execute(text(f'CREATE DATABASE "{name}"'))
    conn.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))


@pytest.fixture(scope="session")
def postgresql_url(worker_id: str) -> Iterator[str]:
    """A database of this test process's own."""
    name = f"linli_test_{os.getpid()}_{worker_id}"
    server = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5})
    try:
        with server.connect() as conn:
            create_database(conn, name)
    except OperationalError:
        left_out("PostgreSQL")
    url = make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)
    engine = open_writer(url)
    schema.upgrade(engine)
    engine.dispose()
    yield url
    with server.connect() as conn:
        conn.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()


@pytest.fixture(scope="session")
def sweep(postgresql_url: str) -> Iterator[Callable[[], None]]:
    """Empties every table. Deleting some rows takes a hundredth of the time that files are made anew in."""
    engine = create_engine(postgresql_url)
    emptied = f"""
        DO $$
        DECLARE each record;
        BEGIN
            FOR each IN
                SELECT oid::regclass AS name, pg_relation_size(oid) > 1000000 AS large
                FROM pg_class WHERE relname IN ({", ".join(f"'{name}'" for name in metadata.tables)})
            LOOP
                EXECUTE CASE WHEN each.large THEN format('TRUNCATE %%s CASCADE', each.name)
                    ELSE format('DELETE FROM %%s', each.name) END;
            END LOOP;
        END $$"""
    numbers = (
        "SELECT setval((quote_ident(schemaname) || '.' || quote_ident(sequencename))::regclass, start_value, false) "
        "FROM pg_sequences WHERE last_value IS NOT NULL"
    )

    def empty() -> None:
        with engine.begin() as conn:
            conn.exec_driver_sql("SET LOCAL session_replication_role = replica")  # past what guards the ledger
            conn.exec_driver_sql(emptied)
            conn.exec_driver_sql(numbers)

    yield empty
    engine.dispose()


@cache
def migrated() -> bytes:
    """An empty desk on SQLite, as a file: made once, and copied for each test."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        engine = open_writer(f"sqlite:///{path}")
        schema.upgrade(engine)
        engine.dispose()
        return path.read_bytes()


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    path.write_bytes(migrated())
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty desk on SQLite (a file) and on PostgreSQL: every test that asks for it runs on both."""
    if request.param == "sqlite":
        path = tmp_path / "linli.db"
        path.write_bytes(migrated())
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("postgresql_url")
    request.getfixturevalue("sweep")()
    return url


@pytest.fixture
def writer(database_url: str) -> Iterator[Engine]:
    engine = open_writer(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def desk_file() -> DeskFile:
    return read_desk_file(shipped_desk_file("demo"))


def leases_end(url: str) -> None:
    """The time of whoever was killed has run out."""
    if make_url(url).get_backend_name() == "postgresql":
        engine = create_engine(url)
        with engine.begin() as conn:
            conn.execute(text("UPDATE leases SET until = NULL"))
        engine.dispose()


AtDesk = Callable[..., AbstractContextManager[Desk]]


@pytest.fixture
def at_desk(writer: Engine, desk_file: DeskFile) -> AtDesk:
    """`with at_desk() as desk:` is one transaction; `at_desk(later)` at another time. What was said: `desk.said`."""
    chance = random.Random(1)

    @contextmanager
    def open_desk(now: datetime = MORNING) -> Iterator[Desk]:
        with writer.begin() as conn:
            yield Desk(conn, desk_file, now, KEYS, chance, bot_name="linli_bot")

    return open_desk


@pytest.fixture
def conn(writer: Engine) -> Iterator[Connection]:
    with writer.begin() as connection:
        yield connection

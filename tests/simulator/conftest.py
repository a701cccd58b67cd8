"""A second empty database, to play a seed again on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from storage import schema
from storage.work import open_writer
from tests.conftest import create_database, migrated


@pytest.fixture
def another_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    if database_url.startswith("sqlite"):
        path = tmp_path / "another.db"
        path.write_bytes(migrated())
        yield f"sqlite:///{path}"
        return
    url = make_url(database_url)
    name = f"{url.database}_another"
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as conn:
        create_database(conn, name)
    there = url.set(database=name).render_as_string(hide_password=False)
    engine = open_writer(there)
    schema.upgrade(engine)
    engine.dispose()
    yield there
    with server.connect() as conn:
        conn.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()

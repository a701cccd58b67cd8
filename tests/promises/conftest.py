"""The whole application over HTTP, on both databases: a town for each promise, and ways to look behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Table, select

from storage.tables import metadata
from tests.conftest import MORNING
from tests.town import TestTown, a_town


@pytest.fixture
async def town(tmp_path: Path, database_url: str) -> AsyncIterator[TestTown]:
    """Who hears what is proved by the stories; here nobody has to have expected every message."""
    async with a_town(tmp_path, MORNING, database_url=database_url, strict=False) as opened:
        yield opened


def rows(conn: Connection, *names: str) -> dict[str, list[Any]]:
    """Everything in these tables, to be compared with later."""
    tables: list[Table] = [metadata.tables[name] for name in names]
    return {table.name: sorted(map(repr, conn.execute(select(table)).all())) for table in tables}

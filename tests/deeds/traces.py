"""Where in the whole database something can still be found: words, a person, bytes."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import JSON, Engine, String, cast, func, make_url, select

from desk.front import Desk
from storage.tables import metadata, people


def columns_with(desk: Desk, canary: str) -> set[str]:
    """Every column of words in which it stands."""
    found = set()
    for table in metadata.sorted_tables:
        for column in table.c:
            if isinstance(column.type, String | JSON):
                rows = select(func.count()).where(cast(column, String).contains(canary))
                if desk.conn.execute(rows).scalar_one():
                    found.add(f"{table.name}.{column.name}")
    return found


def pointing_at(desk: Desk, person_id: int, telegram_id: int) -> set[str]:
    """Every column that points at this person's row, or holds the number of the account."""
    found = set()
    for table in metadata.sorted_tables:
        for column in table.c:
            is_person = any(key.column is people.c.id for key in column.foreign_keys)
            is_account = column.name in ("telegram_id", "sender", "chat_id")
            value = person_id if is_person else telegram_id
            if (is_person or is_account) and desk.conn.execute(
                select(func.count()).where(column == value)
            ).scalar_one():
                found.add(f"{table.name}.{column.name}")
    return found


def everywhere(engine: Engine, url: str) -> str:
    """The whole database as bytes: SQLite's file with its journal, every cell of PostgreSQL."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as conn:
            conn.exec_driver_sql("ROLLBACK")
            conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            conn.exec_driver_sql("BEGIN")
        path = Path(str(make_url(url).database))
        return "".join(each.read_bytes().decode("latin-1") for each in path.parent.glob(f"{path.name}*"))
    with engine.connect() as conn:
        return "".join(str(row) for table in metadata.sorted_tables for row in conn.execute(select(table)))

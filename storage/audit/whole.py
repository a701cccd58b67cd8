"""The file itself is whole: its pages and its indexes say the same."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection


def whole(conn: Connection) -> Iterator[str]:
    """On PostgreSQL the server's own checksums watch over that."""
    if conn.dialect.name == "sqlite":
        for found in conn.exec_driver_sql("PRAGMA integrity_check(20)").scalars():
            if found != "ok":
                yield f"the file is damaged: {found}"

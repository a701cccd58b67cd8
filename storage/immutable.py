"""Points are never changed or deleted: the database itself refuses, whoever asks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

_NEVER = "points are never changed or deleted"
_TABLES = ("transfers", "postings")


def install_triggers(conn: Connection, tables: Sequence[str] = _TABLES) -> None:
    """Let the database itself refuse to change what was posted."""
    if conn.dialect.name == "postgresql":
        raised = f"$$ BEGIN RAISE EXCEPTION '{_NEVER}'; END $$"
        conn.exec_driver_sql(f"CREATE OR REPLACE FUNCTION points_stand() RETURNS trigger LANGUAGE plpgsql AS {raised}")
    for table in tables:
        if conn.dialect.name == "postgresql":
            conn.exec_driver_sql(
                f"CREATE OR REPLACE TRIGGER {table}_stand BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION points_stand()"
            )
            conn.exec_driver_sql(
                f"CREATE OR REPLACE TRIGGER {table}_stand_whole BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION points_stand()"
            )
            continue
        for verb in ("UPDATE", "DELETE"):
            conn.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS {table}_stand_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_NEVER}'); END"
            )


def remove_triggers(conn: Connection, tables: Sequence[str] = _TABLES) -> None:
    """Before the tables themselves go, or are made over by a migration."""
    for table in tables:
        if conn.dialect.name == "postgresql":
            conn.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_stand ON {table}")
            conn.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_stand_whole ON {table}")
            continue
        for verb in ("update", "delete"):
            conn.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_stand_{verb}")

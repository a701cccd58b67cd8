"""Brings a database to the shape this version of the desk expects, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from storage.copies import copy_before
from storage.tables import metadata


class WrongSchema(Exception):
    """The database is not as this version of the desk can take it over; nothing of it was touched."""


class NewerSchema(WrongSchema):
    """The database was used by a newer version of the desk."""


class HalfMade(WrongSchema):
    """The database holds tables of a desk, and nothing says of which version."""


def _config(conn: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = conn
    return config


def revision_of(conn: Connection) -> str | None:
    """The revision this database stands at; None for an empty one."""
    return MigrationContext.configure(conn).get_current_revision()


def newest_revision() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def known_revisions() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def upgrade(writer: Engine, revision: str = "head", *, now: datetime | None = None) -> None:
    """Up to this version; nothing happens when it is there already. Refuses a database of a newer version or of none.

    On SQLite what is about to be changed is copied first; nobody else writes meanwhile.
    """
    with writer.begin() as conn:
        one_at_a_time(conn)
        present = revision_of(conn)
        if present is not None and present not in known_revisions():
            raise NewerSchema("this database was used by a newer version of Linli: install that version or a later one")
        if present is None and metadata.tables.keys() & set(inspect(conn).get_table_names()):
            raise HalfMade("this database holds tables of Linli and no version of them: restore a backup, or empty it")
        if present != newest_revision() or revision != "head":
            if present is not None:
                copy_before(writer.url, present, now or datetime.now(UTC))
            command.upgrade(_config(conn), revision)


def one_at_a_time(conn: Connection) -> None:
    """Several workers may start together; the first brings the database up to date, and the others wait for it."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SET LOCAL lock_timeout = '60s'"))
        conn.execute(text("SELECT pg_advisory_xact_lock(hashtext('linli schema'))"))


def downgrade(writer: Engine, revision: str) -> None:
    """Back to an earlier version; `base` empties the database."""
    with writer.begin() as conn:
        command.downgrade(_config(conn), revision)

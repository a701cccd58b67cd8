"""Brings a database to the shape this version of the desk expects, and back.

Nearly always it is there already: that is seen by the names of the files, and Alembic is only read when there is
something for it to do.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from storage.copies import copy_before
from storage.tables import metadata

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


class WrongSchema(Exception):
    """The database is not as this version of the desk can take it over; nothing of it was touched."""


class NewerSchema(WrongSchema):
    """The database was used by a newer version of the desk."""


class HalfMade(WrongSchema):
    """The database holds tables of a desk, and nothing says of which version."""


def _config(conn: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = conn
    return config


def revision_of(conn: Connection) -> str | None:
    """The revision this database stands at; None for an empty one."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    revision: str | None = conn.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def newest_revision() -> str:
    return max(known_revisions())


@cache
def known_revisions() -> frozenset[str]:
    """Each stands first in the name of its file, and they follow one another."""
    return frozenset(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


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
            from alembic import command

            command.upgrade(_config(conn), revision)


def one_at_a_time(conn: Connection) -> None:
    """Several workers may start together; the first brings the database up to date, and the others wait for it."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SET LOCAL lock_timeout = '60s'"))
        conn.execute(text("SELECT pg_advisory_xact_lock(hashtext('linli schema'))"))


def downgrade(writer: Engine, revision: str) -> None:
    """Back to an earlier version; `base` empties the database."""
    from alembic import command

    with writer.begin() as conn:
        command.downgrade(_config(conn), revision)

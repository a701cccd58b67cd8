"""The migrations make just the tables that the code speaks of, and can be taken back."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from storage import schema
from storage.schema import NewerSchema
from storage.tables import metadata


def test_a_migration_is_named_by_its_number_and_follows_the_one_before() -> None:
    steps = list(ScriptDirectory.from_config(schema._config()).walk_revisions())[::-1]
    assert [step.revision for step in steps] == sorted(schema.known_revisions())
    assert [step.down_revision for step in steps] == [None, *(step.revision for step in steps[:-1])]
    assert schema.newest_revision() == steps[-1].revision


def test_the_migrated_tables_are_those_of_the_code(writer: Engine) -> None:
    with writer.begin() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    assert differences == []


def test_up_and_down_and_up_again(writer: Engine) -> None:
    schema.downgrade(writer, "base")
    with writer.begin() as conn:
        assert set(inspect(conn).get_table_names()) <= {"alembic_version"}
    schema.upgrade(writer)
    with writer.begin() as conn:
        assert set(metadata.tables) <= set(inspect(conn).get_table_names())
        assert schema.revision_of(conn) == schema.newest_revision()


def test_a_database_of_a_newer_version_is_refused_and_untouched(writer: Engine) -> None:
    with writer.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerSchema, match="newer version"):
        schema.upgrade(writer)
    with writer.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = :known"), {"known": schema.newest_revision()})

"""From every version to this one and back, with a neighbourhood's life in it; and an upgrade that is broken off."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event, func, inspect, select, text

from desk import closing, holding, orders
from desk.front import Desk
from domain.desk_file import DeskFile
from storage import schema
from storage.points import audit
from storage.schema import HalfMade
from storage.tables import metadata
from tests.conftest import KEYS, MORNING
from tests.deeds.cast import GROUP, ask, gather

REVISIONS = [each.revision for each in ScriptDirectory.from_config(schema._config()).walk_revisions()][::-1]
"""The oldest first."""
KEPT = ("people", "contacts", "households", "roles", "teams", "orders", "order_history", "transfers", "postings")


@pytest.fixture
def at_head(writer: Engine) -> Any:
    """The database of the other tests is left as it was."""
    yield writer
    schema.upgrade(writer)


def a_life(conn: Connection, file: DeskFile) -> None:
    """Requests in every state, points earned, a link, cards."""
    desk = Desk(conn, file, MORNING, KEYS, Random(1), bot_name="linli_bot")
    cast = gather(desk)
    for n in range(6):
        order = orders.make_order(desk, ask(cast, f"talk-{n}"))
        if n > 0:
            orders.claim(desk, cast.ben, order.id, GROUP)
        if n > 1:
            holding.on_way(desk, cast.ben, order.id)
        if n > 2:
            closing.resolve(desk, cast.ben, order.id, [{"kind": "text", "words": "李 👩‍👩‍👧 <b>"}])
        if n > 3:
            closing.close(desk, cast.ama, order.id)


def kept(conn: Connection) -> dict[str, int]:
    there = set(inspect(conn).get_table_names())
    count = {name: select(func.count()).select_from(text(name)) for name in KEPT if name in there}
    return {name: conn.scalar(query) or 0 for name, query in count.items()}


@pytest.mark.parametrize("revision", REVISIONS)
def test_back_to_each_version_and_up_again_nothing_of_it_is_lost(
    at_head: Engine, desk_file: DeskFile, revision: str
) -> None:
    with at_head.begin() as conn:
        a_life(conn, desk_file)
        before = kept(conn)
        story = conn.execute(text("SELECT words FROM order_parts ORDER BY id")).scalars().all()
    assert before["orders"] == 6 and before["postings"] > 0
    schema.downgrade(at_head, revision)
    with at_head.begin() as conn:
        assert schema.revision_of(conn) == revision
        assert kept(conn) == before
    schema.upgrade(at_head)
    with at_head.begin() as conn:
        assert kept(conn) == before and audit(conn) == []
        assert conn.execute(text("SELECT words FROM order_parts ORDER BY id")).scalars().all() == story
        assert compare_metadata(MigrationContext.configure(conn, opts={"compare_type": True}), metadata) == []


def test_an_upgrade_that_is_broken_off_leaves_everything_as_it_was(at_head: Engine, desk_file: DeskFile) -> None:
    """The power goes in the middle of it: at the next start it begins anew."""
    with at_head.begin() as conn:
        a_life(conn, desk_file)
        before = kept(conn)
    schema.downgrade(at_head, REVISIONS[0])
    with at_head.begin() as conn:
        tables = {name: len(inspect(conn).get_columns(name)) for name in inspect(conn).get_table_names()}
    changes: list[str] = []

    def cut(conn: Connection, cursor: Any, statement: str, *_more: Any) -> None:
        if statement.lstrip().upper().startswith(("ALTER", "CREATE", "DROP", "UPDATE ALEMBIC")):
            changes.append(statement)
            if statement.lstrip().upper().startswith("UPDATE ALEMBIC"):
                raise KeyboardInterrupt

    event.listen(at_head, "before_cursor_execute", cut)
    with pytest.raises(KeyboardInterrupt):
        schema.upgrade(at_head)
    event.remove(at_head, "before_cursor_execute", cut)
    assert len(changes) > 1
    with at_head.begin() as conn:
        assert schema.revision_of(conn) == REVISIONS[0]
        assert {name: len(inspect(conn).get_columns(name)) for name in inspect(conn).get_table_names()} == tables
    schema.upgrade(at_head)
    with at_head.begin() as conn:
        assert schema.revision_of(conn) == schema.newest_revision()
        assert kept(conn) == before


def test_tables_without_a_version_are_refused_and_left_alone(at_head: Engine) -> None:
    with at_head.begin() as conn:
        conn.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(HalfMade, match="restore a backup"):
        schema.upgrade(at_head)
    with at_head.begin() as conn:
        assert schema.revision_of(conn) is None
        conn.execute(text("INSERT INTO alembic_version VALUES (:known)"), {"known": schema.newest_revision()})

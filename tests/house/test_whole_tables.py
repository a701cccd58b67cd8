"""With a million orders the desk is as quick as with ten: nothing on the way of a message reads a whole table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from desk import honours
from desk.retention import LAST
from domain.honours import period_of
from storage import prepared
from storage.messages import set_fact
from storage.tables import metadata
from tests.conftest import MORNING
from tests.stories.test_asking import ASK
from tests.town import TestTown, a_town

SMALL = {"teams", "roles", "groups", "state", "invitations"}
"""Tables that do not grow with what people do, but with how many volunteers and groups there are."""

PARTIAL = {
    str(index.name)
    for table in metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}
"""Indexes that hold only what waits: reading one of them whole is what they are for."""

Seen = dict[str, Any]


def listen(town: TestTown, monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Every statement that finds or changes rows, with the parameters of its first time.

    They stay parameters: SQLite finds a partial index only by words that stand in the statement itself.
    """
    seen: Seen = {}

    def note(statement: str, parameters: Any, many: bool) -> None:
        if statement.split(None, 1)[0] in ("SELECT", "UPDATE", "DELETE", "WITH"):
            seen.setdefault(statement, parameters[0] if many and not isinstance(parameters, dict) else parameters)

    def through_sqlalchemy(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        note(statement, parameters, many)

    run = prepared.run_straight

    def straight(driver: Any, sql: str, arguments: Any = (), many: bool = False) -> Any:
        note(sql, arguments, many)
        return run(driver, sql, arguments, many)

    monkeypatch.setattr(prepared, "run_straight", straight)
    for engine in (town.demo.app.writer, town.demo.app.readers.sync_engine):
        event.listen(engine, "before_cursor_execute", through_sqlalchemy)
    return seen


async def play(town: TestTown) -> None:
    """A request, from the first hello to the marks, with a ladder that climbs and a note in between."""
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    await town.wait(minutes=31)
    await town.ben.taps("I'll take it", on=await town.volunteers.sees("Groceries", buttons=["I'll take it"]))
    await town.ama.replies("A small bag is enough", to=await town.ama.sees("Ben"))
    await town.ben.says("[On my way]", "[Done]", "It is there", "[That's all]")
    await town.ama.says("[Yes, it's done]")
    for _question in range(2):
        await town.ama.taps("5")
    await report(town)
    await honour(town)
    await town.wait(hours=14)
    await town.settle()


async def report(town: TestTown) -> None:
    """Something is reported, somebody has seen the same nearby, and it is mended."""
    await town.joins(town.faye)
    for phone in (town.ama, town.faye):
        await phone.says("/report", "[Something dangerous]", "[A way out is blocked]")
        await phone.sends("photo")
        await phone.says("[That's all]")
        await phone.sends("location", latitude=29.95, longitude=122.30)
        if phone is town.ama:
            await phone.says("[Rather not]", "[Yes, 14 or older]", "[Yes, send it]")
    await town.faye.says("[It is the same]", "/orders")
    await town.ben.taps("I'll take it", on=await town.handy.sees("A way out", buttons=["I'll take it"]))
    await town.ben.says("[Done]")
    await town.ben.sends("photo")
    await town.ben.says("[That's all]")
    await town.ama.says("[Yes, it's mended]")


async def honour(town: TestTown) -> None:
    """The month is thanked for: looked over, answered, out, and taken down again."""
    await town.at_desk(lambda desk: honours.propose(desk, "ankang", period_of(f"{desk.now:%Y-%m}")))
    await town.dina.taps("Look at 1")
    await town.dina.says("[Back to the list]", "[Ask them now]")
    await town.ben.says("[Yes, gladly]")
    await town.dina.taps("Publish it")
    await town.ben.says("/honour", "[Take our name down]")
    await town.ben.says("/board", "[Leave us out]")


def whole_on_sqlite(conn: Connection, statement: str, parameters: Any) -> Iterator[str]:
    for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(parameters)):
        words = row[3].split()
        if words[0] == "SCAN" and not (set(words) & PARTIAL) and words[1] in metadata.tables:
            yield words[1]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def whole_on_postgresql(conn: Connection, statement: str, parameters: Any) -> Iterator[str]:
    conn.exec_driver_sql("SET LOCAL enable_seqscan = off")  # the tables of a test are so small that it would be right
    found = conn.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar()
    for node in nodes((json.loads(found) if isinstance(found, str) else found)[0]["Plan"]):
        index = node.get("Index Name")
        by_key = "Index Cond" in node or index in PARTIAL
        if node["Node Type"] == "Seq Scan" or (index and not by_key):
            yield node.get("Relation Name", str(index))


def forget_sizes(conn: Connection) -> None:
    """What PostgreSQL has noted of tables that were small when an index was made, or when it looked through them."""
    if conn.dialect.name == "postgresql":
        ours = "(SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
        conn.exec_driver_sql(f"UPDATE pg_class SET relpages = 0, reltuples = -1 WHERE oid IN {ours}")
        conn.exec_driver_sql(f"DELETE FROM pg_statistic WHERE starelid IN {ours}")


async def test_nothing_on_the_way_of_a_message_reads_a_whole_table(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_town(tmp_path, MORNING, database_url=database_url, strict=False) as town:
        with town.demo.app.writer.begin() as conn:  # letting go of what is old reads whole tables, once a day
            set_fact(conn, LAST, town.now.date().isoformat())
        seen = listen(town, monkeypatch)
        await play(town)
        assert len(seen) > 50, "the story goes through the whole desk"
        looks = whole_on_sqlite if database_url.startswith("sqlite") else whole_on_postgresql
        found: list[str] = []
        asked = list(seen.items())
        with town.demo.app.writer.begin() as conn:
            forget_sizes(conn)
            for statement, parameters in asked:
                tables = {table for table in looks(conn, statement, parameters) if table not in SMALL}
                found += [f"{', '.join(sorted(tables))}: {' '.join(statement.split())}"] if tables else []
    assert not found, "\n".join(found)


async def test_a_whole_table_would_be_found(tmp_path: Path, database_url: str) -> None:
    async with a_town(tmp_path, MORNING, database_url=database_url, strict=False) as town:
        looks = whole_on_sqlite if database_url.startswith("sqlite") else whole_on_postgresql
        with town.demo.app.writer.begin() as conn:
            assert list(looks(conn, "SELECT orders.id FROM orders WHERE orders.place = 'here'", ())) == ["orders"]
            assert list(looks(conn, "SELECT orders.place FROM orders WHERE orders.id = 7", ())) == []


@pytest.mark.parametrize("name", ["ix_orders_open", "ix_deadlines_due", "ix_outbox_waiting"])
def test_what_waits_has_an_index_of_its_own(name: str) -> None:
    assert name in PARTIAL

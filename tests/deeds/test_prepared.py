"""A prepared statement says what SQLAlchemy says, on both databases: same values, same types, same faults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlalchemy.exc import IntegrityError, OperationalError

from storage.prepared import Prepared, asking_once
from storage.tables import contacts, escalation_runs, groups, people, state
from storage.work import open_glance
from tests.conftest import MORNING

ADD = Prepared(insert(people).returning(people.c.id))
BY_ID = Prepared(select(people.c.id, people.c.name, people.c.made_at).where(people.c.id == bindparam("id")))
NAMED = Prepared(select(people.c.name).where(people.c.name.in_(bindparam("names", expanding=True))).order_by("name"))
CHANGE = Prepared(update(people).where(people.c.id == bindparam("whose")))
PUT = Prepared(insert(state))
ONCE = Prepared(insert_once(state).on_conflict_do_nothing().returning(state.c.name))


def test_rows_have_names_and_instants_are_aware(conn: Connection) -> None:
    person_id = ADD.scalar(conn, {"made_at": MORNING, "name": "阿妈"})
    row = BY_ID.first(conn, {"id": person_id})
    assert (row.id, row.name, row.made_at) == (person_id, "阿妈", MORNING)
    assert tuple(row) == tuple(conn.execute(BY_ID.statement, {"id": person_id}).one())
    assert BY_ID.first(conn, {"id": person_id + 1}) is None
    assert BY_ID.scalar(conn, {"id": person_id + 1}) is None


def test_an_update_takes_its_columns_from_the_parameters(conn: Connection) -> None:
    person_id = ADD.scalar(conn, {"made_at": MORNING})
    later = MORNING + timedelta(hours=1)
    assert CHANGE.count(conn, {"whose": person_id, "name": "Ama"}) == 1
    assert CHANGE.count(conn, {"whose": person_id, "silent_until": later, "language": "en"}) == 1
    assert CHANGE.count(conn, {"whose": person_id + 1, "name": "Nobody"}) == 0
    row = conn.execute(select(people.c.name, people.c.silent_until, people.c.language)).one()
    assert tuple(row) == ("Ama", later, "en")


@pytest.mark.parametrize("names", [[], ["Ama"], ["Ben", "Ama"], ["Ama", "Ben", "nobody"]])
def test_a_list_may_have_any_length(conn: Connection, names: list[str]) -> None:
    for name in ("Ama", "Ben", "Cleo"):
        ADD.scalar(conn, {"made_at": MORNING, "name": name})
    found = [row.name for row in NAMED.all(conn, {"names": names})]
    assert found == sorted({"Ama", "Ben"} & set(names))


def test_what_is_kept_as_json_or_as_a_truth_comes_back_as_that(conn: Connection) -> None:
    row: dict[str, Any] = {"ladder": {"steps": [1, "二"]}, "position": 0, "state": "running", "started_at": MORNING}
    run_id = Prepared(insert(escalation_runs).returning(escalation_runs.c.id)).scalar(conn, row)
    read = Prepared(select(escalation_runs.c.ladder).where(escalation_runs.c.id == bindparam("id")))
    assert read.scalar(conn, {"id": run_id}) == {"steps": [1, "二"]}
    held = {"chat_id": -1, "title": "Neighbours", "standing": "member", "may_pin": True}
    Prepared(insert(groups)).count(conn, held)
    rights = Prepared(select(groups.c.may_pin, groups.c.may_delete)).first(conn, {})
    assert (rights.may_pin, rights.may_delete) == (True, False)


def test_where_nothing_changes_the_same_question_has_the_same_answer(writer: Engine) -> None:
    with writer.begin() as conn:
        ama, ben = (ADD.scalar(conn, {"made_at": MORNING, "name": name}) for name in ("Ama", "Ben"))
        but_not = Prepared(
            select(people.c.name)
            .where(people.c.id.in_(bindparam("ids", expanding=True)))
            .where(people.c.id.not_in(bindparam("but", expanding=True)))
            .order_by(people.c.name)
        )
        with asking_once(conn):
            first = BY_ID.first(conn, {"id": ama})
            assert first.name == "Ama" and BY_ID.first(conn, {"id": ben}).name == "Ben"
            assert BY_ID.first(conn, {"id": ben + 1}) is None and BY_ID.first(conn, {"id": ben + 1}) is None
            if conn.dialect.name == "sqlite":
                assert BY_ID.first(conn, {"id": ama}) is first
            found = NAMED.all(conn, {"names": ["Ama", "Ben"]})
            found.clear()
            assert [row.name for row in NAMED.all(conn, {"names": ["Ama", "Ben"]})] == ["Ama", "Ben"]
            assert NAMED.first(conn, {"names": ["Ama", "Ben"]}).name == "Ama"
            assert [row.name for row in but_not.all(conn, {"ids": [ama, ben], "but": [ama]})] == ["Ben"]
            assert but_not.all(conn, {"ids": [ama], "but": [ben, ama]}) == []
            shown = Prepared(BY_ID.statement, lambda id, name, made_at: f"{name}, from the same words")
            assert shown.first(conn, {"id": ama}) == "Ama, from the same words"
            assert shown.all(conn, {"id": ama}) == ["Ama, from the same words"]
            assert [row.name for row in BY_ID.all(conn, {"id": ama})] == ["Ama"]
        CHANGE.count(conn, {"whose": ama, "name": "Amina"})
        assert BY_ID.first(conn, {"id": ama}).name == "Amina"


def test_a_glance_sees_one_state_of_the_database(writer: Engine) -> None:
    glance = open_glance(writer.url.render_as_string(hide_password=False))
    if glance is None:  # on PostgreSQL nobody reads on the spot
        return
    with writer.begin() as conn:
        ama = ADD.scalar(conn, {"made_at": MORNING, "name": "Ama"})
    with glance.connect() as seen:
        with seen.begin():
            assert BY_ID.scalar(seen, {"id": ama}) == ama
            with writer.begin() as conn:
                CHANGE.count(conn, {"whose": ama, "name": "Amina"})
            assert BY_ID.first(seen, {"id": ama}).name == "Ama"
        with seen.begin():
            assert BY_ID.first(seen, {"id": ama}).name == "Amina"
    glance.dispose()


def test_many_rows_are_written_at_once(conn: Connection) -> None:
    PUT.many(conn, [{"name": f"n{number}", "value": "x"} for number in range(3)])
    PUT.many(conn, [])
    assert ONCE.first(conn, {"name": "n1", "value": "y"}) is None
    assert list(conn.scalars(select(state.c.value).where(state.c.name == "n1"))) == ["x"]
    assert Prepared(delete(state).where(state.c.name == bindparam("gone"))).count(conn, {"gone": "n1"}) == 1


def test_a_fault_is_the_one_sqlalchemy_would_raise_and_names_no_value(writer: Engine) -> None:
    with pytest.raises(IntegrityError) as fault, writer.begin() as conn:
        Prepared(insert(contacts)).count(conn, {"telegram_id": 1, "person_id": 99, "reach": "a secret word"})
    assert "a secret word" not in str(fault.value.orig) or conn.dialect.name == "postgresql"
    assert "[SQL" in str(fault.value)


def test_nothing_is_written_once_the_transaction_is_over(writer: Engine) -> None:
    """A full disk makes SQLite end it by itself: what came after would stand alone."""
    if writer.dialect.name != "sqlite":
        return
    with writer.begin() as conn:
        driver: Any = conn.connection.driver_connection
        driver.rollback()
        assert PUT._driver(conn) is None, "left to SQLAlchemy, whose listeners refuse it"


def test_outside_a_transaction_sqlalchemy_begins_one(writer: Engine) -> None:
    with writer.connect() as conn:
        PUT.count(conn, {"name": "alone", "value": "x"})
        assert conn.in_transaction()
        conn.rollback()
    with writer.connect() as conn:
        assert conn.execute(select(state)).all() == []


def test_a_table_that_is_not_there_is_trouble_of_the_database(conn: Connection) -> None:
    if conn.dialect.name != "sqlite":
        return
    conn.exec_driver_sql("ALTER TABLE state RENAME TO elsewhere")
    with pytest.raises(OperationalError):
        Prepared(select(state.c.value)).all(conn, {})


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9, 100])
def test_lists_of_all_lengths_need_few_texts(conn: Connection, count: int) -> None:
    """The last name is asked for more than once, and found once."""
    ADD.scalar(conn, {"made_at": MORNING, "name": "Ama"})
    named = Prepared(NAMED.statement)
    for length in range(1, count + 1):
        names = [f"nobody {number}" for number in range(length - 1)]
        assert [row.name for row in named.all(conn, {"names": [*names, "Ama"]})] == ["Ama"]
    assert len(named._compiled) <= count.bit_length() + 1


@dataclass(frozen=True)
class Called:
    id: int
    name: str | None


def test_a_row_becomes_what_it_stands_for(conn: Connection) -> None:
    called = Prepared(select(people.c.id, people.c.name).order_by(people.c.id), Called)
    assert called.first(conn, {}) is None
    ids = [ADD.scalar(conn, {"made_at": MORNING, "name": name}) for name in ("Ama", None)]
    assert called.first(conn, {}) == Called(ids[0], "Ama")
    assert called.all(conn, {}) == [Called(ids[0], "Ama"), Called(ids[1], None)]


def test_a_look_sees_one_state(writer: Engine) -> None:
    short = open_glance(str(writer.url))
    if short is None:
        return
    with writer.begin() as conn:
        person_id = ADD.scalar(conn, {"made_at": MORNING, "name": "Ama"})
    ask = {"id": person_id}
    with short.connect() as look, look.begin():
        assert BY_ID.first(look, ask).name == "Ama"
        with writer.begin() as conn:
            CHANGE.count(conn, {"whose": person_id, "name": "Ben"})
            assert BY_ID.first(conn, ask).name == "Ben", "whoever writes reads what they have written"
        assert BY_ID.first(look, ask).name == "Ama"
    with short.connect() as look, look.begin():
        assert BY_ID.first(look, ask).name == "Ben"
    short.dispose()


def test_what_its_reader_could_change_is_read_anew(conn: Connection) -> None:
    row: dict[str, Any] = {"ladder": {"steps": [1]}, "position": 0, "state": "running", "started_at": MORNING}
    Prepared(insert(escalation_runs)).count(conn, row)
    ladder = Prepared(select(escalation_runs.c.ladder))
    with asking_once(conn):
        ladder.scalar(conn, {})["steps"].append(2)
        assert ladder.scalar(conn, {}) == {"steps": [1]}

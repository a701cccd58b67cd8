"""Half-finished conversations, one a person, so that a restart or three days change nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert_postgresql
from sqlalchemy.dialects.sqlite import insert as upsert_sqlite

from storage.tables import contacts, talks

_FIND = select(talks).where(talks.c.person_id == bindparam("person_id"))
_SEALED = select(talks.c.person_id).where(
    talks.c.person_id == contacts.c.person_id,
    contacts.c.telegram_id == bindparam("telegram_id"),
    talks.c.sealed.is_(True),
)
_END = delete(talks).where(talks.c.person_id == bindparam("person_id"))


def _put(insert: Any) -> Any:
    statement = insert(talks)
    kept = {column.name: statement.excluded[column.name] for column in talks.c if column.name != "person_id"}
    return statement.on_conflict_do_update(index_elements=["person_id"], set_=kept)


_PUT = {"sqlite": _put(upsert_sqlite), "postgresql": _put(upsert_postgresql)}


def find_talk(conn: Connection, person_id: int) -> Row[Any] | None:
    return conn.execute(_FIND, {"person_id": person_id}).first()


def is_sealed(conn: Connection, telegram_id: int) -> bool:
    return conn.execute(_SEALED, {"telegram_id": telegram_id}).first() is not None


def put_talk(conn: Connection, row: dict[str, Any]) -> None:
    conn.execute(_PUT[conn.dialect.name], row)


def end_talk(conn: Connection, person_id: int) -> bool:
    return conn.execute(_END, {"person_id": person_id}).rowcount == 1

"""Half-finished conversations, one a person, so that a restart or three days change nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert_postgresql
from sqlalchemy.dialects.sqlite import insert as upsert_sqlite

from storage.prepared import Prepared
from storage.tables import contacts, talks

_FIND = Prepared(select(talks).where(talks.c.person_id == bindparam("person_id")))
_SEALED = Prepared(
    select(talks.c.person_id).where(
        talks.c.person_id == contacts.c.person_id,
        contacts.c.telegram_id == bindparam("telegram_id"),
        talks.c.sealed.is_(True),
    )
)
_END = Prepared(delete(talks).where(talks.c.person_id == bindparam("person_id")))


def _put(insert: Any) -> Prepared:
    statement = insert(talks)
    kept = {column.name: statement.excluded[column.name] for column in talks.c if column.name != "person_id"}
    return Prepared(statement.on_conflict_do_update(index_elements=["person_id"], set_=kept))


_PUT = {"sqlite": _put(upsert_sqlite), "postgresql": _put(upsert_postgresql)}


def find_talk(conn: Connection, person_id: int) -> Any:
    return _FIND.first(conn, {"person_id": person_id})


def is_sealed(conn: Connection, telegram_id: int) -> bool:
    return _SEALED.first(conn, {"telegram_id": telegram_id}) is not None


def put_talk(conn: Connection, row: dict[str, Any]) -> None:
    _PUT[conn.dialect.name].count(conn, row)


def end_talk(conn: Connection, person_id: int) -> bool:
    return _END.count(conn, {"person_id": person_id}) == 1

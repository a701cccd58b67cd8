"""Who the desk knows: persons, their Telegram accounts, households and the roles they hold."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from domain.people import Person, Role
from storage.prepared import Prepared
from storage.tables import contacts, people, roles

_FIELDS = (
    people.c.id,
    contacts.c.telegram_id,
    contacts.c.reach,
    people.c.name,
    contacts.c.shown_name,
    people.c.phone,
    people.c.language,
    contacts.c.language_code,
    people.c.speaks,
    people.c.unit,
    people.c.address,
    people.c.household_id,
    people.c.silent_until,
    people.c.of_age,
)
_EVERYBODY = select(*_FIELDS).select_from(people.outerjoin(contacts))
_BY_ACCOUNT = Prepared(_EVERYBODY.where(contacts.c.telegram_id == bindparam("telegram_id")), Person)
_BY_ID = Prepared(_EVERYBODY.where(people.c.id == bindparam("id")), Person)
_ADD, _ADD_CONTACT = Prepared(insert(people).returning(people.c.id)), Prepared(insert(contacts))
_CHANGE = Prepared(update(people).where(people.c.id == bindparam("whose")))
_CHANGE_CONTACT = Prepared(update(contacts).where(contacts.c.telegram_id == bindparam("whose")))


def find_person(conn: Connection, telegram_id: int) -> Person | None:
    """Whoever has this Telegram account."""
    person: Person | None = _BY_ACCOUNT.first(conn, {"telegram_id": telegram_id})
    return person


def get_person(conn: Connection, person_id: int) -> Person:
    person: Person | None = _BY_ID.first(conn, {"id": person_id})
    if person is None:
        raise LookupError(f"no person {person_id}")
    return person


def add_person(conn: Connection, now: datetime, **fields: Any) -> int:
    """A person without an account yet."""
    return int(_ADD.scalar(conn, {"made_at": now, **fields}))


def meet(
    conn: Connection, now: datetime, telegram_id: int, shown_name: str, language_code: str | None, *, started: bool
) -> Person:
    """The person behind an account, met for the first time if need be; what Telegram shows of them is kept up."""
    person = find_person(conn, telegram_id)
    if person is None:
        person_id = add_person(conn, now)
        reach = "open" if started else "never_started"
        row = {"telegram_id": telegram_id, "person_id": person_id, "reach": reach, "shown_name": shown_name}
        _ADD_CONTACT.count(conn, {**row, "language_code": language_code})
        return get_person(conn, person_id)
    changed: dict[str, Any] = {}
    if person.shown_name != shown_name:
        changed["shown_name"] = shown_name
    if person.language_code != language_code:
        changed["language_code"] = language_code
    if started and person.reach != "open":
        changed["reach"] = "open"
    if not changed:
        return person
    _CHANGE_CONTACT.count(conn, {"whose": telegram_id, **changed})
    return get_person(conn, person.id)


def change_person(conn: Connection, person_id: int, **fields: Any) -> None:
    _CHANGE.count(conn, {"whose": person_id, **fields})


# ── roles ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_HELD = Prepared(
    select(roles.c.role, roles.c.unit, roles.c.team_id, roles.c.on_duty, roles.c.station_id, roles.c.merchant_id).where(
        roles.c.person_id == bindparam("person_id"), roles.c.ended_at.is_(None)
    ),
    Role,
)

_HOLD = select(roles.c.person_id).where(
    roles.c.role == bindparam("role"),
    roles.c.unit == bindparam("unit"),
    roles.c.team_id == bindparam("team_id"),
    roles.c.ended_at.is_(None),
)
_HOLDERS = Prepared(_EVERYBODY.where(people.c.id.in_(_HOLD)).order_by(people.c.id), Person)


def roles_of(conn: Connection, person_id: int) -> list[Role]:
    """The roles a person holds now; read for every deed, so that a change of role holds at once."""
    return _HELD.all(conn, {"person_id": person_id})


def holders_of(conn: Connection, role: str, *, unit: str = "", team_id: int = 0) -> list[Person]:
    """Everybody who holds this role there, those met first first."""
    return _HOLDERS.all(conn, {"role": role, "unit": unit, "team_id": team_id})

"""A person as the desk knows them: language, consent, name and place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select

from desk.front import Desk
from domain.people import Person, Role
from storage import people
from storage.prepared import Prepared
from storage.tables import consents

_CONSENTED = Prepared(
    select(consents.c.id).where(
        consents.c.person_id == bindparam("person_id"), consents.c.version == bindparam("version")
    )
)
_CONSENT = Prepared(insert(consents))


def find_person(desk: Desk, telegram_id: int) -> Person | None:
    return people.find_person(desk.conn, telegram_id)


def get_person(desk: Desk, person_id: int) -> Person:
    return people.get_person(desk.conn, person_id)


def meet(desk: Desk, telegram_id: int, shown_name: str, language_code: str | None, *, started: bool) -> Person:
    """Whoever is behind this account, known from now on."""
    return people.meet(desk.conn, desk.now, telegram_id, shown_name, language_code, started=started)


def roles_of(desk: Desk, person: Person) -> list[Role]:
    return people.roles_of(desk.conn, person.id)


def change(desk: Desk, person: Person, **fields: Any) -> Person:
    """Language, name, phone, unit or address, as the person gave them."""
    people.change_person(desk.conn, person.id, **fields)
    return people.get_person(desk.conn, person.id)


def be_silent(desk: Desk, person: Person, until: datetime | None) -> None:
    """Not tonight: private alerts wait until then."""
    people.change_person(desk.conn, person.id, silent_until=until)


def has_consented(desk: Desk, person: Person) -> bool:
    """Has this person said yes to what is kept, in the desk file's present version?"""
    known = {"person_id": person.id, "version": desk.file.consent_version}
    return _CONSENTED.first(desk.conn, known) is not None


def consent(desk: Desk, person: Person) -> None:
    if not has_consented(desk, person):
        row = {"person_id": person.id, "version": desk.file.consent_version, "at": desk.now}
        _CONSENT.count(desk.conn, row)

"""Confidential matters as rows: what is sealed, who was let in, who looked, and which messages are to be cleared."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.prepared import Prepared
from storage.tables import (
    access_log,
    applications,
    cards,
    case_grants,
    case_traces,
    cases,
    contacts,
    people,
    roles,
    state,
    talks,
)

CaseRow = Row[Any]


def _insert(conn: Connection, table: Table, **row: Any) -> Row[Any] | None:
    """An insert that does nothing where the row stands already: the key of the new row, or None."""
    dialect: Any = postgresql if conn.dialect.name == "postgresql" else sqlite
    new = dialect.insert(table).values(**row).on_conflict_do_nothing().returning(*table.primary_key)
    return conn.execute(new).first()


# ── the case ────────────────────────────────────────────────────────────────────────────────────────────────────────


def add_case(conn: Connection, now: datetime, once: str, who: str, unit: str, sealed: str) -> int | None:
    """A new case, or None if this conversation has made one already."""
    new = _insert(conn, cases, once=once, who=who, unit=unit, sealed=sealed, state="waiting", made_at=now)
    return int(new.id) if new is not None else None


def find_case(conn: Connection, case_id: int, *, to_change: bool = False) -> CaseRow | None:
    """`to_change`: nobody else changes what is sealed until this transaction ends."""
    query = select(cases).where(cases.c.id == case_id)
    return conn.execute(query.with_for_update() if to_change else query).first()


_CASES_OF = Prepared(
    select(cases).where(cases.c.who == bindparam("of"), cases.c.sealed != "").order_by(cases.c.id.desc())
)


def cases_of(conn: Connection, who: str) -> list[CaseRow]:
    """Newest first, as long as anything is kept of them."""
    return _CASES_OF.all(conn, {"of": who})


def reseal(conn: Connection, case_id: int, sealed: str) -> None:
    conn.execute(update(cases).where(cases.c.id == case_id).values(sealed=sealed))


def take(conn: Connection, case_id: int, person_id: int) -> bool:
    waiting = update(cases).where(cases.c.id == case_id, cases.c.state == "waiting")
    return conn.execute(waiting.values(state="taken", holder_id=person_id)).rowcount == 1


def give_back(conn: Connection, case_id: int, person_id: int) -> bool:
    held = update(cases).where(cases.c.id == case_id, cases.c.state == "taken", cases.c.holder_id == person_id)
    return conn.execute(held.values(state="waiting", holder_id=None)).rowcount == 1


def close(conn: Connection, case_id: int, person_id: int, now: datetime) -> bool:
    held = update(cases).where(cases.c.id == case_id, cases.c.state == "taken", cases.c.holder_id == person_id)
    return conn.execute(held.values(state="closed", closed_at=now)).rowcount == 1


def taken(conn: Connection) -> list[CaseRow]:
    return list(conn.execute(select(cases).where(cases.c.state == "taken").order_by(cases.c.id)))


def empty_closed(conn: Connection, closed_before: datetime) -> int:
    """What was told goes for good; that there was something, and who looked, stays."""
    old = update(cases).where(cases.c.state == "closed", cases.c.closed_at < closed_before, cases.c.sealed != "")
    return conn.execute(old.values(sealed="", who="")).rowcount


def count_cases(conn: Connection) -> dict[str, int]:
    counted = conn.execute(select(cases.c.unit, func.count()).group_by(cases.c.unit))
    return {unit: int(count) for unit, count in counted}


# ── who is let in, and who looked ───────────────────────────────────────────────────────────────────────────────────


def grant(conn: Connection, case_id: int, person_id: int, now: datetime) -> bool:
    return _insert(conn, case_grants, case_id=case_id, person_id=person_id, at=now) is not None


def is_granted(conn: Connection, case_id: int, person_id: int) -> bool:
    query = select(case_grants.c.at).where(case_grants.c.case_id == case_id, case_grants.c.person_id == person_id)
    return conn.execute(query).first() is not None


def chats_let_in(conn: Connection, case_id: int) -> dict[int, int]:
    """Person -> private chat, of everybody a step has reached."""
    query = select(contacts.c.person_id, contacts.c.telegram_id).join(
        case_grants, and_(case_grants.c.person_id == contacts.c.person_id, case_grants.c.case_id == case_id)
    )
    return {row.person_id: row.telegram_id for row in conn.execute(query)}


def note_access(conn: Connection, case_id: int, person_id: int, now: datetime) -> None:
    conn.execute(insert(access_log).values(case_id=case_id, person_id=person_id, at=now))


def count_readers(conn: Connection, case_id: int) -> int:
    """How many different people have opened it."""
    readers = select(func.count(func.distinct(access_log.c.person_id))).where(access_log.c.case_id == case_id)
    return int(conn.execute(readers).scalar_one())


def answerable(conn: Connection) -> list[Row[Any]]:
    """Everybody who holds an office: id, name, shown_name."""
    held = select(roles.c.person_id).where(roles.c.role.in_(("supervisor", "officer")), roles.c.ended_at.is_(None))
    query = select(people.c.id, people.c.name, contacts.c.shown_name).select_from(people.outerjoin(contacts))
    return list(conn.execute(query.where(people.c.id.in_(held))))


def called(conn: Connection, names: Iterable[str]) -> set[int]:
    """Everybody of exactly one of these names, large and small letters alike."""
    listed = [each for name in names for each in (name.strip(), name.strip().lower())]
    theirs = [either for name in (people.c.name, contacts.c.shown_name) for either in (name, func.lower(name))]
    query = select(people.c.id).select_from(people.outerjoin(contacts))
    return set(conn.execute(query.where(or_(*(name.in_(listed) for name in theirs)))).scalars())


def living_with(conn: Connection, persons: Collection[int]) -> set[int]:
    """Everybody of the same households (asked for or confirmed) or at the same address, themselves included."""
    asked = and_(
        applications.c.kind == "household", applications.c.state != "declined", applications.c.household_id > 0
    )
    theirs = select(people.c.household_id, people.c.unit, people.c.address).where(people.c.id.in_(persons))
    rows = conn.execute(theirs).all()
    homes = {row.household_id for row in rows if row.household_id}
    homes |= set(
        conn.execute(select(applications.c.household_id).where(asked, applications.c.person_id.in_(persons))).scalars()
    )
    found = set(persons)
    if homes:
        found |= set(conn.execute(select(people.c.id).where(people.c.household_id.in_(homes))).scalars())
        joining = select(applications.c.person_id).where(asked, applications.c.household_id.in_(homes))
        found |= set(conn.execute(joining).scalars())
    for row in rows:
        if row.address and row.address.strip():
            same = select(people.c.id).where(people.c.address == row.address, people.c.unit == row.unit)
            found |= set(conn.execute(same).scalars())
    return found


# ── her messages, her draft, her tries at the word ──────────────────────────────────────────────────────────────────


def add_trace(conn: Connection, who: str, message_id: int, ours: bool, now: datetime) -> bool:
    return _insert(conn, case_traces, who=who, message_id=message_id, ours=ours, at=now) is not None


def traces_of(conn: Connection, who: str) -> list[Row[Any]]:
    query = select(case_traces.c.message_id, case_traces.c.ours, case_traces.c.at).where(case_traces.c.who == who)
    return list(conn.execute(query.order_by(case_traces.c.message_id)))


def drop_traces(conn: Connection, who: str) -> None:
    conn.execute(delete(case_traces).where(case_traces.c.who == who))


def standing_cards(conn: Connection, chat_id: int, subjects: Collection[str]) -> list[Row[Any]]:
    """Cards of these subjects that stand in a chat: message_id, at."""
    query = select(cards.c.message_id, cards.c.at).where(
        cards.c.chat_id == chat_id, cards.c.subject.in_(subjects), cards.c.message_id.is_not(None)
    )
    return list(conn.execute(query))


def forget_cards(conn: Connection, chat_id: int, subjects: Collection[str]) -> None:
    """They have been deleted: nothing stands there any more."""
    gone = update(cards).where(cards.c.chat_id == chat_id, cards.c.subject.in_(subjects))
    conn.execute(gone.values(message_id=None, face=None))


def has_draft(conn: Connection, person_id: int, touched_after: datetime) -> bool:
    """Is a sealed conversation open?"""
    query = select(talks.c.flow).where(
        talks.c.person_id == person_id, talks.c.sealed, talks.c.touched_at > touched_after
    )
    return conn.execute(query).first() is not None


def drop_draft(conn: Connection, person_id: int) -> None:
    conn.execute(delete(talks).where(talks.c.person_id == person_id, talks.c.sealed))


def count_try(conn: Connection, who: str, now: datetime, within: timedelta) -> int:
    """One more try at the word: how many that makes lately."""
    name = f"tries:{who}"
    kept = conn.execute(select(state.c.value).where(state.c.name == name).with_for_update()).scalar()
    since, count = json.loads(kept) if kept else (now.isoformat(), 0)
    if now - datetime.fromisoformat(since) >= within:
        since, count = now.isoformat(), 0
    value = json.dumps([since, count + 1])
    if _insert(conn, state, name=name, value=value) is None:
        conn.execute(update(state).where(state.c.name == name).values(value=value))
    return int(count) + 1

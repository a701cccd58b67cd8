"""Households as rows: made once a place, joined by whoever is in none, and who asked to be confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.households import Address
from domain.people import Person
from storage.people import get_person
from storage.prepared import Prepared
from storage.tables import Instant, applications, cards, households, moved_out, people

STANDING, ASKED, DECLINED = "standing", "asked", "declined"


@dataclass(frozen=True, slots=True)
class Household:
    id: int
    unit: str
    building: str
    room: str
    address: str
    state: str
    code_epoch: int
    code_hash: str | None

    @property
    def at(self) -> Address:
        return Address(self.unit, self.building, self.room)


_HOUSEHOLD = select(*(households.c[name] for name in Household.__dataclass_fields__))
_BY_PLACE = _HOUSEHOLD.where(
    households.c.unit == bindparam("unit"),
    households.c.building == bindparam("building"),
    households.c.room == bindparam("room"),
)


def _household(row: Row[Any] | None) -> Household | None:
    return Household(**row._asdict()) if row else None


def find_household(conn: Connection, household_id: int) -> Household | None:
    return _household(conn.execute(_HOUSEHOLD.where(households.c.id == household_id)).first())


def find_by_code(conn: Connection, code_hash: str) -> Household | None:
    """Whoever's card carries this code."""
    known = _HOUSEHOLD.where(households.c.code_hash == code_hash, households.c.state == STANDING)
    return _household(conn.execute(known).first())


def find_at(conn: Connection, at: Address) -> Household | None:
    place = {"unit": at.unit, "building": at.building, "room": at.room}
    return _household(conn.execute(_BY_PLACE, place).first())


def households_in(conn: Connection, units: Iterable[str], *, state: str | None = STANDING) -> list[Household]:
    """By building and room, as somebody would walk past them."""
    there = _HOUSEHOLD.where(households.c.unit.in_(list(units)))
    if state is not None:
        there = there.where(households.c.state == state)
    found = [Household(**row._asdict()) for row in conn.execute(there)]
    return sorted(found, key=lambda each: (each.unit, *in_order(each.building), *in_order(each.room)))


def in_order(words: str) -> tuple[int, str]:
    digits = "".join(sign for sign in words if sign in "0123456789")
    return (int(digits[:9]) if digits else 0, words)


def buildings_in(conn: Connection, unit: str, most: int) -> list[str]:
    """Where households stand, as somebody would walk past them; so many at most."""
    there = select(households.c.building).where(households.c.unit == unit, households.c.state == STANDING)
    return sorted(conn.scalars(there.distinct().limit(most)), key=in_order)


def rooms_in(conn: Connection, unit: str, building: str, most: int) -> list[str]:
    there = select(households.c.room).where(
        households.c.unit == unit, households.c.building == building, households.c.state == STANDING
    )
    return sorted(conn.scalars(there.limit(most)), key=in_order)


_IN_BUILDING = Prepared(
    select(households.c.id)
    .where(
        households.c.unit == bindparam("unit"),
        households.c.building == bindparam("building"),
        households.c.state == STANDING,
    )
    .limit(bindparam("least", type_=BigInteger))
)
_THESE = Prepared(_HOUSEHOLD.where(households.c.id.in_(bindparam("ids", expanding=True))))


def are_in_building(conn: Connection, unit: str, building: str, least: int) -> bool:
    """Do at least so many households stand there?"""
    return len(_IN_BUILDING.all(conn, {"unit": unit, "building": building, "least": least})) >= least


def households_of(conn: Connection, household_ids: list[int]) -> dict[int, Household]:
    return {row.id: Household(*row) for row in _THESE.all(conn, {"ids": household_ids})} if household_ids else {}


def add_households(conn: Connection, now: datetime, state: str, rows: Sequence[tuple[Address, str]]) -> None:
    """One row a place; where one stands already nothing happens."""
    if rows:
        made = insert_once(households).on_conflict_do_nothing()
        fixed = {"state": state, "made_at": now}
        conn.execute(
            made,
            [{"unit": at.unit, "building": at.building, "room": at.room, "address": a, **fixed} for at, a in rows],
        )


def change_state(conn: Connection, household_id: int, since: Iterable[str], state: str) -> bool:
    """Did it happen?"""
    still = update(households).where(households.c.id == household_id, households.c.state.in_(list(since)))
    return conn.execute(still.values(state=state)).rowcount == 1


def taken_hashes(conn: Connection) -> set[str]:
    known = select(households.c.code_hash).where(households.c.code_hash.is_not(None))
    return {found for found in conn.scalars(known) if found is not None}


def set_codes(conn: Connection, codes: Sequence[tuple[int, int, str]]) -> None:
    """Household, epoch, keyed hash of the code."""
    if codes:
        one = update(households).where(households.c.id == bindparam("h"))
        changed = one.values(code_epoch=bindparam("e"), code_hash=bindparam("c"))
        conn.execute(changed, [{"h": each, "e": epoch, "c": code} for each, epoch, code in codes])


# ── members ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def members_of(conn: Connection, household_id: int) -> list[Person]:
    """Those who joined, the first first."""
    theirs = select(people.c.id).where(people.c.household_id == household_id).order_by(people.c.id)
    return [get_person(conn, person_id) for person_id in conn.scalars(theirs)]


def count_members(conn: Connection, household_id: int) -> int:
    theirs = select(func.count()).where(people.c.household_id == household_id)
    return int(conn.execute(theirs).scalar_one())


def join(conn: Connection, person_id: int, household_id: int) -> bool:
    """Did it happen? Nobody is in two households, and nobody in one that stands no more."""
    there = select(households.c.state).where(households.c.id == household_id).with_for_update(read=True)
    if conn.execute(there).scalar_one_or_none() != STANDING:
        return False
    free = update(people).where(people.c.id == person_id, people.c.household_id.is_(None))
    return conn.execute(free.values(household_id=household_id)).rowcount == 1


def leave(conn: Connection, now: datetime, person_id: int, household_id: int) -> bool:
    """Did it happen?"""
    member = update(people).where(people.c.id == person_id, people.c.household_id == household_id)
    if conn.execute(member.values(household_id=None)).rowcount != 1:
        return False
    note_moved_out(conn, now, household_id, [person_id])
    return True


def note_moved_out(conn: Connection, now: datetime, household_id: int, person_ids: Iterable[int]) -> None:
    """That they belonged to it until now: for whoever would decide about its points, and shown to nobody."""
    gone = [{"person_id": each, "household_id": household_id, "left_at": now} for each in person_ids]
    if gone:
        conn.execute(insert(moved_out), gone)


_LEFT = Prepared(
    select(moved_out.c.household_id).where(
        moved_out.c.person_id == bindparam("person_id"), moved_out.c.left_at > bindparam("since", type_=Instant)
    )
)


def left_since(conn: Connection, person_id: int, since: datetime) -> set[int]:
    """The households this person belonged to, and has left since then."""
    return {int(row.household_id) for row in _LEFT.all(conn, {"person_id": person_id, "since": since})}


# ── who asked to be confirmed ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody says that they live there, and what was answered."""

    id: int
    person_id: int
    household_id: int
    state: str
    asked_at: datetime
    decided_by: int | None


_ASKED = select(*(applications.c[name] for name in Asked.__dataclass_fields__)).where(
    applications.c.kind == "household"
)


def _asked(row: Row[Any] | None) -> Asked | None:
    return Asked(**row._asdict()) if row else None


def find_asked(conn: Connection, application_id: int) -> Asked | None:
    return _asked(conn.execute(_ASKED.where(applications.c.id == application_id)).first())


def find_waiting(conn: Connection, person_id: int) -> Asked | None:
    """What this person has asked and nobody has answered."""
    open_ones = _ASKED.where(applications.c.person_id == person_id, applications.c.state == ASKED)
    return _asked(conn.execute(open_ones.order_by(applications.c.id.desc())).first())


def ask(conn: Connection, now: datetime, person_id: int, household_id: int) -> int | None:
    """Its id; None while the same question waits for its answer."""
    row = insert_once(applications).values(
        kind="household", person_id=person_id, household_id=household_id, asked_at=now
    )
    made = conn.execute(row.on_conflict_do_nothing().returning(applications.c.id)).scalar_one_or_none()
    return None if made is None else int(made)


def asked_for(conn: Connection, household_id: int) -> list[Asked]:
    """Who waits to be let into it."""
    waiting = _ASKED.where(applications.c.household_id == household_id, applications.c.state == ASKED)
    return [Asked(**row._asdict()) for row in conn.execute(waiting.order_by(applications.c.id))]


def was_declined(conn: Connection, person_id: int, household_id: int, since: datetime) -> bool:
    """Has this person been told no there since then?"""
    told_no = select(applications.c.id).where(
        applications.c.kind == "household",
        applications.c.person_id == person_id,
        applications.c.household_id == household_id,
        applications.c.state == DECLINED,
        applications.c.decided_at > since,
    )
    return conn.execute(told_no).first() is not None


def decide(conn: Connection, now: datetime, application_id: int, by: int, state: str) -> bool:
    """Did it happen? The first answer counts."""
    waiting = update(applications).where(
        applications.c.id == application_id, applications.c.kind == "household", applications.c.state == ASKED
    )
    return conn.execute(waiting.values(state=state, decided_by=by, decided_at=now)).rowcount == 1


def take_back(conn: Connection, person_id: int) -> list[Asked]:
    """They no longer ask; the household they had thought of goes if nobody else asks for it."""
    theirs = applications.c.person_id == person_id
    waiting = [Asked(**row._asdict()) for row in conn.execute(_ASKED.where(theirs, applications.c.state == ASKED))]
    for each in waiting:
        conn.execute(delete(applications).where(applications.c.id == each.id))
        give_up(conn, each.household_id)
    return waiting


def give_up(conn: Connection, household_id: int) -> None:
    """Nobody has confirmed it and nobody asks for it any more."""
    others = select(applications.c.id).where(
        applications.c.kind == "household",
        applications.c.household_id == household_id,
        applications.c.state == ASKED,
    )
    if conn.execute(others).first() is None:
        change_state(conn, household_id, [ASKED], DECLINED)


_CHATS_WITH = Prepared(
    select(cards.c.chat_id).where(
        cards.c.subject == bindparam("subject"),
        cards.c.subject_id == bindparam("subject_id"),
        cards.c.message_id.is_not(None),
    )
)


def chats_with(conn: Connection, subject: str, subject_id: int) -> list[int]:
    """Chats in which a card of this stands."""
    return [row.chat_id for row in _CHATS_WITH.all(conn, {"subject": subject, "subject_id": subject_id})]

"""Households put together and parted, as rows: whoever wins the row does it, and what is gone leads on to its heir."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from storage.households import DECLINED, STANDING, Household
from storage.prepared import Prepared
from storage.tables import among, applications, household_changes, households, people

_HEIR = Prepared(
    select(household_changes.c.other_id).where(
        household_changes.c.household_id == bindparam("household_id"), household_changes.c.what == "merge"
    )
)


def heir_of(conn: Connection, household_id: int) -> int:
    """Where the points of this household are now: its own account, unless it was put together with another."""
    while (row := _HEIR.first(conn, {"household_id": household_id})) is not None:
        household_id = int(row.other_id)
    return household_id


_WENT = Prepared(
    select(household_changes.c.household_id)
    .where(
        household_changes.c.other_id.in_(bindparam("heirs", expanding=True)), among(household_changes.c.what, "merge")
    )
    .order_by(household_changes.c.household_id)
)


def merged_into(conn: Connection, household_id: int) -> list[int]:
    """The households that went into this one, and those that had gone into them."""
    found, asked = [], [household_id]
    while asked:
        asked = [int(row.household_id) for row in _WENT.all(conn, {"heirs": asked})]
        found += asked
    return found


def family_of(conn: Connection, household_id: int) -> list[int]:
    """This household and all that went into it: under any of them something may have been earned that counts for it."""
    return [household_id, *merged_into(conn, household_id)]


def hold(conn: Connection, household_ids: Iterable[int]) -> dict[int, Household]:
    """These households; nobody joins, leads or joins them together until this transaction ends."""
    fields = [households.c[name] for name in Household.__dataclass_fields__]
    wanted = select(*fields).where(households.c.id.in_(list(household_ids))).order_by(households.c.id)
    return {row.id: Household(**row._asdict()) for row in conn.execute(wanted.with_for_update())}


def add_change(conn: Connection, **fields: Any) -> bool:
    """Did it happen? A household goes once, and each request is carried out once."""
    row = insert_once(household_changes).values(**fields).on_conflict_do_nothing()
    return conn.execute(row.returning(household_changes.c.id)).scalar_one_or_none() is not None


def is_known(conn: Connection, once: str) -> bool:
    known = select(household_changes.c.id).where(household_changes.c.once == once)
    return conn.execute(known).first() is not None


def move_members(conn: Connection, source: int, target: int, only: Sequence[int] | None = None, **learnt: Any) -> int:
    """How many went along; `only`: these of them."""
    theirs = update(people).where(people.c.household_id == source)
    if only is not None:
        theirs = theirs.where(people.c.id.in_(list(only)))
    return conn.execute(theirs.values(household_id=target, **learnt)).rowcount


def move_questions(conn: Connection, source: int, target: int) -> None:
    """Whoever waits to be let into the one is let into the other."""
    waiting = applications.c.kind == "household", applications.c.state == "asked"
    asks = update(applications).where(applications.c.household_id == source, *waiting)
    conn.execute(asks.values(household_id=target))


def take_down(conn: Connection, household: Household) -> bool:
    """It stands no more, its code opens nothing, and its place is free for whoever comes to live there."""
    gone = update(households).where(households.c.id == household.id, households.c.state == STANDING)
    freed = {"room": f"{household.room}~{household.id}", "code_hash": None, "state": DECLINED}
    return conn.execute(gone.values(**freed)).rowcount == 1


def changes_of(conn: Connection, household_id: int) -> list[Any]:
    """What became of it and what came to it, the latest first."""
    about = or_(household_changes.c.household_id == household_id, household_changes.c.other_id == household_id)
    return list(conn.execute(select(household_changes).where(about).order_by(household_changes.c.id.desc())))

"""What a household has said about boards: on none of them, and by its name or its building."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert as insert_once

from storage.prepared import Prepared
from storage.tables import board_choices


@dataclass(frozen=True, slots=True)
class Choice:
    """Shown, without its name, until it says otherwise."""

    hidden: bool = False
    hidden_by: int | None = None
    named: bool = False


_THESE = Prepared(select(board_choices).where(board_choices.c.household_id.in_(bindparam("ids", expanding=True))))


def choices_of(conn: Connection, household_ids: list[int]) -> dict[int, Choice]:
    found = _THESE.all(conn, {"ids": household_ids}) if household_ids else []
    return {row.household_id: Choice(row.hidden_at is not None, row.hidden_by, row.named) for row in found}


def choice_of(conn: Connection, household_id: int) -> Choice:
    return choices_of(conn, [household_id]).get(household_id, Choice())


def choose(conn: Connection, household_id: int, **chosen: Any) -> None:
    row = insert_once(board_choices).values(household_id=household_id, **chosen)
    conn.execute(row.on_conflict_do_update(index_elements=["household_id"], set_=chosen))


def hide(conn: Connection, now: datetime, household_id: int, person_id: int | None) -> None:
    choose(conn, household_id, hidden_by=person_id, hidden_at=now)


def unhide(conn: Connection, household_id: int) -> None:
    choose(conn, household_id, hidden_by=None, hidden_at=None)

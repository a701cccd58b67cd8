"""What stands on a household's card, and its PIN: only counters are kept, both secrets are made again from the key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from storage.tables import household_cards as table


@dataclass(frozen=True, slots=True)
class Card:
    """`epoch` of its code, `pin_epoch` of its PIN; 0: it has none yet, below: not any more."""

    name: str | None = None
    epoch: int = 0
    pin_epoch: int = 0
    pin_shown: bool = True
    pin_tries: int = 0
    pin_made_by: int | None = None


def card_of(conn: Connection, household_id: int) -> Card:
    kept = select(*(table.c[name] for name in Card.__dataclass_fields__)).where(table.c.household_id == household_id)
    row = conn.execute(kept).first()
    return Card(**row._asdict()) if row else Card()


def cards_of(conn: Connection, household_ids: list[int]) -> dict[int, Card]:
    """For printing many; whoever has none yet is left out."""
    fields = [table.c[name] for name in Card.__dataclass_fields__]
    rows = conn.execute(select(table.c.household_id, *fields).where(table.c.household_id.in_(household_ids)))
    return {row[0]: Card(*row[1:]) for row in rows}


def change(conn: Connection, household_id: int, **changed: Any) -> None:
    conn.execute(insert_once(table).values(household_id=household_id).on_conflict_do_nothing())
    conn.execute(update(table).where(table.c.household_id == household_id).values(**changed))


def renew(conn: Connection, household_id: int, epoch: int) -> bool:
    """Another code than the one of this epoch. Did it happen?"""
    conn.execute(insert_once(table).values(household_id=household_id).on_conflict_do_nothing())
    same = update(table).where(table.c.household_id == household_id, table.c.epoch == epoch)
    return conn.execute(same.values(epoch=epoch + 1)).rowcount == 1


def begin_anew(conn: Connection, household_id: int) -> None:
    """Somebody else lives there now: card and PIN that are out there work no more, and the next PIN is another."""
    card = card_of(conn, household_id)
    anew = {"epoch": card.epoch + 1, "pin_epoch": -abs(card.pin_epoch), "pin_shown": True, "pin_tries": 0}
    change(conn, household_id, **anew, name=None)


def set_pin(conn: Connection, now: datetime, household_id: int, since: int, epoch: int, by: int) -> bool:
    """Another PIN than the one of epoch `since`, which waits to be written down. Did it happen?"""
    conn.execute(insert_once(table).values(household_id=household_id).on_conflict_do_nothing())
    same = update(table).where(table.c.household_id == household_id, table.c.pin_epoch == since)
    made = same.values(pin_epoch=epoch, pin_shown=False, pin_tries=0, pin_made_by=by, pin_made_at=now)
    return conn.execute(made).rowcount == 1


def count_wrong_pin(conn: Connection, household_id: int, most: int) -> int | None:
    """So many wrong ones in a row by now; None: there were too many already."""
    open_ones = update(table).where(table.c.household_id == household_id, table.c.pin_tries < most)
    counted = open_ones.values(pin_tries=table.c.pin_tries + 1).returning(table.c.pin_tries)
    found = conn.execute(counted).scalar_one_or_none()
    return None if found is None else int(found)

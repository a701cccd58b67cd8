"""Pictures as rows: wanted once, fetched by whoever claims them, kept or refused by a row count, and gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.pictures import GONE, KEPT, REFUSED, WANTED, Picture
from storage.prepared import Prepared
from storage.tables import order_parts, pictures

PART, ITEM = "order_part", "item"
"""The subjects of what was told about an order, and of what stands on a shelf."""

_PICTURES = select(*(pictures.c[name] for name in Picture.__dataclass_fields__))
_BY_ID = Prepared(_PICTURES.where(pictures.c.id == bindparam("id")))
_OF = Prepared(
    _PICTURES.where(
        pictures.c.subject == bindparam("subject"),
        pictures.c.subject_id == bindparam("subject_id"),
        pictures.c.state != GONE,
    ).order_by(pictures.c.id)
)
_KNOWN = Prepared(
    _PICTURES.where(
        or_(pictures.c.file_id == bindparam("file_id"), pictures.c.shown_id == bindparam("file_id")),
        pictures.c.state != GONE,
    ).order_by(pictures.c.state, pictures.c.id)  # kept before refused before wanted
)
_ADD = Prepared(insert_once(pictures).on_conflict_do_nothing().returning(pictures.c.id))
_LATELY = Prepared(
    select(func.count(), func.coalesce(func.sum(pictures.c.bytes), 0)).where(
        pictures.c.person_id == bindparam("person_id"),
        pictures.c.wanted_at > bindparam("since"),
        pictures.c.state.in_((WANTED, KEPT)),
    )
)
_DUE = Prepared(
    select(pictures.c.id)
    .where(pictures.c.due_at.is_not(None), pictures.c.due_at <= bindparam("now"))
    .order_by(pictures.c.due_at, pictures.c.id)
    .limit(1)
)
_CHANGE = Prepared(update(pictures).where(pictures.c.id == bindparam("of"), pictures.c.state == bindparam("since")))
_CLAIM = Prepared(
    update(pictures).where(
        pictures.c.id == bindparam("of"),
        pictures.c.due_at == bindparam("was_due_at"),
    )
)


def _picture(row: Any) -> Picture | None:
    return Picture(*row) if row else None


def find_picture(conn: Connection, picture_id: int) -> Picture | None:
    return _picture(_BY_ID.first(conn, {"id": picture_id}))


def pictures_of(conn: Connection, subject: str, subject_ids: Iterable[int]) -> list[Picture]:
    """In the order in which they were sent; those on their way out are left out."""
    found = [_OF.all(conn, {"subject": subject, "subject_id": each}) for each in subject_ids]
    return [Picture(*row) for rows in found for row in rows]


def find_known(conn: Connection, file_id: str) -> Picture | None:
    """What Telegram knows, or knew, by this name: kept, if there is one that is."""
    return _picture(_KNOWN.first(conn, {"file_id": file_id}))


def add(conn: Connection, now: datetime, name: str, *, why: str | None, **fields: Any) -> int | None:
    """Its id; None if it was wanted before. `why`: it is not to be fetched."""
    row = {**fields, "name": name, "wanted_at": now, "why": why}
    row |= {"state": REFUSED, "decided_at": now} if why else {"state": WANTED, "due_at": now}
    made = _ADD.scalar(conn, row)
    return None if made is None else int(made)


def sent_since(conn: Connection, person_id: int, since: datetime) -> tuple[int, int]:
    """How many of this person's are kept or wanted since then, and how many bytes they have."""
    count, size = _LATELY.first(conn, {"person_id": person_id, "since": since})
    return int(count), int(size)


# ── fetched ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def find_due(conn: Connection, now: datetime) -> Picture | None:
    """What has waited longest of what is due now: to be fetched, or to go."""
    due = _DUE.scalar(conn, {"now": now})
    picture = find_picture(conn, due) if due is not None else None
    if picture is None or picture.due_at is None or picture.due_at > now:
        return None  # somebody else has taken it between the two looks
    return picture


def claim(conn: Connection, picture: Picture, due_at: datetime) -> bool:
    """Did it happen? Whoever does it next, does so at `due_at`, should it not have ended by then."""
    claimed = {"of": picture.id, "was_due_at": picture.due_at, "due_at": due_at, "tries": picture.tries + 1}
    return _CLAIM.count(conn, claimed) == 1


def keep(conn: Connection, picture_id: int, now: datetime, **facts: Any) -> bool:
    """Did it happen? Not if it is no longer wanted: its file is then to be removed by whoever has written it."""
    row = {"of": picture_id, "since": WANTED, "state": KEPT, "due_at": None, "decided_at": now, **facts}
    return _CHANGE.count(conn, row) == 1


def refuse(conn: Connection, picture_id: int, now: datetime, why: str) -> bool:
    row = {"of": picture_id, "since": WANTED, "state": REFUSED, "due_at": None, "decided_at": now, "why": why}
    return _CHANGE.count(conn, row) == 1


def was_said(conn: Connection, picture: Picture, why: str, since: datetime) -> bool:
    """Has this person been told lately why another one was not kept?"""
    others = select(pictures.c.id).where(
        pictures.c.person_id == picture.person_id,
        pictures.c.wanted_at > since,
        pictures.c.why == why,
        pictures.c.decided_at > since,
        pictures.c.id != picture.id,
    )
    return conn.execute(others.limit(1)).first() is not None


def note_shown(conn: Connection, picture_id: int, shown_id: str) -> None:
    """Our copy was sent, and Telegram knows it by this name from now on."""
    conn.execute(update(pictures).where(pictures.c.id == picture_id).values(shown_id=shown_id))


# ── gone ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def drop(conn: Connection, which: ColumnElement[bool], now: datetime, done_by: datetime) -> int:
    """They are nobody's any more, and their files are to go: at once, or when a fetch under way has surely ended."""
    nobodys = {"state": GONE, "person_id": None, "file_id": None, "shown_id": None, "sha256": None, "decided_at": now}
    there = pictures.c.state != GONE
    going_on = conn.execute(
        update(pictures)
        .where(which, pictures.c.state == WANTED, pictures.c.tries > 0)
        .values(**nobodys, due_at=done_by)
    )
    rest = conn.execute(update(pictures).where(which, there).values(**nobodys, due_at=now))
    return going_on.rowcount + rest.rowcount


def of_subject(subject: str, subject_ids: Collection[int]) -> ColumnElement[bool]:
    return (pictures.c.subject == subject) & pictures.c.subject_id.in_(list(subject_ids))


def of_person(person_id: int) -> ColumnElement[bool]:
    return pictures.c.person_id == person_id


def of_orders(order_ids: Collection[int]) -> ColumnElement[bool]:
    """Of everything that was told about these orders, by whomever."""
    parts = select(order_parts.c.id).where(order_parts.c.order_id.in_(list(order_ids)))
    return (pictures.c.subject == PART) & pictures.c.subject_id.in_(parts)


def sent_before(subject: str, before: datetime, most: int) -> ColumnElement[bool]:
    """The first few of this subject's that are older."""
    old = select(pictures.c.id).where(
        pictures.c.subject == subject, pictures.c.wanted_at < before, pictures.c.state != GONE
    )
    return pictures.c.id.in_(old.limit(most).scalar_subquery())


def without_owner(conn: Connection, person_id: int) -> None:
    """Their story of what somebody else needs stays, and what they put on a shelf, without who sent it."""
    told = select(order_parts.c.id).where(order_parts.c.person_id == person_id, order_parts.c.stage == "story")
    others = (pictures.c.subject == PART) & pictures.c.subject_id.in_(told)
    stays = or_(others, pictures.c.subject == ITEM)
    conn.execute(update(pictures).where(pictures.c.person_id == person_id, stays).values(person_id=None))


def forget(conn: Connection, picture_id: int) -> None:
    """Its file is gone."""
    conn.execute(delete(pictures).where(pictures.c.id == picture_id, pictures.c.state == GONE))


def names_among(conn: Connection, names: Collection[str]) -> set[str]:
    """Those of these files that belong to a row."""
    known = select(pictures.c.name).where(pictures.c.name.in_(list(names)))
    return set(conn.scalars(known))

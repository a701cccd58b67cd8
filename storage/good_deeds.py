"""Good deeds as rows: told once, moved by whoever is first, with what was told and what happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.good_deeds import DIARY, MOVES, PRAISE, GoodDeed
from domain.orders import Part
from storage.tables import among, good_deed_history, good_deed_parts, good_deeds, postings, transfers

KEPT_FOR, NOT_CONFIRMED = timedelta(days=365), timedelta(days=30)
"""So long the words and pictures of a good deed are kept; of what was not confirmed, a month."""

_DEEDS = select(*(good_deeds.c[name] for name in GoodDeed.__dataclass_fields__))


def _deed(row: Any) -> GoodDeed | None:
    return GoodDeed(*row) if row is not None else None


def find_deed(conn: Connection, deed_id: int) -> GoodDeed | None:
    return _deed(conn.execute(_DEEDS.where(good_deeds.c.id == deed_id)).first())


def find_by_once(conn: Connection, once: str) -> GoodDeed | None:
    return _deed(conn.execute(_DEEDS.where(good_deeds.c.once == once)).first())


def add_deed(conn: Connection, **fields: Any) -> int | None:
    """Its id; None if this conversation has told it already."""
    row = insert_once(good_deeds).values(**fields).on_conflict_do_nothing().returning(good_deeds.c.id)
    made = conn.execute(row).scalar_one_or_none()
    return None if made is None else int(made)


def move(conn: Connection, deed_id: int, verb: str, *, matched: int | None = None, **fields: Any) -> bool:
    """Did it happen? First wins; with `matched` only if nobody else has been named since."""
    since, to = MOVES[verb]
    still = update(good_deeds).where(good_deeds.c.id == deed_id, good_deeds.c.state.in_(since))
    if matched is not None:
        still = still.where(good_deeds.c.matched == matched)
    return conn.execute(still.values(state=to, **fields)).rowcount == 1


def change(conn: Connection, deed: GoodDeed, **fields: Any) -> bool:
    """Did it happen? It changes while it waits for an answer, unless it has changed since it was read."""
    read: list[ColumnElement[bool]] = [
        good_deeds.c[name] == getattr(deed, name) for name in ("id", "state", "asked", "matched")
    ]
    still = update(good_deeds).where(*read)
    return conn.execute(still.values(**fields)).rowcount == 1


def add_parts(conn: Connection, deed_id: int, parts: Sequence[dict[str, Any]], at: datetime) -> None:
    rows = [
        {"deed_id": deed_id, "at": at, **{name: part.get(name) for name in ("kind", "words", "file_id", "message_id")}}
        for part in parts
    ]
    if rows:
        conn.execute(insert(good_deed_parts), rows)


def parts_of(conn: Connection, deed_id: int) -> list[Part]:
    told = select(*(good_deed_parts.c[name] for name in ("id", "kind", "words", "file_id")))
    rows = conn.execute(told.where(good_deed_parts.c.deed_id == deed_id).order_by(good_deed_parts.c.id))
    return [Part(*row) for row in rows]


def remember(conn: Connection, deed_id: int, what: str, at: datetime, person_id: int | None = None) -> None:
    conn.execute(insert(good_deed_history).values(deed_id=deed_id, what=what, at=at, person_id=person_id))


# ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def count_told(conn: Connection, reporter_id: int, kind: str, since: datetime) -> int:
    told = select(func.count()).where(
        good_deeds.c.reporter_id == reporter_id, good_deeds.c.kind == kind, good_deeds.c.made_at >= since
    )
    return int(conn.execute(told).scalar_one())


def entries_of(conn: Connection, person_id: int, since: datetime, until: datetime) -> list[GoodDeed]:
    """Somebody's own diary, the newest first."""
    own = _DEEDS.where(
        good_deeds.c.reporter_id == person_id,
        good_deeds.c.kind == DIARY,
        good_deeds.c.made_at >= since,
        good_deeds.c.made_at < until,
        good_deeds.c.state != "withdrawn",
    )
    return [GoodDeed(*row) for row in conn.execute(own.order_by(good_deeds.c.made_at.desc(), good_deeds.c.id.desc()))]


def waiting_in(conn: Connection, units: Iterable[str]) -> list[GoodDeed]:
    """What was told there and nobody has confirmed yet, the oldest first."""
    waiting = _DEEDS.where(
        good_deeds.c.unit.in_(list(units)), good_deeds.c.kind == PRAISE, among(good_deeds.c.state, "reported")
    )
    return [GoodDeed(*row) for row in conn.execute(waiting.order_by(good_deeds.c.made_at, good_deeds.c.id))]


def written_in(conn: Connection, units: Iterable[str], since: datetime) -> list[GoodDeed]:
    """Entries of diaries there that nobody has marked, the newest first."""
    written = _DEEDS.where(
        good_deeds.c.unit.in_(list(units)),
        good_deeds.c.kind == DIARY,
        among(good_deeds.c.state, "written"),
        good_deeds.c.made_at >= since,
    )
    return [
        GoodDeed(*row) for row in conn.execute(written.order_by(good_deeds.c.made_at.desc(), good_deeds.c.id.desc()))
    ]


def next_unanswered(conn: Connection, now: datetime) -> GoodDeed | None:
    """The one that has waited longest to be asked about again."""
    due = _DEEDS.where(among(good_deeds.c.state, "reported"), good_deeds.c.next_at <= now)
    return _deed(conn.execute(due.order_by(good_deeds.c.next_at, good_deeds.c.id).limit(1)).first())


def praised_since(conn: Connection, since: datetime) -> list[tuple[int, int, int]]:
    """Household that praised, household that was praised, how often: whatever was told and not taken back."""
    pair = (good_deeds.c.reporter_home, good_deeds.c.doer_home)
    told = (
        select(*pair, func.count())
        .where(
            among(good_deeds.c.kind, PRAISE),
            good_deeds.c.state != "withdrawn",
            good_deeds.c.made_at >= since,
            *(home.is_not(None) for home in pair),
            good_deeds.c.reporter_home != good_deeds.c.doer_home,
        )
        .group_by(*pair)
    )
    return [(int(one), int(other), int(count)) for one, other, count in conn.execute(told)]


def deeds_of(conn: Connection, person_id: int) -> list[GoodDeed]:
    """Everything this person told, and everything that was told of them."""
    told = _DEEDS.where(good_deeds.c.reporter_id == person_id)
    did = _DEEDS.where(good_deeds.c.doer_id == person_id)
    found = {row.id: GoodDeed(*row) for each in (told, did) for row in conn.execute(each)}
    return [found[deed_id] for deed_id in sorted(found)]


def posted_for(conn: Connection, onces: Sequence[str]) -> int:
    """How many points stand in the ledger under these keys."""
    earned = (
        select(func.coalesce(func.sum(postings.c.amount), 0))
        .join(transfers, transfers.c.id == postings.c.transfer_id)
        .where(transfers.c.once.in_(list(onces)), postings.c.amount > 0)
    )
    return int(conn.execute(earned).scalar_one()) if onces else 0


def part_ids_of(conn: Connection, person_id: int) -> list[int]:
    """Of what this person told, and of what was told of them."""
    told = good_deed_parts.c.deed_id.in_(select(good_deeds.c.id).where(_theirs(person_id)))
    return list(conn.scalars(select(good_deed_parts.c.id).where(told).order_by(good_deed_parts.c.id)))


def _theirs(person_id: int) -> ColumnElement[bool]:
    return or_(good_deeds.c.reporter_id == person_id, good_deeds.c.doer_id == person_id)


def forget(conn: Connection, person_id: int) -> None:
    """Every word and picture of what this person told, and of what was told of them."""
    delete_parts(conn, part_ids_of(conn, person_id))
    conn.execute(update(good_deeds).where(_theirs(person_id)).values(described=None))


def old_parts(conn: Connection, now: datetime, most: int) -> list[int]:
    """Of what was confirmed or noted a year ago, and of what was not confirmed a month ago."""
    not_confirmed = good_deeds.c.state.in_(("declined", "withdrawn")) & (good_deeds.c.made_at < now - NOT_CONFIRMED)
    old = (
        select(good_deed_parts.c.id)
        .join(good_deeds, good_deeds.c.id == good_deed_parts.c.deed_id)
        .where(or_(good_deed_parts.c.at < now - KEPT_FOR, not_confirmed))
    )
    return list(conn.scalars(old.order_by(good_deed_parts.c.id).limit(most)))


def delete_parts(conn: Connection, part_ids: Sequence[int]) -> int:
    return conn.execute(delete(good_deed_parts).where(good_deed_parts.c.id.in_(list(part_ids)))).rowcount

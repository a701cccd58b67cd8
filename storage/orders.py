"""Orders as rows: made once, moved by whoever is first, with all that was told about them and all that happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.orders import HELD, MOVES, OPEN, Order, Part, after
from domain.words import Text, from_json, to_json
from storage.prepared import Prepared
from storage.tables import deadlines, escalation_runs, households, order_history, order_parts, orders, outbox, ratings

_FIELDS = list(Order.__dataclass_fields__)
_WANTED = _FIELDS.index("wanted")


def _order(*fields: Any) -> Order:
    """From a row of `_ORDERS`, whose columns are the order's fields."""
    given = list(fields)
    given[_WANTED] = from_json(given[_WANTED])
    return Order(*given)


_ORDERS = select(*(orders.c[name] for name in _FIELDS))
_BY_ID = Prepared(_ORDERS.where(orders.c.id == bindparam("id")), _order)
_HELD_BY = Prepared(
    _ORDERS.where(orders.c.holder_id == bindparam("person_id"), orders.c.state.in_(HELD)).order_by(
        orders.c.claimed_at, orders.c.id
    ),
    _order,
)
_BY_ONCE = Prepared(_ORDERS.where(orders.c.once == bindparam("once")), _order)
_HOLDS = Prepared(select(func.count()).where(orders.c.holder_id == bindparam("person_id"), orders.c.state.in_(HELD)))
_STORY = Prepared(
    select(order_parts.c.id, order_parts.c.kind, order_parts.c.words, order_parts.c.file_id)
    .where(order_parts.c.order_id == bindparam("order_id"), order_parts.c.stage == bindparam("stage"))
    .order_by(order_parts.c.id),
    Part,
)
_STORY_UNTIL = Prepared(
    select(order_parts.c.id, order_parts.c.kind, order_parts.c.words, order_parts.c.file_id)
    .where(
        order_parts.c.order_id == bindparam("order_id"),
        order_parts.c.stage == bindparam("stage"),
        order_parts.c.at <= bindparam("until"),
    )
    .order_by(order_parts.c.id),
    Part,
)
_ADD = Prepared(insert_once(orders).on_conflict_do_nothing().returning(orders.c.id))
_MOVE = (
    update(orders)
    .where(
        orders.c.id == bindparam("order_id"),
        orders.c.state.in_(bindparam("since", expanding=True)),
        orders.c.holder_id.is_not_distinct_from(bindparam("held_by")),
    )
    .values(version=orders.c.version + 1)
)
_MOVE_AS_READ = Prepared(_MOVE.where(orders.c.version == bindparam("as_read")))
_MOVE_FIRST = Prepared(_MOVE)
_CHANGE = Prepared(
    update(orders)
    .where(orders.c.id == bindparam("order_id"), orders.c.version == bindparam("as_read"))
    .values(version=orders.c.version + 1)
)
_COUNT_OPEN = Prepared(select(func.count()).where(orders.c.team_id == bindparam("team_id"), orders.c.state.in_(OPEN)))
_ADD_PARTS, _REMEMBER = Prepared(insert(order_parts)), Prepared(insert(order_history))
_PROMISED = Prepared(
    select(deadlines.c.due_at).where(
        deadlines.c.order_id == bindparam("order_id"),
        deadlines.c.metric == bindparam("metric"),
        deadlines.c.met_at.is_(None),
    )
)
_RUN = Prepared(
    select(escalation_runs.c.state)
    .where(escalation_runs.c.order_id == bindparam("order_id"))
    .order_by(escalation_runs.c.id.desc())
    .limit(1)
)
_HOME = Prepared(
    select(households.c.unit, households.c.building, households.c.address).where(households.c.id == bindparam("id"))
)
_RATING = Prepared(
    select(ratings.c.speed, ratings.c.quality, ratings.c.words).where(ratings.c.order_id == bindparam("order_id"))
)
_RATE = Prepared(insert_once(ratings).on_conflict_do_nothing())
_CARRIED = Prepared(
    select(outbox.c.message_id).where(
        outbox.c.subject.in_(bindparam("subjects", expanding=True)),
        outbox.c.subject_id == bindparam("order_id"),
        outbox.c.chat_id == bindparam("chat_id"),
        outbox.c.kind == "copy",
        outbox.c.message_id.is_not(None),
    )
)
_UNSAID = {
    what: Prepared(update(ratings).where(ratings.c.order_id == bindparam("of_order"), ratings.c[what].is_(None)))
    for what in ("speed", "quality", "words")
}


def find_order(conn: Connection, order_id: int) -> Order | None:
    order: Order | None = _BY_ID.first(conn, {"id": order_id})
    return order


def find_by_once(conn: Connection, once: str) -> Order | None:
    order: Order | None = _BY_ONCE.first(conn, {"once": once})
    return order


def add_order(conn: Connection, wanted: Text, **fields: Any) -> int | None:
    """Its id; None if this conversation has made one already, or the reference is taken."""
    made = _ADD.scalar(conn, {"wanted": to_json(wanted), **fields})
    return None if made is None else int(made)


def move(conn: Connection, order: Order, verb: str, *, as_read: bool = False, **fields: Any) -> bool:
    """Did it happen? First wins: only from a state that allows it, and with the holder it had when it was read.

    `as_read`: only if nothing at all has happened to it since.
    """
    to = after(verb, next(iter(MOVES[verb].since)), fields.get("team_id", order.team_id))
    still = {"order_id": order.id, "since": list(MOVES[verb].since), "held_by": order.holder_id}
    if as_read:
        still["as_read"] = order.version
    return (_MOVE_AS_READ if as_read else _MOVE_FIRST).count(conn, {**still, "state": to, **fields}) == 1


def change(conn: Connection, order: Order, **fields: Any) -> bool:
    """Did it happen? Something about it changes while its state stays, unless anything else has happened to it."""
    return _CHANGE.count(conn, {"order_id": order.id, "as_read": order.version, **fields}) == 1


# ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def count_held(conn: Connection, person_id: int) -> int:
    return int(_HOLDS.scalar(conn, {"person_id": person_id}))


def held_by(conn: Connection, person_id: int) -> list[Order]:
    """What this person has in hand, longest first."""
    return _HELD_BY.all(conn, {"person_id": person_id})


def open_of(conn: Connection, team_ids: Iterable[int], most: int = 20) -> list[Order]:
    """What waits for these teams, oldest first."""
    waiting = _ORDERS.where(orders.c.team_id.in_(list(team_ids)), orders.c.state.in_(OPEN))
    return [_order(*row) for row in conn.execute(waiting.order_by(orders.c.made_at, orders.c.id).limit(most))]


def count_open(conn: Connection, team_id: int) -> int:
    return int(_COUNT_OPEN.scalar(conn, {"team_id": team_id}))


def asked_for_by(conn: Connection, person_id: int, most: int = 10) -> list[Order]:
    """What this person needs or has asked for, newest first."""
    theirs = _ORDERS.where(or_(orders.c.requester_id == person_id, orders.c.asked_by == person_id))
    return [_order(*row) for row in conn.execute(theirs.order_by(orders.c.id.desc()).limit(most))]


# ── what was told, and what happened ────────────────────────────────────────────────────────────────────────────────


def add_parts(
    conn: Connection, order_id: int, person_id: int | None, stage: str, parts: Sequence[dict[str, Any]], at: datetime
) -> None:
    """The story, a note, or how it was done."""
    told = {"order_id": order_id, "person_id": person_id, "stage": stage, "at": at}
    what = ("words", "file_id", "message_id")
    rows = [{**told, "kind": part["kind"], **{name: part.get(name) for name in what}} for part in parts]
    _ADD_PARTS.many(conn, rows)


def parts_of(conn: Connection, order_id: int, stage: str = "story", *, until: datetime | None = None) -> list[Part]:
    """`until`: only what had been told by then."""
    told = {"order_id": order_id, "stage": stage}
    return _STORY.all(conn, told) if until is None else _STORY_UNTIL.all(conn, {**told, "until": until})


def find_part(conn: Connection, part_id: int) -> tuple[int, Part] | None:
    """The id of its order, and the part."""
    told = select(order_parts).where(order_parts.c.id == part_id)
    row = conn.execute(told).first()
    return (row.order_id, Part(row.id, row.kind, row.words, row.file_id)) if row else None


def remember(
    conn: Connection, order_id: int, what: str, at: datetime, person_id: int | None = None, note: str | None = None
) -> None:
    """What happened to it, and who did it."""
    row = {"order_id": order_id, "what": what, "person_id": person_id, "note": note, "at": at}
    _REMEMBER.count(conn, row)


def history_of(conn: Connection, order_id: int) -> list[tuple[str, int | None, str | None]]:
    happened = select(order_history.c.what, order_history.c.person_id, order_history.c.note)
    rows = conn.execute(happened.where(order_history.c.order_id == order_id).order_by(order_history.c.id))
    return [(row.what, row.person_id, row.note) for row in rows]


_LATEST = Prepared(
    select(order_history.c.person_id, order_history.c.note, order_history.c.at)
    .where(order_history.c.order_id == bindparam("order_id"), order_history.c.what == bindparam("what"))
    .order_by(order_history.c.id.desc())
    .limit(1)
)


def latest(conn: Connection, order_id: int, what: str) -> tuple[int | None, str | None, datetime] | None:
    """Who did this last, with which note, and when."""
    row = _LATEST.first(conn, {"order_id": order_id, "what": what})
    return tuple(row) if row else None


def copies_in(conn: Connection, order_id: int, chat_id: int, subjects: Sequence[str] = ("held",)) -> list[int]:
    """Messages that carried pictures and voices of its story to this chat, or what else was passed on there."""
    asked = {"subjects": list(subjects), "order_id": order_id, "chat_id": chat_id}
    return [row.message_id for row in _CARRIED.all(conn, asked)]


# ── what its cards also show ────────────────────────────────────────────────────────────────────────────────────────


def promised_at(conn: Connection, order_id: int, metric: str = "first_response") -> datetime | None:
    """Until when; None once that clock has stopped."""
    due: datetime | None = _PROMISED.scalar(conn, {"order_id": order_id, "metric": metric})
    return due


def run_of(conn: Connection, order_id: int) -> str | None:
    """How its latest ladder stands: running, acknowledged, met, exhausted, cancelled."""
    state: str | None = _RUN.scalar(conn, {"order_id": order_id})
    return state


def home_of(conn: Connection, household_id: int | None) -> tuple[str, str, str] | None:
    """Unit, building and address of a household."""
    if household_id is None:
        return None
    row = _HOME.first(conn, {"id": household_id})
    return (row.unit, row.building, row.address) if row else None


# ── ratings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def find_rating(conn: Connection, order_id: int) -> tuple[int | None, int | None, str | None]:
    """Speed, quality and a word, as far as they were given."""
    row = _RATING.first(conn, {"order_id": order_id})
    return (row.speed, row.quality, row.words) if row else (None, None, None)


def rate(conn: Connection, order_id: int, what: str, given: int | str, at: datetime) -> bool:
    """Did it happen? Each is said once."""
    _RATE.count(conn, {"order_id": order_id, "at": at})
    return _UNSAID[what].count(conn, {"of_order": order_id, what: given}) == 1

"""Everything that comes and goes: raw updates accepted once, messages that go out, and the cards that stand in chats.

The moves that matter after a crash are here: what is `new` is handled again, what is `queued` is sent, and what is
`sending` may or may not have been sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, null, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.values import quick
from storage.prepared import Prepared
from storage.tables import among, cards, contacts, groups, inbox, outbox, people, state

# ── the inbox ───────────────────────────────────────────────────────────────────────────────────────────────────────

KNOWN = Prepared(select(inbox.c.update_id).where(inbox.c.update_id.in_(bindparam("ids", expanding=True))))
ACCEPT = Prepared(insert(inbox))
SETTLE = (
    update(inbox)
    .where(inbox.c.update_id == bindparam("u"))
    .values(state=bindparam("s"), raw=bindparam("r"), fault=bindparam("f"))
)
TRY = (
    update(inbox)
    .where(inbox.c.update_id == bindparam("u"), inbox.c.state == "new")
    .values(tries=inbox.c.tries + 1)
    .returning(inbox.c.tries)
)
BLAME = update(inbox).where(inbox.c.update_id == bindparam("u")).values(fault=bindparam("f"))
WAITING = select(inbox).where(among(inbox.c.state, "new")).order_by(inbox.c.update_id)


def find_known(conn: Connection, update_ids: Sequence[int]) -> set[int]:
    """Which of these updates the desk has already."""
    return {row.update_id for row in KNOWN.all(conn, {"ids": list(update_ids)})}


def accept(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write inbox rows: update_id, sender, raw, state, fault, at."""
    ACCEPT.many(conn, rows)


def settle(conn: Connection, update_id: int, ends: str, raw: str | None = None, fault: str | None = None) -> None:
    """An accepted update is done, ignored or quarantined."""
    conn.execute(SETTLE, {"u": update_id, "s": ends, "r": raw, "f": fault})


def count_try(conn: Connection, update_id: int) -> int:
    """How many times it has been tried, this one included; 0 if it is not waiting any more."""
    return conn.execute(TRY, {"u": update_id}).scalar() or 0


def blame(conn: Connection, update_id: int, fault: str) -> None:
    conn.execute(BLAME, {"u": update_id, "f": fault})


def list_new(conn: Connection) -> Sequence[Row[Any]]:
    """Updates accepted before and not handled yet, oldest first."""
    return conn.execute(WAITING).all()


def count_quarantined(conn: Connection) -> int:
    return conn.scalar(select(func.count()).select_from(inbox).where(inbox.c.state == "quarantined")) or 0


# ── the outbox ──────────────────────────────────────────────────────────────────────────────────────────────────────

PUT = Prepared(insert(outbox))
PUT_RETURNING = insert(outbox).returning(outbox.c.id, sort_by_parameter_order=True)
LAST = Prepared(select(func.coalesce(func.max(outbox.c.id), 0)))
SENDING = Prepared(
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)), outbox.c.state == "queued")
    .values(state="sending")
)
MARK = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("i"))
    .values(
        state=bindparam("s"),
        reason=bindparam("r"),
        message_id=bindparam("m"),
        tries=bindparam("t"),
        done_at=bindparam("d"),
        body=null(),
    )
)
UNSENT = select(outbox).where(among(outbox.c.state, "queued", "sending")).order_by(outbox.c.id)
DROP_CHAT = (
    update(outbox)
    .where(outbox.c.chat_id == bindparam("c"), among(outbox.c.state, "queued", "sending"))
    .values(state="dead", reason=bindparam("r"), done_at=bindparam("d"), body=null())
    .returning(outbox.c.id)
)
REACHES = Prepared(
    select(contacts.c.telegram_id, contacts.c.reach, people.c.language)
    .join(people, people.c.id == contacts.c.person_id)
    .where(contacts.c.telegram_id.in_(bindparam("ids", expanding=True)))
)
GROUPS = Prepared(
    select(groups.c.chat_id, groups.c.standing, groups.c.language, groups.c.topic_id).where(
        groups.c.chat_id.in_(bindparam("ids", expanding=True))
    )
)


@quick
@dataclass(frozen=True, slots=True)
class Mark:
    """How an outbox row has ended."""

    id: int
    state: str  # sent · dead · uncertain
    tries: int
    at: datetime
    reason: str | None = None
    message_id: int | None = None


def put(conn: Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Write outbox rows; their ids, in order."""
    if not rows:
        return []
    if conn.dialect.name != "sqlite":
        return list(conn.scalars(PUT_RETURNING, list(rows)))
    first = LAST.scalar(conn, {}) + 1  # one writer, so they are known; returned, each costs a statement
    PUT.many(conn, [{**row, "id": first + place} for place, row in enumerate(rows)])
    return list(range(first, first + len(rows)))


def put_dead(conn: Connection, rows: Sequence[tuple[dict[str, Any], str]], at: datetime) -> None:
    """Write down what nobody can be sent, with the reason and without its words."""
    for row, reason in rows:
        conn.execute(insert(outbox).values({**row, "state": "dead", "reason": reason, "body": null(), "done_at": at}))


def mark_sending(conn: Connection, ids: Sequence[int]) -> None:
    SENDING.count(conn, {"ids": list(ids)})


def mark_queued(conn: Connection, row_id: int) -> None:
    """It did not go after all, and surely not in part."""
    conn.execute(update(outbox).where(outbox.c.id == row_id, outbox.c.state == "sending").values(state="queued"))


def mark(conn: Connection, marks: Sequence[Mark]) -> None:
    ended = [{"i": m.id, "s": m.state, "r": m.reason, "m": m.message_id, "t": m.tries, "d": m.at} for m in marks]
    MARK.many(conn, ended)


def list_unsent(conn: Connection, ids: Sequence[int] | None = None) -> Sequence[Row[Any]]:
    """What waits to go out, oldest first, of all or of these; `sending` may have gone already."""
    if ids is None:
        return conn.execute(UNSENT).all()
    return conn.execute(UNSENT.where(outbox.c.id.in_(bindparam("ids", expanding=True))), {"ids": list(ids)}).all()


def list_unsent_ids(conn: Connection) -> set[int]:
    return set(conn.scalars(UNSENT.with_only_columns(outbox.c.id, maintain_column_froms=True)))


def claim_unsent(conn: Connection, ids: Sequence[int]) -> set[int]:
    """Those of these that were still queued, and are being sent from now on."""
    if not ids:
        return set()
    queued = outbox.c.id.in_(bindparam("ids", expanding=True)), outbox.c.state == "queued"
    claiming = update(outbox).where(*queued).values(state="sending").returning(outbox.c.id)
    return set(conn.scalars(claiming, {"ids": list(ids)}))


def drop_chat(conn: Connection, chat_id: int, reason: str, at: datetime) -> list[int]:
    """Whatever still waits for a chat that nothing reaches any more."""
    return list(conn.scalars(DROP_CHAT, {"c": chat_id, "r": reason, "d": at}))


@quick
@dataclass(frozen=True, slots=True)
class Standing:
    """How a chat stands to the desk."""

    reach: str
    language: str | None
    topic_id: int | None = None  # of a group: where in it the desk writes


def find_standings(conn: Connection, chats: Sequence[int]) -> dict[int, Standing]:
    """Reach and language of these chats, as far as the desk knows them."""
    people_asked, groups_asked = [c for c in chats if c > 0], [c for c in chats if c < 0]
    found: dict[int, Standing] = {}
    if people_asked:
        for telegram_id, reach, language in REACHES.all(conn, {"ids": people_asked}):
            found[telegram_id] = Standing(reach, language)
    if groups_asked:
        for chat_id, standing, language, topic_id in GROUPS.all(conn, {"ids": groups_asked}):
            found[chat_id] = Standing("left" if standing == "left" else "open", language, topic_id)
    return found


def mark_unreachable(conn: Connection, chat_id: int, reach: str) -> None:
    """Telegram says that nothing reaches this chat: a person's contact, or a group the desk is no longer in."""
    if chat_id > 0:
        conn.execute(update(contacts).where(contacts.c.telegram_id == chat_id).values(reach=reach))
    else:
        conn.execute(update(groups).where(groups.c.chat_id == chat_id).values(standing="left"))


# ── cards ───────────────────────────────────────────────────────────────────────────────────────────────────────────

Subject = tuple[str, int, int]
"""What a card shows, and the chat it stands in: subject, its id, chat."""


STANDING = Prepared(
    select(cards.c.message_id, cards.c.face).where(
        cards.c.subject == bindparam("s"), cards.c.subject_id == bindparam("i"), cards.c.chat_id == bindparam("c")
    )
)
_STAND = insert_once(cards)
STAND = Prepared(
    _STAND.on_conflict_do_update(
        index_elements=["subject", "subject_id", "chat_id"],
        set_={name: _STAND.excluded[name] for name in ("message_id", "face", "at")},
    )
)


def find_cards(conn: Connection, keys: Sequence[Subject]) -> dict[Subject, tuple[int | None, str | None]]:
    """Message and face of what stands there now. One by one: for a list of triples SQLite reads the whole table."""
    found: dict[Subject, tuple[int | None, str | None]] = {}
    for key in keys:
        row = STANDING.first(conn, dict(zip("sic", key, strict=True)))
        if row:
            found[key] = row.message_id, row.face
    return found


def cards_of(conn: Connection, chat_id: int, subjects: Sequence[str]) -> list[tuple[str, int]]:
    """What cards of these subjects stand in a chat."""
    standing = select(cards.c.subject, cards.c.subject_id).where(
        cards.c.chat_id == chat_id, cards.c.subject.in_(list(subjects)), cards.c.message_id.is_not(None)
    )
    rows = conn.execute(standing.order_by(cards.c.subject, cards.c.subject_id))
    return [(row.subject, row.subject_id) for row in rows]


Stand = tuple[Subject, tuple[int | None, str | None], datetime]
"""A card, the message that shows it now (None: nothing does) with the hash of its face, and since when."""


def stand(conn: Connection, key: Subject, message_id: int | None, face: str | None, at: datetime) -> None:
    """Remember what stands there; no message id: nothing does."""
    stand_all(conn, [(key, (message_id, face), at)])


def stand_all(conn: Connection, stands: Sequence[Stand]) -> None:
    rows = [
        {"subject": key[0], "subject_id": key[1], "chat_id": key[2], "message_id": message_id, "face": face, "at": at}
        for key, (message_id, face), at in stands
    ]
    STAND.many(conn, rows)


# ── small facts of the desk itself ──────────────────────────────────────────────────────────────────────────────────


_FACT = Prepared(select(state.c.value).where(state.c.name == bindparam("of")))
_NOTE = insert_once(state)
_NOTE_FACT = Prepared(_NOTE.on_conflict_do_update(index_elements=["name"], set_={"value": _NOTE.excluded.value}))


def get_fact(conn: Connection, name: str) -> str | None:
    fact: str | None = _FACT.scalar(conn, {"of": name})
    return fact


def set_fact(conn: Connection, name: str, value: str) -> None:
    """In one statement: two workers may say the same at once."""
    _NOTE_FACT.count(conn, {"name": name, "value": value})

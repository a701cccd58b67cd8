"""Where each person's conversation stands. A sealed one is kept sealed, dies soon and is never resumed unasked."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from desk.front import Desk
from domain.values import quick
from storage import talks


@quick
@dataclass(frozen=True, slots=True)
class Talk:
    """A half-finished conversation: which flow, in which shape, and everything answered so far."""

    flow: str
    version: str
    id: str  # the `once` key of whatever it ends in
    turn: int
    progress: dict[str, Any]
    sealed: bool = False
    touched_at: datetime | None = None

    @property
    def tag(self) -> str:
        """Tells this conversation's buttons from those of an earlier one."""
        return self.id[:6]


def new_talk_id() -> str:
    return secrets.token_hex(12)


def _look_up(desk: Desk, person_id: int) -> Any:
    """Whoever listens for words asks whether there is a conversation: the database is asked once."""
    if person_id not in desk.talks:
        desk.talks[person_id] = talks.find_talk(desk.conn, person_id)
    return desk.talks[person_id]


def find_talk(desk: Desk, person_id: int) -> Talk | None:
    row = _look_up(desk, person_id)
    if row is None:
        return None
    progress = desk.keys.unseal(row.answers) if row.sealed else json.loads(row.answers)
    return Talk(row.flow, row.version, row.id, row.turn, progress, row.sealed, row.touched_at)


def is_confiding(desk: Desk, person_id: int) -> bool:
    """Is this person in the middle of something confidential?"""
    row = _look_up(desk, person_id)
    return row is not None and bool(row.sealed)


def is_stale(desk: Desk, talk: Talk, lasts: timedelta) -> bool:
    return talk.touched_at is not None and desk.now - talk.touched_at > lasts


def keep_talk(desk: Desk, person_id: int, talk: Talk) -> None:
    kept = desk.keys.seal(talk.progress) if talk.sealed else json.dumps(talk.progress, ensure_ascii=False)
    row = {
        "person_id": person_id,
        "flow": talk.flow,
        "version": talk.version,
        "id": talk.id,
        "turn": talk.turn,
        "answers": kept,
        "sealed": talk.sealed,
        "touched_at": desk.now,
    }
    desk.talks.pop(person_id, None)
    talks.put_talk(desk.conn, row)


def is_sealed(conn: Connection, telegram_id: int) -> bool:
    """Is this account in the middle of something confidential?"""
    return talks.is_sealed(conn, telegram_id)


def end_talk(desk: Desk, person_id: int) -> bool:
    desk.talks.pop(person_id, None)
    return talks.end_talk(desk.conn, person_id)

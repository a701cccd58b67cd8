"""How often somebody was wrong lately, so that nobody guesses a code."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from sqlalchemy import Connection

from storage.messages import get_fact, set_fact


def tries_lately(conn: Connection, whose: str, now: datetime, within: timedelta) -> int:
    return _lately(conn, whose, now, within)[1]


def count_try(conn: Connection, whose: str, now: datetime, within: timedelta) -> None:
    since, count = _lately(conn, whose, now, within)
    set_fact(conn, _name(whose), json.dumps([since.isoformat(), count + 1]))


def _lately(conn: Connection, whose: str, now: datetime, within: timedelta) -> tuple[datetime, int]:
    kept = get_fact(conn, _name(whose))
    if kept is None:
        return now, 0
    since, count = json.loads(kept)
    began = datetime.fromisoformat(since)
    return (began, int(count)) if now - began < within else (now, 0)


def _name(whose: str) -> str:
    return f"tries:{whose}"

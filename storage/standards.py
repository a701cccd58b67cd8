"""The points standard as it was when something was first earned under it: an entry keeps the one it was made under."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.points import hash_input
from storage.prepared import Prepared
from storage.tables import standards

_KNOWN = Prepared(select(standards.c.id).where(standards.c.content_hash == bindparam("content_hash")))


def standard_id(conn: Connection, now: datetime, content: Mapping[str, Any]) -> int:
    """Which standard this is; one that was never used before is kept from now on."""
    hashed = hash_input(content)
    found = _KNOWN.scalar(conn, {"content_hash": hashed})
    if found is None:
        row = insert_once(standards).values(content_hash=hashed, content=dict(content), since=now)
        conn.execute(row.on_conflict_do_nothing())
        found = _KNOWN.scalar(conn, {"content_hash": hashed})
    return int(found)

"""Why nobody can change an entry unseen: each carries the hash of everything in it, and of the one before it.

Nothing personal is in the hash: ids, numbers, keys, instants and sentences of ours. What somebody wrote themselves is
in it only by a mark, made with a salt that goes when their words go.

These three are never changed, since every entry there is was made with them; others would get other names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

DIGESTED = (
    "kind",
    "once",
    "once_hash",
    "order_id",
    "earned_by",
    "decided_by",
    "dimension",
    "reverses",
    "household_id",
    "unit",
    "deed",
    "points",
    "counted_in",
    "standard_id",
)
INSTANTS = ("at", "counted_at")


def digest_of(entry: Mapping[str, Any], moved: Sequence[tuple[int, int]], others: Sequence[int]) -> bytes:
    """Of a whole entry: its fields, what it moved (account, amount), and who was on the other side."""
    fields: dict[str, Any] = {name: entry.get(name) for name in DIGESTED}
    fields |= {name: _instant(entry.get(name)) for name in INSTANTS}
    note = entry.get("note_mark")
    fields |= {"reason": entry["reason"], "note": bytes(note).hex() if note is not None else None}
    fields |= {"moved": [list(each) for each in moved], "others": sorted(others)}
    return hashlib.sha256(json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()).digest()


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at is not None else None


def link_of(before: bytes | None, account_id: int, number: int, transfer_id: int, amount: int, digest: bytes) -> bytes:
    """Of one line of an account's statement: the line before it, its place, and the entry it belongs to."""
    line = f"{account_id}|{number}|{transfer_id}|{amount}|".encode()
    return hashlib.sha256((before or b"") + line + digest).digest()


def mark_of(words: str, salt: bytes) -> bytes:
    """Of what somebody wrote: shows whether it was changed, and says nothing once the salt is gone."""
    return hashlib.sha256(salt + words.encode()).digest()

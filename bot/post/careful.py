"""Updates that are handled one by one: those of a batch that failed, and the first ones after an unclean stop.

1. They are committed as accepted, so that Telegram may forget them.
2. Before each try its number is committed: what kills the process is found out as well.
3. A person's updates keep their order; nobody waits for another person's faults.
4. After three faults of its own an update is quarantined, and the person's later ones go on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.post.raw import Raw, sender
from storage.messages import accept, list_new
from storage.vault import KeyLost, Keys


@dataclass(slots=True, eq=False)
class Pending:
    """An accepted update that has not been handled yet."""

    raw: Raw | None  # None: sealed with a key that is lost
    kept: str | None  # as it stands in the inbox
    update_id: int
    sender: int
    tries: int = 0
    ready_at: float = 0.0
    at: datetime | None = None  # when it was accepted


SealedFor = Callable[[Connection, int], bool]
"""Has this person a confidential conversation open? Then what they write is kept sealed only."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How raw updates are kept while they must be."""

    keys: Keys
    sealed_for: SealedFor

    def kept(self, conn: Connection, raw: Raw) -> str:
        ascii_only = json.dumps(raw)  # half a character, which no database takes, is kept as its number
        return self.keys.seal(ascii_only) if self.sealed_for(conn, sender(raw)) else ascii_only

    def opened(self, kept: str | None) -> Raw | None:
        if kept is None:
            return None
        try:
            read = json.loads(kept if kept.startswith("{") else self.keys.unseal(kept))
        except (ValueError, KeyLost):
            return None
        return read if isinstance(read, dict) else None


class Careful:
    """The updates that wait to be handled one by one."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._pending: list[Pending] = []

    def __len__(self) -> int:
        return len(self._pending)

    @property
    def senders(self) -> set[int]:
        """Whose later updates have to wait here as well; nobody's own order matters among updates from nobody."""
        return {each.sender for each in self._pending if each.sender}

    def load(self, conn: Connection) -> None:
        """What was accepted and not handled: after a restart, or when it is not known what stands."""
        known = {each.update_id for each in self._pending}
        self._pending += [
            Pending(self._keeping.opened(row.raw), row.raw, row.update_id, row.sender, row.tries, at=row.at)
            for row in list_new(conn)
            if row.update_id not in known
        ]

    def add(self, pending: Iterable[Pending]) -> None:
        self._pending.extend(pending)

    def settled(self, pending: Pending) -> None:
        self._pending.remove(pending)

    def next(self, elapsed: float) -> Pending | None:
        """The one to try now: least tried first, and only the oldest of each person."""
        ready = [each for each in self._heads() if each.ready_at <= elapsed]
        return min(ready, key=lambda each: (each.tries, each.update_id), default=None)

    def next_at(self) -> float | None:
        return min((each.ready_at for each in self._heads()), default=None)

    def _heads(self) -> Iterable[Pending]:
        met: set[int] = set()
        for each in self._pending:  # in the order of acceptance
            if each.sender not in met:
                yield each
            if each.sender:
                met.add(each.sender)


def accept_one_by_one(conn: Connection, keeping: Keeping, raws: Iterable[Raw], at: datetime) -> list[Pending]:
    """Write them as `new`; they are to be added once that has committed."""
    found = [Pending(raw, keeping.kept(conn, raw), raw["update_id"], sender(raw)) for raw in raws]
    fresh = {"state": "new", "fault": None, "at": at}
    accept(conn, [{"update_id": each.update_id, "sender": each.sender, "raw": each.kept, **fresh} for each in found])
    return found

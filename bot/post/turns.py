"""A worker's turn: it takes people nobody else holds, and handles what they wrote in one transaction.

1. Look at what waits; hold whose turn it is (an advisory lock, until the transaction ends) and pass over the others.
2. Mark what is taken, in a transaction of its own: whatever kills the process is found out by the next.
3. Handlers, inbox rows, outbox rows; one commit, which rings for the courier.
4. A batch that fails rolls back, and stays marked: each of its updates is handled alone from then on, its tries
   counted before. After three faults of its own it is quarantined. Trouble of the house takes the mark away again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row

from bot.post.careful import Keeping
from bot.post.faults import TransactionLost, house_trouble, place
from bot.post.raw import Raw
from bot.post.transaction import Outcome, Transactions, apology
from desk.front import Saying
from storage import inbox
from storage.inbox import End, Waits

log = structlog.get_logger()

TOGETHER = 20  # updates a batch
A_WHILE = timedelta(minutes=1)  # waited longer than that, it was said before and not just now
A_MOMENT = 0.005
ENDED_EACH_TIME = "the process ended each time"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who could be taken now: these together, or one of those who are handled alone."""

    together: list[Waits]
    alone: list[Waits]
    wait: float | None  # seconds until somebody who rests may be tried again


def choose(waiting: Iterable[Waits], held: set[int], limit: int = TOGETHER) -> Chosen:
    """Everybody's oldest first, and nobody's later one before an earlier one; `held`: whom others hold."""
    passed, mine = set(held), set[int]()
    found = Chosen([], [], None)
    rest: list[float] = []
    for each in waiting:
        if passed & each.keys:
            passed |= each.keys
        elif each.wait > 0:
            passed |= each.keys
            rest.append(each.wait)
        elif each.alone:
            passed |= each.keys
            if not mine & each.keys:
                found.alone.append(each)
        elif len(found.together) < limit:
            mine |= each.keys
            found.together.append(each)
    found.alone.sort(key=lambda each: (each.tries, each.update_id))
    return Chosen(found.together, found.alone, min(rest, default=None))


def _without(wanted: Iterable[Waits], missed: set[int]) -> list[Waits]:
    """Those that are ours; nobody's later update without the earlier one."""
    passed, ours = set(missed), []
    for each in wanted:
        if passed & each.keys:
            passed |= each.keys
        else:
            ours.append(each)
    return ours


@dataclass(slots=True)
class Turn:
    """What a turn left to be done. `took`: look again at once; `wait`: or after so many seconds."""

    outcome: Outcome = field(default_factory=Outcome)
    took: bool = False
    wait: float | None = None


@dataclass(slots=True)
class Turns:
    """`calm`: may somebody be tried who may kill us? `limit`: how many together."""

    tx: Transactions
    keeping: Keeping
    counter: Engine
    calm: Callable[[], bool]
    tries: int = 3
    pause: float = 0.2
    limit: int = TOGETHER
    _alone_next: bool = False
    _left: list[tuple[list[int], bool]] = field(default_factory=list)  # taken in vain, and still marked
    _after_trouble: bool = False

    async def take(self) -> Turn:
        """One turn. Trouble of the house is raised, and nothing has happened then."""
        self._leave_marks()
        held: _Held | Turn | None = None
        try:
            with self.tx.writer.begin() as conn:
                held = self._hold(conn)
                if isinstance(held, Turn):
                    return held
                turn = await (self._alone(conn, held.rows[0]) if held.alone else self._together(conn, held.rows))
        except Exception as fault:
            if not isinstance(held, _Held):
                raise
            ids = [row.update_id for row in held.rows]
            if house_trouble(fault):
                self._left.append((ids, held.alone))
                self._after_trouble = True
                raise
            log.warning("a batch failed, its updates are handled one by one", fault=place(fault), count=len(ids))
            return Turn(took=True)
        self._after_trouble = False
        return turn

    def _leave_marks(self) -> None:
        while self._left:
            ids, alone = self._left[0]
            with self.counter.connect() as conn:
                inbox.leave(conn, ids, counted=alone)
            self._left.pop(0)

    # ── taking ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _hold(self, conn: Connection) -> _Held | Turn:
        """Whom nobody else holds; or how long to wait."""
        waiting, passed = inbox.list_waiting(conn), set[int]()
        limit = 1 if self._after_trouble else self.limit  # two who keep deadlocking part ways
        while True:
            chosen = choose(waiting, passed, limit)
            alone = bool(chosen.alone) and (self._alone_next or not chosen.together) and self.calm()
            wanted = chosen.alone[:1] if alone else chosen.together
            if not wanted:
                if not chosen.alone and waiting and (more := inbox.list_waiting(conn, waiting[-1].update_id)):
                    waiting += more
                    continue
                return Turn(wait=A_MOMENT if chosen.alone else chosen.wait)
            keys = set[int]().union(*(each.keys for each in wanted))
            missed = keys - inbox.lock(conn, keys)
            passed |= missed
            if ours := _without(wanted, missed):
                break
        with self.counter.connect() as counting:
            rows = inbox.take(counting, [each.update_id for each in ours], counted=alone)
        if len(rows) < len(ours):  # somebody was quicker between looking and holding
            self._left.append(([row.update_id for row in rows], alone))
            return Turn(took=True)
        self._alone_next = not alone
        return _Held(rows, alone)

    # ── handling ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _together(self, conn: Connection, rows: list[Row[Any]]) -> Turn:
        outcome, said, ended = Outcome(), list[Saying](), list[End]()
        for row in rows:
            raw = self.keeping.opened(row.raw)
            if raw is None:
                ended.append((row.update_id, "quarantined", row.raw, "KeyLost"))
                continue
            ended.append(await self._one(conn, raw, row.at, said, outcome))
        outcome.post = self.tx.outgoing.write(conn, said)
        self._settle(conn, ended)
        return Turn(outcome, took=True)

    async def _one(self, conn: Connection, raw: Raw, at: datetime, said: list[Saying], outcome: Outcome) -> End:
        waited = self.tx.clock.now() - at > A_WHILE
        ends, fault = await self.tx._one(conn, raw, said, outcome, at if waited else None)
        return raw["update_id"], ends, self.keeping.kept(conn, raw) if fault else None, fault

    async def _alone(self, conn: Connection, row: Row[Any]) -> Turn:
        """One try of an update that was in bad company, or is bad itself. It is ours until its end is committed."""
        raw = self.keeping.opened(row.raw)
        if raw is None or row.tries > self.tries:
            return self._quarantined(conn, row, raw, "KeyLost" if raw is None else ENDED_EACH_TIME)
        outcome, said = Outcome(), list[Saying]()
        try:
            with conn.begin_nested():
                end = await self._one(conn, raw, row.at, said, outcome)
                outcome.post = self.tx.outgoing.write(conn, said)
        except Exception as fault:
            if house_trouble(fault):
                raise
            log.warning("an update failed", update=row.update_id, tries=row.tries, fault=place(fault))
            if row.tries >= self.tries:
                return self._quarantined(conn, row, raw, place(fault))
            inbox.let_rest(conn, row.update_id, place(fault), self.pause * 2 ** (row.tries - 1))
            return Turn(took=True)
        self._settle(conn, [end])
        return Turn(outcome, took=True)

    def _quarantined(self, conn: Connection, row: Row[Any], raw: Raw | None, fault: str) -> Turn:
        """It is kept as it was, sealed if it was said in confidence; its sender is told once."""
        log.error("quarantined", update=row.update_id, fault=fault)
        kept = self.keeping.kept(conn, raw) if raw else row.raw
        self._settle(conn, [(row.update_id, "quarantined", kept, fault)])
        return Turn(Outcome(self.tx.outgoing.write(conn, apology(raw) if raw else [])), took=True)

    def _settle(self, conn: Connection, ended: list[End]) -> None:
        if not inbox.settle_all(conn, ended):
            raise TransactionLost("somebody else has handled one of these")


@dataclass(frozen=True, slots=True)
class _Held:
    """Updates that are ours until the transaction ends."""

    rows: list[Row[Any]]
    alone: bool


def patience(calm: Callable[[], bool], seconds: float) -> Callable[[], bool]:
    """What may kill us is tried when nothing is on its way out, so that nobody's answer becomes uncertain by it."""
    until: float | None = None

    def may() -> bool:
        nonlocal until
        now = time.monotonic()
        until = until or now + seconds
        if calm() or now >= until:
            until = None
            return True
        return False

    return may

"""A neighbourhood's points by chance: steps that can be played in any order and left out one by one; and what holds.

A step is a few numbers; what they mean is found when it is played, so that any part of a list of steps is a list of
steps too. The model beside the ledger knows nothing of how the ledger works.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text, update
from sqlalchemy.exc import DBAPIError

from desk import forgetting
from desk.front import Desk
from desk.points import earn
from domain.desk_file import DeskFile
from domain.points import Earning, NotEnoughPoints, OnceMismatch, Posting, day_start, month_of
from domain.words import _
from storage.audit import LEDGER, audit
from storage.people import get_person
from storage.points import ISSUER, MARKET, account_of, desk_account, move_all, post, reverse
from storage.tables import people
from tests.conftest import KEYS, MORNING
from tests.deeds.cast import add_account, add_household
from tests.deeds.ledger_model import CAPS, DEED_CAPS, HOMES, PEOPLE, Act, Award, Model

WORD = _("By chance")


class Ledger:
    """One play. `play` does a step and says what does not hold after it."""

    def __init__(self, conn: Connection, file: DeskFile) -> None:
        file = replace(file, points=replace(file.points, caps=CAPS))
        self.conn, self.model = conn, Model()
        self.desk = Desk(conn, file, MORNING, KEYS, random.Random(1))
        self.homes = [add_household(self.desk, f"Ankang {number}") for number in range(HOMES)]
        self.free = {each: account_of(conn, each) for each in self.homes}
        self.held = {each: account_of(conn, each, "hold") for each in self.homes}
        self.people: list[int] = []
        self.posted = self.number = 0
        self.sums: dict[int, int] = defaultdict(int)
        for number in range(PEOPLE):
            self._add(self.homes[number % HOMES] if number < PEOPLE - 1 else None)
        desk_account(conn, "issuer"), desk_account(conn, "market")

    def _add(self, home: int | None) -> None:
        person = add_account(self.desk, 1000 + self.number, "Somebody", household_id=home)
        self.number += 1
        self.people.append(person.id)
        self.model.home[person.id] = home

    # ── steps ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def play(self, act: Act) -> list[str]:
        self.number += 1
        self.desk.said.clear()
        wrong: list[str] | None = getattr(self, act.kind)(act)
        return (wrong or []) + self._holds()

    def award(self, act: Act) -> list[str] | None:
        doer, other = self.people[act.a % PEOPLE], self.people[act.b % PEOPLE]
        home = self.model.home[doer]
        if home is None:
            return None
        deed = {"deed": "diary", "caps": DEED_CAPS} if act.a % 3 == 0 else {}
        note = "words of somebody" if act.b % 7 == 0 else None
        key = f"award:{self.number}"
        earning = Earning(key, home, doer, act.amount, WORD, pair=(other,), note=note, **deed)  # type: ignore[arg-type]
        day, month = self._day()
        expected = self.model.room(earning, day, month)
        posted = earn(self.desk, earning)
        if posted != expected:
            return [f"{expected} points could be earned, and {posted} were"]
        if posted:
            last = self.conn.execute(text("SELECT max(id) FROM transfers")).scalar_one()
            pair = frozenset(each for each in (self.model.home[other],) if each is not None)
            self.model.awards.append(Award(last, key, earning, posted, day, month, home, pair))
            self.model.free[home] += posted
        return None

    def _day(self) -> tuple[datetime, str]:
        zone = self.desk.file.zone
        return day_start(self.desk.now, zone), month_of(self.desk.now, zone)

    def hold(self, act: Act) -> list[str] | None:
        home = self.homes[act.a % HOMES]
        moved = [Posting(self.free[home], -act.amount), Posting(self.held[home], act.amount)]
        enough = self.model.free[home] >= act.amount
        happened = self._post("hold", f"hold:{self.number}", moved)
        if happened != enough:
            return [f"{self.model.free[home]} were there, {act.amount} wanted, and it {happened=}"]
        if happened:
            self.model.free[home] -= act.amount
            self.model.held[home] += act.amount
            self.model.holds.append((self.number, home, act.amount))
        return None

    def capture(self, act: Act) -> list[str] | None:
        return self._end(act, "capture")

    def release(self, act: Act) -> list[str] | None:
        return self._end(act, "release")

    def expiry(self, act: Act) -> list[str] | None:
        return self._end(act, "expiry")

    def _end(self, act: Act, kind: str) -> list[str] | None:
        """A hold ends once, whichever way: the other ways are tried at once, and nothing comes of them."""
        if not self.model.holds:
            return None
        number, home, points = self.model.holds.pop(act.a % len(self.model.holds))
        taken = Posting(self.held[home], -points)
        target = MARKET if kind == "capture" else self.free[home]
        if not self._post(kind, f"end:{number}", [taken, Posting(target, points)], {"ends": kind}):
            return ["an open hold could not be ended"]
        self.model.held[home] -= points
        if kind == "capture":
            self.model.out += points
        else:
            self.model.free[home] += points
        for other in {"capture", "release"} - {kind}:
            if self._happens(other, f"end:{number}", [taken, Posting(MARKET, points)], {"ends": other}):
                return ["a hold was ended twice"]
        return None

    def _post(self, kind: str, once: str, moved: list[Posting], given: dict[str, Any] | None = None) -> bool:
        try:
            return post(self.conn, self.desk.now, kind, once, moved, WORD, given=given)
        except NotEnoughPoints:
            return False

    def _happens(self, kind: str, once: str, moved: list[Posting], given: dict[str, Any] | None = None) -> bool:
        """Does a key stand for something else as well?"""
        try:
            post(self.conn, self.desk.now, kind, once, moved, WORD, given=given)
        except OnceMismatch:
            return False
        return True

    def overdraw(self, act: Act) -> list[str] | None:
        home = self.homes[act.a % HOMES]
        over = self.model.free[home] + act.amount
        moved = [Posting(self.free[home], -over), Posting(MARKET, over)]
        return ["more was spent than there was"] if self._post("capture", f"over:{self.number}", moved) else None

    def again(self, act: Act) -> list[str] | None:
        """What was earned is told once more, as after a crash."""
        if not self.model.awards:
            return None
        award = self.model.awards[act.a % len(self.model.awards)]
        return ["the same was earned twice"] if earn(self.desk, award.earning) else None

    def otherwise(self, act: Act) -> list[str] | None:
        """The same key with another amount is a fault, and changes nothing."""
        if not self.model.awards:
            return None
        award = self.model.awards[act.a % len(self.model.awards)]
        moved = [Posting(ISSUER, -999), Posting(self.free[award.household], 999)]
        return ["one key stands for two things"] if self._happens("award", award.key, moved) else None

    def reversal(self, act: Act) -> list[str] | None:
        if not self.model.awards:
            return None
        award = self.model.awards[act.a % len(self.model.awards)]
        possible = not award.back and self.model.free[award.household] >= award.points
        try:
            happened = reverse(self.conn, self.desk.now, award.transfer_id, WORD, note="a mistake")
        except NotEnoughPoints:
            happened = False
        if happened != possible:
            return [f"taking back was {possible=} and {happened=}"]
        if happened:
            award.back = True
            self.model.free[award.household] -= award.points
        return None

    def tomorrow(self, act: Act) -> None:
        self.desk.now += timedelta(hours=7 * (act.a % 4))

    def move_house(self, act: Act) -> None:
        person = self.people[act.a % PEOPLE]
        home = None if act.b % 6 == 0 else self.homes[act.b % HOMES]
        self.conn.execute(update(people).where(people.c.id == person).values(household_id=home))
        self.model.home[person] = home

    def merge(self, act: Act) -> list[str] | None:
        """All that one household has, and what it has on hold, is another's."""
        source, target = self.homes[act.a % HOMES], self.homes[act.b % HOMES]
        if source == target:
            return None
        had = self.model.free[source] + self.model.held[source]
        moved = move_all(self.conn, self.desk.now, f"merge:{self.number}", source, target, WORD)
        if moved != bool(had):
            return ["a merge moved what was not there"]
        for balances in (self.model.free, self.model.held):
            balances[target] += balances[source]
            balances[source] = 0
        self.model.holds = [(n, target if home == source else home, p) for n, home, p in self.model.holds]
        return None

    def forget(self, act: Act) -> None:
        """Somebody is forgotten, with every word about them; somebody else comes to live there."""
        person = self.people.pop(act.a % PEOPLE)
        home = self.model.home[person]
        forgetting.forget(self.desk, get_person(self.conn, person))
        self._add(home)
        self.model.home[person] = None

    def tamper(self, act: Act) -> list[str] | None:
        table = ("transfers", "postings", "earned_with")[act.a % 3]
        change = ("DELETE FROM {0}", "UPDATE {0} SET id = id + 1000000")[act.b % 2].format(table)
        if self.conn.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0:
            return None
        try:
            with self.conn.begin_nested():
                self.conn.execute(text(change))
        except DBAPIError:
            return None
        return [f"the database let somebody say {change}"]

    def whole(self, act: Act) -> list[str]:
        return audit(self.conn, LEDGER)

    def _rows(self, sql: str) -> list[tuple[int, ...]]:
        """Straight from the driver: it is asked a hundred thousand times."""
        driver: Any = self.conn.connection.driver_connection
        return [tuple(row) for row in driver.execute(sql).fetchall()]

    # ── what holds after every step ─────────────────────────────────────────────────────────────────────────────────

    def _holds(self) -> list[str]:
        """Only what is new is read; that nothing old has changed is what the whole audit proves every now and then."""
        lines = "SELECT transfer_id, account_id, amount FROM postings"
        new = self._rows(f"{lines} WHERE transfer_id > {self.posted} ORDER BY transfer_id")
        wrong: list[str] = []
        entries: dict[int, int] = defaultdict(int)
        for transfer_id, account_id, amount in new:
            self.posted = transfer_id
            entries[transfer_id] += amount
            self.sums[account_id] += amount
        if len(entries) > 1 or any(entries.values()):
            wrong.append(f"L1: one step made {dict(entries)}")
        if sum(self.sums.values()) != 0:
            wrong.append("L1: all accounts together are not zero")
        own = self._rows("SELECT id, balance FROM accounts WHERE household_id IS NOT NULL")
        cached = {row[0]: row[1] for row in own}
        for home in self.homes:
            for account, says in ((self.free[home], self.model.free[home]), (self.held[home], self.model.held[home])):
                if not cached[account] == self.sums[account] == says >= 0:
                    wrong.append(f"L2-L4: account {account} {cached[account]}, {self.sums[account]}, model {says}")
        if sum(points for _number, _home, points in self.model.holds) != sum(self.model.held.values()):
            wrong.append("L4: what is on hold is not what is open")
        if -self.sums[ISSUER] != sum(self.model.free.values()) + sum(self.model.held.values()) + self.model.out:
            wrong.append("L9: points came from nowhere, or went there")
        return wrong

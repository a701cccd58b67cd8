"""Every line of a household's statement is linked to the one before it, and their sum is what the household has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from domain.chain import link_of
from storage.audit.reading import stream
from storage.tables import accounts, postings, transfers

CACHED = ("household", "hold")


def chains(conn: Connection) -> Iterator[str]:
    lines = (
        select(
            postings.c.id,
            postings.c.account_id,
            postings.c.number,
            postings.c.transfer_id,
            postings.c.amount,
            postings.c.link,
            transfers.c.digest,
        )
        .select_from(postings.outerjoin(transfers, transfers.c.id == postings.c.transfer_id))
        .order_by(postings.c.account_id, postings.c.number, postings.c.id)
    )
    kept = stream(conn, select(accounts).order_by(accounts.c.id))
    rows = stream(conn, lines)
    line = next(rows, None)
    for account in kept:
        state = _Statement(account)
        while line is not None and line.account_id <= account.id:
            if line.account_id != account.id:
                yield f"posting {line.id} of entry {line.transfer_id} is for an account that is not there"
            elif account.kind in CACHED:
                state.read(line)
            line = next(rows, None)
        if wrong := state.wrong():
            yield f"household {account.household_id}: {account.kind} account {account.id} {wrong}"


class _Statement:
    """One account, read line by line."""

    def __init__(self, account: Row[Any]) -> None:
        self.account, self.balance, self.entries = account, 0, 0
        self.head: bytes | None = None
        self.fault: str | None = None

    def read(self, line: Row[Any]) -> None:
        self.balance += line.amount
        self.entries += 1
        if self.fault is None and (line.number != self.entries or line.digest is None):
            self.fault = f"has line {line.number} (posting {line.id}) where line {self.entries} should be"
        elif self.fault is None:
            self.head = link_of(self.head, line.account_id, line.number, line.transfer_id, line.amount, line.digest)
            if line.link != self.head:
                self.fault = f"is not linked at line {line.number} (entry {line.transfer_id})"
        if self.fault is None and self.balance < 0:
            self.fault = f"is below zero at line {line.number} (entry {line.transfer_id})"

    def wrong(self) -> str | None:
        account = self.account
        if account.kind not in CACHED or self.fault is not None:
            return self.fault
        if self.balance != account.balance:
            return f"says {account.balance}, its postings {self.balance}"
        if (self.entries, self.head) != (account.entries, account.head):
            return f"ends with another line than the last of {account.entries}"
        return None

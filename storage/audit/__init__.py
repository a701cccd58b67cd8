"""The proof of the whole ledger: a list of checks, each of which reads its tables once and names what is wrong first.

Whatever keeps points, stock or places beside the ledger brings a check of its own, and a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from sqlalchemy import Connection

from storage.audit.chains import chains
from storage.audit.entries import entries
from storage.audit.market import market
from storage.audit.notes import notes
from storage.audit.reversals import reversals
from storage.audit.standings import boards, hidden, ranks

Check = Callable[[Connection], Iterator[str]]
"""Yields a sentence for every wrong row, with its household where there is one; the first is enough."""

LEDGER: list[Check] = [entries, chains, reversals, notes, boards, hidden, ranks]
"""The ledger by itself."""
CHECKS: list[Check] = [*LEDGER, market]
MOST = 20


def audit(conn: Connection, checks: list[Check] | None = None) -> list[str]:
    """What is wrong with the ledger, at most twenty sentences a check; nothing, if all of it is sound."""
    found: list[str] = []
    for check in CHECKS if checks is None else checks:
        found += islice(check(conn), MOST)
    return found

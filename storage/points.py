"""The ledger: entries that sum to zero and never change, the balances beside them, and the proof that both agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.points import Earned, Entry, NotEnoughPoints, OnceMismatch, Posting, check_balanced, hash_input
from domain.words import Text, from_json, to_json
from storage.tables import accounts, orders, people, postings, transfers

ISSUER, MARKET, EXPIRED = -1, -2, -3
"""Accounts of the desk itself: where points come from, where they are spent, where they end."""
_DESK = {"issuer": ISSUER, "market": MARKET, "expired": EXPIRED}
CACHED = ("household", "hold")
"""Only these carry a balance of their own, and it is never below zero."""

_NEVER = "points are never changed or deleted"
_TABLES = ("transfers", "postings")
IMMUTABLE: dict[str, list[str]] = {
    "sqlite": [
        f"CREATE TRIGGER IF NOT EXISTS {table}_stand_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{_NEVER}'); END"
        for table in _TABLES
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION points_stand() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_NEVER}'; END $$",
        *(
            f"CREATE OR REPLACE TRIGGER {table}_stand BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION points_stand()"
            for table in _TABLES
        ),
    ],
}


def install_triggers(conn: Connection) -> None:
    """Let the database itself refuse to change what was posted."""
    for statement in IMMUTABLE[conn.dialect.name]:
        conn.exec_driver_sql(statement)


def remove_triggers(conn: Connection) -> None:
    """Before the tables themselves go."""
    for table in _TABLES:
        if conn.dialect.name == "sqlite":
            for verb in ("update", "delete"):
                conn.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_stand_{verb}")
        else:
            conn.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_stand ON {table}")
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("DROP FUNCTION IF EXISTS points_stand()")


# ── accounts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def desk_account(conn: Connection, kind: str) -> int:
    """The desk's own account of this kind."""
    row = insert_once(accounts).values(id=_DESK[kind], kind=kind)
    conn.execute(row.on_conflict_do_nothing())
    return _DESK[kind]


def account_of(conn: Connection, household_id: int, kind: str = "household") -> int:
    """A household's account, opened when it is first needed."""
    row = insert_once(accounts).values(kind=kind, household_id=household_id)
    conn.execute(row.on_conflict_do_nothing(index_elements=["kind", "household_id"]))
    own = select(accounts.c.id).where(accounts.c.kind == kind, accounts.c.household_id == household_id)
    return int(conn.execute(own).scalar_one())


def lock_balances(conn: Connection, account_ids: Sequence[int]) -> dict[int, int]:
    """Balances of those accounts that carry one, which nobody else moves until this transaction ends."""
    own = select(accounts.c.id, accounts.c.balance).where(accounts.c.id.in_(account_ids), accounts.c.kind.in_(CACHED))
    return {row.id: row.balance for row in conn.execute(own.order_by(accounts.c.id).with_for_update())}


def balance_of(conn: Connection, household_id: int, kind: str = "household") -> int:
    own = select(accounts.c.balance).where(accounts.c.kind == kind, accounts.c.household_id == household_id)
    return int(conn.execute(own).scalar() or 0)


# ── entries ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def post(
    conn: Connection,
    now: datetime,
    kind: str,
    once: str,
    moved: Sequence[Posting],
    reason: Text,
    *,
    given: Mapping[str, Any] | None = None,
    **about: Any,
) -> bool:
    """Did it happen? Once for each key; the same key with another input is a fault.

    1. Hold the balances. 2. Refuse what is not there. 3. Compete for the key. 4. Post. 5. Move the balances.
    """
    check_balanced(moved)
    asked = given if given is not None else {"kind": kind, "moved": [[each.account_id, each.amount] for each in moved]}
    before = lock_balances(conn, [each.account_id for each in moved])
    if _is_posted(conn, once, hash_input(asked)):
        return False
    for each in moved:
        if each.account_id in before and before[each.account_id] + each.amount < 0:
            raise NotEnoughPoints(available=before[each.account_id])
    entry = {"kind": kind, "once": once, "once_hash": hash_input(asked), "reason": to_json(reason), "at": now, **about}
    first = insert_once(transfers).values(**entry).on_conflict_do_nothing().returning(transfers.c.id)
    transfer_id = conn.execute(first).scalar_one_or_none()
    if transfer_id is None:
        _is_posted(conn, once, hash_input(asked))
        return False
    rows = [{"transfer_id": transfer_id, "account_id": each.account_id, "amount": each.amount} for each in moved]
    conn.execute(insert(postings), rows)
    shift = (
        update(accounts)
        .where(accounts.c.id == bindparam("account"))
        .values(balance=accounts.c.balance + bindparam("amount"))
    )
    cached = [{"account": each.account_id, "amount": each.amount} for each in moved if each.account_id in before]
    if cached:
        conn.execute(shift, cached)
    return True


def _is_posted(conn: Connection, once: str, hashed: str) -> bool:
    known = conn.scalar(select(transfers.c.once_hash).where(transfers.c.once == once))
    if known is not None and known != hashed:
        raise OnceMismatch(once)
    return known is not None


def reverse(conn: Connection, now: datetime, transfer_id: int, reason: Text, decided_by: int | None = None) -> bool:
    """The opposite entry. Did it happen? An entry is reversed once, and a reversal never."""
    found = conn.execute(select(transfers).where(transfers.c.id == transfer_id)).first()
    if found is None or found.kind == "reversal":
        return False
    done = select(postings.c.account_id, postings.c.amount).where(postings.c.transfer_id == transfer_id)
    opposite = [Posting(row.account_id, -row.amount) for row in conn.execute(done.order_by(postings.c.id))]
    about = {"order_id": found.order_id, "earned_by": found.earned_by, "dimension": found.dimension}
    key = f"reversal:{transfer_id}"
    return post(conn, now, "reversal", key, opposite, reason, reverses=transfer_id, decided_by=decided_by, **about)


# ── questions ───────────────────────────────────────────────────────────────────────────────────────────────────────


def earned_since(
    conn: Connection, person_id: int, household_id: int, askers: Sequence[int], day: datetime, month: datetime
) -> Earned:
    """What the caps look at; what was taken back does not count."""
    earned = (
        select(func.coalesce(func.sum(postings.c.amount), 0))
        .join(transfers, transfers.c.id == postings.c.transfer_id)
        .join(accounts, accounts.c.id == postings.c.account_id)
        .where(accounts.c.kind == "household", transfers.c.kind.in_(("award", "reversal")))
    )
    by_person = earned.where(transfers.c.earned_by == person_id)
    pair = by_person.join(orders, orders.c.id == transfers.c.order_id).where(
        or_(orders.c.requester_id.in_(askers), orders.c.asked_by.in_(askers)), transfers.c.at >= month
    )
    return Earned(
        person_day=int(conn.execute(by_person.where(transfers.c.at >= day)).scalar_one()),
        household_month=int(
            conn.execute(earned.where(accounts.c.household_id == household_id, transfers.c.at >= month)).scalar_one()
        ),
        pair_month=int(conn.execute(pair).scalar_one()) if askers else 0,
    )


def entries_of(conn: Connection, household_id: int, most: int = 10) -> list[Entry]:
    """The latest entries of a household, newest first."""
    listed = (
        select(transfers.c.at, postings.c.amount, transfers.c.kind, transfers.c.reason, people.c.name)
        .select_from(
            postings.join(transfers, transfers.c.id == postings.c.transfer_id)
            .join(accounts, accounts.c.id == postings.c.account_id)
            .outerjoin(people, people.c.id == transfers.c.earned_by)
        )
        .where(accounts.c.kind == "household", accounts.c.household_id == household_id)
        .order_by(postings.c.id.desc())
        .limit(most)
    )
    return [Entry(row.at, row.amount, row.kind, from_json(row.reason), row.name) for row in conn.execute(listed)]


def audit(conn: Connection) -> list[str]:
    """Everything that is wrong with the ledger; nothing, if every entry sums to zero and every balance is its sum."""
    wrong = []
    total = func.coalesce(func.sum(postings.c.amount), 0)
    sums = (
        select(transfers.c.id, total.label("total"), func.count(postings.c.id).label("count"))
        .select_from(transfers.outerjoin(postings, postings.c.transfer_id == transfers.c.id))
        .group_by(transfers.c.id)
        .having(or_(total != 0, func.count(postings.c.id) < 2))
    )
    wrong += [f"entry {row.id} has {row.count} postings that sum to {row.total}" for row in conn.execute(sums)]
    cached = (
        select(accounts.c.id, accounts.c.balance, total.label("total"))
        .select_from(accounts.outerjoin(postings, postings.c.account_id == accounts.c.id))
        .where(accounts.c.kind.in_(CACHED))
        .group_by(accounts.c.id, accounts.c.balance)
        .having(or_(total != accounts.c.balance, total < 0))
    )
    wrong += [f"account {row.id} says {row.balance}, its postings {row.total}" for row in conn.execute(cached)]
    return wrong

"""The ledger: entries that sum to zero and never change, the balances beside them, and the proof that both agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.points import Entry, NotEnoughPoints, OnceMismatch, Posting, check_balanced, hash_input
from domain.words import Text, from_json, to_json
from storage.tables import accounts, earned_with, people, postings, transfers

ISSUER, MARKET, EXPIRED = -1, -2, -3
"""Accounts of the desk itself: where points come from, where they are spent, where they end."""
_DESK = {"issuer": ISSUER, "market": MARKET, "expired": EXPIRED}
CACHED = ("household", "hold")
"""Only these carry a balance of their own, and it is never below zero."""

_NEVER = "points are never changed or deleted"
_TABLES = ("transfers", "postings")


def install_triggers(conn: Connection, tables: Sequence[str] = _TABLES) -> None:
    """Let the database itself refuse to change what was posted."""
    if conn.dialect.name == "postgresql":
        raised = f"$$ BEGIN RAISE EXCEPTION '{_NEVER}'; END $$"
        conn.exec_driver_sql(f"CREATE OR REPLACE FUNCTION points_stand() RETURNS trigger LANGUAGE plpgsql AS {raised}")
    for table in tables:
        if conn.dialect.name == "postgresql":
            conn.exec_driver_sql(
                f"CREATE OR REPLACE TRIGGER {table}_stand BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION points_stand()"
            )
            continue
        for verb in ("UPDATE", "DELETE"):
            conn.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS {table}_stand_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_NEVER}'); END"
            )


def remove_triggers(conn: Connection, tables: Sequence[str] = _TABLES) -> None:
    """Before the tables themselves go, or are made over by a migration."""
    for table in tables:
        if conn.dialect.name == "postgresql":
            conn.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_stand ON {table}")
            continue
        for verb in ("update", "delete"):
            conn.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_stand_{verb}")


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
    """Did it happen? Once for each key; the same key with another input is a fault."""
    return post_entry(conn, now, kind, once, moved, reason, given=given, **about) is not None


def post_entry(
    conn: Connection,
    now: datetime,
    kind: str,
    once: str,
    moved: Sequence[Posting],
    reason: Text,
    *,
    given: Mapping[str, Any] | None = None,
    **about: Any,
) -> int | None:
    """The entry's id, if it happened.

    1. Hold the balances. 2. Refuse what is not there. 3. Compete for the key. 4. Post. 5. Move the balances.
    """
    check_balanced(moved)
    asked = given if given is not None else {"kind": kind, "moved": [[each.account_id, each.amount] for each in moved]}
    before = lock_balances(conn, [each.account_id for each in moved])
    if _is_posted(conn, once, hash_input(asked)):
        return None
    for each in moved:
        if each.account_id in before and before[each.account_id] + each.amount < 0:
            raise NotEnoughPoints(available=before[each.account_id])
    entry = {"kind": kind, "once": once, "once_hash": hash_input(asked), "reason": to_json(reason), "at": now, **about}
    first = insert_once(transfers).values(**entry).on_conflict_do_nothing().returning(transfers.c.id)
    transfer_id = conn.execute(first).scalar_one_or_none()
    if transfer_id is None:
        _is_posted(conn, once, hash_input(asked))
        return None
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
    return int(transfer_id)


def _is_posted(conn: Connection, once: str, hashed: str) -> bool:
    known = conn.scalar(select(transfers.c.once_hash).where(transfers.c.once == once))
    if known is not None and known != hashed:
        raise OnceMismatch(once)
    return known is not None


_KEPT = ("order_id", "earned_by", "dimension", "household_id", "unit", "deed", "counted_at")
"""What an opposite entry has from the first, so that it counts where the first one did."""


def is_known(conn: Connection, once: str) -> bool:
    """Was something posted under this key?"""
    return conn.scalar(select(transfers.c.id).where(transfers.c.once == once)) is not None


def reverse(conn: Connection, now: datetime, transfer_id: int, reason: Text, decided_by: int | None = None) -> bool:
    """The opposite entry. Did it happen? An entry is reversed once, and a reversal never."""
    found = conn.execute(select(transfers).where(transfers.c.id == transfer_id)).first()
    if found is None or found.kind == "reversal":
        return False
    done = select(postings.c.account_id, postings.c.amount).where(postings.c.transfer_id == transfer_id)
    opposite = [Posting(row.account_id, -row.amount) for row in conn.execute(done.order_by(postings.c.id))]
    about = {name: found._mapping[name] for name in _KEPT}
    about |= {"points": None if found.points is None else -found.points, "decided_by": decided_by}
    undone = post_entry(
        conn, now, "reversal", f"reversal:{transfer_id}", opposite, reason, reverses=transfer_id, **about
    )
    if undone is None:
        return False
    others = select(earned_with).where(earned_with.c.transfer_id == transfer_id).order_by(earned_with.c.id)
    for row in conn.execute(others).all():
        back = {"transfer_id": undone, "household_id": row.household_id, "other": row.other, "points": -row.points}
        conn.execute(insert(earned_with).values(**back, counted_at=row.counted_at))
    return True


# ── questions ───────────────────────────────────────────────────────────────────────────────────────────────────────


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

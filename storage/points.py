"""The ledger: entries that sum to zero and never change, the balances beside them, and the proof that both agree."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from domain.chain import digest_of, link_of, mark_of
from domain.points import NotEnoughPoints, OnceMismatch, Posting, check_balanced, hash_input
from domain.words import Text, to_json
from storage.audit import audit as audit
from storage.household_changes import heir_of
from storage.prepared import Prepared
from storage.standings import move_standing
from storage.tables import accounts, earned_with, postings, transfer_notes, transfers

ISSUER, MARKET, EXPIRED = -1, -2, -3
"""Accounts of the desk itself: where points come from, where they are spent, where they end."""
_DESK = {"issuer": ISSUER, "market": MARKET, "expired": EXPIRED}
CACHED = ("household", "hold")
"""Only these carry a balance of their own, and it is never below zero."""


class Overtaken(Exception):
    """Somebody else moved a balance that was held: a fault of ours, and nothing of this stands."""


# ── accounts ────────────────────────────────────────────────────────────────────────────────────────────────────────


_OPEN = Prepared(insert_once(accounts).on_conflict_do_nothing())
_KIND = Prepared(select(accounts.c.id).where(accounts.c.id == bindparam("own")))
_ACCOUNT = Prepared(
    select(accounts.c.id, accounts.c.balance).where(
        accounts.c.kind == bindparam("kind"), accounts.c.household_id == bindparam("household_id")
    )
)


def desk_account(conn: Connection, kind: str) -> int:
    """The desk's own account of this kind."""
    if _KIND.first(conn, {"own": _DESK[kind]}) is None:
        _OPEN.count(conn, {"id": _DESK[kind], "kind": kind})
    return _DESK[kind]


def account_of(conn: Connection, household_id: int, kind: str = "household") -> int:
    """A household's account, opened when it is first needed."""
    own = {"kind": kind, "household_id": household_id}
    found = _ACCOUNT.first(conn, own)
    if found is None:
        _OPEN.count(conn, own)
        found = _ACCOUNT.first(conn, own)
    return int(found.id)


def lock_balances(conn: Connection, account_ids: Sequence[int]) -> dict[int, int]:
    """Balances of those accounts that carry one, which nobody else moves until this transaction ends."""
    return {account.id: account.balance for account in _lock(conn, account_ids).values()}


def balance_of(conn: Connection, household_id: int, kind: str = "household") -> int:
    found = _ACCOUNT.first(conn, {"kind": kind, "household_id": household_id})
    return int(found.balance) if found is not None else 0


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
    note: str | None = None,
    **about: Any,
) -> bool:
    """Did it happen? Once for each key; the same key with another input is a fault. `note`: somebody's own words."""
    return post_entry(conn, now, kind, once, moved, reason, given=given, note=note, **about) is not None


def post_entry(
    conn: Connection,
    now: datetime,
    kind: str,
    once: str,
    moved: Sequence[Posting],
    reason: Text,
    *,
    given: Mapping[str, Any] | None = None,
    note: str | None = None,
    others: Sequence[int] = (),
    **about: Any,
) -> int | None:
    """The entry's id, if it happened.

    1. Hold the balances. 2. Refuse what is not there. 3. Compete for the key. 4. Post. 5. Move the balances and the
    heads of the statements.
    """
    check_balanced(moved)
    asked = given if given is not None else {"kind": kind, "moved": [[each.account_id, each.amount] for each in moved]}
    held = _lock(conn, [each.account_id for each in moved])
    if _is_posted(conn, once, hash_input(asked)):
        return None
    for each in moved:
        if each.account_id in held and held[each.account_id].balance + each.amount < 0:
            raise NotEnoughPoints(available=held[each.account_id].balance)
    salt = secrets.token_bytes(16)
    entry = {"kind": kind, "once": once, "once_hash": hash_input(asked), "reason": to_json(reason), "at": now, **about}
    entry["note_mark"] = mark_of(note, salt) if note is not None else None
    entry["digest"] = digest_of(entry, [(each.account_id, each.amount) for each in moved], others)
    transfer_id = _FIRST.scalar(conn, entry)
    if transfer_id is None:
        _is_posted(conn, once, hash_input(asked))
        return None
    _POST.many(conn, [_line(held.get(each.account_id), each, transfer_id, entry["digest"]) for each in moved])
    for account in held.values():
        if _MOVE.count(conn, account.after()) != 1:
            raise Overtaken
    if others:
        about = {"transfer_id": transfer_id, **{name: entry[name] for name in ("household_id", "points", "counted_at")}}
        _PAIR.many(conn, [{**about, "other": other} for other in others])
    if entry.get("counted_in") is not None:
        counted = [entry[name] for name in ("unit", "dimension", "counted_in", "points")]
        move_standing(conn, heir_of(conn, entry["household_id"]), *counted)
    if note is not None:
        conn.execute(insert(transfer_notes).values(transfer_id=transfer_id, words=note, salt=salt))
    return int(transfer_id)


@dataclass(slots=True)
class _Held:
    """A household's account while this transaction moves it."""

    id: int
    balance: int
    entries: int
    head: bytes | None
    before: int

    def after(self) -> dict[str, Any]:
        now = {"balance": self.balance, "entries": self.entries, "head": self.head}
        return {"account": self.id, "so_far": self.before, **now}


_MOVE = Prepared(
    update(accounts).where(accounts.c.id == bindparam("account"), accounts.c.entries == bindparam("so_far"))
)


_FIRST = Prepared(insert_once(transfers).on_conflict_do_nothing().returning(transfers.c.id))
_POST, _PAIR = Prepared(insert(postings)), Prepared(insert(earned_with))
_LOCK = Prepared(
    select(accounts.c.id, accounts.c.balance, accounts.c.entries, accounts.c.head)
    .where(accounts.c.id.in_(bindparam("ids", expanding=True)), accounts.c.kind.in_(CACHED))
    .order_by(accounts.c.id)
    .with_for_update()
)
_KNOWN = Prepared(select(transfers.c.once_hash).where(transfers.c.once == bindparam("once")))


def _lock(conn: Connection, account_ids: Sequence[int]) -> dict[int, _Held]:
    rows = _LOCK.all(conn, {"ids": sorted(set(account_ids))})
    return {row.id: _Held(row.id, row.balance, row.entries, row.head, row.entries) for row in rows}


def _line(account: _Held | None, posting: Posting, transfer_id: int, digest: bytes) -> dict[str, Any]:
    """The posting as a row; one of a household is a line of its statement, with the link to the line before."""
    row = {"transfer_id": transfer_id, "account_id": posting.account_id, "amount": posting.amount}
    if account is None:
        return {**row, "number": None, "link": None}
    account.balance += posting.amount
    account.entries += 1
    account.head = link_of(account.head, account.id, account.entries, transfer_id, posting.amount, digest)
    return {**row, "number": account.entries, "link": account.head}


def _is_posted(conn: Connection, once: str, hashed: str) -> bool:
    known = _KNOWN.scalar(conn, {"once": once})
    if known is not None and known != hashed:
        raise OnceMismatch(once)
    return known is not None


_KEPT = (
    "order_id",
    "earned_by",
    "dimension",
    "household_id",
    "unit",
    "deed",
    "standard_id",
    "counted_at",
    "counted_in",
)
"""What an opposite entry has from the first, so that it counts where the first one did."""
_ENTRY = Prepared(
    select(transfers.c.kind, transfers.c.points, *(transfers.c[name] for name in _KEPT)).where(
        transfers.c.id == bindparam("entry")
    )
)
_MOVED = Prepared(
    select(postings.c.account_id, postings.c.amount)
    .where(postings.c.transfer_id == bindparam("entry"))
    .order_by(postings.c.id)
)
_OTHERS = Prepared(
    select(earned_with.c.other).where(earned_with.c.transfer_id == bindparam("entry")).order_by(earned_with.c.id)
)


def is_known(conn: Connection, once: str) -> bool:
    """Was something posted under this key?"""
    return _KNOWN.first(conn, {"once": once}) is not None


def earner_of(conn: Connection, once: str) -> int | None:
    """Who earned what was posted under this key."""
    earner: int | None = conn.scalar(select(transfers.c.earned_by).where(transfers.c.once == once))
    return earner


def reverse(
    conn: Connection,
    now: datetime,
    transfer_id: int,
    reason: Text,
    decided_by: int | None = None,
    note: str | None = None,
) -> bool:
    """The opposite entry. Did it happen? An entry is reversed once, and a reversal never."""
    its = {"entry": transfer_id}
    found = _ENTRY.first(conn, its)
    if found is None or found.kind == "reversal":
        return False
    opposite = [Posting(row.account_id, -row.amount) for row in _MOVED.all(conn, its)]
    about: dict[str, Any] = {name: getattr(found, name) for name in _KEPT}
    about |= {"points": None if found.points is None else -found.points, "decided_by": decided_by}
    about |= {"reverses": transfer_id, "others": [row.other for row in _OTHERS.all(conn, its)], "note": note}
    return post_entry(conn, now, "reversal", f"reversal:{transfer_id}", opposite, reason, **about) is not None


def move_all(conn: Connection, now: datetime, once: str, source: int, target: int, reason: Text) -> bool:
    """All that one household has goes to another, and what it has on hold stays on hold. Did anything move?"""
    pairs = [(account_of(conn, source, kind), account_of(conn, target, kind)) for kind in CACHED]
    held = lock_balances(conn, [each for pair in pairs for each in pair])
    moved = [
        Posting(account, sign * held[taken])
        for taken, put in pairs
        if held[taken]
        for account, sign in ((taken, -1), (put, 1))
    ]
    given = {"kind": "move", "from": source, "to": target}
    return bool(moved) and post(conn, now, "move", once, moved, reason, given=given)


def given_to(conn: Connection, transfer_id: int) -> list[tuple[int, int]]:
    """Household and amount of an entry's postings on what households can use."""
    own = (
        select(accounts.c.household_id, postings.c.amount)
        .join(postings, postings.c.account_id == accounts.c.id)
        .where(postings.c.transfer_id == transfer_id, accounts.c.kind == "household")
    )
    return [(row.household_id, row.amount) for row in conn.execute(own)]

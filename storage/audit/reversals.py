"""A mistake is put right once, by an entry that is its exact opposite; and nothing else calls itself a reversal."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, func, or_, select

from storage.audit.reading import stream, whose
from storage.prepared import Prepared
from storage.tables import postings, transfers


def reversals(conn: Connection) -> Iterator[str]:
    first, back = transfers.alias("first"), transfers.alias("back")
    named = (
        select(back.c.id, back.c.reverses, back.c.kind, first.c.id.label("first"), first.c.kind.label("what"))
        .select_from(back.outerjoin(first, first.c.id == back.c.reverses))
        .where(or_(back.c.kind == "reversal", back.c.reverses.is_not(None)))
        .order_by(back.c.reverses, back.c.id)
    )
    last = None
    for row in stream(conn, named):
        wrong = None
        if row.kind != "reversal" or row.first is None or row.what == "reversal":
            wrong = f"takes back entry {row.reverses}, which is none to take back"
        elif row.reverses == last:
            wrong = f"takes back entry {row.reverses} once more"
        elif _left(conn, row.id, row.reverses):
            wrong = f"is not the opposite of entry {row.reverses}"
        last = row.reverses
        if wrong:
            theirs = select(postings.c.account_id).where(postings.c.transfer_id == row.id)
            yield f"{whose(conn, conn.scalars(theirs).all())}: entry {row.id} {wrong}"


_LEFT = Prepared(
    select(postings.c.account_id)
    .where(postings.c.transfer_id.in_((bindparam("back"), bindparam("first"))))
    .group_by(postings.c.account_id)
    .having(func.sum(postings.c.amount) != 0)
)


def _left(conn: Connection, back: int, first: int) -> bool:
    """Is there an account that is not as it would be without either?"""
    return _LEFT.first(conn, {"back": back, "first": first}) is not None

"""What has been earned, and with whom: what the caps look at before more is posted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from domain.points import Earned, Earning, Posting
from storage import points
from storage.tables import earned_with, households, people, transfers


def others_of(conn: Connection, person_ids: Sequence[int]) -> list[int]:
    """The other side of a pair: their households, and themselves, so that joining one makes no new pair of them."""
    theirs = select(people.c.household_id).where(people.c.id.in_(person_ids), people.c.household_id.is_not(None))
    found = {int(household_id) for household_id in conn.scalars(theirs) if household_id is not None}
    return [*sorted(found), *sorted({-person_id for person_id in person_ids})]


def hold_accounts(conn: Connection, household_ids: Iterable[int]) -> dict[int, int]:
    """Household -> its account; nobody else counts or posts for any of them until this transaction ends."""
    own = {each: points.account_of(conn, each) for each in sorted(set(household_ids))}
    points.lock_balances(conn, list(own.values()))
    return own


def earned_before(conn: Connection, earning: Earning, others: Sequence[int], day: datetime, month: datetime) -> Earned:
    """By everything; what was taken back does not count."""
    return _earned(conn, earning, others, day, month)


def earned_by_deed(conn: Connection, earning: Earning, others: Sequence[int], day: datetime, month: datetime) -> Earned:
    """By this one deed."""
    return _earned(conn, earning, others, day, month, transfers.c.deed == earning.deed)


def _earned(
    conn: Connection,
    earning: Earning,
    others: Sequence[int],
    day: datetime,
    month: datetime,
    *only: ColumnElement[bool],
) -> Earned:
    total = select(func.coalesce(func.sum(transfers.c.points), 0)).where(*only)
    by_person = total.where(transfers.c.earned_by == earning.earned_by, transfers.c.counted_at >= day)
    by_household = total.where(transfers.c.household_id == earning.household_id, transfers.c.counted_at >= month)
    pairs = [_with(earning.household_id, other, month, only) for other in others]
    return Earned(
        person_day=_number(conn, by_person) if earning.earned_by is not None else 0,
        household_month=_number(conn, by_household),
        pair_month=max((_number(conn, pair) for pair in pairs), default=0),
    )


def _with(household_id: int, other: int, month: datetime, only: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """What these two have earned by one another, whichever of them did it."""
    either = and_(earned_with.c.household_id == household_id, earned_with.c.other == other)
    if other > 0:
        either = or_(either, and_(earned_with.c.household_id == other, earned_with.c.other == household_id))
    counted = select(func.coalesce(func.sum(earned_with.c.points), 0)).where(either, earned_with.c.counted_at >= month)
    if only:
        counted = counted.join(transfers, transfers.c.id == earned_with.c.transfer_id).where(*only)
    return counted


def _number(conn: Connection, query: Select[Any]) -> int:
    return int(conn.execute(query).scalar_one())


def post_earning(
    conn: Connection, now: datetime, earning: Earning, amount: int, account_id: int, others: Sequence[int], month: str
) -> bool:
    """Did it happen? So much of it as the caps have left, with everything that later counts."""
    unit = conn.scalar(select(households.c.unit).where(households.c.id == earning.household_id))
    transfer_id = points.post_entry(
        conn,
        now,
        "award",
        earning.once,
        [Posting(points.desk_account(conn, "issuer"), -amount), Posting(account_id, amount)],
        earning.reason,
        given=earning.asked(),
        note=earning.note,
        others=others,
        order_id=earning.order_id,
        earned_by=earning.earned_by,
        decided_by=earning.decided_by,
        dimension=earning.dimension,
        household_id=earning.household_id,
        unit=unit,
        deed=earning.deed,
        points=amount,
        counted_at=now,
        counted_in=month,
    )
    return transfer_id is not None

"""What has been earned, and with whom: what the caps look at before more is posted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from domain.caps import Caps
from domain.points import Earning, Posting
from storage import points
from storage.household_changes import family_of
from storage.prepared import Prepared
from storage.tables import Instant, earned_with, households, people, transfers

_HOMES = Prepared(
    select(people.c.household_id).where(
        people.c.id.in_(bindparam("ids", expanding=True)), people.c.household_id.is_not(None)
    )
)
_UNIT = Prepared(select(households.c.unit).where(households.c.id == bindparam("own")))
_POINTS = select(func.coalesce(func.sum(transfers.c.points), 0))
_SINCE = transfers.c.counted_at >= bindparam("since", type_=Instant)
_OF_DEED = transfers.c.deed == bindparam("deed")
_WITH = (
    select(func.coalesce(func.sum(earned_with.c.points), 0))
    .where(
        earned_with.c.household_id.in_(bindparam("homes", expanding=True)),
        earned_with.c.other.in_(bindparam("others", expanding=True)),
    )
    .where(earned_with.c.counted_at >= bindparam("since", type_=Instant))
)


class _Sums:
    """What the caps of persons, households and pairs look at, as three questions."""

    def __init__(self, deed: bool) -> None:
        person = _POINTS.where(transfers.c.earned_by == bindparam("own"), _SINCE)
        household = _POINTS.where(transfers.c.household_id.in_(bindparam("homes", expanding=True)), _SINCE)
        pair = _WITH
        if deed:
            person, household = person.where(_OF_DEED), household.where(_OF_DEED)
            pair = pair.join(transfers, transfers.c.id == earned_with.c.transfer_id).where(_OF_DEED)
        self.person, self.household, self.pair = Prepared(person), Prepared(household), Prepared(pair)


_EVERYTHING, _ONE_DEED = _Sums(deed=False), _Sums(deed=True)


def others_of(conn: Connection, person_ids: Sequence[int]) -> list[int]:
    """The other side of a pair: their households, and themselves, so that joining one makes no new pair of them."""
    found = {int(row.household_id) for row in _HOMES.all(conn, {"ids": list(person_ids)})} if person_ids else set()
    return [*sorted(found), *sorted({-person_id for person_id in person_ids})]


def hold_accounts(conn: Connection, household_ids: Iterable[int]) -> dict[int, int]:
    """Household -> its account; nobody else counts or posts for any of them until this transaction ends."""
    own = {each: points.account_of(conn, each) for each in sorted(set(household_ids))}
    points.lock_balances(conn, list(own.values()))
    return own


def earned_before(
    conn: Connection,
    earning: Earning,
    others: Sequence[int],
    caps: Caps,
    starts: Mapping[str, datetime],
    deed: str = "",
) -> dict[str, int]:
    """By the name of each of these caps; what was taken back does not count. With a deed, by that one alone.

    `starts`: since when a day, a week, a month, a year counts.
    What two households have earned by one another counts together, whichever of them did it, and whatever was earned
    by households that have been put together with either.
    """
    sums, about = (_ONE_DEED, {"deed": deed}) if deed else (_EVERYTHING, {})
    found: dict[str, int] = {}
    own = family_of(conn, earning.household_id)
    theirs = [family_of(conn, other) if other > 0 else [other] for other in others]
    for name, _cap in caps.set:
        whom, _sign, period = name.partition("_")
        since = {**about, "since": starts[period]}
        if whom == "person":
            found[name] = int(sums.person.scalar(conn, {**since, "own": earning.earned_by}))
        elif whom == "household":
            found[name] = int(sums.household.scalar(conn, {**since, "homes": own}))
        else:
            found[name] = max((_with(conn, sums, own, other, since) for other in theirs), default=0)
    return found


def _with(conn: Connection, sums: _Sums, own: list[int], other: list[int], since: Mapping[str, Any]) -> int:
    both = [(own, other), (other, own)] if other[0] > 0 else [(own, other)]
    return sum(int(sums.pair.scalar(conn, {**since, "homes": one, "others": two})) for one, two in both)


def post_earning(
    conn: Connection,
    now: datetime,
    earning: Earning,
    amount: int,
    account_id: int,
    others: Sequence[int],
    month: str,
    standard: int | None = None,
) -> bool:
    """Did it happen? So much of it as the caps have left, with everything that later counts."""
    unit = _UNIT.scalar(conn, {"own": earning.household_id})
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
        standard_id=standard,
    )
    return transfer_id is not None

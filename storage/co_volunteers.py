"""Who came along as rows: named once, answered once, and the share of each fixed when the order is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from storage.prepared import Prepared
from storage.tables import co_volunteers, transfers

ASKED, AGREED, DECLINED, DISPUTED = "asked", "agreed", "declined", "disputed"
_COMES = (ASKED, AGREED)


@dataclass(frozen=True, slots=True)
class CoVolunteer:
    id: int
    order_id: int
    named_by: int
    person_id: int
    state: str
    share: int | None
    named_at: datetime

    @property
    def waits_for_share(self) -> bool:
        return self.state in _COMES and self.share is None


_FIELDS = [co_volunteers.c[name] for name in CoVolunteer.__dataclass_fields__]
_ALL = select(*_FIELDS)
_OF_ORDER = _ALL.where(
    co_volunteers.c.order_id == bindparam("order_id"), co_volunteers.c.named_by == bindparam("holder_id")
).order_by(co_volunteers.c.id)
_NAMED, _HELD = Prepared(_OF_ORDER, CoVolunteer), Prepared(_OF_ORDER.with_for_update(), CoVolunteer)
_FIND = Prepared(_ALL.where(co_volunteers.c.id == bindparam("named_id")), CoVolunteer)
_NAME = Prepared(insert_once(co_volunteers).on_conflict_do_nothing().returning(co_volunteers.c.id))


def name(conn: Connection, now: datetime, order_id: int, holder_id: int, person_id: int) -> int | None:
    """Its id; None if the holder has named them already."""
    row = {"order_id": order_id, "named_by": holder_id, "person_id": person_id, "state": ASKED, "named_at": now}
    found = _NAME.scalar(conn, row)
    return None if found is None else int(found)


def find(conn: Connection, named_id: int) -> CoVolunteer | None:
    found: CoVolunteer | None = _FIND.first(conn, {"named_id": named_id})
    return found


def named(conn: Connection, order_id: int, holder_id: int) -> list[CoVolunteer]:
    """Whoever this holder says came along, however they answered."""
    return _NAMED.all(conn, {"order_id": order_id, "holder_id": holder_id})


def came(conn: Connection, order_id: int, holder_id: int) -> list[CoVolunteer]:
    """Without those who say that they were not there, or of whom whoever was helped says so."""
    return [each for each in named(conn, order_id, holder_id) if each.state in _COMES]


def hold(conn: Connection, order_id: int, holder_id: int) -> list[CoVolunteer]:
    """Whoever this holder says came along; none of them answers until this transaction ends."""
    return _HELD.all(conn, {"order_id": order_id, "holder_id": holder_id})


def fix_share(conn: Connection, named_ids: Sequence[int], share: int) -> None:
    conn.execute(update(co_volunteers).where(co_volunteers.c.id.in_(named_ids)).values(share=share))


def answer(conn: Connection, now: datetime, named_id: int, state: str) -> CoVolunteer | None:
    """As it stands afterwards, with the share if that is fixed; None if it was answered already."""
    waits = update(co_volunteers).where(co_volunteers.c.id == named_id, co_volunteers.c.state == ASKED)
    row = conn.execute(waits.values(state=state, answered_at=now).returning(*_FIELDS)).first()
    return CoVolunteer(*row) if row else None


def dispute(conn: Connection, now: datetime, order_id: int, holder_id: int) -> list[int]:
    """The ids of those who have no share yet, and now get none."""
    still = update(co_volunteers).where(
        co_volunteers.c.order_id == order_id,
        co_volunteers.c.named_by == holder_id,
        co_volunteers.c.state.in_(_COMES),
        co_volunteers.c.share.is_(None),
    )
    gone = still.values(state=DISPUTED, answered_at=now).returning(co_volunteers.c.id)
    return sorted(conn.scalars(gone))


def forget(conn: Connection, person_id: int) -> None:
    """What waited for an answer of theirs; what was answered stays countable."""
    conn.execute(delete(co_volunteers).where(co_volunteers.c.person_id == person_id, co_volunteers.c.state == ASKED))


# ── what they earned ────────────────────────────────────────────────────────────────────────────────────────────────


def once_of(order_id: int, person_id: int) -> str:
    """The key under which somebody who came along earns for an order."""
    return f"award:order:{order_id}:with:{person_id}"


def end_waiting(conn: Connection, transfer_id: int) -> None:
    """Of the award to a holder: whoever has not said yet that they came along earns nothing by it any more."""
    found = _award(conn, transfer_id)
    if found is not None:
        waits = update(co_volunteers).where(
            co_volunteers.c.order_id == found[0],
            co_volunteers.c.named_by == found[1],
            co_volunteers.c.state == ASKED,
        )
        conn.execute(waits.values(share=0))


def shares_of(conn: Connection, transfer_id: int) -> list[int]:
    """Of the award to a holder the entries of those who came along with them; of any other entry none."""
    found = _award(conn, transfer_id)
    onces = [once_of(each.order_id, each.person_id) for each in named(conn, *found)] if found is not None else []
    return list(conn.scalars(select(transfers.c.id).where(transfers.c.once.in_(onces)).order_by(transfers.c.id)))


def _award(conn: Connection, transfer_id: int) -> tuple[int, int] | None:
    """Order and holder, if this is what the holder of an order earned by it."""
    award = conn.execute(
        select(transfers.c.once, transfers.c.order_id, transfers.c.earned_by).where(
            transfers.c.id == transfer_id, transfers.c.kind == "award"
        )
    ).first()
    if award is None or award.order_id is None or award.earned_by is None:
        return None
    own = f"award:order:{award.order_id}"
    is_the_holders = award.once in (own, f"{own}:{award.earned_by}")
    return (int(award.order_id), int(award.earned_by)) if is_the_holders else None


# ── who looks ───────────────────────────────────────────────────────────────────────────────────────────────────────


def counted_since(conn: Connection, since: datetime) -> list[tuple[int, int, str, int]]:
    """Who named whom, what came of it, and how often."""
    about = (co_volunteers.c.named_by, co_volunteers.c.person_id, co_volunteers.c.state)
    counted = select(*about, func.count()).where(co_volunteers.c.named_at >= since).group_by(*about)
    return [(int(one), int(other), str(state), int(count)) for one, other, state, count in conn.execute(counted)]

"""What a group's evening needs to remember: whether its list is up, whether it was thanked, and how the day went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, String, bindparam, cast, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from domain.orders import HELD
from storage.prepared import Prepared
from storage.tables import groups, orders, state, teams

_PUT_UP = Prepared(insert(state).on_conflict_do_nothing().returning(state.c.name))
_TAKE_DOWN = Prepared(delete(state).where(state.c.name == bindparam("list")))

ANSWERED = (*HELD, "resolved", "closed")


def _list_of(team_id: int) -> str:
    return f"list of team {team_id}"


def put_up(conn: Connection, team_id: int) -> bool:
    """Did it happen? The list of this team stands in its group from now on."""
    return _PUT_UP.first(conn, {"name": _list_of(team_id), "value": "up"}) is not None


def take_down(conn: Connection, team_id: int) -> bool:
    """Did it happen? The list is not needed any more."""
    return _TAKE_DOWN.count(conn, {"list": _list_of(team_id)}) == 1


def next_to_thank(conn: Connection, day: str) -> tuple[int, int] | None:
    """A team whose group has not been thanked today: its id and the chat."""
    thanked = select(state.c.name).where(
        state.c.name == literal("thanks:") + cast(teams.c.chat_id, String), state.c.value == day
    )
    wanted = (
        select(teams.c.id, teams.c.chat_id)
        .join(groups, groups.c.chat_id == teams.c.chat_id)
        .where(teams.c.state == "ready", groups.c.standing == "administrator", ~thanked.exists())
    )
    row = conn.execute(wanted.order_by(teams.c.id).limit(1)).first()
    return (int(row.id), int(row.chat_id)) if row is not None else None


def thank(conn: Connection, chat_id: int, day: str) -> bool:
    """Did it happen? Once a day for each group, whoever comes first."""
    row = insert(state).values(name=f"thanks:{chat_id}", value=day)
    once = row.on_conflict_do_update(index_elements=["name"], set_={"value": day}, where=state.c.value != day)
    return conn.execute(once.returning(state.c.name)).first() is not None


@dataclass(frozen=True, slots=True)
class Day:
    """What a team was asked since midnight, how much of it somebody took, and how long the quickest answer took."""

    asked: int
    answered: int
    fastest: timedelta | None


def day_of(conn: Connection, team_id: int, since: datetime) -> Day:
    today = (orders.c.team_id == team_id, orders.c.made_at >= since, orders.c.state != "duplicate")
    asked = conn.execute(select(func.count()).where(*today)).scalar_one()
    answered = select(orders.c.made_at, orders.c.claimed_at).where(
        *today, orders.c.state.in_(ANSWERED), orders.c.claimed_at.is_not(None), orders.c.provisional.is_(False)
    )
    waits: Sequence[timedelta] = [row.claimed_at - row.made_at for row in conn.execute(answered)]
    return Day(int(asked), len(waits), min(waits, default=None))

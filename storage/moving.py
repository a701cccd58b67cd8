"""A group has become a supergroup: its chat id is another one from now on, wherever it is kept."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from domain.orders import ALIVE
from storage.tables import cards, group_members, groups, orders, outbox, state, teams


def move_chat(conn: Connection, old: int, new: int) -> list[int]:
    """Everything that names the old chat names the new one; messages of the old are dead. The teams that moved along.

    Done again it changes nothing.
    """
    _keep_newer(conn, old, new)
    conn.execute(update(state).where(state.c.value == str(old)).values(value=str(new)))
    conn.execute(delete(cards).where(cards.c.chat_id == old))
    unsent = outbox.c.state.in_(("queued", "sending"))
    conn.execute(update(outbox).where(outbox.c.chat_id == old, unsent).values(chat_id=new))
    moved = update(teams).where(teams.c.chat_id == old).values(chat_id=new).returning(teams.c.id)
    return [int(team_id) for team_id in conn.scalars(moved)]


def _keep_newer(conn: Connection, old: int, new: int) -> None:
    """What was heard from the new chat already is newer than what the old one knew."""
    known = select(groups.c.chat_id).where(groups.c.chat_id == new)
    if conn.execute(known).first() is not None:
        conn.execute(delete(groups).where(groups.c.chat_id == old))
    conn.execute(update(groups).where(groups.c.chat_id == old).values(chat_id=new))
    heard = select(group_members.c.telegram_id).where(group_members.c.chat_id == new).scalar_subquery()
    conn.execute(delete(group_members).where(group_members.c.chat_id == old, group_members.c.telegram_id.in_(heard)))
    conn.execute(update(group_members).where(group_members.c.chat_id == old).values(chat_id=new))


def alive_orders_of(conn: Connection, team_id: int) -> list[int]:
    """Orders of this team that are not over, oldest first."""
    alive = select(orders.c.id).where(orders.c.team_id == team_id, orders.c.state.in_(ALIVE))
    return [int(order_id) for order_id in conn.scalars(alive.order_by(orders.c.id))]

"""A team's group becomes a supergroup, as Telegram does by itself: the team goes along, and so do its orders."""

from __future__ import annotations

from desk.front import Desk
from desk.order_views import get_order, show_group
from storage.moving import alive_orders_of, move_chat
from storage.roles import write_audit


def move_group(desk: Desk, old: int, new: int) -> None:
    """Every order that is not over gets a card in the new chat; those of the old one cannot be edited any more."""
    for team_id in move_chat(desk.conn, old, new):
        write_audit(desk.conn, desk.now, None, "group_moved", team=team_id)
        for order_id in alive_orders_of(desk.conn, team_id):
            show_group(desk, get_order(desk, order_id), anew=True)

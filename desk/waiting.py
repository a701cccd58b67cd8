"""What waits finds its way again when a team gets its group, loses it, or loses whoever had it in hand."""

from __future__ import annotations

from desk import escalation
from desk.front import Desk
from desk.order_views import get_order, show_askers, team_of
from desk.orders import fall_back, offer_to
from desk.roles import may_lead, may_volunteer
from domain.orders import Order
from domain.people import Person
from domain.places import is_within
from domain.refusals import Refusal
from domain.words import _
from storage import orders
from storage.people import roles_of
from storage.teams import find_team, get_team, waiting_for, waiting_in


def offer_waiting(desk: Desk, team_id: int) -> int:
    """A team can be asked now: whatever waits in its place, is its business and is nearest to it. How many."""
    team = get_team(desk.conn, team_id)
    below = [unit for unit in desk.file.units if is_within(desk.file.units, unit, team.unit)]
    offered = 0
    for order_id in waiting_in(desk.conn, below):
        order = get_order(desk, order_id)
        category = desk.file.categories.get(order.category)
        if category is None or category.team != team.key:
            continue
        nearest = find_team(desk.conn, desk.file, team.key, order.unit)
        if nearest is not None and nearest.id == team.id and _offer(desk, order_id, team.id):
            offered += 1
    return offered


def group_lost(desk: Desk, team_id: int) -> None:
    """A team cannot be asked any more: what waits for it goes to the team above it, or climbs its ladder at once."""
    for order_id in waiting_for(desk.conn, team_id):
        order = get_order(desk, order_id)
        category = desk.file.categories.get(order.category)
        above = find_team(desk.conn, desk.file, category.team, order.unit) if category and category.team else None
        if above is not None and _offer(desk, order_id, above.id):
            continue
        if orders.move(desk.conn, order, "offer", as_read=True, team_id=None):
            orders.remember(desk.conn, order_id, "group_lost", desk.now)
            escalation.restart(desk, order_id)
            show_askers(desk, get_order(desk, order_id))


def holder_lost(desk: Desk, person: Person, team_id: int = 0) -> None:
    """Somebody has left the team, or lost an office: what they had in hand by it is offered to the others again."""
    for order in orders.held_by(desk.conn, person.id):
        if not _may_keep(desk, person, order, team_id):
            fall_back(desk, order.id, _("What you had in hand for the team goes to somebody else now. Thank you!"))


def _may_keep(desk: Desk, person: Person, order: Order, lost_team: int) -> bool:
    """As somebody in charge, as a volunteer of its team, or of any other if it was given to them."""
    if may_lead(desk, person, order.unit):
        return True
    team = team_of(desk, order)
    if team is not None and may_volunteer(desk, person, team):
        return True
    return order.team_id != lost_team and any(role.role == "volunteer" for role in roles_of(desk.conn, person.id))


def _offer(desk: Desk, order_id: int, team_id: int) -> bool:
    try:
        offer_to(desk, None, order_id, team_id)
    except Refusal:  # it refuses before it writes: taken or called off in this moment
        return False
    return True

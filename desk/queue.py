"""What waits in the places somebody answers for: what nobody is left to take, what is late, then the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from desk.alerts import kept_from
from desk.escalation import check_in_charge
from desk.front import CardRefresh, Desk
from desk.judging import hand_what_was_seen
from desk.report_ladders import waits_for_judging
from domain.orders import WAITING, Order
from domain.people import Person, Role, is_officer
from domain.places import is_within
from domain.refusals import NotAllowed, NotFound
from storage.deadlines import late_orders
from storage.escalation import alive_orders, change_duty, exhausted_orders
from storage.orders import find_order
from storage.people import roles_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue. Done late is for whoever has it; late and nobody has it is for us."""

    order: Order
    exhausted: bool
    late: bool
    judge: bool  # a report that nobody has judged


def may_see_queue(desk: Desk, person: Person) -> bool:
    return bool(_in_charge(desk, person))


def queue(desk: Desk, person: Person) -> list[Waiting]:
    """Everything that nobody has yet, and whatever is late although somebody has it; oldest first within each kind."""
    held = _in_charge(desk, person)
    exhausted, late = exhausted_orders(desk.conn), late_orders(desk.conn, desk.now)
    found = [
        Waiting(order, order.is_open and order.id in exhausted, order.id in late, waits_for_judging(desk, order))
        for order in map(partial(find_order, desk.conn), alive_orders(desk.conn))
        if order is not None
        and (order.is_open or order.state == WAITING or order.id in late)
        and _answers_for(desk, held, order)
        and person.id not in kept_from(desk, order)
    ]
    return sorted(found, key=_rank)


def _rank(each: Waiting) -> tuple[bool, bool, bool, datetime]:
    """What waits for an answer comes last: it is not ours to go on with."""
    return each.order.state == WAITING, not each.exhausted, not each.late, each.order.made_at


def show_queue(desk: Desk, person: Person, *, anew: bool) -> None:
    if not may_see_queue(desk, person):
        raise NotAllowed
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, "queue", person.id, anew=anew))


def show_alert(desk: Desk, person: Person, order_id: int) -> None:
    """The card of one of them, with everything that can be done about it."""
    order = find_order(desk.conn, order_id)
    if order is None:
        raise NotFound
    check_in_charge(desk, person, order)
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, "alert", order_id, anew=True))
        if waits_for_judging(desk, order):
            hand_what_was_seen(desk, order, person.telegram_id)


def _in_charge(desk: Desk, person: Person) -> list[Role]:
    return [role for role in roles_of(desk.conn, person.id) if role.role in ("officer", "supervisor")]


def _answers_for(desk: Desk, held: list[Role], order: Order) -> bool:
    return is_officer(held) or any(is_within(desk.file.units, order.unit, role.unit) for role in held)


# ── on and off duty ─────────────────────────────────────────────────────────────────────────────────────────────────


def on_duty(desk: Desk, person: Person) -> bool | None:
    """Is this supervisor called first? None: supervises nothing."""
    held = [role.on_duty for role in roles_of(desk.conn, person.id) if role.role == "supervisor"]
    return any(held) if held else None


def go_on_duty(desk: Desk, person: Person, on: bool) -> None:
    """In one tap, for everything they supervise."""
    if not change_duty(desk.conn, person.id, on):
        raise NotAllowed
    show_duty(desk, person, anew=False)


def show_duty(desk: Desk, person: Person, *, anew: bool) -> None:
    if on_duty(desk, person) is None:
        raise NotAllowed
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, "duty", person.id, anew=anew))

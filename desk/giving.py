"""Somebody in charge, or whoever has it, gives an order to a certain person; or another team is asked."""

from __future__ import annotations

from desk import escalation, pausing
from desk.alerts import kept_from
from desk.front import Desk
from desk.holding import FREE, settle, take_back
from desk.order_views import askers_of, get_order, name_of, path_of, show_group, show_order, team_of, tell_person
from desk.people import roles_of
from desk.report_ladders import waits_for_judging
from desk.roles import may_volunteer
from domain import orders as rules
from domain.judging import NotJudgedYet
from domain.orders import WAITING, Order
from domain.people import Person
from domain.refusals import AlreadyDone, NotFound
from domain.words import Text, _
from storage import orders as rows
from storage.people import get_person
from storage.teams import get_team


def assign(desk: Desk, by: Person, order_id: int, person_id: int, note: str | None = None) -> Text:
    """Whoever is in charge, or has it, gives it to a certain person.

    1. May they give it, and can the other take it? 2. Compete: nothing has happened to it since. 3. Tell both.
    """
    order = get_order(desk, order_id)
    if order.holder_id != by.id and not escalation.answers_for(desk, by, order):
        raise NotFound
    if waits_for_judging(desk, order):
        raise NotJudgedYet
    taker = _get_taker(desk, order, person_id)
    if order.holder_id == taker.id:
        raise AlreadyDone
    taken = {**FREE, "holder_id": taker.id, "claimed_at": desk.now}
    if not rows.move(desk.conn, order, "assign", as_read=True, **taken):
        now = get_order(desk, order_id)
        raise rules.Changed(stands=rules.stands(now, name_of(desk, now.holder_id)))
    rows.remember(desk.conn, order_id, "assign", desk.now, by.id, note)
    if order.state == WAITING:
        pausing.go_on(desk, order)
    if note:
        rows.add_parts(desk.conn, order_id, by.id, "note", [{"kind": "text", "words": note}], desk.now)
    if order.holder_id is not None:
        take_back(desk, order, order.holder_id)
        if order.holder_id != by.id:
            gone = _("{name} has it now, so you need not go: {reference}. Thank you!")
            tell_person(desk, order.holder_id, gone(name=taker.called, reference=order.reference))
    asked = _("{name} asks you to look after this, please:")
    tell_person(desk, taker.id, asked(name=by.called), order)
    settle(desk, get_order(desk, order_id), taker)
    return _("{name} has it now.")(name=taker.called)


hand_over = assign
"""The holder gives it to someone else, with a note."""


def _get_taker(desk: Desk, order: Order, person_id: int) -> Person:
    try:
        taker = get_person(desk.conn, person_id)
    except LookupError:
        raise NotFound from None
    held, team = roles_of(desk, taker), team_of(desk, order)
    known = any(role.role == "volunteer" for role in held) or rules.is_in_charge(held, path_of(desk, order))
    if not known and not (team and may_volunteer(desk, taker, team)):
        raise rules.CannotTakeIt(name=taker.called)
    if taker.id in kept_from(desk, order):
        raise rules.CannotTakeIt(name=taker.called)  # whose home it is about is not said
    if rules.is_own(order, taker, askers_of(desk, order)) and not rules.is_in_charge(held, path_of(desk, order)):
        raise rules.SameHousehold(name=taker.called)
    if taker.reach != "open":
        raise rules.CannotBeReached(name=taker.called)
    return taker


def offer_to(desk: Desk, by: Person | None, order_id: int, team_id: int) -> Text:
    """Another team is asked: by whoever is in charge, or (`by` None) by the ladder, which then simply goes on."""
    order = get_order(desk, order_id)
    if by is not None and not escalation.answers_for(desk, by, order):
        raise NotFound
    if waits_for_judging(desk, order):
        raise NotJudgedYet
    team = get_team(desk.conn, team_id)
    asked = _("{team} has been asked.")(team=team.title)
    if by is None and not order.is_open:
        return asked  # somebody has it by now, and a ladder takes nothing out of anybody's hands
    if not team.is_reachable:
        raise rules.NoGroupYet(team=team.title)
    if not rows.move(desk.conn, order, "offer", as_read=True, team_id=team.id, **FREE):
        now = get_order(desk, order_id)
        raise rules.Changed(stands=rules.stands(now, name_of(desk, now.holder_id)))
    rows.remember(desk.conn, order_id, "offer", desk.now, by.id if by else None)
    if order.state == WAITING:
        pausing.go_on(desk, order)
    if order.holder_id is not None:
        take_back(desk, order, order.holder_id)
    show_group(desk, order)  # where it stood before, its button goes away
    if by is not None:
        escalation.restart(desk, order_id)
    show_order(desk, get_order(desk, order_id), anew=True)
    return asked

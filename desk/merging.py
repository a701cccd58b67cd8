"""Two reports are about the same thing: one of them goes on with everybody who follows either. Or not, after all.

1. Whose is it, and into which? However many were merged before, it is the last of them that goes on.
2. Hold both, always in the same order, and look again: nobody may have ended or merged either meanwhile.
3. Compete for the one that is judged. 4. Whoever reported or follows it comes along, and is told once.
"""

from __future__ import annotations

from dataclasses import dataclass

from desk import escalation
from desk.front import CardRefresh, Desk
from desk.judging import end, judged, write
from desk.order_views import (
    category_of,
    get_order,
    name_of,
    show_askers,
    show_group,
    show_holder,
    show_order,
    watchers_of,
)
from desk.pictures import show_parts
from desk.promises import promise
from desk.report_ladders import must_strike_out
from desk.reports import get_report
from domain import judging as rules
from domain.nearby import distance
from domain.orders import Order, stands
from domain.people import Person
from domain.reports import ACCEPTED, SAME, Report
from domain.words import Text, _
from storage import judging as rows
from storage import orders as order_rows
from storage.people import get_person

MOST_ALIKE = 8
TOLD_SAME = _(
    "{category} ({reference}): somebody told us of the same thing before you, and it is being seen to as {other}. Yours"
    " counts with it, and I'll tell you how it goes."
)
TOLD_SPLIT = _(
    "{category} ({reference}): it is not the same as {other} after all, so we look at yours by itself again."
)


@dataclass(frozen=True, slots=True)
class Alike:
    """A report that this one may be the same as."""

    order: Order
    metres: int | None
    votes: int


# ── the same as ─────────────────────────────────────────────────────────────────────────────────────────────────────


def get_mergeable(desk: Desk, by: Person, order_id: int) -> tuple[Order, Report]:
    """The report, if this person may say that it is the same as another."""
    order, report = get_report(desk, order_id)
    escalation.check_in_charge(desk, by, order)
    if not rules.may_be_same(order, report):
        raise judged(desk, order_id)
    return order, report


def alike(desk: Desk, by: Person, order: Order) -> list[Alike]:
    """What it may be the same as: of the same kind and unit, the nearest first, then the latest."""
    found = []
    for order_id in rows.alike(desk.conn, order.category, order.unit, rules.MERGES_INTO):
        other = get_order(desk, order_id)
        if other.id != order.id and escalation.answers_for(desk, by, other):
            found.append(Alike(other, _metres(order, other), len(watchers_of(desk, other))))
    found.sort(key=lambda each: (each.metres is None, each.metres or 0, -each.order.id))
    return found[:MOST_ALIKE]


def _metres(one: Order, other: Order) -> int | None:
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    return round(distance(one.latitude, one.longitude, other.latitude, other.longitude))


def merge(desk: Desk, by: Person, order_id: int, into_id: int, was: str | None = None) -> Text:
    """`was`: how it had been judged when this person saw it."""
    order, report = get_mergeable(desk, by, order_id)
    root = _get_root(desk, by, order, into_id)
    rows.hold(desk.conn, (order.id, root.id))
    order, report = get_mergeable(desk, by, order_id)
    root = _get_root(desk, by, order, into_id)
    if report.verdict != was or not order_rows.move(desk.conn, order, "merge", as_read=True):
        raise judged(desk, order_id)
    write(desk, report, by, SAME, same_as=root.id)
    order_rows.remember(desk.conn, order_id, "merge", desk.now, by.id, root.reference)
    order_rows.remember(desk.conn, root.id, "joined", desk.now, by.id, order.reference)
    end(desk, order)
    come = _bring(desk, order, root)
    show_group(desk, order)
    tell = TOLD_SAME(category=category_of(desk, order).name, reference=order.reference, other=root.reference)
    show_askers(desk, get_order(desk, order_id), tell=tell)
    escalation.refresh_alerts(desk, order_id)
    _show_root(desk, order, root, come)
    return _("Noted. Whoever reported it follows {reference} now.")(reference=root.reference)


def _get_root(desk: Desk, by: Person, order: Order, into_id: int) -> Order:
    """Where it would go, however many have been merged before."""
    root, _report = get_report(desk, rows.root_of(desk.conn, into_id))
    escalation.check_in_charge(desk, by, root)
    if root.id == order.id:
        raise rules.ItIsItself
    if root.category != order.category:
        raise rules.AnotherKind(reference=root.reference)
    if root.state not in rules.MERGES_INTO:
        raise rules.OverAlready(reference=root.reference)
    return root


def _show_root(desk: Desk, order: Order, root: Order, come: list[int]) -> None:
    """Those who came see how it stands; the others how many they are; whoever has it, what else was told and shown."""
    for person_id in come:
        person = get_person(desk.conn, person_id)
        if person.telegram_id is not None and person.reach == "open":
            desk.say(CardRefresh(person.telegram_id, "request", root.id, anew=True))
    show_askers(desk, root)
    escalation.refresh_alerts(desk, root.id)
    if root.holder_id is None or not root.is_held or root.provisional:
        return
    show_holder(desk, root, root.holder_id)
    holder = get_person(desk.conn, root.holder_id)
    if holder.telegram_id is not None and not must_strike_out(desk, root):
        told = order_rows.parts_of(desk.conn, order.id, "story")
        show_parts(desk, told, holder.telegram_id, "held", root.id)


# ── not the same after all ──────────────────────────────────────────────────────────────────────────────────────────


def get_merged(desk: Desk, by: Person, order_id: int) -> tuple[Order, Report, Order]:
    """The report, and the one it was merged into, if this person may take them apart."""
    order, report = get_report(desk, order_id)
    escalation.check_in_charge(desk, by, order)
    if order.state != "duplicate" or report.same_as is None:
        raise rules.NotMerged(stands=stands(order, name_of(desk, order.holder_id)))
    return order, report, get_order(desk, report.same_as)


def split(desk: Desk, by: Person, order_id: int) -> Text:
    """It lives again as it was: with its team if it had one, otherwise somebody judges it anew."""
    order, report, parent = get_merged(desk, by, order_id)
    rows.hold(desk.conn, (order.id, parent.id))
    order, report, parent = get_merged(desk, by, order_id)
    if not order_rows.move(desk.conn, order, "split", as_read=True, closed_at=None):
        raise rules.NotMerged(stands=stands(order, name_of(desk, order.holder_id)))
    accepted = ACCEPTED if order.team_id is not None else None
    write(desk, report, by, accepted, same_as=None, team_pictures=False)  # there may be some nobody has looked at
    order_rows.remember(desk.conn, order_id, "split", desk.now, by.id, parent.reference)
    _part(desk, order, parent)
    promise(desk, order)
    escalation.restart(desk, order_id)
    tell = TOLD_SPLIT(category=category_of(desk, order).name, reference=order.reference, other=parent.reference)
    show_order(desk, get_order(desk, order_id), anew=True, tell=tell)
    return _("They are two again, and whoever came along with this one follows it alone.")


def _part(desk: Desk, order: Order, parent: Order) -> None:
    """Up to the last of them, whoever came only by this one leaves again; whoever came by another one stays."""
    gone = watchers_of(desk, order)
    child, above = order.id, parent
    while True:
        rows.part(desk.conn, above.id, child)
        for other in rows.merged_directly(desk.conn, above.id):
            _bring(desk, get_order(desk, other), above)
        for person in gone:
            if person.telegram_id is not None:
                desk.say(CardRefresh(person.telegram_id, "request", above.id, silent=True))
        show_askers(desk, above)
        escalation.refresh_alerts(desk, above.id)
        if above.holder_id is not None:
            show_holder(desk, above, above.holder_id)
        _above, report = get_report(desk, above.id)
        if report.same_as is None:
            return
        child, above = above.id, get_order(desk, report.same_as)


def _bring(desk: Desk, order: Order, into: Order) -> list[int]:
    """Whoever reported or follows the one follows the other: who had not before."""
    come = [person.id for person in watchers_of(desk, order) if person.id not in into.askers]
    return rows.bring(desk.conn, into.id, come, order.id, desk.now)


def merged_with(desk: Desk, order_id: int) -> list[Order]:
    """Everything that was found to be the same as this one."""
    return [get_order(desk, each) for each in rows.merged_into(desk.conn, order_id)]

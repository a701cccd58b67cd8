"""Points for good deeds: once for each closed order, to the household of whoever did it; and its statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desk.front import Desk
from desk.homes import is_home_of
from desk.order_views import askers_of, category_of, tell_person
from domain.caps import Caps, allowed, starts_of
from domain.co_volunteers import part_of_holder
from domain.orders import Order, is_own
from domain.points import HELPED, Earning, month_of
from domain.refusals import NotFound
from domain.standard import standard_of
from domain.words import _
from storage import earnings
from storage import points as rows
from storage.co_volunteers import once_of
from storage.household_changes import heir_of
from storage.people import get_person
from storage.standards import standard_id

THANKS = _("Thank you! {category} is done and confirmed.")
EARNED = _(
    "Thank you! Your household has earned {count} point for this and now has {balance}.",
    "Thank you! Your household has earned {count} points for this and now has {balance}.",
)
NO_HOUSEHOLD = _(
    "Thank you! Points go to households, and I don't know yours yet, so none were noted. Tell me with /household."
)
FULL = _("Thank you! Your points for now are full, so none were added for this. It counts all the same.")


class NoHousehold(NotFound):
    text = _("Points belong to a household, and I don't know yours yet. Write /household to tell me.")


def earn(desk: Desk, earning: Earning) -> int:
    """How many points were posted: as many as the caps leave room for, once; 0 if there is none, or they are already.

    1. Never for one's own household. 2. Hold the accounts of both sides, so that the caps are counted in peace.
    3. Post as much as everybody's caps and the deed's own allow.
    """
    earning = replace(earning, household_id=heir_of(desk.conn, earning.household_id))
    others = earnings.others_of(desk.conn, earning.pair)
    if earning.points <= 0 or _is_own(desk, earning, others):
        return 0
    homes = {earning.household_id, *(each for each in others if each > 0)}
    account = earnings.hold_accounts(desk.conn, homes)[earning.household_id]
    if heir_of(desk.conn, earning.household_id) != earning.household_id:
        return earn(desk, earning)  # it was put together with another while we waited for its account
    starts = starts_of(desk.now, desk.file.zone)
    limits = [(desk.file.points.caps, "")]
    if earning.deed is not None and earning.caps != Caps():
        limits.append((earning.caps, earning.deed))
    points = earning.points
    for caps, deed in limits:
        caps = caps if earning.earned_by is not None else caps.without_persons()
        points = allowed(points, earnings.earned_before(desk.conn, earning, others, caps, starts, deed), caps)
    if points == 0:
        return 0
    if earning.dimension is None:
        earning = replace(earning, dimension=next(iter(desk.file.points.dimensions), None))
    in_month = month_of(desk.now, desk.file.zone)
    standard = standard_id(desk.conn, desk.now, standard_of(desk.file))
    posted = earnings.post_earning(desk.conn, desk.now, earning, points, account, others, in_month, standard)
    return points if posted else 0


def _is_own(desk: Desk, earning: Earning, others: Sequence[int]) -> bool:
    """Would somebody reward themselves, whoever they live with, or those they decide for?"""
    if earning.household_id in others or earning.earned_by in earning.pair:
        return True
    if earning.decided_by is None:
        return False
    return is_home_of(desk, earning.decided_by, earning.household_id)


def award_key(order: Order) -> str:
    """The key under which whoever does an order first earns for it."""
    return f"award:order:{order.id}"


def standard_for(desk: Desk, order: Order) -> int:
    """What the standard gives for this order."""
    category = category_of(desk, order)
    return category.award * category.difficulty


def award(desk: Desk, order: Order, others: int = 0) -> int:
    """What the standard gives its holder for this order, when so many others came along.

    How many points were posted; whoever earned them is told.
    """
    if order.holder_id is None:
        return 0
    category, doer = category_of(desk, order), get_person(desk.conn, order.holder_id)
    if category.award == 0 or is_own(order, doer, askers_of(desk, order)):
        tell_person(desk, doer.id, THANKS(category=category.name))
        return 0
    if doer.household_id is None:
        tell_person(desk, doer.id, NO_HOUSEHOLD)
        return 0
    once, standard = award_key(order), standard_for(desk, order)
    if rows.is_known(desk.conn, once):  # said to be done once before, and it was not
        if rows.earner_of(desk.conn, once) == doer.id:
            tell_person(desk, doer.id, THANKS(category=category.name))
            return 0
        once = f"{once}:{doer.id}"
    if rows.is_known(desk.conn, once_of(order.id, doer.id)):  # came along with whoever had it before
        tell_person(desk, doer.id, THANKS(category=category.name))
        return 0
    earning = Earning(
        once=once,
        household_id=doer.household_id,
        earned_by=doer.id,
        points=part_of_holder(standard, others, desk.file.points.together),
        reason=HELPED(category=category.name),
        dimension=category.dimension,
        pair=order.askers,
        order_id=order.id,
        given={
            "order": order.id,
            "household": doer.household_id,
            "earned_by": doer.id,
            "standard": standard,
        },
        deed=category.key,
        caps=category.caps,
    )
    points = earn(desk, earning)
    if points == 0:
        if not rows.is_known(desk.conn, earning.once):
            tell_person(desk, doer.id, FULL)
        return 0
    balance = rows.balance_of(desk.conn, doer.household_id)
    tell_person(desk, doer.id, EARNED(count=points, balance=balance))
    return points

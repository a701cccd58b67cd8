"""Points for good deeds: once for each closed order, to the household of whoever did it; and its statement."""

from __future__ import annotations

from desk.front import Desk
from desk.order_views import askers_of, category_of, tell_person
from desk.people import roles_of
from domain.orders import Order, is_own
from domain.people import Person, is_officer
from domain.points import HELPED, TAKEN_BACK, Posting, Statement, allowed, day_start, month_start
from domain.refusals import AlreadyDone, NotFound
from domain.words import Text, _
from storage import points as rows
from storage.people import get_person

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


def award(desk: Desk, order: Order) -> int:
    """What the standard gives for this order. How many points were posted; whoever earned them is told.

    1. Not to one's own household, and only to a household. 2. Hold its balance, so that the caps are counted in peace.
    3. Post as much as the caps allow, once.
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
    account, zone = rows.account_of(desk.conn, doer.household_id), desk.file.zone
    rows.lock_balances(desk.conn, [account])
    day, month = day_start(desk.now, zone), month_start(desk.now, zone)
    earned = rows.earned_since(desk.conn, doer.id, doer.household_id, order.askers, day, month)
    points = allowed(category.award, earned, desk.file.points.caps)
    if points == 0:
        tell_person(desk, doer.id, FULL)
        return 0
    posted = rows.post(
        desk.conn,
        desk.now,
        "award",
        f"award:order:{order.id}",
        [Posting(rows.desk_account(desk.conn, "issuer"), -points), Posting(account, points)],
        HELPED(category=category.name),
        given={"order": order.id, "household": doer.household_id, "earned_by": doer.id, "standard": category.award},
        order_id=order.id,
        earned_by=doer.id,
        dimension=category.dimension,
    )
    if not posted:
        return 0
    balance = rows.balance_of(desk.conn, doer.household_id)
    tell_person(desk, doer.id, EARNED(count=points, balance=balance))
    return points


def take_back(desk: Desk, officer: Person, transfer_id: int, reason: str) -> Text:
    """A mistake is put right by the opposite entry, once."""
    if not is_officer(roles_of(desk, officer)):
        raise NotFound
    if not rows.reverse(desk.conn, desk.now, transfer_id, TAKEN_BACK(reason=reason), officer.id):
        raise AlreadyDone
    return _("Done. Both entries stand in the statement.")


def statement(desk: Desk, person: Person) -> Statement:
    """What the person's household has, and its latest entries."""
    if person.household_id is None:
        raise NoHousehold
    balance = rows.balance_of(desk.conn, person.household_id)
    held = rows.balance_of(desk.conn, person.household_id, "hold")
    return Statement(balance + held, balance, rows.entries_of(desk.conn, person.household_id))

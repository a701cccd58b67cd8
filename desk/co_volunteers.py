"""Whoever helps the holder of an order along: named by the holder, asked by the desk, given their part at the close.

Nobody earns for being named alone: each says for themselves that they were there, and whoever was helped reads the
names and can say that the holder came by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desk.alert_views import could_take
from desk.front import CardRefresh, Desk
from desk.homes import live_together
from desk.order_views import askers_of, category_of, get_order, show_askers, tell_person
from desk.points import EARNED, FULL, NO_HOUSEHOLD, award_key, earn, standard_for
from domain.co_volunteers import ANSWERS_WITHIN, MOST, NotAskedAnyMore, TooMany, part_of_each
from domain.orders import Order, is_own
from domain.people import Person
from domain.points import HELPED, Earning
from domain.refusals import AlreadyDone, NotFound
from domain.words import Text, _
from storage import co_volunteers as rows
from storage import points
from storage.co_volunteers import AGREED, ASKED, DECLINED, CoVolunteer
from storage.people import get_person

CARD = "along"


def could_come(desk: Desk, order: Order, holder: Person) -> list[Person]:
    """Whom the holder can name: volunteers who could have taken it as well; nobody of the holder's own household."""
    return [
        each
        for each in could_take(desk, order)
        if each.id != holder.id and (holder.household_id is None or each.household_id != holder.household_id)
    ]


def check_named(desk: Desk, order: Order, holder: Person, person_ids: Sequence[int]) -> None:
    if len(set(person_ids)) > MOST:
        raise TooMany(most=MOST)
    if person_ids and not set(person_ids) <= {each.id for each in could_come(desk, order, holder)}:
        raise NotFound


def name(desk: Desk, order: Order, holder: Person, person_ids: Sequence[int]) -> None:
    """Each of them is asked whether they were there, once."""
    for person_id in person_ids:
        named_id = rows.name(desk.conn, desk.now, order.id, holder.id, person_id)
        person = get_person(desk.conn, person_id)
        if named_id is not None and person.telegram_id is not None:
            desk.say(CardRefresh(person.telegram_id, CARD, named_id, anew=True))


# ── they answer ─────────────────────────────────────────────────────────────────────────────────────────────────────


def view_for(desk: Desk, named_id: int, reader: Person | None) -> CoVolunteer | None:
    """What somebody is asked; None for everybody else."""
    named = rows.find(desk.conn, named_id)
    return named if named is not None and reader is not None and named.person_id == reader.id else None


def can_answer(desk: Desk, named: CoVolunteer) -> bool:
    return named.state == ASKED and desk.now <= named.named_at + ANSWERS_WITHIN


def answer(desk: Desk, person: Person, named_id: int, was_there: bool) -> Text:
    """1. Are they asked, and still? 2. The first answer counts. 3. Once the order is closed their part is posted."""
    named = view_for(desk, named_id, person)
    if named is None:
        raise NotFound
    if named.state in (AGREED, DECLINED):
        raise AlreadyDone
    if not can_answer(desk, named):
        raise NotAskedAnyMore
    answered = rows.answer(desk.conn, desk.now, named_id, AGREED if was_there else DECLINED)
    if answered is None:
        raise AlreadyDone
    order = get_order(desk, named.order_id)
    _refresh(desk, answered)
    if not was_there:
        show_askers(desk, order)
        return _("Thank you for telling me. Nothing is noted for you.")
    if answered.share is None:
        return _("Thank you for helping! Your part is noted as soon as it is confirmed that all is done.")
    _pay(desk, order, answered)
    return _("Thank you for helping!")


def _refresh(desk: Desk, named: CoVolunteer) -> None:
    person = get_person(desk.conn, named.person_id)
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, CARD, named.id, silent=True))


# ── the order is closed ─────────────────────────────────────────────────────────────────────────────────────────────


def came_alone(desk: Desk, order: Order) -> None:
    """Whoever was helped says that only the holder was there."""
    if order.holder_id is None:
        return
    for named_id in rows.dispute(desk.conn, desk.now, order.id, order.holder_id):
        named = rows.find(desk.conn, named_id)
        assert named is not None
        _refresh(desk, named)


def fix_shares(desk: Desk, order: Order) -> tuple[int, list[CoVolunteer]]:
    """How many the holder shares with; and those whose part was fixed just now, before the holder's own is posted.

    Whoever has not answered yet is counted: a part nobody says yes to is given to nobody. Closed once before, parts
    have been given, and there are no others: also if the holder could not earn theirs then, and can now.
    """
    held = rows.hold(desk.conn, order.id, order.holder_id) if order.holder_id is not None else []
    before, came = [each for each in held if each.share], [each for each in held if each.waits_for_share]
    if not came:
        return len(before), []
    given = bool(before) or points.is_known(desk.conn, award_key(order))
    share = 0 if given else part_of_each(standard_for(desk, order), len(came), desk.file.points.together)
    rows.fix_share(desk.conn, [each.id for each in came], share)
    return len(before or came), [replace(each, share=share) for each in came]


def share_out(desk: Desk, order: Order, came: Sequence[CoVolunteer]) -> None:
    """To those who have said yes; the others earn theirs when they do."""
    for each in came:
        if each.state == AGREED:
            _pay(desk, order, each)


def _pay(desk: Desk, order: Order, named: CoVolunteer) -> int:
    person, category = get_person(desk.conn, named.person_id), category_of(desk, order)
    if not named.share or is_own(order, person, askers_of(desk, order)) or _has_earned(desk, order, person):
        return 0
    if live_together(desk, person.id, named.named_by):  # left for a day, or moved in since: a household earns once
        return 0
    if person.household_id is None:
        tell_person(desk, person.id, NO_HOUSEHOLD)
        return 0
    about = {"order": order.id, "household": person.household_id, "earned_by": person.id, "standard": named.share}
    earned = earn(
        desk,
        Earning(
            once=rows.once_of(order.id, person.id),
            household_id=person.household_id,
            earned_by=person.id,
            points=named.share,
            reason=HELPED(category=category.name),
            dimension=category.dimension,
            pair=order.askers,
            order_id=order.id,
            given=about,
            deed=category.key,
            caps=category.caps,
        ),
    )
    balance = points.balance_of(desk.conn, person.household_id)
    tell_person(desk, person.id, EARNED(count=earned, balance=balance) if earned else FULL)
    return earned


def _has_earned(desk: Desk, order: Order, person: Person) -> bool:
    """Somebody who had it before, or came along with another, has theirs already."""
    first = award_key(order)
    keys = (f"{first}:{person.id}", rows.once_of(order.id, person.id))
    return points.earner_of(desk.conn, first) == person.id or any(points.is_known(desk.conn, key) for key in keys)

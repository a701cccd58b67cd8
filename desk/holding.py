"""What becomes of an order in somebody's hands: they have it, set out, ask for help, give it back or lose it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from desk import escalation
from desk.deadlines import meet_deadline, show_question, watch_holder
from desk.front import Call, CardRefresh, Desk
from desk.order_views import category_of, everything_told, get_order, hand_story, show_holder, show_order, tell_person
from desk.promises import promise
from domain import orders as rules
from domain.orders import Order
from domain.people import Person
from domain.refusals import AlreadyDone
from domain.words import Text, _
from storage import orders as rows
from storage.messages import find_cards
from storage.people import get_person

GIVEN_BACK = _("Whoever had taken it cannot come after all. I'm asking the others again.")
FREE: dict[str, Any] = {
    "holder_id": None,
    "claimed_at": None,
    "on_way_at": None,
    "expected_at": None,
    "provisional": False,
}


def settle(desk: Desk, order: Order, holder: Person) -> None:
    """Somebody has it for certain: the promise is kept, the story goes to them, the others see it."""
    escalation.met(desk, order.id)
    meet_deadline(desk, order.id, "first_response")
    meet_deadline(desk, order.id, "fall_back")
    hand_story(desk, order, holder)
    tell = _("{name} has taken it: {category} ({reference}).")
    category = category_of(desk, order).name
    show_order(desk, order, tell=tell(name=holder.called, category=category, reference=order.reference))


def get_held(desk: Desk, person: Person, order_id: int) -> Order:
    """The order, if this person has it now."""
    order = rows.find_order(desk.conn, order_id)
    if order is None or order.holder_id != person.id or not order.is_held or order.provisional:
        raise rules.NotInYourHands
    return order


def on_way(desk: Desk, person: Person, order_id: int, eta: timedelta | None = None) -> Text:
    """They have set out; `eta` is how long they think it takes."""
    order = get_held(desk, person, order_id)
    expected_at = desk.now + eta if eta is not None else None
    if not rows.move(desk.conn, order, "on_way", on_way_at=desk.now, expected_at=expected_at):
        raise AlreadyDone
    rows.remember(desk.conn, order_id, "on_way", desk.now, person.id)
    watch_holder(desk, order_id)
    tell = _("{name} is on the way.") if eta is None else _("{name} is on the way and should be with you about {at}.")
    order = get_order(desk, order_id)
    show_order(desk, order, tell=tell(name=person.called, at=expected_at))
    show_holder(desk, order, person.id)
    return _("Thank you. I've told them you are on the way.")


def expect(desk: Desk, person: Person, order_id: int, eta: timedelta) -> Text:
    """They say how long it will take them to be there; whoever waits sees about when."""
    order = get_held(desk, person, order_id)
    if not rows.change(desk.conn, order, expected_at=desk.now + eta):
        raise AlreadyDone
    watch_holder(desk, order_id)
    order = get_order(desk, order_id)
    show_order(desk, order)
    show_holder(desk, order, person.id)
    return _("Thank you. They see that now.")


def need_help(desk: Desk, person: Person, order_id: int) -> Text:
    """They cannot do it alone: whoever supervises hears of it. It stays theirs."""
    order = get_held(desk, person, order_id)
    rows.remember(desk.conn, order_id, "need_help", desk.now, person.id)
    watch_holder(desk, order_id)
    escalation.call_supervisor(desk, order, person)
    escalation.refresh_alerts(desk, order_id)
    return _("I'm asking a supervisor to help you with this.")


def release(desk: Desk, person: Person, order_id: int, reason: str | None = None) -> Text:
    """They give it back, and the others are asked again."""
    order = get_held(desk, person, order_id)
    if not let_go(desk, order, "release", person, reason):
        raise rules.NotInYourHands
    return _("You have given it back. I'm asking the others. Thank you for telling me!")


def let_go(desk: Desk, order: Order, what: str, person: Person | None, note: str | None) -> bool:
    """Nobody has it any more: 1. compete, 2. what the holder saw goes away, 3. the same people are asked again."""
    assert order.holder_id is not None
    if not rows.move(desk.conn, order, "release", **FREE):
        return False
    rows.remember(desk.conn, order.id, what, desk.now, person.id if person else order.holder_id, note)
    take_back(desk, order, order.holder_id)
    if not order.provisional:  # of a taker who never opened the chat nobody had been told: the ladder has gone on
        promise(desk, order, to_be_done=False)
        escalation.restart(desk, order.id)
    tell = None if order.provisional else GIVEN_BACK
    show_order(desk, get_order(desk, order.id), anew=True, tell=tell)
    return True


def stop_watching(desk: Desk, order: Order) -> None:
    """Nobody has it, or it is done: nothing need be heard of a holder."""
    for metric in ("progress", "fall_back"):
        meet_deadline(desk, order.id, metric)
    show_question(desk, order.id)


def take_back(desk: Desk, order: Order, holder_id: int) -> None:
    """Address, number and story leave the chat of whoever had it; its clocks stop."""
    stop_watching(desk, order)
    holder = get_person(desk.conn, holder_id)
    if holder.telegram_id is None:
        return
    show_holder(desk, order, holder_id)
    pieces = [("part", part.id, holder.telegram_id) for part in everything_told(desk, order)]
    for subject, part_id, chat_id in find_cards(desk.conn, pieces):
        desk.say(CardRefresh(chat_id, subject, part_id, silent=True))
    now = rows.find_order(desk.conn, order.id)
    still_theirs = now is not None and now.holder_id == holder_id and now.state == "resolved"
    passed_on = ("held",) if still_theirs else ("held", "talk", "note")
    for message_id in rows.copies_in(desk.conn, order.id, holder.telegram_id, passed_on):
        desk.say(Call(holder.telegram_id, "deleteMessage", {"message_id": message_id}))


def fall_back(desk: Desk, order_id: int, why: Text) -> bool:
    """Nothing was heard of its holder: others are asked again, and the holder is told why. Did it happen?"""
    order = rows.find_order(desk.conn, order_id)
    if order is None or order.holder_id is None or not let_go(desk, order, "fall_back", None, None):
        return False
    tell_person(desk, order.holder_id, why)
    return True

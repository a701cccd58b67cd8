"""A group in a storm and at the end of the day: a list instead of a flood of cards, and one line of thanks.

Also who would rather not be written to tonight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from desk.front import BULK, Call, CardRefresh, Desk, Line
from desk.roles import may_volunteer
from domain.orders import Changed, NotOfThisTeam, Order, stands
from domain.people import Person
from domain.refusals import NotFound
from domain.teams import Team
from domain.words import Named, _
from storage import evening, orders
from storage.messages import find_cards
from storage.people import get_person
from storage.teams import get_team

MANY_OPEN = 5
"""Past so many open cards in a group, new ones come silently and a list stands above them."""
LISTED = 8
THANKS_AT = time(20, 30)

THANKS = _(
    "Today: {count} request, answered in {fastest}. Thank you all!",
    "Today: {count} requests, {answered} answered, the fastest in {fastest}. Thank you all!",
)

# ── many at once ────────────────────────────────────────────────────────────────────────────────────────────────────


def is_stormy(desk: Desk, team_id: int) -> bool:
    """Does so much wait in this team's group that another ringing card would only add to it?"""
    return orders.count_open(desk.conn, team_id) > MANY_OPEN


def show_list(desk: Desk, team: Team) -> None:
    """The list is put up, brought up to date, or taken down, as the number of open orders has it."""
    if team.chat_id is None:
        return
    if is_stormy(desk, team.id):
        appears = evening.put_up(desk.conn, team.id)
        desk.say(CardRefresh(team.chat_id, "evening", team.id, BULK, silent=True, anew=appears))
    elif evening.take_down(desk.conn, team.id):
        desk.say(CardRefresh(team.chat_id, "evening", team.id, BULK, silent=True))
        for message_id, _face in find_cards(desk.conn, [("evening", team.id, team.chat_id)]).values():
            if message_id is not None:
                desk.say(Call(team.chat_id, "unpinChatMessage", {"message_id": message_id}, BULK))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of the list: nothing by which anybody could be found."""

    order_id: int
    reference: str
    category: Named | str
    since: datetime


@dataclass(frozen=True, slots=True)
class Waits:
    """What stands on the list: the oldest, and how many more there are."""

    oldest: list[Waiting]
    more: int


def list_view(desk: Desk, team_id: int, chat_id: int) -> Waits | None:
    """None for a group that is not the team's, and when it is calm."""
    team = _team_in(desk, team_id, chat_id)
    count = orders.count_open(desk.conn, team_id) if team is not None else 0
    if count <= MANY_OPEN:
        return None
    oldest = orders.open_of(desk.conn, [team_id], LISTED)
    return Waits([_line(desk, order) for order in oldest], count - len(oldest))


def has_list(desk: Desk, team_id: int, chat_id: int) -> bool:
    """Does the list stand in this chat, or did it once?"""
    found = find_cards(desk.conn, [("evening", team_id, chat_id)])
    return any(message_id is not None for message_id, _face in found.values())


def _line(desk: Desk, order: Order) -> Waiting:
    category = desk.file.categories.get(order.category)
    return Waiting(order.id, order.reference, category.name if category else order.category, order.made_at)


def bring_down(desk: Desk, person: Person, order_id: int, chat_id: int) -> None:
    """A tap on a line of the list: the card of this order comes to the bottom of the chat."""
    order = orders.find_order(desk.conn, order_id)
    team = _team_in(desk, order.team_id, chat_id) if order is not None and order.team_id is not None else None
    if order is None or team is None:
        raise NotFound
    if not may_volunteer(desk, person, team, chat_id):
        raise NotOfThisTeam(team=team.title)
    if not order.is_open:
        holder = get_person(desk.conn, order.holder_id).called if order.holder_id is not None else None
        raise Changed(stands=stands(order, None if order.discreet else holder))
    desk.say(CardRefresh(chat_id, "order", order_id, silent=True, anew=True))


def _team_in(desk: Desk, team_id: int, chat_id: int) -> Team | None:
    try:
        team = get_team(desk.conn, team_id)
    except NotFound:
        return None
    return team if team.chat_id == chat_id else None


# ── the end of the day ──────────────────────────────────────────────────────────────────────────────────────────────


def sweep_thanks(desk: Desk) -> bool:
    """Once an evening, silently, and only where there is something to be thanked for. True: there may be more."""
    there = desk.now.astimezone(desk.file.zone)
    if there.time() < THANKS_AT:
        return False
    day = there.date().isoformat()
    found = evening.next_to_thank(desk.conn, day)
    if found is None:
        return False
    team_id, chat_id = found
    if not evening.thank(desk.conn, chat_id, day):
        return True
    midnight = there.replace(hour=0, minute=0, second=0, microsecond=0)
    went = evening.day_of(desk.conn, team_id, midnight)
    if went.answered:
        text = THANKS(count=went.asked, answered=went.answered, fastest=went.fastest)
        tomorrow = there.replace(hour=23, minute=59)
        desk.say(Line(chat_id, text, lane=BULK, rule="bulk", silent=True, expires_at=tomorrow))
    return True


# ── not tonight ─────────────────────────────────────────────────────────────────────────────────────────────────────


def not_before_for(desk: Desk, person: Person) -> datetime | None:
    """When something that is not theirs yet may be written to this person; None: now."""
    until = person.silent_until
    return until if until is not None and until > desk.now else None

"""What a person has to do with orders: what they have in hand, what their teams wait for, what they have asked for."""

from __future__ import annotations

from desk.front import CardRefresh, Desk
from desk.order_views import category_of, get_order, name_of, show_holder, view_in_group
from desk.people import be_silent
from desk.report_ladders import report_of
from desk.report_views import how_it_stands
from desk.roles import may_volunteer
from domain.order_views import GroupView
from domain.orders import Order, as_askers_know_it, may_answer, stands
from domain.people import Person
from domain.refusals import NotFound
from domain.teams import Team
from domain.words import Text, _
from storage import orders as rows
from storage.people import find_person
from storage.reports import followed_by, follows
from storage.teams import all_teams

MOST = 10
"""Of everything somebody has asked for, so many stand on their list."""

__all__ = [
    "asked_for",
    "category_of",
    "in_hand",
    "not_tonight",
    "reader_of",
    "show_mine",
    "show_request",
    "waiting_for",
]


def reader_of(desk: Desk, person_id: int, chat_id: int) -> Person | None:
    """Whose list this is, if it stands in their own chat."""
    reader = find_person(desk.conn, chat_id)
    return reader if reader is not None and reader.id == person_id else None


def show_mine(desk: Desk, person: Person) -> None:
    """The list of what waits, and every request in hand with everything about it."""
    assert person.telegram_id is not None
    desk.say(CardRefresh(person.telegram_id, "mine", person.id, anew=True))
    for order in in_hand(desk, person):
        show_holder(desk, order, person.id, anew=True)


def in_hand(desk: Desk, person: Person) -> list[Order]:
    return [order for order in rows.held_by(desk.conn, person.id) if not order.provisional]


def teams_of(desk: Desk, person: Person) -> list[Team]:
    """Whose orders this person may take."""
    return [team for team in all_teams(desk.conn) if may_volunteer(desk, person, team)]


def waiting_for(desk: Desk, person: Person) -> list[tuple[Order, GroupView]]:
    """What the person's teams wait for, oldest first, as their groups see it; not what they asked for themselves."""
    chats = {team.id: team.chat_id for team in teams_of(desk, person)}
    found = [
        (order, view_in_group(desk, order.id, chats[order.team_id] or 0))
        for order in rows.open_of(desk.conn, chats)
        if order.team_id is not None and person.id not in order.askers
    ]
    return [(order, view) for order, view in found if view is not None]


def asked_for(desk: Desk, person: Person) -> list[tuple[Order, Text]]:
    """What the person has asked for or reported, or has seen as well, newest first, and how it stands."""
    own = rows.asked_for_by(desk.conn, person.id)
    followed = [get_order(desk, each) for each in followed_by(desk.conn, person.id, MOST)]
    newest = sorted([*own, *followed], key=lambda order: order.id, reverse=True)[:MOST]
    return [(order, _stands(desk, order)) for order in map(as_askers_know_it, newest)]


def _stands(desk: Desk, order: Order) -> Text:
    report = report_of(desk, order)
    return how_it_stands(desk, order, report) if report else stands(order, name_of(desk, order.holder_id))


def show_request(desk: Desk, person: Person, order_id: int) -> None:
    """The living card once more, at the bottom of the chat."""
    order = get_order(desk, order_id)
    watches = may_answer(order, person) or follows(desk.conn, order_id, person.id)
    if not watches or person.telegram_id is None:
        raise NotFound
    desk.say(CardRefresh(person.telegram_id, "request", order_id, anew=True))


def not_tonight(desk: Desk, person: Person) -> Text:
    """Private alerts wait until the morning."""
    quiet, zone = desk.file.quiet, desk.file.zone
    if quiet is None:
        return _("There are no quiet hours here, so I write only when somebody needs you.")
    evening = desk.now if quiet.is_quiet(desk.now, zone) else quiet.next_evening(desk.now, zone)
    morning = quiet.next_morning(evening, zone)
    be_silent(desk, person, morning)
    return _("All right. I won't write to you about new requests before {at}.")(at=morning)

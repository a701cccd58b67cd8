"""What a supervisor sees of an order that waits: what, since when, who was tried, who is next, who could take it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from desk.alerts import can_hear, kept_from
from desk.escalation import NextCall, check_in_charge, next_call
from desk.front import Desk
from desk.report_ladders import must_ring, must_strike_out, report_of
from domain.desk_file import Body
from domain.judging import is_unjudged, may_be_same
from domain.orders import WAITING, Order, stands
from domain.people import Person
from domain.places import path_up
from domain.refusals import Refusal
from domain.reports import Report
from domain.teams import Team
from domain.words import Named, Text
from storage.alerts import HELP, Alert, alerts_of_run, late_by, times_asked
from storage.deadlines import find_deadline, late_orders
from storage.escalation import find_run, insiders
from storage.judging import merged_into, root_of
from storage.messages import find_cards
from storage.orders import find_order, latest, parts_of
from storage.people import find_person, get_person, holders_of
from storage.reports import count_votes
from storage.teams import all_teams, get_team

FITS = 300
"""Characters of the story that a supervisor needs to decide whom to send."""


@dataclass(frozen=True, slots=True)
class AlertView:
    reader: Person
    order: Order
    category: Named
    unit: Named
    words: str | None
    stands: Text
    holder: str | None
    question: str | None  # what whoever told us is being asked
    asked_by: str | None
    asked_at: datetime | None
    waits: bool  # nobody has it for certain
    asks_for_help: bool
    promised_at: datetime | None
    broken: bool  # the promise has gone by
    overdue: bool  # somebody has it, and it is late all the same
    asked: int  # how often a group was asked
    called: Mapping[datetime, list[str]]
    late: timedelta | None  # by how much this call came too late
    seen_by: str | None
    next_call: NextCall | None
    exhausted: bool
    ring: Body | None  # whom somebody in charge has to telephone
    judge: bool  # a report that nobody has judged
    may_be_same: bool  # as another report
    names: bool  # what was told could name somebody
    bodies: bool  # there are others it could be referred to
    votes: int  # how many others have seen it
    merged: Sequence[str]  # references of what was found to be the same
    root: str | None  # the one that this was merged into


def alert_view(desk: Desk, order_id: int, chat_id: int) -> AlertView | None:
    """None for whoever does not answer for its place, now."""
    order, reader = find_order(desk.conn, order_id), find_person(desk.conn, chat_id)
    run = find_run(desk.conn, order_id=order_id)
    if order is None or reader is None or run is None:
        return None
    try:
        check_in_charge(desk, reader, order)
    except Refusal:
        return None
    alerts = [alert for alert in alerts_of_run(desk.conn, run.id) if alert.reached]
    waits = order.is_open or order.provisional
    holder = get_person(desk.conn, order.holder_id).called if order.holder_id is not None else None
    promise = find_deadline(desk.conn, order_id, "first_response")
    own = [alert.at for alert in alerts if alert.person_id == reader.id]
    helping = [alert.at for alert in alerts if alert.position == HELP]
    question = latest(desk.conn, order_id, "ask") if order.state == WAITING else None
    asked = times_asked(desk.conn, order_id, run.started_at)
    report = report_of(desk, order)
    category, language = desk.file.categories.get(order.category), desk.file.default_language
    return AlertView(
        reader=reader,
        order=order,
        category=category.name if category else {language: order.category},
        unit=desk.file.units[order.unit].name if order.unit in desk.file.units else {language: order.unit},
        words=_first_words(desk, order),
        stands=stands(order, holder),
        holder=holder,
        question=question[1] if question else None,
        asked_by=get_person(desk.conn, question[0]).called if question and question[0] is not None else None,
        asked_at=question[2] if question else None,
        waits=waits,
        asks_for_help=order.is_held and any(at >= (order.claimed_at or at) for at in helping),
        promised_at=promise.due_at if promise else None,
        overdue=order.is_held and order_id in late_orders(desk.conn, desk.now),
        broken=promise is not None and promise.breached_at is not None,
        asked=asked + (1 if order.team_id is not None else 0),
        called=_by_time([alert for alert in alerts if alert.position != HELP]),
        late=late_by(desk.conn, order_id, own[-1]) if own else None,
        seen_by=get_person(desk.conn, run.seen_by).called if run.state == "acknowledged" and run.seen_by else None,
        next_call=next_call(desk, order_id),
        exhausted=run.state == "exhausted",
        **_as_report(desk, order, report),
        ring=desk.file.bodies.get(report.body or "") if report is not None and must_ring(desk, order) else None,
    )


def _as_report(desk: Desk, order: Order, report: Report | None) -> dict[str, Any]:
    """What only a report has."""
    if report is None:
        return {
            **dict.fromkeys(("judge", "may_be_same", "names", "bodies"), False),
            "votes": 0,
            "merged": (),
            "root": None,
        }
    merged = [find_order(desk.conn, each) for each in merged_into(desk.conn, order.id)]
    root = find_order(desk.conn, root_of(desk.conn, order.id)) if report.same_as is not None else None
    return {
        "judge": is_unjudged(order, report),
        "may_be_same": may_be_same(order, report),
        "names": must_strike_out(desk, order),
        "bodies": bool(desk.file.bodies),
        "votes": count_votes(desk.conn, order.id),
        "merged": [each.reference for each in merged if each is not None],
        "root": root.reference if root is not None else None,
    }


def has_alert(desk: Desk, order_id: int, chat_id: int) -> bool:
    """Does a card about it stand in this chat, or did it once?"""
    found = find_cards(desk.conn, [("alert", order_id, chat_id)])
    return any(message_id is not None for message_id, _face in found.values())


def _first_words(desk: Desk, order: Order) -> str | None:
    """Of a discreet order not a word, until somebody has it."""
    if order.discreet:
        return None
    told = " ".join(part.words for part in parts_of(desk.conn, order.id) if part.words)
    return told if len(told) <= FITS else f"{told[:FITS]}…"


def _by_time(alerts: list[Alert]) -> Mapping[datetime, list[str]]:
    called: dict[datetime, list[str]] = {}
    for alert in alerts:
        called.setdefault(alert.at, []).append(alert.name)
    return called


# ── whom it can be given to ─────────────────────────────────────────────────────────────────────────────────────────


def could_take(desk: Desk, order: Order) -> list[Person]:
    """Volunteers of its team who can be reached; nobody of the household it is for, and not whoever has it."""
    if order.team_id is None:
        return []
    away = kept_from(desk, order) | {order.holder_id, *order.askers}
    try:
        team = get_team(desk.conn, order.team_id)
    except Refusal:
        return []
    homes = {get_person(desk.conn, asker).household_id for asker in order.askers} - {None}
    members = {person.id: person for person in holders_of(desk.conn, "volunteer", team_id=team.id)}
    if team.joining == "group" and team.chat_id is not None:
        for person_id in insiders(desk.conn, team.chat_id):
            members.setdefault(person_id, get_person(desk.conn, person_id))
    return [
        person
        for person in members.values()
        if can_hear(person) and person.id not in away and person.household_id not in homes
    ]


def other_teams(desk: Desk, order: Order) -> list[Team]:
    """Other teams of its place, and of the places above it, that have a group."""
    path = [unit.key for unit in path_up(desk.file.units, order.unit)]
    return [team for team in all_teams(desk.conn, path) if team.is_reachable and team.id != order.team_id]

"""Whom a ladder reaches: who answers for a place and is on duty, and how they are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from desk.evening import not_before_for
from desk.front import PERSONAL, URGENT, CardRefresh, Desk, Line
from desk.report_ladders import waits_for_judging
from domain.escalation import DUTY, SUPERVISORS, TEAM, EscalationStep
from domain.orders import Order
from domain.people import Person
from domain.places import find_level, path_up
from domain.refusals import NotFound
from domain.teams import Team
from domain.words import Text, _, plain
from storage.alerts import ASKED_AGAIN, HELP, add_alert, alerts_of_order, alerts_of_run
from storage.cases import grant, living_with
from storage.escalation import Run, find_run, on_duty_in, unit_of_case
from storage.households import chats_with
from storage.orders import find_order, remember
from storage.people import holders_of
from storage.teams import find_team, get_team

WHOM = {
    "community": _("the community supervisor"),
    "town": _("the town supervisor"),
    "district": _("the district supervisor"),
}
OFFICERS = _("the people who run this desk")


@dataclass(frozen=True, slots=True)
class Matter:
    """What a run is about, as far as calling people needs to know it."""

    run: Run
    unit: str
    order: Order | None
    kept_from: frozenset[int]  # people who must not hear of it


def matter_of(desk: Desk, run: Run) -> Matter:
    """Of a discreet order nobody of the household hears; of a case nobody it was kept from, which only it knows."""
    if run.case_id is not None:
        from desk.cases import excluded_of  # the private door imports this room

        return Matter(run, unit_of_case(desk.conn, run.case_id), None, frozenset(excluded_of(desk, run.case_id)))
    assert run.order_id is not None
    order = find_order(desk.conn, run.order_id)
    assert order is not None
    themselves = frozenset() if order.requester_id is None else frozenset({order.requester_id})
    return Matter(run, order.unit, order, kept_from(desk, order) | themselves)


def kept_from(desk: Desk, order: Order) -> frozenset[int]:
    """Whom a discreet order is kept from: whoever lives with those who asked."""
    return frozenset(living_with(desk.conn, order.askers)) if order.discreet and order.askers else frozenset()


def can_hear(person: Person) -> bool:
    return person.telegram_id is not None and person.reach == "open"


# ── whom ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def people_at(desk: Desk, matter: Matter, step: EscalationStep) -> list[Person]:
    """Those on duty; with nobody on duty everyone of the unit. Whoever cannot be reached counts for nothing.

    A step that reaches supervisors after those on duty were called already is for everyone of the unit.
    """
    place = find_level(desk.file.units, matter.unit, step.of)
    if place is None:
        return []
    alerts = alerts_of_run(desk.conn, matter.run.id)
    missed = {alert.person_id for alert in alerts if not alert.reached}
    called = {alert.person_id for alert in alerts}
    here = [
        person
        for person in holders_of(desk.conn, "supervisor", unit=place.key)
        if can_hear(person) and person.id not in matter.kept_from | missed and not _is_silent(desk, matter, person)
    ]
    duty = on_duty_in(desk.conn, place.key)
    ready = [person for person in here if person.id in duty]
    if step.reach == SUPERVISORS and all(person.id in called for person in ready):
        return here
    return ready or here


def _is_silent(desk: Desk, matter: Matter, person: Person) -> bool:
    """Not tonight, they have said; what is urgent reaches them all the same."""
    return not_before_for(desk, person) is not None and not matter.run.ladder.urgent


def officers(desk: Desk, matter: Matter) -> list[Person]:
    return [
        person for person in holders_of(desk.conn, "officer") if can_hear(person) and person.id not in matter.kept_from
    ]


def team_at(desk: Desk, matter: Matter, step: EscalationStep) -> Team | None:
    """The group this step asks: the order's own, or another team's; None if the desk cannot speak in it."""
    order = matter.order
    if order is None or step.reach in (SUPERVISORS, DUTY):
        return None
    if step.reach != TEAM:
        return find_team(desk.conn, desk.file, step.reach, order.unit)
    if order.team_id is None:
        return None
    try:
        team = get_team(desk.conn, order.team_id)
    except NotFound:  # it was removed meanwhile
        return None
    return team if team.is_reachable else None


def reaches(desk: Desk, matter: Matter, step: EscalationStep) -> bool:
    """Would anybody hear of it?"""
    if step.reach in (SUPERVISORS, DUTY):
        return bool(people_at(desk, matter, step))
    return team_at(desk, matter, step) is not None


def whom(desk: Desk, unit: str, step: EscalationStep) -> Text:
    """Who is called, as people say it."""
    if step.reach in (SUPERVISORS, DUTY):
        place = find_level(desk.file.units, unit, step.of)
        return WHOM[place.level] if place is not None else OFFICERS
    return plain(desk.file.teams.get(step.reach, step.reach))


# ── how ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def call(desk: Desk, matter: Matter, position: int, people: Iterable[Person]) -> int:
    """Their alerts, each a card in their own chat. How many there were."""
    run, count = matter.run, 0
    lane = URGENT if run.ladder.urgent else PERSONAL
    channel = desk.file.second_channel
    second_at = desk.now + channel.after if channel is not None else None
    for person in people:
        assert person.telegram_id is not None
        add_alert(desk.conn, desk.now, run.id, position, person.id, second_at)
        if run.case_id is not None:
            grant(desk.conn, run.case_id, person.id, desk.now)
            desk.say(CardRefresh(person.telegram_id, "case_alert", run.case_id, lane, anew=True))
        elif run.order_id is not None:
            desk.say(CardRefresh(person.telegram_id, "alert", run.order_id, lane, anew=True))
            _hand_what_was_seen(desk, matter, person.telegram_id)
        count += 1
    return count


def _hand_what_was_seen(desk: Desk, matter: Matter, chat_id: int) -> None:
    """Pictures and place of a report, to whoever is to judge it."""
    if matter.order is not None and waits_for_judging(desk, matter.order):
        from desk.judging import hand_what_was_seen  # which calls people itself

        hand_what_was_seen(desk, matter.order, chat_id)


def let_see(desk: Desk, order: Order) -> None:
    """Whoever is on duty there sees what went to its team without them; nobody is woken, and nothing is asked."""
    run = find_run(desk.conn, order_id=order.id)
    if run is None:
        return
    for person in people_at(desk, matter_of(desk, run), EscalationStep(timedelta(0), DUTY)):
        assert person.telegram_id is not None
        desk.say(CardRefresh(person.telegram_id, "alert", order.id, silent=True, anew=True))


def call_upwards(desk: Desk, matter: Matter) -> list[Person]:
    """The first who can be reached: of the unit itself, of those above it, at last the officers."""
    for place in path_up(desk.file.units, matter.unit):
        people = people_at(desk, replace(matter, unit=place.key), EscalationStep(timedelta(0), DUTY))
        if people:
            break
    else:
        people = officers(desk, matter)
    call(desk, matter, HELP, people)
    return people


def ask_again(desk: Desk, chat_id: int, order_ids: list[int]) -> None:
    """One message to the group for everything that is due there: the card itself, or a line where there are several."""
    for order_id in order_ids:
        remember(desk.conn, order_id, ASKED_AGAIN, desk.now)
        desk.say(CardRefresh(chat_id, "order", order_id, anew=len(order_ids) == 1))
    if len(order_ids) > 1:
        sentence = _(
            "{count} request is still waiting for somebody.",
            "{count} requests are still waiting for somebody. Who can take one?",
        )
        desk.say(Line(chat_id, sentence(count=len(order_ids)), rule="bulk"))


def refresh_alerts(desk: Desk, order_id: int) -> None:
    """Everybody who was called, or has looked for themselves, sees how it stands now."""
    called = {alert.telegram_id for alert in alerts_of_order(desk.conn, order_id) if alert.reached}
    chats = called | set(chats_with(desk.conn, "alert", order_id))
    desk.say(*(CardRefresh(chat, "alert", order_id) for chat in sorted(chat for chat in chats if chat is not None)))

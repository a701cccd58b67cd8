"""Anybody may ask to join a team; whoever is in charge of it answers, and the first answer counts."""

from __future__ import annotations

from datetime import timedelta

from desk.front import CardRefresh, Desk
from desk.roles import in_charge, may_lead, may_volunteer, officers, refresh, supervisors_above, tell
from domain.people import ANONYMOUS, Person
from domain.refusals import NotFound, Refusal
from domain.teams import Team
from domain.words import Text, _
from storage import roles
from storage.people import get_person
from storage.roles import Application
from storage.teams import get_team

PATIENCE = timedelta(days=1)


class AlreadyAsked(Refusal):
    text = _("You have asked already. I'll tell you as soon as there is an answer.")


class AlreadyVolunteer(Refusal):
    text = _("You are a volunteer of {team} already. Thank you!")


class AlreadyAnswered(Refusal):
    text = _("{name} has answered this already. Thank you!")


def offer_to_join(desk: Desk, person: Person, team_id: int) -> None:
    """Whoever would like to help and may not yet is asked in private whether they want to join."""
    if person.telegram_id is not None and person.telegram_id not in ANONYMOUS:
        desk.say(CardRefresh(person.telegram_id, "join", get_team(desk.conn, team_id).id, anew=True))


def team_to_join(desk: Desk, team_id: int) -> Team:
    """Any team: everybody may ask to join."""
    return get_team(desk.conn, team_id)


def may_join(desk: Desk, person: Person, team: Team) -> bool:
    return not may_volunteer(desk, person, team)


def has_asked(desk: Desk, person: Person, team: Team) -> bool:
    return roles.asked_lately(desk.conn, person.id, team.id, desk.now - PATIENCE)


def apply(desk: Desk, person: Person, team_id: int) -> Text:
    """Ask to join a team: one question at a time, and after a no not again on the same day."""
    team = get_team(desk.conn, team_id)
    if person.telegram_id in ANONYMOUS:
        raise NotFound
    if not may_join(desk, person, team):
        raise AlreadyVolunteer(team=team.title)
    if has_asked(desk, person, team):
        raise AlreadyAsked
    application_id = roles.add_application(desk.conn, desk.now, person.id, team.id)
    if application_id is None:
        raise AlreadyAsked
    for each in in_charge(desk, team.unit):
        if each.telegram_id is not None:
            desk.say(CardRefresh(each.telegram_id, "application", application_id, anew=True))
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, "join", team.id))
    return _("Thank you! I have asked the community worker in charge of {team} and will tell you.")(team=team.title)


def find_application(desk: Desk, by: Person, application_id: int) -> tuple[Application, Team]:
    """The same answer for what is missing and for what is none of their business."""
    found = roles.find_application(desk.conn, application_id)
    if found is None:
        raise NotFound
    team = get_team(desk.conn, found.team_id)
    if not may_lead(desk, by, team.unit):
        raise NotFound
    return found, team


def decide(desk: Desk, by: Person, application_id: int, accepted: bool) -> None:
    """Yes or not now. The first answer counts; the applicant hears it, and the other cards say who gave it."""
    found, team = find_application(desk, by, application_id)
    state = "accepted" if accepted else "declined"
    if found.person_id == by.id:
        raise NotFound
    if not roles.decide_application(desk.conn, desk.now, application_id, by.id, state):
        again = roles.find_application(desk.conn, application_id)
        first = get_person(desk.conn, again.decided_by) if again and again.decided_by else by
        raise AlreadyAnswered(name=first.called)
    if accepted:
        roles.give_role(desk.conn, desk.now, found.person_id, "volunteer", team_id=team.id, given_by=by.id)
    roles.write_audit(desk.conn, desk.now, by.id, state, team=team.id, person=found.person_id)
    applicant = get_person(desk.conn, found.person_id)
    if accepted:
        tell(desk, applicant, _("Welcome to {team}! From now on you can take its requests.")(team=team.title))
    else:
        tell(desk, applicant, _("{team} has enough hands just now. Thank you for offering!")(team=team.title))
    refresh(desk, [by, *supervisors_above(desk, team.unit), *officers(desk)], "application", application_id)

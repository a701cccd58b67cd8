"""Roles come only through one-time links that expire and belong to whoever opens them, and they end at once."""

from __future__ import annotations

import secrets
from datetime import timedelta

from desk.front import CardRefresh, Desk
from desk.roles import check_leads, check_officer, has_officer, may_lead, may_set_up, tell
from desk.waiting import holder_lost
from domain.people import ANONYMOUS, Person
from domain.refusals import NotAllowed, NotFound, Refusal
from domain.words import Named, Text, _
from storage import roles
from storage.messages import cards_of
from storage.people import get_person, meet, roles_of
from storage.roles import Held, Invitation
from storage.stations import find_merchant, find_station
from storage.teams import get_team

INVITATION = "i_"
LASTS = timedelta(days=3)
OFFICERS_LAST = timedelta(hours=24)
OF_AN_OFFICE = (
    *("alert", "queue", "duty", "case", "case_part", "case_alert", "application", "household_ask"),
    *("handover", "counter", "booking", "kept_item", "station", "merchant"),
)
"""Cards that whoever answers for a place has in their chat."""


class LinkUnknown(Refusal):
    text = _("I don't know this link. Please ask whoever sent it to you for a new one.")


class LinkUsed(Refusal):
    text = _("Somebody has opened this link already, and it works only once. Please ask whoever sent it for a new one.")


class LinkExpired(Refusal):
    text = _("This link has expired. Please ask whoever sent it to you for a new one.")


class LastOfficer(Refusal):
    text = _("You are the only officer. Please invite another one first, so that somebody can look after the desk.")


def make_link(
    desk: Desk, by: Person | None, kind: str, role: str, unit: str, team_id: int, lasts: timedelta, **keeps: int
) -> str:
    """The secret part of a one-time link; the desk keeps its keyed hash alone."""
    token = secrets.token_urlsafe(24)  # 192 bits; never from `desk.chance`, which tests and demos may foresee
    roles.add_invitation(
        desk.conn,
        token_hash=desk.keys.hash("invitation", token),
        role=role,
        unit=unit,
        team_id=team_id,
        made_by=by.id if by else None,
        made_at=desk.now,
        expires_at=desk.now + lasts,
        **keeps,
    )
    about = {"role": role, "unit": unit, "team": team_id, **keeps}
    roles.write_audit(desk.conn, desk.now, by.id if by else None, "invite", **about)
    return f"{kind}{token}"


def invite(desk: Desk, by: Person, role: str, unit: str = "", team_id: int = 0, **keeps: int) -> str:
    """A link to forward to somebody: whoever opens it first has the role. `keeps`: a keeper's station or merchant."""
    if role == "volunteer":
        check_leads(desk, by, get_team(desk.conn, team_id).unit)
    else:
        check_officer(desk, by)
    if role == "supervisor" and unit not in desk.file.units:
        raise NotFound
    if role == "keeper" and place_of(desk, **keeps) is None:
        raise NotFound
    lasts = OFFICERS_LAST if role == "officer" else LASTS
    return desk.link(make_link(desk, by, INVITATION, role, unit, team_id, lasts, **keeps))


def place_of(desk: Desk, station_id: int = 0, merchant_id: int = 0) -> Named | None:
    """What somebody keeps: a station, or what a merchant gives; None if it is no more."""
    if merchant_id:
        merchant = find_merchant(desk.conn, merchant_id)
        return merchant.name if merchant is not None and merchant.state == "gives" else None
    station = find_station(desk.conn, station_id)
    return station.name if station is not None and station.state == "open" else None


def first_officer_link(desk: Desk) -> str | None:
    """For a desk that has no officer yet; the links made for that before no longer work."""
    if has_officer(desk.conn):
        return None
    roles.void_invitations(desk.conn, desk.now, "officer")
    return desk.link(make_link(desk, None, INVITATION, "officer", "", 0, OFFICERS_LAST))


def ensure_owner(desk: Desk, telegram_id: int) -> bool:
    """The owner named in the settings is the first officer. Did it happen? Not on a desk that has one."""
    if has_officer(desk.conn) or telegram_id <= 0 or telegram_id in ANONYMOUS:
        return False
    owner = meet(desk.conn, desk.now, telegram_id, "", None, started=False)
    roles.give_role(desk.conn, desk.now, owner.id, "officer")
    roles.write_audit(desk.conn, desk.now, None, "give_role", role="officer", person=owner.id)
    return True


def accept(desk: Desk, person: Person, token: str) -> Text:
    """Open a link.

    1. It must exist, be unused and fresh, and whoever made it must still be allowed to give this role.
    2. Somebody who holds the role already leaves the link for the next.
    3. Compete for it: one account, one time.
    4. Give the role, write it down, tell both.
    """
    found = roles.find_invitation(desk.conn, desk.keys.hash("invitation", token))
    if found is None or found.role == "group" or person.telegram_id in ANONYMOUS:
        raise LinkUnknown
    welcome = _welcome(desk, found)
    if found.used_by == person.id:
        return (
            welcome if _holds(desk, person, found) else _("This link has done its work. You no longer have that role.")
        )
    if found.used_by is not None:
        raise LinkUsed
    if found.expires_at <= desk.now or not _still_stands(desk, found):
        raise LinkExpired
    if _holds(desk, person, found):
        return _("You have this role already. The link still works: you can pass it on to somebody else.")
    if not roles.take_invitation(desk.conn, desk.now, found.id, person.id):
        raise LinkUsed
    keeps = {"station_id": found.station_id, "merchant_id": found.merchant_id}
    roles.give_role(desk.conn, desk.now, person.id, found.role, found.unit, found.team_id, found.made_by, **keeps)
    about = {"role": found.role, "unit": found.unit, "team": found.team_id, "person": person.id, **keeps}
    roles.write_audit(desk.conn, desk.now, found.made_by, "give_role", **about)
    if found.made_by is not None:
        accepted = _("{name} has opened your link: {role}.")
        tell(desk, get_person(desk.conn, found.made_by), accepted(name=person.called, role=name_of(desk, found)))
    return welcome


def _holds(desk: Desk, person: Person, of: Invitation) -> bool:
    held = roles_of(desk.conn, person.id)
    same = (of.role, of.unit, of.team_id, of.station_id, of.merchant_id)
    return any((role.role, role.unit, role.team_id, role.station_id, role.merchant_id) == same for role in held)


def _still_stands(desk: Desk, found: Invitation) -> bool:
    """May whoever made the link still give this role, and is there still a place for it?"""
    if found.made_by is None:
        return not has_officer(desk.conn)
    by = get_person(desk.conn, found.made_by)
    if found.role == "volunteer":
        return _leads_team(desk, by, found.team_id)
    if found.role == "keeper" and place_of(desk, found.station_id, found.merchant_id) is None:
        return False
    return may_set_up(desk, by) and (not found.unit or found.unit in desk.file.units)


def name_of(desk: Desk, of: Invitation | Held) -> Text:
    """The role as people call it."""
    if of.role == "volunteer":
        try:
            return _("volunteer of {team}")(team=get_team(desk.conn, of.team_id).title)
        except NotFound:
            return _("volunteer")
    if of.role == "supervisor":
        unit = desk.file.units.get(of.unit)
        return _("supervisor of {unit}")(unit=unit.name if unit else of.unit)
    if of.role == "officer":
        return _("officer of the desk")
    return _("keeper of {place}")(place=place_of(desk, of.station_id, of.merchant_id) or "—")


def _welcome(desk: Desk, of: Invitation) -> Text:
    role = name_of(desk, of)
    if of.role == "officer":
        return _("Welcome! You are now {role}. /setup shows how the desk is arranged and what is still missing.")(
            role=role
        )
    if of.role == "supervisor":
        return _("Welcome! You are now {role}. When nobody answers a request there, I will call you.")(role=role)
    if of.role == "keeper":
        return _("Welcome, and thank you! You are now {role}. /counter shows what people come to collect.")(role=role)
    return _("Welcome, and thank you! You are now {role}. I will tell you when somebody needs help.")(role=role)


def end_role(desk: Desk, by: Person, person_id: int, role: str, unit: str = "", team_id: int = 0, **keeps: int) -> None:
    """Take a role away, at once; one's own as well. The last officer stays."""
    if by.id != person_id:
        if role == "volunteer":
            check_leads(desk, by, get_team(desk.conn, team_id).unit)
        elif not may_set_up(desk, by):
            raise NotAllowed
    if role == "officer" and roles.count_officers(desk.conn) < 2:
        raise LastOfficer
    if not roles.end_role(desk.conn, desk.now, person_id, role, unit, team_id, **keeps):
        raise NotFound
    about = {"role": role, "unit": unit, "team": team_id, "person": person_id, **keeps}
    roles.write_audit(desk.conn, desk.now, by.id, "end_role", **about)
    former = get_person(desk.conn, person_id)
    holder_lost(desk, former, team_id)
    if role != "volunteer" and former.telegram_id is not None:  # what was shown to the office goes from their chat
        shown = cards_of(desk.conn, former.telegram_id, OF_AN_OFFICE)
        desk.say(*(CardRefresh(former.telegram_id, subject, about, silent=True) for subject, about in shown))
    if by.id != person_id:
        ended = name_of(desk, Held(0, person_id, role, unit, team_id, **keeps))
        thanks = _("You are no longer {role}. Thank you for everything you have done!")
        tell(desk, former, thanks(role=ended))


def roles_under(desk: Desk, by: Person) -> list[Held]:
    """The roles this person may end: all for officers, for supervisors those of their teams' volunteers."""
    held = roles.held_roles(desk.conn)
    if may_set_up(desk, by):
        return held
    return [each for each in held if each.role == "volunteer" and _leads_team(desk, by, each.team_id)]


def _leads_team(desk: Desk, by: Person, team_id: int) -> bool:
    try:
        return may_lead(desk, by, get_team(desk.conn, team_id).unit)
    except NotFound:
        return False


def holder_of(desk: Desk, held: Held) -> Text:
    """Who holds it: Dina, supervisor of Ankang."""
    holds = _("{name}, {role}")
    return holds(name=get_person(desk.conn, held.person_id).called, role=name_of(desk, held))


def say_link(desk: Desk, to: Person, role: str, link: str, *, unit: str = "", team_id: int = 0, **keeps: int) -> None:
    """The link in a message of its own, written for whoever it is forwarded to."""
    what = name_of(desk, Held(0, to.id, role, unit, team_id, **keeps))
    text = _("{desk} asks you to be {role}. Open this link to accept; it works once and expires soon: {link}")
    tell(desk, to, text(desk=desk.file.name, role=what, link=link))

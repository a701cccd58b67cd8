"""Who may do what, read anew for every deed, and who is in charge of a place."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from desk.front import Button, CardRefresh, Desk, Line
from domain.people import ANONYMOUS, Person, is_officer, supervises
from domain.places import path_up
from domain.refusals import NotAllowed
from domain.teams import GROUP, Team
from domain.words import Text
from storage import roles
from storage.groups import is_inside
from storage.messages import find_cards
from storage.people import holders_of, roles_of


def may_volunteer(desk: Desk, person: Person, team: Team, tapped_in: int | None = None) -> bool:
    """May this person take the team's orders, now? `tapped_in` is the chat the tap came from, if there was one.

    Whoever has left the group may not, whatever they hold. Of whom nobody has told yet whether they are inside, a tap
    in the group itself speaks.
    """
    if person.telegram_id in ANONYMOUS:
        return False
    inside = None
    if team.chat_id is not None and person.telegram_id is not None:
        inside = is_inside(desk.conn, team.chat_id, person.telegram_id)
    if inside is False:
        return False
    if any(role.role == "volunteer" and role.team_id == team.id for role in roles_of(desk.conn, person.id)):
        return True
    if team.joining != GROUP or team.chat_id is None:
        return False
    if roles.had_role(desk.conn, person.id, "volunteer", team_id=team.id):
        return False  # a supervisor took them off the team, and sitting in its group does not undo that
    return inside is True or tapped_in == team.chat_id


def may_set_up(desk: Desk, person: Person) -> bool:
    """Officers arrange the desk: supervisors, teams, groups."""
    return is_officer(roles_of(desk.conn, person.id))


def may_lead(desk: Desk, person: Person, unit: str) -> bool:
    """Officers, and the supervisors of this unit or of one above it, look after its teams."""
    held = roles_of(desk.conn, person.id)
    return is_officer(held) or supervises(held, (each.key for each in path_up(desk.file.units, unit)))


def check_officer(desk: Desk, person: Person) -> None:
    if not may_set_up(desk, person):
        raise NotAllowed


def check_leads(desk: Desk, person: Person, unit: str) -> None:
    if not may_lead(desk, person, unit):
        raise NotAllowed


def has_officer(conn: Connection) -> bool:
    """Is anybody in charge of this desk?"""
    return roles.has_officer(conn)


def officers(desk: Desk) -> list[Person]:
    return holders_of(desk.conn, "officer")


def supervisors_above(desk: Desk, unit: str) -> list[Person]:
    """All of them, of the unit and of those above it."""
    path = path_up(desk.file.units, unit)
    return [person for each in path for person in holders_of(desk.conn, "supervisor", unit=each.key)]


def in_charge(desk: Desk, unit: str) -> list[Person]:
    """The supervisors nearest above a unit of whom somebody can be reached; without any, the officers."""
    for each in path_up(desk.file.units, unit):
        reachable = [person for person in holders_of(desk.conn, "supervisor", unit=each.key) if person.reach == "open"]
        if reachable:
            return reachable
    return officers(desk)


def tell(desk: Desk, person: Person, text: Text, *buttons: Button) -> None:
    """A sentence in somebody's private chat, if they have one."""
    if person.telegram_id is not None:
        desk.say(Line(person.telegram_id, text, buttons, language=person.language))


def refresh(desk: Desk, people: Iterable[Person], subject: str, subject_id: int) -> None:
    """The cards that stand with these people show what is true now; whoever has none is not sent one."""
    keys = {(subject, subject_id, person.telegram_id) for person in people if person.telegram_id is not None}
    for _subject, _id, chat_id in find_cards(desk.conn, sorted(keys)):
        desk.say(CardRefresh(chat_id, subject, subject_id))

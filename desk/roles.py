"""Who may do what: roles come through one-time links, are read for every deed, and end at once."""

from __future__ import annotations

from desk.front import Desk
from domain.people import ANONYMOUS, Person
from domain.teams import GROUP, Team
from storage.groups import is_inside
from storage.people import roles_of
from storage.roles import had_role


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
    if had_role(desk.conn, person.id, "volunteer", team_id=team.id):
        return False  # a supervisor took them off the team, and sitting in its group does not undo that
    return inside is True or tapped_in == team.chat_id

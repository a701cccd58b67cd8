"""Teams are set up in chat: what they are for, who may join, and which group is theirs."""

from __future__ import annotations

from desk.front import Call, CardRefresh, Desk, Line
from desk.invitations import LASTS, make_link
from desk.roles import check_leads, check_officer, officers, refresh
from desk.waiting import group_lost, holder_lost, offer_waiting
from domain.people import Person
from domain.places import path_up
from domain.refusals import AlreadyDone, NotAllowed, NotFound, Refusal
from domain.teams import Group, Team, to_mend
from domain.words import Text, _
from storage import groups, people, roles, teams

GROUP_LINK = "g_"
LONGEST_TITLE = 60


class TeamExists(Refusal):
    text = _("There is such a team already: {team}.")


class GroupTaken(Refusal):
    text = _("This is the group of {team} already. Every team needs a group of its own.")


class NotReadyYet(Refusal):
    text = _("Nearly there. {mend} Then tap “Yes” again.")


def get_team(desk: Desk, by: Person, team_id: int) -> Team:
    """A team, for whoever looks after it; the same answer for what is missing and for what is not theirs."""
    team = teams.get_team(desk.conn, team_id)
    try:
        check_leads(desk, by, team.unit)
    except NotAllowed:
        raise NotFound from None
    return team


def teams_of(desk: Desk, by: Person) -> list[Team]:
    """The teams somebody looks after: all of them for officers, for supervisors those of their units and below."""
    held = people.roles_of(desk.conn, by.id)
    everything = teams.all_teams(desk.conn)
    if any(role.role == "officer" for role in held):
        return everything
    own = {role.unit for role in held if role.role == "supervisor"}
    return [team for team in everything if own & {unit.key for unit in path_up(desk.file.units, team.unit)}]


def add_team(desk: Desk, by: Person, key: str, unit: str, title: str, joining: str) -> int:
    check_officer(desk, by)
    if key not in desk.file.teams or unit not in desk.file.units or joining not in ("invited", "group"):
        raise NotFound
    team_id = teams.add_team(desk.conn, desk.now, key, unit, title.strip()[:LONGEST_TITLE], joining, by.id)
    if team_id is None:
        there = next(team for team in teams.all_teams(desk.conn, [unit]) if team.key == key)
        raise TeamExists(team=there.title)
    roles.write_audit(desk.conn, desk.now, by.id, "add_team", team=team_id, key=key, unit=unit)
    return team_id


def rename_team(desk: Desk, by: Person, team_id: int, title: str) -> None:
    _change(desk, by, team_id, title=title.strip()[:LONGEST_TITLE])


def change_joining(desk: Desk, by: Person, team_id: int, joining: str) -> None:
    if joining not in ("invited", "group"):
        raise NotFound
    _change(desk, by, team_id, joining=joining)


def _change(desk: Desk, by: Person, team_id: int, **fields: str) -> None:
    check_officer(desk, by)
    if not teams.change_team(desk.conn, team_id, **fields):
        raise NotFound
    roles.write_audit(desk.conn, desk.now, by.id, "change_team", team=team_id, changed=sorted(fields))
    show_team(desk, by, team_id)


def remove_team(desk: Desk, by: Person, team_id: int) -> None:
    """The team ends, with its volunteers' roles and its links; the bot says goodbye to its group."""
    check_officer(desk, by)
    team = teams.get_team(desk.conn, team_id)
    if not teams.change_team(desk.conn, team_id, state="removed"):
        raise AlreadyDone
    roles.end_roles_of_team(desk.conn, desk.now, team_id)
    for role in ("volunteer", "group"):
        roles.void_invitations(desk.conn, desk.now, role, team_id=team_id)
    roles.write_audit(desk.conn, desk.now, by.id, "remove_team", team=team_id)
    asked = groups.asked_about(desk.conn, team_id)
    if asked is not None:
        groups.answer_about(desk.conn, team_id, asked)
    for chat_id in {team.chat_id, asked} - {None}:
        goodbye(desk, chat_id, _("This group no longer belongs to the desk. Thank you for everything!"))
    for person_id in teams.holders_for(desk.conn, team_id):
        holder_lost(desk, people.get_person(desk.conn, person_id), team_id)
    group_lost(desk, team_id)


def show_team(desk: Desk, by: Person, team_id: int, *, anew: bool = False) -> None:
    if not anew:
        refresh(desk, [by], "team", team_id)
    elif by.telegram_id is not None:
        desk.say(CardRefresh(by.telegram_id, "team", team_id, anew=True))


def count_volunteers(desk: Desk, team_id: int) -> int:
    return len(people.holders_of(desk.conn, "volunteer", team_id=team_id))


# ── a team and its group ────────────────────────────────────────────────────────────────────────────────────────────


def link_to_group(desk: Desk, by: Person, team_id: int) -> str:
    """A link by which somebody adds the bot to the team's group; an officer confirms what comes of it."""
    check_officer(desk, by)
    team = teams.get_team(desk.conn, team_id)
    return desk.group_link(make_link(desk, by, GROUP_LINK, "group", "", team.id, LASTS))


def group_of(desk: Desk, team: Team) -> Group | None:
    return groups.find_group(desk.conn, team.chat_id) if team.chat_id is not None else None


def asked_group(desk: Desk, team_id: int) -> Group | None:
    """The group that waits to be confirmed as this team's."""
    chat_id = groups.asked_about(desk.conn, team_id)
    return groups.find_group(desk.conn, chat_id) if chat_id is not None else None


def confirm_group(desk: Desk, by: Person, team_id: int, yes: bool) -> Text | None:
    """Is this the team's group?

    1. Refuse: nobody asks any more, the group is another team's, or the bot lacks a right it needs there.
    2. Compete: the first answer counts.
    3. No: the bot leaves. Yes: the team is ready, its former group is left, and what waits is offered at once.
    """
    check_officer(desk, by)
    team = teams.get_team(desk.conn, team_id)
    chat_id = groups.asked_about(desk.conn, team_id)
    if chat_id is None:
        raise AlreadyDone
    if yes:
        taken = teams.team_of_chat(desk.conn, chat_id)
        if taken is not None and taken.id != team_id:
            raise GroupTaken(team=taken.title)
        mend = to_mend(groups.find_group(desk.conn, chat_id))
        if mend is not None:
            raise NotReadyYet(mend=mend)
    if not groups.answer_about(desk.conn, team_id, chat_id):
        raise AlreadyDone
    roles.write_audit(desk.conn, desk.now, by.id, "confirm_group" if yes else "decline_group", team=team_id)
    refresh(desk, officers(desk), "group", team_id)
    show_team(desk, by, team_id, anew=yes)
    if not yes:
        if chat_id != team.chat_id:
            goodbye(desk, chat_id, _("I was not meant for this group after all. Goodbye!"))
        return None
    teams.change_team(desk.conn, team_id, chat_id=chat_id, state="ready")
    if by.language is not None:  # the officer's own; nobody else has been asked
        groups.set_language(desk.conn, chat_id, by.language)
    if team.chat_id is not None and team.chat_id != chat_id:
        goodbye(desk, team.chat_id, _("{team} has moved to another group. Goodbye!")(team=team.title))
    hello = _("Hello! From now on I show here what neighbours ask of {team}. Tap “I'll take it” to take a request.")
    desk.say(Line(chat_id, hello(team=team.title)))
    offer_waiting(desk, team_id)
    return _("{team} is ready.")(team=team.title)


def goodbye(desk: Desk, chat_id: int | None, text: Text) -> None:
    if chat_id is not None:
        desk.say(Line(chat_id, text, silent=True, rule="bulk"), Call(chat_id, "leaveChat"))

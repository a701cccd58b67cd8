"""Officers arrange the desk in chat and supervisors look after their teams: what there is, and what is missing."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.cards import Face, View, language_of
from bot.flows.router import Private
from bot.handlers.membership import Says
from bot.handlers.places import place_buttons
from desk import people, teams
from desk.front import Button, CardRefresh, Desk, Line
from desk.holes import holes
from desk.invitations import holder_of, invite, roles_under, say_link
from desk.roles import may_set_up
from domain.people import Person
from domain.refusals import NotAllowed, NotFound
from domain.teams import GROUP, INVITED, Team, to_mend
from domain.words import Text, _, lines, plain

router = Router(name="setup")

MOST = 60
"""Teams with a button of their own on one card."""


class SetupTap(CallbackData, prefix="su"):
    verb: str
    id: int


def button(label: Text, verb: str, id: int = 0) -> Button:
    return Button(label, data=SetupTap(verb=verb, id=id).pack())


@router.message(Says("setup"), Private())
async def setup(message: Message, desk: Desk, person: Person) -> None:
    if not may_set_up(desk, person) and not teams.teams_of(desk, person):
        raise NotAllowed
    desk.say(CardRefresh(message.chat.id, "setup", person.id, anew=True))


# ── what stands on the cards ────────────────────────────────────────────────────────────────────────────────────────


def paint_setup(view: View, person_id: int, chat_id: int) -> Face | None:
    """The desk as it is arranged, everything that is missing, and what this person can do about it."""
    person = people.find_person(view, chat_id)
    if person is None:
        return None
    own, officer = teams.teams_of(view, person), may_set_up(view, person)
    if not own and not officer:
        return None
    text = [_("<b>{desk}</b>: how it is arranged")(desk=view.file.name)]
    buttons = [button(plain(f"👥 {team.title}"), "team", team.id) for team in own[:MOST]]
    if officer:
        held = [role for role in roles_under(view, person) if role.role != "volunteer"]
        text += [_("• {who}")(who=holder_of(view, role)) for role in held[:MOST]]
        missing = holes(view)
        text.append(_("<b>Still missing</b>") if missing else _("Nothing is missing."))
        text += [_("• {who}")(who=hole) for hole in missing[:MOST]]
        buttons += [
            Button(_("➕ Add a team"), data="open:addteam:"),
            Button(_("➕ Invite a supervisor"), data="open:addsupervisor:"),
            button(_("➕ Invite another officer"), "officer"),
            *place_buttons(view),
        ]
    if roles_under(view, person):
        buttons.append(Button(_("Remove somebody"), data="open:endrole:"))
    return Face(lines(*text), tuple(buttons), language=language_of(view, person))


def paint_team(view: View, team_id: int, chat_id: int) -> Face | None:
    """One team: its place, its group, who may join, and what can be changed."""
    person = people.find_person(view, chat_id)
    if person is None:
        return None
    try:
        team = teams.get_team(view, person, team_id)
    except NotFound:
        return Face(_("This team has been removed."), language=language_of(view, person))
    by_group = team.joining == GROUP
    buttons = [button(_("➕ Invite a volunteer"), "volunteer", team.id)]
    if teams.count_volunteers(view, team.id):
        buttons.append(Button(_("Remove somebody"), data=f"open:endrole:{team.id}"))
    if may_set_up(view, person):
        buttons += [
            button(_("Add it to its group") if team.chat_id is None else _("Move to another group"), "group", team.id),
            button(_("Only who was invited"), "invited", team.id)
            if by_group
            else button(_("Everybody in its group"), "members", team.id),
            Button(_("Change the name"), data=f"open:renameteam:{team.id}"),
            Button(_("Remove the team"), data=f"open:removeteam:{team.id}"),
        ]
    text = lines(
        _("<b>{team}</b>")(team=team.title),
        _("{key}, {unit}")(key=view.file.teams.get(team.key, team.key), unit=_unit_of(view, team)),
        _group_line(view, team),
        _("Who takes requests: everybody in its group.")
        if by_group
        else _("Who takes requests: only who was invited."),
        _("{count} volunteer was invited.", "{count} volunteers were invited.")(
            count=teams.count_volunteers(view, team.id)
        ),
    )
    return Face(text, tuple(buttons), language=language_of(view, person))


def _unit_of(view: View, team: Team) -> object:
    unit = view.file.units.get(team.unit)
    return unit.name if unit else team.unit


def _group_line(view: View, team: Team) -> Text:
    group = teams.group_of(view, team)
    asked = teams.asked_group(view, team.id)
    if asked is not None and (group is None or asked.chat_id != group.chat_id):
        return _("Its group: {group} waits for your yes.")(group=asked.title)
    if group is None:
        return _("It has no group yet.")
    mend = to_mend(group)
    title = _("Its group: {group}.")(group=group.title)
    return lines(title, mend) if mend else title


def paint_group(view: View, team_id: int, chat_id: int) -> Face | None:
    """Is this the team's group? With whatever has to be mended there first."""
    person = people.find_person(view, chat_id)
    if person is None or not may_set_up(view, person):
        return None
    language = language_of(view, person)
    try:
        team = teams.get_team(view, person, team_id)
    except NotFound:
        return Face(_("This team has been removed."), language=language)
    asked = teams.asked_group(view, team_id)
    if asked is None:
        return Face(_group_line(view, team), language=language)
    text = lines(
        _("Is “{group}” the group of {team}, {unit}?")(group=asked.title, team=team.title, unit=_unit_of(view, team)),
        to_mend(asked),
    )
    return Face(text, (button(_("Yes"), "yes", team_id), button(_("No, it isn't"), "no", team_id)), language=language)


CARDS = {"setup": paint_setup, "team": paint_team, "group": paint_group}


# ── taps ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.callback_query(SetupTap.filter())
async def tapped(query: CallbackQuery, callback_data: SetupTap, desk: Desk, person: Person) -> Text | None:
    team_id = callback_data.id
    match callback_data.verb:
        case "team":
            teams.get_team(desk, person, team_id)
            teams.show_team(desk, person, team_id, anew=True)
        case "volunteer":
            link = invite(desk, person, "volunteer", team_id=team_id)
            say_link(desk, person, "volunteer", link, team_id=team_id)
            return _("Please forward the next message to the person you mean, and to nobody else.")
        case "officer":
            say_link(desk, person, "officer", invite(desk, person, "officer"))
            return _("Please forward the next message to the person you mean, and to nobody else.")
        case "group":
            _say_group_link(desk, person, team_id)
        case "invited" | "members":
            teams.change_joining(desk, person, team_id, INVITED if callback_data.verb == "invited" else GROUP)
        case "yes" | "no":
            return teams.confirm_group(desk, person, team_id, callback_data.verb == "yes")
        case _:
            raise NotFound
    return None


def _say_group_link(desk: Desk, person: Person, team_id: int) -> None:
    link = teams.link_to_group(desk, person, team_id)
    text = _(
        "Tap the button, choose the group and leave the rights ticked. Then I'll ask you here whether it is right."
    )
    if person.telegram_id is not None:
        desk.say(Line(person.telegram_id, text, (Button(_("Choose the group"), url=link),), language=person.language))

"""Links that people open, and the question whether somebody may join a team."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery

from bot.cards import Face, View, language_of
from desk import people
from desk.applications import apply, decide, find_application, has_asked, may_join, offer_to_join, team_to_join
from desk.front import Button, Desk
from desk.invitations import accept
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _, lines

router = Router(name="invitations")


class JoinTap(CallbackData, prefix="j"):
    verb: str
    id: int


async def open_invitation(desk: Desk, person: Person, token: str) -> Text | None:
    return accept(desk, person, token)


async def open_group_link(desk: Desk, person: Person, token: str) -> Text | None:
    """It was opened in the private chat, where there is no group to bind."""
    return _("This link is for a group. Please tap it again and choose the group from the list.")


async def open_team(desk: Desk, person: Person, token: str) -> Text | None:
    """Somebody who tapped in a group without being a volunteer came here to ask for it."""
    if not token.isdecimal() or len(token) > 15:
        raise NotFound
    offer_to_join(desk, person, int(token))
    return None


PAYLOADS = {"i": open_invitation, "g": open_group_link, "j": open_team}


@router.callback_query(JoinTap.filter())
async def tapped(query: CallbackQuery, callback_data: JoinTap, desk: Desk, person: Person) -> Text | None:
    match callback_data.verb:
        case "ask":
            return apply(desk, person, callback_data.id)
        case "yes" | "no":
            decide(desk, person, callback_data.id, callback_data.verb == "yes")
            return None
    raise NotFound


def paint_join(view: View, team_id: int, chat_id: int) -> Face | None:
    """Would you like to join? What stands there once it was asked, or is so already."""
    person = people.find_person(view, chat_id)
    if person is None:
        return None
    language = language_of(view, person)
    try:
        team = team_to_join(view, team_id)
    except NotFound:
        return Face(_("This team has been removed."), language=language)
    if may_join(view, person, team):
        if has_asked(view, person, team):
            return Face(_("You have asked to join {team}. I'll tell you.")(team=team.title), language=language)
        ask = Button(_("Ask to join"), data=JoinTap(verb="ask", id=team_id).pack())
        question = _("Requests of {team} are for its volunteers. Would you like to be one?")
        return Face(question(team=team.title), (ask,), language=language)
    return Face(_("You are a volunteer of {team}. Thank you!")(team=team.title), language=language)


def paint_application(view: View, application_id: int, chat_id: int) -> Face | None:
    """Somebody would like to join: yes or not now, and afterwards who said what."""
    reader = people.find_person(view, chat_id)
    if reader is None:
        return None
    try:
        found, team = find_application(view, reader, application_id)
    except NotFound:
        return None
    applicant = people.get_person(view, found.person_id)
    asks = _("{name} would like to be a volunteer of {team}.")(name=applicant.called, team=team.title)
    language = language_of(view, reader)
    if found.state == "asked":
        buttons = (
            Button(_("Yes, welcome"), data=JoinTap(verb="yes", id=application_id).pack()),
            Button(_("Not now"), data=JoinTap(verb="no", id=application_id).pack()),
        )
        known = _("Please say yes only if you know who it is. A name can be anybody's.")
        return Face(lines(asks, known), buttons, language=language)
    by = people.get_person(view, found.decided_by).called if found.decided_by else "—"
    answer = _("{name} said yes.") if found.state == "accepted" else _("{name} said: not now.")
    return Face(lines(asks, answer(name=by)), language=language)


CARDS = {"join": paint_join, "application": paint_application}

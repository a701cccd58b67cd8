"""What Telegram tells about groups: where the bot stands, who is inside, and to which team a group shall belong."""

from __future__ import annotations

from datetime import datetime

from desk.front import Button, CardRefresh, Desk, Line
from desk.roles import in_charge, may_set_up, officers, refresh, tell
from desk.teams import goodbye
from desk.waiting import group_lost, holder_lost, offer_waiting
from domain.people import ANONYMOUS, Person
from domain.refusals import NotFound, Refusal
from domain.teams import Group, Team, to_mend
from domain.words import Text, _
from storage import groups, roles, teams
from storage.groups import needs_asking as pairs_to_ask
from storage.messages import cards_of, mark_unreachable
from storage.people import find_person, get_person

NOT_OURS = _("Hello! I work for one neighbourhood, and this is none of its groups, so I'll leave again. All the best!")


LIVING = ("held", "part", "request", "alert", "still_on_it", "case_alert", "case", "case_part")
"""Cards in a private chat that follow what they are about."""


class GroupLinkOver(Refusal):
    text = _("This link has expired or was used already. Please ask the officer who sent it for a new one.")


# ── where the bot stands ────────────────────────────────────────────────────────────────────────────────────────────


def hear_standing(desk: Desk, by: Person | None, group: Group) -> None:
    """The bot was added, promoted, demoted or removed in a group.

    1. A team's group: whoever is in charge hears what to mend, and what waits is offered or climbs.
    2. A group somebody has yet to confirm: the question shows what is still missing.
    3. Anybody else's: it is left, unless an officer added the bot or somebody still holds a link to a group.
    """
    before = groups.find_group(desk.conn, group.chat_id)
    groups.keep_group(desk.conn, group)
    for team_id in groups.teams_asking(desk.conn, group.chat_id):
        _show_question(desk, team_id)
    team = teams.team_of_chat(desk.conn, group.chat_id)
    if team is not None:
        _hear_of_team(desk, team, before, group)
    elif groups.teams_asking(desk.conn, group.chat_id):
        return
    elif group.standing == "left":
        groups.drop_group(desk.conn, group.chat_id)
    elif before is None and not _may_stay(desk, by):
        goodbye(desk, group.chat_id, NOT_OURS)


def _may_stay(desk: Desk, by: Person | None) -> bool:
    """The link's own message arrives after the bot itself, so a group is given the time that a link would last."""
    if by is not None and may_set_up(desk, by):
        return True
    return roles.has_open_invitation(desk.conn, desk.now, "group")


def _hear_of_team(desk: Desk, team: Team, before: Group | None, group: Group) -> None:
    could, can = before is not None and before.standing == "administrator", group.standing == "administrator"
    mend = to_mend(group)
    if can and not could:
        _tell_in_charge(desk, team, _("I can work in the group of {team} again.")(team=team.title))
        offer_waiting(desk, team.id)
        _show_again(desk, group.chat_id, ("order",))
    elif could and not can and mend is not None:
        lost = _("I can no longer work in the group of {team}. {mend} Until then I'll call the community workers.")
        _tell_in_charge(desk, team, lost(team=team.title, mend=mend))
        group_lost(desk, team.id)
    elif mend is not None and before is not None and to_mend(before) is None:
        _tell_in_charge(desk, team, _("In the group of {team}: {mend}")(team=team.title, mend=mend))
    if could != can:
        roles.write_audit(desk.conn, desk.now, None, "group_back" if can else "group_lost", team=team.id)


def _tell_in_charge(desk: Desk, team: Team, text: Text) -> None:
    everybody = {person.id: person for person in [*in_charge(desk, team.unit), *officers(desk)]}
    for person in everybody.values():
        tell(desk, person, text)


def gone(desk: Desk, chat_id: int) -> None:
    """Telegram refuses what is sent there: the bot is no longer in the group, though nobody told."""
    before = groups.find_group(desk.conn, chat_id)
    if before is not None and before.standing != "left":
        hear_standing(desk, None, Group(chat_id, before.title, "left"))


# ── in which topic it speaks ────────────────────────────────────────────────────────────────────────────────────────


def speak_here(desk: Desk, by: Person | None, chat_id: int, topic_id: int | None) -> bool:
    """Whoever arranges the desk calls it in a topic of a team's group: from now on it writes there."""
    team = teams.team_of_chat(desk.conn, chat_id)
    if (
        team is None
        or by is None
        or not may_set_up(desk, by)
        or not groups.write_to_topic(desk.conn, chat_id, topic_id)
    ):
        return False
    roles.write_audit(desk.conn, desk.now, by.id, "speak_here", team=team.id)
    desk.say(Line(chat_id, _("From now on I show here what neighbours ask of {team}.")(team=team.title)))
    return True


def topic_gone(desk: Desk, chat_id: int) -> None:
    """Nothing can be written in that topic any more: what is said goes to the general one, and somebody hears of it."""
    team = teams.team_of_chat(desk.conn, chat_id)
    if not groups.write_to_topic(desk.conn, chat_id, None) or team is None:
        return
    roles.write_audit(desk.conn, desk.now, None, "topic_gone", team=team.id)
    gone = _(
        "In the group of {team} the topic I wrote in is closed or gone, so I write to the whole group now. To choose"
        " another, an officer writes /setup@{bot} in it."
    )
    _tell_in_charge(desk, team, gone(team=team.title, bot=desk.bot_name))


def hear_blocked(desk: Desk, telegram_id: int, blocked: bool) -> None:
    """Somebody has stopped the bot in their private chat, or let it in again.

    What changed meanwhile was not shown there, and an address must not stay with whoever no longer has the order.
    """
    mark_unreachable(desk.conn, telegram_id, "blocked" if blocked else "open")
    if not blocked:
        _show_again(desk, telegram_id, LIVING)


def _show_again(desk: Desk, chat_id: int, subjects: tuple[str, ...]) -> None:
    for subject, subject_id in cards_of(desk.conn, chat_id, subjects):
        desk.say(CardRefresh(chat_id, subject, subject_id, silent=True))


# ── who is inside ───────────────────────────────────────────────────────────────────────────────────────────────────


def hear_member(desk: Desk, chat_id: int, telegram_id: int, inside: bool, heard_at: datetime) -> None:
    """Somebody joined or left; of groups that are not ours nothing is kept. Whoever left has nothing in hand."""
    team = teams.team_of_chat(desk.conn, chat_id)
    if telegram_id in ANONYMOUS or not (team is not None or groups.teams_asking(desk.conn, chat_id)):
        return
    groups.keep_member(desk.conn, chat_id, telegram_id, inside, heard_at)
    person = find_person(desk.conn, telegram_id)
    if team is not None and person is not None and groups.is_inside(desk.conn, chat_id, telegram_id) is False:
        holder_lost(desk, person, team.id)


def needs_asking(desk: Desk) -> list[tuple[int, int]]:
    """Of whom a job has yet to ask Telegram whether they are inside: (group, account)."""
    return pairs_to_ask(desk.conn)


# ── whose group it shall be ─────────────────────────────────────────────────────────────────────────────────────────


def open_in_group(
    desk: Desk, by: Person | None, token: str, chat_id: int, title: str, topic_id: int | None = None
) -> None:
    """A link to a group was opened there: an officer is asked in private whether it is the right one.

    Until then nothing is said in the group. A link that is over is answered with one sentence, and the group is left.
    """
    found = roles.find_invitation(desk.conn, desk.keys.hash("invitation", token))
    taken = teams.team_of_chat(desk.conn, chat_id)
    if found is None or found.role != "group" or found.made_by is None or not _is_open(desk, found.team_id):
        _turn_away(desk, by, chat_id, taken)
        return
    maker = get_person(desk.conn, found.made_by)
    if not may_set_up(desk, maker) or not roles.take_invitation(desk.conn, desk.now, found.id, by.id if by else None):
        _turn_away(desk, by, chat_id, taken)
        return
    if groups.find_group(desk.conn, chat_id) is None:
        groups.keep_group(desk.conn, Group(chat_id, title, "member"))
    groups.write_to_topic(desk.conn, chat_id, topic_id)
    groups.ask_about(desk.conn, found.team_id, chat_id)
    roles.write_audit(desk.conn, desk.now, by.id if by else None, "open_in_group", team=found.team_id)
    _show_question(desk, found.team_id, maker)


def _is_open(desk: Desk, team_id: int) -> bool:
    try:
        teams.get_team(desk.conn, team_id)
    except NotFound:
        return False
    return True


def _turn_away(desk: Desk, by: Person | None, chat_id: int, taken: Team | None) -> None:
    ours = taken is not None or groups.teams_asking(desk.conn, chat_id) or (by is not None and may_set_up(desk, by))
    if ours:
        desk.say(Line(chat_id, GroupLinkOver.text, silent=True, rule="bulk"))
    else:
        goodbye(desk, chat_id, GroupLinkOver.text)


def _show_question(desk: Desk, team_id: int, maker: Person | None = None) -> None:
    """To the officer who made the link, anew; whatever changes in the group shows where the question stands."""
    if maker is None:
        refresh(desk, officers(desk), "group", team_id)
    elif maker.telegram_id is not None:
        desk.say(CardRefresh(maker.telegram_id, "group", team_id, anew=True))


def answer_in_group(desk: Desk, by: Person | None, chat_id: int) -> None:
    """A command in a group: one sentence that leads to the private chat; from a group that is nobody's the bot goes."""
    ours = teams.team_of_chat(desk.conn, chat_id) is not None or groups.teams_asking(desk.conn, chat_id)
    if not ours and not _may_stay(desk, by):
        goodbye(desk, chat_id, NOT_OURS)
        return
    text = _("Please write to me in private: there I can help.")
    door = Button(_("Open our chat"), url=f"https://t.me/{desk.bot_name}")
    desk.say(Line(chat_id, text, (door,), silent=True, rule="bulk"))

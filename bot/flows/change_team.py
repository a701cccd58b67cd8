"""An officer gives a team another name, or takes it off the desk.

ivy:  [Change the name]
desk: What shall Ankang Neighbours be called?
ivy:  Ankang volunteers
desk: Done: Ankang volunteers.
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Choice, Flow
from bot.flows.steps import Choose, Confirm, Words
from desk import teams
from desk.front import Desk
from desk.roles import check_officer, may_set_up
from domain.people import Person
from domain.words import Text, _, plain


def every_team(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice(str(team.id), plain(team.title)) for team in teams.teams_of(desk, flow.person)]


def title_of(flow: Any, desk: Desk) -> str:
    return teams.get_team(desk, flow.person, int(flow.team)).title


class _OfOneTeam(Flow):
    can_call = False

    @classmethod
    def may_open(cls, person: Person, desk: Desk) -> bool:
        return may_set_up(desk, person)

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        check_officer(desk, person)
        return {} if subject_id is None else {"team": str(teams.get_team(desk, person, subject_id).id)}


class RenameTeam(_OfOneTeam):
    name = "renameteam"
    title = _("Change the name")

    team = Choose(_("Which team?"), among=every_team)
    called = Words(_("What shall {team} be called?"), team=title_of)

    def finish(self, desk: Desk) -> Text | None:
        teams.rename_team(desk, self.person, int(self.team), self.called)
        return _("Done: {team}.")(team=self.called)


class RemoveTeam(_OfOneTeam):
    name = "removeteam"
    title = _("Remove the team")

    team = Choose(_("Which team?"), among=every_team)
    sure = Confirm(
        _("Shall I remove {team}? Its volunteers are volunteers no longer, and I leave its group."),
        go=_("Yes, remove it"),
        team=title_of,
    )

    def finish(self, desk: Desk) -> Text | None:
        title = title_of(self, desk)
        teams.remove_team(desk, self.person, int(self.team))
        return _("{team} has been removed.")(team=title)

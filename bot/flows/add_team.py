"""An officer adds a team: what it is for, where, what it is called, and who may join.

ivy:  [Add a team]
desk: What is the team for? [Neighbours] [Handy People] [Care Team] [Mediators]
ivy:  [Mediators]
desk: For which place? [Putuo District] [Donggang Town] [Ankang Community] [Haitang Community]
ivy:  [Ankang Community]
desk: What shall it be called? People will see this name.
ivy:  Ankang mediators
desk: Who may take its requests? [Only who was invited] [Everybody in its group]
ivy:  [Everybody in its group]
desk: Ankang mediators is there. Next it needs its group: the card below helps with that.
"""

from __future__ import annotations

from bot.flows.flow import Choice, Flow
from bot.flows.steps import Choose, Words
from desk import teams
from desk.front import Desk
from desk.roles import may_set_up
from domain.people import Person
from domain.teams import GROUP, INVITED
from domain.words import Text, _, plain


def keys(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice(key, plain(name)) for key, name in desk.file.teams.items()]


def every_unit(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice(unit.key, plain(unit.name)) for unit in desk.file.units.values()]


def ways_to_join(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice(INVITED, _("Only who was invited")), Choice(GROUP, _("Everybody in its group"))]


class AddTeam(Flow):
    name = "addteam"
    title = _("➕ Add a team")
    can_call = False

    key = Choose(_("What is the team for?"), among=keys)
    unit = Choose(_("For which place?"), among=every_unit)
    called = Words(_("What shall it be called? People will see this name."))
    joining = Choose(_("Who may take its requests?"), among=ways_to_join)

    @classmethod
    def may_open(cls, person: Person, desk: Desk) -> bool:
        return may_set_up(desk, person)

    def finish(self, desk: Desk) -> Text | None:
        team_id = teams.add_team(desk, self.person, self.key, self.unit, self.called, self.joining)
        teams.show_team(desk, self.person, team_id, anew=True)
        ready = _("{team} is there. Next it needs its group: the card below helps with that.")
        return ready(team=self.called)

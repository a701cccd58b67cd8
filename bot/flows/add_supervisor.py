"""An officer invites a supervisor: for which place, and a link to forward.

dina: [Invite a supervisor]
desk: For which place? [Putuo District] [Donggang Town] [Ankang Community] [Haitang Community]
dina: [Ankang Community]
desk: Please forward the next message to the person you mean, and to nobody else.
"""

from __future__ import annotations

from bot.flows.add_team import every_unit
from bot.flows.flow import Flow
from bot.flows.steps import Choose
from desk.front import Desk
from desk.invitations import invite, say_link
from desk.roles import may_set_up
from domain.people import Person
from domain.words import Text, _


class AddSupervisor(Flow):
    name = "addsupervisor"
    title = _("➕ Invite a supervisor")
    can_call = False

    unit = Choose(_("For which place?"), among=every_unit)

    @classmethod
    def may_open(cls, person: Person, desk: Desk) -> bool:
        return may_set_up(desk, person)

    def finish(self, desk: Desk) -> Text | None:
        say_link(desk, self.person, "supervisor", invite(desk, self.person, "supervisor", self.unit), unit=self.unit)
        return _("Please forward the next message to the person you mean, and to nobody else.")

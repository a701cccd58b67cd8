"""Whoever is in charge takes a role away; it ends at once.

ivy:  [Remove somebody]
desk: Who shall no longer have their role? [Ben, volunteer of Ankang Neighbours]
ivy:  [Ben, volunteer of Ankang Neighbours]
desk: Ben, volunteer of Ankang Neighbours: shall I end that now? [Yes, end it]
ivy:  [Yes, end it]
desk: Done. It has ended.
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Choice, Flow
from bot.flows.steps import Choose, Confirm
from desk import teams
from desk.front import Desk
from desk.invitations import end_role, holder_of, roles_under
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _

MOST = 80
"""Buttons that one message holds, with room for the way back."""


def held(flow: Any, desk: Desk) -> list[Choice]:
    """Of one team, if the question was opened from its card; the latest first."""
    of_team = flow.answers.get("team")
    roles = [role for role in roles_under(desk, flow.person) if of_team in (None, role.team_id)]
    return [Choice(str(role.id), holder_of(desk, role)) for role in reversed(roles)][:MOST]


def whose(flow: Any, desk: Desk) -> Text:
    return next((choice.label for choice in held(flow, desk) if choice.value == flow.which), _("Nobody"))


class EndRole(Flow):
    name = "endrole"
    title = _("Remove somebody")
    can_call = False

    which = Choose(_("Who shall no longer have their role?"), among=held)
    sure = Confirm(_("{whose}: shall I end that now?"), go=_("Yes, end it"), whose=whose)

    @classmethod
    def may_open(cls, person: Person, desk: Desk) -> bool:
        return bool(roles_under(desk, person))

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        return {} if not subject_id else {"team": teams.get_team(desk, person, subject_id).id}

    def finish(self, desk: Desk) -> Text | None:
        role = next((each for each in roles_under(desk, self.person) if str(each.id) == self.which), None)
        if role is None:
            raise NotFound
        keeps = {"station_id": role.station_id, "merchant_id": role.merchant_id}
        end_role(desk, self.person, role.person_id, role.role, role.unit, role.team_id, **keeps)
        if role.team_id:
            teams.show_team(desk, self.person, role.team_id)
        return _("Done. It has ended.")

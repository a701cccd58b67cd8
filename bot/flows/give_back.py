"""Whoever has an order gives it back, and says why.

ben:  [Give it back]
desk: That happens. May I ask why? [I can't make it in time] [It is more than I can do] [Nobody opens the door]
ben:  [I can't make it in time]
desk: You have given it back. I'm asking the others. Thank you for telling me!
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Choice, Flow
from bot.flows.steps import Choose
from desk import holding
from desk.front import Desk
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _

REASONS = {
    "no_time": _("I can't make it in time"),
    "too_much": _("It is more than I can do"),
    "not_there": _("Nobody opens the door"),
}


def reasons(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice(key, label) for key, label in REASONS.items()]


class GiveBack(Flow):
    name = "give_back"
    title = _("Give it back")
    can_call = False

    why = Choose(_("That happens. May I ask why?"), among=reasons, typed=True)

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            raise NotFound
        return {"order": holding.get_held(desk, person, subject_id).id}

    def finish(self, desk: Desk) -> Text | None:
        return holding.release(desk, self.person, self.answers["order"], self.why.removeprefix("="))

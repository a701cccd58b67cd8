"""A supervisor asks whoever told us something first; the clocks stand still until the answer comes.

dina: [Ask them something]
desk: What would you like to know? They read your words just as you write them.
dina: Which floor is it on?
desk: I have asked them. Until the answer comes the clocks stand still, and then I show it to you.
"""

from __future__ import annotations

from typing import Any

from bot.flows.give_to import OfOneOrder, Which, what_waits
from bot.flows.steps import Words
from desk import asking
from desk.front import Desk
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _


class Ask(OfOneOrder):
    name = "ask"
    title = _("Ask them something")

    order = Which(_("Which request?"), among=what_waits)
    question = Words(_("What would you like to know? They read your words just as you write them."))

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            raise NotFound
        return {"order": str(asking.get_askable(desk, person, subject_id).id)}

    def finish(self, desk: Desk) -> Text | None:
        return asking.ask(desk, self.person, int(self.order), self.question)

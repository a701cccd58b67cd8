"""A keeper takes back what was handed over: broken, unwanted, or a mistake.

eli:  [It was brought back…]
desk: Why does it come back? It stands in the household's statement that it did.
eli:  The bag was torn
desk: Done. Points and stock are back, and both entries stand in the statement.
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Flow
from bot.flows.steps import Words
from desk import counter
from desk.front import Desk
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _


class TakeBack(Flow):
    name = "takeback"
    title = _("It was brought back…")
    can_call = False

    why = Words(_("Why does it come back? It stands in the household's statement that it did."))

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            raise NotFound
        return {"redemption": counter.get_collected(desk, person, subject_id).id}

    def finish(self, desk: Desk) -> Text | None:
        return counter.take_back(desk, self.person, self.answers["redemption"], self.why)

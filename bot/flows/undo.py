"""Whoever is in charge takes points back that were given by mistake.

dina: [Take back 1]
desk: Why are they taken back? The household reads it in its statement.
dina: It was the family next door
desk: Done. Both entries stand in the statement.
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Flow
from bot.flows.steps import Words
from desk import by_hand
from desk.front import Desk
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _


class Undo(Flow):
    name = "undo"
    title = _("Take points back")
    can_call = False

    words = Words(_("Why are they taken back? The household reads it in its statement."))

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            raise NotFound
        by_hand.check_may_take_back(desk, person, subject_id)
        return {"transfer": subject_id}

    def finish(self, desk: Desk) -> Text | None:
        return by_hand.take_back(desk, self.person, int(self.answers["transfer"]), self.words)

"""Whoever was helped adds a word to their marks.

ama:  [Say a word]
desk: What would you like to say about it?
ama:  He even carried it upstairs
desk: Noted, thank you!
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Flow
from bot.flows.steps import Words
from desk import closing
from desk.front import Desk
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _


class Rate(Flow):
    name = "rate"
    title = _("Say a word")
    can_call = False

    words = Words(_("What would you like to say about it?"))

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            raise NotFound
        return {"order": closing.get_asked(desk, person, subject_id).id}

    def finish(self, desk: Desk) -> Text | None:
        return closing.rate(desk, self.person, self.answers["order"], "words", self.words)

"""Whoever has an order says that it is done, with a few words, or a picture where one is needed.

ben:  [Done]
desk: How did it go? Write a few words or send a picture. [That's all]
ben:  The rice is in her kitchen
desk: I've noted it (1 part). Add more, or tap “That's all”. [That's all]
ben:  [That's all]
desk: Thank you! I'm asking whether everything is all right now.
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Flow
from bot.flows.steps import Tell
from desk import closing, holding
from desk.front import Desk
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _


def evidence(flow: Flow, desk: Desk) -> str | None:
    parts = flow.answers.get("how", {}).get("parts", [])
    return closing.evidence_missing(desk, flow.answers["order"], parts)


class Resolve(Flow):
    name = "resolve"
    title = _("It is done")
    can_call = False

    how = Tell(_("How did it go? Write a few words or send a picture."), least=0, needs=evidence)

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            raise NotFound
        return {"order": holding.get_held(desk, person, subject_id).id}

    def finish(self, desk: Desk) -> Text | None:
        return closing.resolve(desk, self.person, self.answers["order"], self.how)

"""Whoever told us something is asked about it, and answers in words, pictures or with a place.

ama:  [Answer]
desk: There is a question: “Which floor is it on?” Write, speak, or send a picture or the place.
ama:  The second, just behind the lift
desk: I've noted it (1 part). Add more, or tap “That's all”. [That's all]
ama:  [That's all]
desk: Thank you! I have passed it on, and it goes on from here.
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Flow, Said
from bot.flows.steps import Tell
from bot.flows.write_to import CARRIED, TellThem, piece_of
from desk import asking
from desk.front import Desk
from desk.order_views import get_order
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _


class Tells(TellThem):
    """Anything that can stand in the story of an order, and the place where it is."""

    accepts = CARRIED | {"document"}

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        return Tell.part(said) if said.kind == "document" else piece_of(said)


def what_is_asked(flow: Flow, desk: Desk) -> str:
    return asking.question_of(desk, get_order(desk, flow.answers["order"])) or "…"


class Answer(Flow):
    name = "answer"
    title = _("Answer")
    can_call = False

    told = Tells(
        _("There is a question: “{question}” Write, speak, or send a picture or the place."), question=what_is_asked
    )

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            raise NotFound
        return {"order": asking.get_asked(desk, person, subject_id).id}

    def finish(self, desk: Desk) -> Text | None:
        return asking.answer(desk, self.person, self.answers["order"], self.told)

"""Whoever has an order says that it is done, with a few words, or a picture where one is needed; and who came along.

ben:  [Done]
desk: How did it go? Write a few words or send a picture. [That's all] [That's all; I wasn't alone]
ben:  The rice is in her kitchen
desk: I've noted it (1 part). Add more, or tap “That's all”. [That's all] [That's all; I wasn't alone]
ben:  [That's all; I wasn't alone]
desk: Who came along? Each of them is asked, and whoever was helped reads the names. [Cleo] [Nobody, after all]
ben:  [Cleo]
desk: Thank you! I'm asking whether everything is all right now.
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Choice, Flow, Heard, Pressed
from bot.flows.several import Several
from bot.flows.steps import DONE, Tell
from desk import closing, co_volunteers, holding
from desk.front import Desk
from domain.co_volunteers import MOST, NobodyElse
from domain.orders import NotInYourHands
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _, plain

TOGETHER = "together"


def evidence(flow: Flow, desk: Desk) -> str | None:
    parts = flow.answers.get("how", {}).get("parts", [])
    return closing.evidence_missing(desk, flow.answers["order"], parts)


def others(flow: Flow, desk: Desk) -> list[Choice]:
    try:
        order = holding.get_held(desk, flow.person, flow.answers["order"])
    except NotInYourHands:
        return []
    return [Choice(f"p{each.id}", plain(each.called)) for each in co_volunteers.could_come(desk, order, flow.person)]


class How(Tell):
    """The same button as ever for whoever was alone; another one for whoever was not."""

    def choices(self, flow: Flow, desk: Desk) -> list[Choice]:
        done = super().choices(flow, desk)
        return [*done, Choice(TOGETHER, _("That's all; I wasn't alone"))] if done and others(flow, desk) else done

    def hear(self, heard: Heard, stored: Any, flow: Flow, desk: Desk) -> Any:
        if isinstance(heard, Pressed) and heard.value == TOGETHER:
            return {**super().hear(Pressed(DONE), stored, flow, desk), TOGETHER: True}
        return super().hear(heard, stored, flow, desk)


def came_with_others(flow: Flow, desk: Desk) -> bool:
    return bool(flow.answers.get("how", {}).get(TOGETHER))


class Resolve(Flow):
    name = "resolve"
    title = _("It is done")
    can_call = False

    how = How(_("How did it go? Write a few words or send a picture."), least=0, needs=evidence)
    who = Several(
        _("Who came along? Each of them is asked, and whoever was helped reads the names."),
        others,
        so_far=_("Noted: {names}. Who else?"),
        most=MOST,
        unknown=NobodyElse,
        when=came_with_others,
    )

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            raise NotFound
        return {"order": holding.get_held(desk, person, subject_id).id}

    def finish(self, desk: Desk) -> Text | None:
        along = [int(each[1:]) for each in self.who] if self.has("who") else []
        return closing.resolve(desk, self.person, self.answers["order"], self.how, along)

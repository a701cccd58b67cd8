"""Whoever asked, or somebody in charge, calls an order off and says why.

ama:  [Call it off]
desk: Shall I call it off? Tell me why, so that nobody comes for nothing. [I don't need it any more]
    [Somebody has helped already] [I asked by mistake]
ama:  [Somebody has helped already]
desk: All right, I've called it off and told everybody who knew of it.
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Choice, Flow
from bot.flows.steps import Choose
from desk import closing
from desk.front import Desk
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _

REASONS = {
    "not_needed": _("I don't need it any more"),
    "helped": _("Somebody has helped already"),
    "mistake": _("I asked by mistake"),
}


def reasons(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice(key, label) for key, label in REASONS.items()]


class CancelOrder(Flow):
    name = "cancel_order"
    title = _("Call it off")
    can_call = False

    why = Choose(_("Shall I call it off? Tell me why, so that nobody comes for nothing."), among=reasons, typed=True)

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            raise NotFound
        return {"order": closing.get_cancellable(desk, person, subject_id).id}

    def finish(self, desk: Desk) -> Text | None:
        return closing.cancel(desk, self.person, self.answers["order"], self.why.removeprefix("="))

"""What is not for volunteers goes to an office or a company: the supervisor rings them, and the reporter is told.

dina: [Not ours: refer to…]
desk: Who looks after it? [Town works] [The power company] [The gas company]
dina: [Town works]
desk: Please ring Town works now, 12345, and tell them what it is and where. Do they know? [They know now]
dina: [They know now]
desk: Noted. I have told whoever reported it who looks after it now.
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Choice, Flow
from bot.flows.steps import Choose, Confirm
from desk import judging
from desk.front import Desk
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Named, Text, _, plain


def bodies(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice(body.key, plain(body.name)) for body in desk.file.bodies.values()]


def name_of(flow: ReferTo, desk: Desk) -> Named:
    return desk.file.bodies[flow.body].name


def phone_of(flow: ReferTo, desk: Desk) -> str:
    return desk.file.bodies[flow.body].phone


class ReferTo(Flow):
    name = "refer_to"
    title = _("Not ours: refer to…")
    can_call = False
    needs_consent = False

    body = Choose(_("Who looks after it?"), among=bodies)
    rung = Confirm(
        _("Please ring {body} now, {phone}, and tell them what it is and where. Do they know?"),
        go=_("They know now"),
        body=name_of,
        phone=phone_of,
    )

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None or not desk.file.bodies:
            raise NotFound
        return {"order": judging.get_unjudged(desk, person, subject_id)[0].id}

    def finish(self, desk: Desk) -> Text | None:
        return judging.refer(desk, self.person, self.answers["order"], self.body)

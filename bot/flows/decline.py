"""Nothing can be done about a report: the supervisor says why, in words the reporter can bear.

dina: [Nothing to be done]
desk: Why? Write it as you would say it at the door, for example: “We went to look, and nobody can get hurt there as it
    is. Thank you for keeping your eyes open.” [Nobody can get hurt there]
    [It is on private ground] [We could not find it] [The works are planned]
dina: [Nobody can get hurt there]
desk: They will read: “We went to look, and nobody can get hurt there as it is. Thank you for keeping your eyes open.”
    Shall I tell them so? [Yes, tell them]
dina: [Yes, tell them]
desk: Noted. I have told whoever reported it, in these words.
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Choice, Flow
from bot.flows.steps import Choose, Confirm
from desk import judging
from desk.front import Desk
from domain.judging import DECLINED_SO, reason_of
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _

SHORT = {
    "no_danger": _("Nobody can get hurt there"),
    "private": _("It is on private ground"),
    "unclear": _("We could not find it"),
    "planned": _("The works are planned"),
}


def reasons(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice(key, label) for key, label in SHORT.items()]


def example(flow: Flow, desk: Desk) -> Text:
    return DECLINED_SO["no_danger"]


def in_full(flow: Decline, desk: Desk) -> Text:
    return reason_of(flow.why)


class Decline(Flow):
    name = "decline"
    title = _("Nothing to be done")
    can_call = False
    needs_consent = False

    why = Choose(
        _("Why? Write it as you would say it at the door, for example: “{example}”"),
        among=reasons,
        typed=True,
        example=example,
    )
    sure = Confirm(_("They will read: “{words}” Shall I tell them so?"), go=_("Yes, tell them"), words=in_full)

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            raise NotFound
        return {"order": judging.get_unjudged(desk, person, subject_id)[0].id}

    def finish(self, desk: Desk) -> Text | None:
        return judging.decline(desk, self.person, self.answers["order"], self.why)

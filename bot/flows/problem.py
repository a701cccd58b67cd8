"""Whoever looks after a standing problem says how it goes, hands it over, or says that it is solved.

dina: [Say how it goes]
desk: How does it go? Everybody who reported it reads this.
dina: The new lid comes on Friday
desk: Noted, and told to everybody who reported it.
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Choice, Flow
from bot.flows.steps import Choose, Words
from desk import problems
from desk.front import Desk
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _, plain

MOST = 20


class OfOneProblem(Flow):
    """About one problem that this person looks after."""

    can_call = False

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            raise NotFound
        return {"problem": problems.get_owned(desk, person, subject_id).id}

    @property
    def problem_id(self) -> int:
        return int(self.answers["problem"])


class ProblemNote(OfOneProblem):
    name = "problem_note"
    title = _("Say how it goes")

    words = Words(_("How does it go? Everybody who reported it reads this."))

    def finish(self, desk: Desk) -> Text | None:
        return problems.note(desk, self.person, self.problem_id, self.id, self.words)


class ProblemClose(OfOneProblem):
    name = "problem_close"
    title = _("It is solved")

    words = Words(_("How was it solved? Everybody who reported it reads this."))

    def finish(self, desk: Desk) -> Text | None:
        return problems.close(desk, self.person, self.problem_id, self.id, self.words)


def others(flow: ProblemOwner, desk: Desk) -> list[Choice]:
    problem = problems.get_problem(desk, flow.problem_id)
    return [Choice(str(each.id), plain(each.called)) for each in problems.could_own(desk, problem)[:MOST]]


class ProblemOwner(OfOneProblem):
    name = "problem_owner"
    title = _("Hand it over")

    to = Choose(_("Who shall look after it?"), among=others)

    def finish(self, desk: Desk) -> Text | None:
        return problems.hand_over(desk, self.person, self.problem_id, int(self.to))

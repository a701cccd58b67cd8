"""Before a team reads what is uncivil, the supervisor strikes out whom it names; pictures go along only if they say so.

dina: [Accept]
desk: This is what was told: Bags by the gate again  What shall the team read? Write it without anybody's name: what it
    is, and where. [Just as it stands, nobody is named]
dina: Bags are left beside the gate of building 3
desk: The team reads: “Bags are left beside the gate of building 3” Shall I ask them? [Yes, ask them]
dina: [Yes, ask them]
desk: Ankang Neighbours has been asked.
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Choice, Flow
from bot.flows.steps import LONGEST, Choose, Confirm, parts_as_text
from desk import judging
from desk.front import Desk
from desk.judging import story_told
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _

AS_IT_STANDS = "as_it_stands"


def told(flow: StrikeOut, desk: Desk) -> Text:
    return parts_as_text([{"kind": each.kind, "words": each.words} for each in story_told(desk, flow.answers["order"])])


def words_of(flow: StrikeOut, desk: Desk) -> str:
    return "\n".join(each.words for each in story_told(desk, flow.answers["order"]) if each.words)


def as_it_stands(flow: StrikeOut, desk: Desk) -> list[Choice]:
    short = 0 < len(words_of(flow, desk)) <= LONGEST
    return [Choice(AS_IT_STANDS, _("Just as it stands, nobody is named"))] if short else []


def for_the_team(flow: StrikeOut, desk: Desk) -> str:
    return words_of(flow, desk) if flow.words == AS_IT_STANDS else flow.words.removeprefix("=")


def has_pictures(flow: StrikeOut, desk: Desk) -> bool:
    return any(each.kind == "photo" for each in story_told(desk, flow.answers["order"]))


def shown_or_not(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice("no", _("No, keep them back")), Choice("yes", _("Yes, nobody can be recognised"))]


class StrikeOut(Flow):
    name = "strike_out"
    title = _("Accept")
    can_call = False
    needs_consent = False

    words = Choose(
        _(
            "This is what was told:\n{told}\n\nWhat shall the team read? Write it without anybody's name: what it is,"
            " and where."
        ),
        among=as_it_stands,
        typed=True,
        told=told,
    )
    pictures = Choose(_("May the team see the pictures?"), among=shown_or_not, when=has_pictures)
    sure = Confirm(_("The team reads: “{words}” Shall I ask them?"), go=_("Yes, ask them"), words=for_the_team)

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            raise NotFound
        return {"order": judging.get_unjudged(desk, person, subject_id)[0].id}

    def finish(self, desk: Desk) -> Text | None:
        release = self.answers.get("pictures") == "yes"
        words = for_the_team(self, desk)
        return judging.accept(desk, self.person, self.answers["order"], words, team_pictures=release)

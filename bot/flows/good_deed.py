"""Tell of a good deed that somebody did.

ama:  /praise
desk: Who did it? [I know where they live] [I can describe them] [It was me]
ama:  [I know where they live]
desk: Which building is it? A number such as 3, or a name.
ama:  5
desk: And which room? [It has no room number]
ama:  302
desk: What are they called, or how would one know them? Only the community worker reads this.
ama:  The young man with the glasses
desk: Is it a child under fourteen? [No] [Yes]
ama:  [No]
desk: Which community is that in? [Ankang Community] [Haitang Community]
ama:  [Ankang Community]
desk: What did they do? Write, speak or send a picture.
ama:  Carried my shopping up the stairs without being asked
desk: I've noted it (1 part). Add more, or tap “That's all”. [That's all]
ama:  [That's all]
desk: This is what I understood. Is it right?
ama:  [Yes, send it]
desk: Thank you for telling me! The community worker will have a look, and then whoever did it hears of it.
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Choice, Flow
from bot.flows.help import units
from bot.flows.household import Building, Room
from bot.flows.steps import Choose, Summary, Tell, Words
from desk import good_deeds
from desk.front import Desk
from desk.good_deed_doers import known_volunteers
from domain.desk_schema import GOOD_DEED
from domain.good_deeds import NewDeed
from domain.households import Address
from domain.words import Text, _, plain

VOLUNTEER, ADDRESS, WORDS, MYSELF = "volunteer", "address", "words", "myself"
MOST = 20


def kinds(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice(kind.key, plain(kind.name)) for kind in desk.file.report_menu(GOOD_DEED)]


def ways(flow: Flow, desk: Desk) -> list[Choice]:
    """Names are only offered to whoever may know them anyway."""
    known = [Choice(VOLUNTEER, _("One of our volunteers"))] if known_volunteers(desk, flow.person) else []
    return [
        *known,
        Choice(ADDRESS, _("I know where they live")),
        Choice(WORDS, _("I can describe them")),
        Choice(MYSELF, _("It was me")),
    ]


def volunteers(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice(str(each.id), plain(each.called)) for each in known_volunteers(desk, flow.person)[:MOST]]


def no_or_yes(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice("no", _("No")), Choice("yes", _("Yes"))]


def is_(*ways: str) -> Any:
    return lambda flow, desk: flow.who in ways


class Praise(Flow):
    name = "praise"
    title = _("🌸 Tell of a good deed")
    about = _("tell of a good deed somebody did")
    listed = False  # /report leads here

    about_what = Choose(
        _("What kind of good deed was it?"),
        among=kinds,
        label=_("What"),
        when=lambda flow, desk: desk.file.has_kinds(GOOD_DEED),
    )
    who = Choose(_("Who did it?"), among=ways, label=_("Who"))
    volunteer = Choose(_("Which of them?"), among=volunteers, label=_("Volunteer"), when=is_(VOLUNTEER))
    building = Building(
        _("Which building is it? A number such as 3, or a name."), label=_("Building"), when=is_(ADDRESS)
    )
    room = Room(_("And which room?"), label=_("Room"), when=is_(ADDRESS))
    described = Words(
        _("What are they called, or how would one know them? Only the community worker reads this."),
        label=_("How one knows them"),
        when=is_(ADDRESS, WORDS),
    )
    child = Choose(_("Is it a child under fourteen?"), among=no_or_yes, label=_("A child"), when=is_(ADDRESS, WORDS))
    unit = Choose(
        _("Which community is that in?"),
        among=units,
        label=_("Community"),
        known=lambda flow, desk: flow.person.unit,
    )
    story = Tell(_("What did they do? Write, speak or send a picture."), label=_("In your words"))
    sure = Summary(_("This is what I understood. Is it right?"), go=_("Yes, send it"))

    def leads_to(self, desk: Desk) -> tuple[str, dict[str, Any]] | None:
        return ("diary", {}) if self.answers.get("who") == MYSELF else None

    def finish(self, desk: Desk) -> Text | None:
        address = Address(self.unit, self.building, self.room) if self.who == ADDRESS else None
        new = NewDeed(
            once=self.id,
            unit=self.unit,
            about=self.about_what if self.has("about_what") else None,
            parts=self.story,
            doer_id=int(self.volunteer) if self.who == VOLUNTEER else None,
            at=address,
            described=self.described if self.who in (ADDRESS, WORDS) else None,
            child=self.who in (ADDRESS, WORDS) and self.child == "yes",
        )
        return good_deeds.tell(desk, self.person, new)

"""Whoever is in charge says who is meant by what somebody told of a good deed.

dina: [Say who it was]
desk: Who was it? [Ben] [Cleo] [I know where they live]
dina: [I know where they live]
desk: Which building is it? A number such as 3, or a name.
dina: 5
desk: And which room? [It has no room number]
dina: 302
desk: Who of them was it? [Ben] [A child under fourteen] [I can't say]
dina: [Ben]
desk: Noted. Now please tell me whether it was so.
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Choice, Flow
from bot.flows.good_deed import ADDRESS, MOST
from bot.flows.household import Building, Room
from bot.flows.steps import Choose
from desk import good_deeds
from desk.front import Desk
from desk.good_deed_doers import volunteers_of, who_lives_at
from domain.good_deeds import NobodyThere
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _, plain

CHILD, NOBODY = "child", "nobody"


def people_known(flow: WhoDidIt, desk: Desk) -> list[Choice]:
    deed = good_deeds.get_judged(desk, flow.person, int(flow.answers["deed"]))
    known = volunteers_of(desk, deed)
    named = [Choice(f"p{each.id}", plain(each.called)) for each in known[: MOST - 1]]
    return [*named, Choice(ADDRESS, _("I know where they live"))]


def who_lives_there(flow: WhoDidIt, desk: Desk) -> list[Choice]:
    home = good_deeds.household_there(desk, flow.person, int(flow.answers["deed"]), flow.building, flow.room)
    there = who_lives_at(desk, home.id) if home is not None else []
    named = [Choice(f"p{each.id}", plain(each.called)) for each in there[:MOST]]
    return [*named, Choice(CHILD, _("A child under fourteen")), Choice(NOBODY, _("I can't say"))]


class KnownRoom(Room):
    """Asked again where no household stands."""

    def hear(self, heard: Any, stored: Any, flow: Any, desk: Desk) -> Any:
        room = super().hear(heard, stored, flow, desk)
        if good_deeds.household_there(desk, flow.person, int(flow.answers["deed"]), flow.building, room) is None:
            raise NobodyThere
        return room


class WhoDidIt(Flow):
    name = "who_did_it"
    title = _("Say who it was")
    can_call = False

    who = Choose(_("Who was it?"), among=people_known)
    building = Building(
        _("Which building is it? A number such as 3, or a name."), when=lambda flow, desk: flow.who == ADDRESS
    )
    room = KnownRoom(_("And which room?"), when=lambda flow, desk: flow.who == ADDRESS)
    which = Choose(_("Who of them was it?"), among=who_lives_there, when=lambda flow, desk: flow.who == ADDRESS)

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            raise NotFound
        return {"deed": good_deeds.get_judged(desk, person, subject_id).id}

    def finish(self, desk: Desk) -> Text | None:
        deed_id = int(self.answers["deed"])
        if self.who != ADDRESS:
            return good_deeds.match(desk, self.person, deed_id, doer_id=int(self.who[1:]))
        home = good_deeds.household_there(desk, self.person, deed_id, self.building, self.room)
        if self.which in (CHILD, NOBODY):
            return good_deeds.match(desk, self.person, deed_id, home=home, child=self.which == CHILD)
        return good_deeds.match(desk, self.person, deed_id, doer_id=int(self.which[1:]))

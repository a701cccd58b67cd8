"""Whoever is in charge leaves a household out of an honour board, with a reason; or adds a quiet hero.

dina: [Leave it out…]
desk: Why? Only whoever is in charge can read it.
dina: They have asked me to
desk: Ankang Community, building 2, room 101 is left out. Shall I note it? [Yes, leave it out]
dina: [Yes, leave it out]
desk: Left out. Whoever is in charge can read why, and put it back.
"""

from __future__ import annotations

from typing import Any

from bot.flows.by_hand import Building, Room, buildings, communities_among, rooms
from bot.flows.flow import Choice, Flow
from bot.flows.steps import Choose, Confirm, Words, the_only
from desk import honour_review
from desk.front import Desk
from domain.households import Address, where
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _


class LeaveOut(Flow):
    name = "leave_out"
    title = _("Leave it out…")
    can_call = False
    needs_consent = False

    why = Words(_("Why? Only whoever is in charge can read it."))
    sure = Confirm(
        _("{address} is left out. Shall I note it?"),
        go=_("Yes, leave it out"),
        address=lambda flow, desk: honour_review.address_of(desk, flow.answers["honour"]),
    )

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            raise NotFound
        return {"honour": honour_review.get_changeable(desk, person, subject_id).id}

    def finish(self, desk: Desk) -> Text | None:
        return honour_review.leave_out(desk, self.person, self.answers["honour"], self.why)


def places(flow: Flow, desk: Desk) -> list[Choice]:
    return communities_among(desk, honour_review.hero_units(desk, flow.answers["board"]))


class HeroRoom(Room):
    """Asked again where nobody can be asked, or who lives there would rather not be on a board."""

    def hear(self, heard: Any, stored: Any, flow: Any, desk: Desk) -> Any:
        room = super().hear(heard, stored, flow, desk)
        at = Address(flow.unit, flow.building, self.value(room))
        honour_review.get_hero(desk, flow.person, flow.answers["board"], at)
        return room


class QuietHero(Flow):
    name = "quiet_hero"
    title = _("Add a quiet hero")
    can_call = False
    needs_consent = False

    unit = Choose(_("Which community is it in?"), among=places, known=the_only(places))
    building = Building(_("Which building is it?"), among=buildings, typed=True)
    room = HeroRoom(_("And which room?"), among=rooms, typed=True)
    words = Words(_("What do they do so quietly? The household reads it when I ask them; the neighbours don't."))
    sure = Confirm(
        _("{address}: “{words}” Shall I put it on the board?"),
        go=_("Yes, add it"),
        address=lambda flow, desk: where(flow.at, desk.file.units[flow.unit].name),
        words=lambda flow, desk: flow.words,
    )

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            raise NotFound
        return {"board": honour_review.get_open(desk, person, subject_id).id}

    @property
    def at(self) -> Address:
        return Address(self.unit, self.building, self.room)

    def finish(self, desk: Desk) -> Text | None:
        return honour_review.add_hero(desk, self.person, self.answers["board"], self.at, self.words)

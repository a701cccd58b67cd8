"""A supervisor gives a household points for what no category knows, with a reason.

dina: /award
desk: Which building is it? [2] [5]
dina: [5]
desk: And which room? [302]
dina: [302]
desk: Who of them was it? [All of them] [Ben]
dina: [Ben]
desk: How many points? [1] [2] [5] [10] [20] [50]
dina: [10]
desk: What does it count as? [Public service] [Learning] [Good neighbours] [Civility and law]
dina: [Public service]
desk: What for? The household reads it in its statement.
dina: Held the umbrella at the school gate all week
desk: 10 points for Ankang Community, building 5, room 302. Shall I note that? [Yes, note them]
dina: [Yes, note them]
desk: Done: 10 points noted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.flows.flow import Choice, Flow, Said
from bot.flows.steps import Choose, Confirm, Words, the_only
from desk import by_hand
from desk.by_hand import Gift
from desk.diary import units_of
from desk.front import Desk
from domain.households import Address, building_of, room_of, where
from domain.people import Person
from domain.places import communities
from domain.refusals import Refusal
from domain.words import Text, _, plain

ALL = "all"
MOST = 24
"""Buttons; a building or a room that has none is typed."""


class NotSoMany(Refusal):
    text = _("I need a number from 1 to {most}.")


def communities_among(desk: Desk, units: Iterable[str]) -> list[Choice]:
    found = set(units)
    return [Choice(unit.key, plain(unit.name)) for unit in communities(desk.file.units) if unit.key in found]


def units_led(flow: Flow, desk: Desk) -> list[Choice]:
    return communities_among(desk, units_of(desk, flow.person))


class Known(Choose):
    """One that the desk knows, on a button or typed."""

    wanted = _("Please tap one of the buttons, or write the number.")

    def value(self, stored: Any) -> str:
        return str(stored)[1:]

    def shown(self, stored: Any, flow: Flow, desk: Desk) -> Text | None:
        return plain(str(stored)[1:])


class Building(Known):
    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        return f"={building_of(said.text)}"


class Room(Known):
    """Asked again where no household stands, or one's own does."""

    def hear(self, heard: Any, stored: Any, flow: Any, desk: Desk) -> Any:
        room = super().hear(heard, stored, flow, desk)
        by_hand.get_household(desk, flow.person, Address(flow.unit, flow.building, self.value(room)))
        return room

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        return f"={room_of(said.text)}"


def buildings(flow: Award, desk: Desk) -> list[Choice]:
    return [_button(each) for each in by_hand.buildings(desk, flow.unit, MOST) if _fits(each)]


def rooms(flow: Award, desk: Desk) -> list[Choice]:
    return [_button(each) for each in by_hand.rooms(desk, flow.unit, flow.building, MOST) if _fits(each)]


def _button(words: str) -> Choice:
    return Choice(f"b{words}", plain(words) if words else _("It has no room number"))


def _fits(words: str) -> bool:
    """A button holds sixty-four bytes; a longer name is typed."""
    return len(words.encode()) <= 24


class Points(Choose):
    """A number on a button, or typed."""

    wanted = _("Please tap a number, or write one such as 7.")

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        digits = said.text.strip()
        if not (digits.isdecimal() and len(digits) <= 6 and 1 <= int(digits) <= by_hand.MOST):
            raise NotSoMany(most=by_hand.MOST)
        return f"={int(digits)}"


def amounts(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice(str(each), plain(str(each))) for each in (1, 2, 5, 10, 20, 50)]


def members(flow: Award, desk: Desk) -> list[Choice]:
    home = by_hand.get_household(desk, flow.person, flow.at)
    named = [Choice(f"p{each.id}", plain(each.called)) for each in by_hand.members(desk, home)]
    return [Choice(ALL, _("All of them")), *named[:12]]


def dimensions(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice(key, plain(name)) for key, name in desk.file.points.dimensions.items()]


class Award(Flow):
    name = "award"
    title = _("Give points")
    about = _("give a household points, with a reason")
    listed = False
    can_call = False

    unit = Choose(_("Which community is it in?"), among=units_led, known=the_only(units_led))
    building = Building(_("Which building is it?"), among=buildings, typed=True)
    room = Room(_("And which room?"), among=rooms, typed=True)
    who = Choose(_("Who of them was it?"), among=members)
    points = Points(_("How many points?"), among=amounts, typed=True)
    dimension = Choose(
        _("What does it count as?"), among=dimensions, when=lambda flow, desk: bool(desk.file.points.dimensions)
    )
    words = Words(_("What for? The household reads it in its statement."))
    sure = Confirm(
        _("{points} for {address}. Shall I note that?"),
        go=_("Yes, note them"),
        points=lambda flow, desk: _("{count} point", "{count} points")(count=flow.amount),
        address=lambda flow, desk: where(flow.at, desk.file.units[flow.unit].name),
    )

    @classmethod
    def may_open(cls, person: Person, desk: Desk) -> bool:
        return by_hand.may_give(desk, person)

    @property
    def amount(self) -> int:
        return int(str(self.points).removeprefix("="))

    @property
    def at(self) -> Address:
        return Address(self.unit, self.building, self.room)

    def finish(self, desk: Desk) -> Text | None:
        earned_by = None if self.who == ALL else int(self.who[1:])
        dimension = self.dimension if self.has("dimension") else None
        gift = Gift(self.id, self.at, earned_by, self.amount, dimension, self.words)
        return by_hand.give(desk, self.person, gift)

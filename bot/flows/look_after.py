"""Whoever looks after a place puts households together, parts them, or makes a PIN for the counter.

dina: /households
desk: What shall I do? [Make a PIN for the counter] [Put two households together] [Part a household]
dina: [Make a PIN for the counter]
desk: Which building is the household in? A number such as 3, or a name.
dina: 9
desk: And which room? [It has no room number]
dina: 101
desk: Shall I make a PIN for Ankang Community, building 9, room 101? If they have one, it no longer works.
    [Yes]
dina: [Yes]
desk: The PIN of Ankang Community, building 9, room 101 is
"""

from __future__ import annotations

from typing import Any

from bot.flows.amounts import Number
from bot.flows.by_hand import units_led
from bot.flows.flow import Choice, Flow, Heard, PickOne, Pressed, Said, Step
from bot.flows.household import Building, Room, is_
from bot.flows.steps import Choose, Confirm, the_only
from desk import household_cards, household_changes, households
from desk.front import Desk
from desk.roles import may_lead
from domain.household_changes import MERGE_REASONS, SPLIT_REASONS, NobodyLeaves
from domain.households import Address, room_of, where
from domain.people import Person
from domain.places import communities
from domain.refusals import Refusal
from domain.words import Text, _, plain

PIN, MERGE, SPLIT = "pin", "merge", "split"
DONE = "done"


def what_can_be_done(flow: Flow, desk: Desk) -> list[Choice]:
    return [
        Choice(PIN, _("Make a PIN for the counter")),
        Choice(MERGE, _("Put two households together")),
        Choice(SPLIT, _("Part a household")),
    ]


# ── which household ─────────────────────────────────────────────────────────────────────────────────────────────────


def first_of(flow: Any) -> Address:
    return Address(flow.unit, flow.building, flow.room)


def second_of(flow: Any) -> Address:
    return Address(flow.to_unit, flow.to_building, flow.to_room)


class Standing(Room):
    """A room in which a household stands, or it is asked for once more."""

    def understand_pressed(self, value: str, flow: Flow, desk: Desk) -> Any:
        return self._there(super().understand_pressed(value, flow, desk), flow, desk)

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        return self._there(room_of(said.text), flow, desk)

    def _there(self, room: str, flow: Any, desk: Desk) -> str:
        household = household_changes.find_household(desk, flow.person, Address(flow.unit, flow.building, room))
        if flow.what == SPLIT and not households.members_of(desk, household):
            raise NobodyLeaves
        return room

    def still_true(self, stored: Any, flow: Any, desk: Desk) -> bool:
        try:
            household_changes.find_household(desk, flow.person, Address(flow.unit, flow.building, stored))
        except Refusal:
            return False
        return True


def which_other_building(flow: Any, desk: Desk) -> Text:
    if flow.what == MERGE:
        return _("Which household does it go into? The building first.")
    return _("Where do they live now? The building first.")


# ── who leaves, and with what ───────────────────────────────────────────────────────────────────────────────────────


class Some(Step[list[int]]):
    """Several of a list: each is tapped, and tapped again if it was a mistake."""

    def value(self, stored: Any) -> list[int]:
        return [int(each) for each in stored["ids"]]

    def is_answered(self, stored: Any) -> bool:
        return bool(stored["done"])

    def choices(self, flow: Flow, desk: Desk) -> list[Choice]:
        chosen = flow.answers.get(self.name, {}).get("ids", [])
        listed = [
            Choice(str(each.id), plain(f"✓ {each.called}" if str(each.id) in chosen else each.called))
            for each in members(flow, desk)
        ]
        return [*([Choice(DONE, _("That is all of them"))] if chosen else []), *listed]

    def hear(self, heard: Heard, stored: Any, flow: Flow, desk: Desk) -> Any:
        value = self.understand_pressed(heard.value, flow, desk) if isinstance(heard, Pressed) else None
        if value is None:
            raise PickOne
        ids = list((stored or {}).get("ids", []))
        if value == DONE:
            return {"ids": ids, "done": True}
        return {"ids": [each for each in ids if each != value] if value in ids else [*ids, value], "done": False}

    def still_true(self, stored: Any, flow: Flow, desk: Desk) -> bool:
        return set(stored["ids"]) <= {str(each.id) for each in members(flow, desk)}


def members(flow: Any, desk: Desk) -> list[Person]:
    return households.members_of(desk, household_changes.find_household(desk, flow.person, first_of(flow)))


def available(flow: Any, desk: Desk) -> int:
    return household_changes.available_of(desk, flow.person, first_of(flow))


def shares(flow: Any, desk: Desk) -> list[int]:
    """Nothing, half, all."""
    most = available(flow, desk)
    return sorted({0, most // 2, most})


def reasons(flow: Any, desk: Desk) -> list[Choice]:
    listed = MERGE_REASONS if flow.what == MERGE else SPLIT_REASONS
    return [Choice(key, label) for key, label in listed.items()]


# ── the last word ───────────────────────────────────────────────────────────────────────────────────────────────────


def told(at: Address, desk: Desk) -> Text:
    return where(at, desk.file.units[at.unit].name)


def what_follows(flow: Any, desk: Desk) -> Text:
    first = told(first_of(flow), desk)
    match flow.what:
        case "pin":
            return _("Shall I make a PIN for {address}? If they have one, it no longer works.")(address=first)
        case "merge":
            sentence = _(
                "Shall I put {address} into {other}? Its people and {count} point go along, and its cards and codes no"
                " longer work.",
                "Shall I put {address} into {other}? Its people and {count} points go along, and its cards and codes no"
                " longer work.",
            )
            return sentence(address=first, other=told(second_of(flow), desk), count=available(flow, desk))
    names = ", ".join(each.called for each in members(flow, desk) if each.id in flow.who)
    sentence = _(
        "{names} will belong to {other}, and {count} point goes along. Shall I?",
        "{names} will belong to {other}, and {count} points go along. Shall I?",
    )
    return sentence(names=names, other=told(second_of(flow), desk), count=int(flow.share))


class LookAfter(Flow):
    name = "households"
    title = _("🏘 Households")
    about = _("households put together or apart, a PIN for the counter")
    listed = False
    can_call = False

    what = Choose(_("What shall I do?"), among=what_can_be_done)
    unit = Choose(_("Which community is it in?"), among=units_led, known=the_only(units_led))
    building = Building(_("Which building is the household in? A number such as 3, or a name."))
    room = Standing(_("And which room?"))
    to_unit = Choose(_("In which community?"), among=units_led, known=the_only(units_led), when=is_(MERGE, SPLIT))
    to_building = Building(Text("{which}"), which=which_other_building, when=is_(MERGE, SPLIT))
    to_room = Room(_("And which room?"), when=is_(MERGE, SPLIT))
    who = Some(_("Who of them? Tap everybody who leaves."), when=is_(SPLIT))
    share = Number(
        _("How many points go along? They can use {available} now."),
        among=shares,
        least=0,
        available=available,
        when=is_(SPLIT),
    )
    why = Choose(_("Why?"), among=reasons, when=is_(MERGE, SPLIT))
    sure = Confirm(Text("{follows}"), follows=what_follows)

    @classmethod
    def may_open(cls, person: Person, desk: Desk) -> bool:
        return any(may_lead(desk, person, unit.key) for unit in communities(desk.file.units))

    def finish(self, desk: Desk) -> Text | None:
        one = household_changes.find_household(desk, self.person, first_of(self))
        match self.what:
            case "pin":
                household_cards.make_pin(desk, self.person, one)
                return None
            case "merge":
                other = household_changes.find_household(desk, self.person, second_of(self))
                return household_changes.merge(desk, self.person, one.id, other.id, self.why)
        at = second_of(self)
        return household_changes.split(desk, self.person, one.id, self.who, at, int(self.share), self.why, self.id)

"""My household: join it by the code on its card, ask for it to be confirmed, hand on the code, leave.

ama:  /household
desk: You are in no household here yet. Neighbours come to help either way; points are kept for households.
    [I have its code] [I have no code]
ama:  [I have no code]
desk: Which community is it in? [Ankang Community] [Haitang Community]
ama:  [Ankang Community]
desk: Which building is it? A number such as 3, or a name.
ama:  3
desk: And which room? [It has no room number]
ama:  201
desk: Shall I ask those who can confirm that you live at Ankang Community, building 3, room 201? [Yes]
ama:  [Yes]
desk: Thank you. I have asked those who can confirm it and will tell you. Help comes in the meantime as well.
"""

from __future__ import annotations

from typing import Any

from bot.flows.callme import only_unit
from bot.flows.flow import Choice, Flow, Said
from bot.flows.help import units
from bot.flows.steps import Choose, Confirm, Words
from desk import household_asks, households
from desk.front import Desk
from domain.households import Address, building_of, room_of, where
from domain.words import Text, _, lines, plain

CODE, NEW, INVITE, RENEW, LEAVE, WITHDRAW = "code", "new", "invite", "renew", "leave", "withdraw"
NONE = "none"


def standing(flow: Household, desk: Desk) -> Text:
    """Who belongs to it, or how one belongs to one."""
    home = households.home_of(desk, flow.person)
    if home is not None:
        names = plain(", ".join(each.called for each in households.members_of(desk, home)))
        return lines(_("Your household: {address}.")(address=home.address), _("In it: {names}.")(names=names))
    waiting = household_asks.waiting_of(desk, flow.person)
    if waiting is not None:
        return _("It has yet to be confirmed that you live at {address}.")(address=waiting.address)
    return _("You are in no household here yet. Neighbours come to help either way; points are kept for households.")


def doors(flow: Household, desk: Desk) -> list[Choice]:
    have_code = Choice(CODE, _("I have its code"))
    if households.home_of(desk, flow.person) is not None:
        return [
            Choice(INVITE, _("Invite somebody who lives with me")),
            Choice(RENEW, _("We need a new code")),
            Choice(LEAVE, _("Leave this household")),
        ]
    if household_asks.waiting_of(desk, flow.person) is not None:
        return [have_code, Choice(WITHDRAW, _("Take the question back"))]
    return [have_code, Choice(NEW, _("I have no code"))]


def what_follows(flow: Household, desk: Desk) -> Text:
    """What the last tap does, said before it."""
    match flow.what:
        case "code":
            found = households.find_by_code(desk, flow.code)
            return _("That is the card of {address}. Do you live there?")(address=found.address if found else "—")
        case "new":
            unit = desk.file.units[flow.unit].name
            sentence = _("Shall I ask those who can confirm that you live at {address}?")
            return sentence(address=where(flow.address, unit))
        case "renew":
            return _("The code you have now will no longer work. Shall I make a new one?")
        case _:
            return _("Shall I take you out of this household? Its points stay with those who live there.")


def is_(*doors: str) -> Any:
    return lambda flow, desk: flow.what in doors


class Code(Words):
    """The code on a household's card, as it was typed; a wrong one is told at once."""

    wanted = _("Please write the code on the card of your household.")

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        households.check_code(desk, flow.person, said.text[:100])
        return said.text.strip()[:100]

    def still_true(self, stored: Any, flow: Flow, desk: Desk) -> bool:
        return households.find_by_code(desk, stored) is not None


class Building(Words):
    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        return building_of(said.text)


class Room(Words):
    def choices(self, flow: Flow, desk: Desk) -> list[Choice]:
        return [Choice(NONE, _("It has no room number"))]

    def understand_pressed(self, value: str, flow: Flow, desk: Desk) -> Any:
        super().understand_pressed(value, flow, desk)
        return ""

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        return room_of(said.text)


class Household(Flow):
    name = "household"
    title = _("🏠 My household")
    about = _("join your household, invite to it, or leave it")
    in_menu = True

    what = Choose(Text("{standing}"), among=doors, standing=standing)
    code = Code(_("What is the code on its card? It has eight letters and digits."), when=is_(CODE))
    unit = Choose(_("Which community is it in?"), among=units, known=lambda flow, desk: only_unit(desk), when=is_(NEW))
    building = Building(_("Which building is it? A number such as 3, or a name."), when=is_(NEW))
    room = Room(_("And which room?"), when=is_(NEW))
    sure = Confirm(Text("{follows}"), follows=what_follows, when=is_(CODE, NEW, RENEW, LEAVE))

    @property
    def address(self) -> Address:
        return Address(self.unit, self.building, self.room)

    def finish(self, desk: Desk) -> Text | None:
        match self.what:
            case "code":
                joined = households.join_by_code(desk, self.person, self.code)
                return _("Welcome: you belong to the household at {address}.")(address=joined.address)
            case "new":
                return household_asks.ask_to_belong(desk, self.person, self.address)
            case "withdraw":
                households.withdraw(desk, self.person)
                return _("All right, I have taken the question back.")
            case "leave":
                households.leave(desk, self.person)
                return _("You have left the household. /household shows how to join one.")
            case "renew":
                return households.invitation(desk, households.renew_code(desk, self.person))
        home = households.home_of(desk, self.person)
        return households.invitation(desk, households.code_of(desk, home)) if home else None

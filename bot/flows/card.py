"""Whoever belongs to a household gives its card another name, or makes a new one when the old is lost.

ama:  [Make a new one]
desk: The card you have now, and every print of it, will no longer work. Shall I make a new one? [Yes]
ama:  [Yes]
desk: Done. This one counts from now on.
"""

from __future__ import annotations

from typing import Any

from bot.flows.flow import Flow, Said
from bot.flows.steps import Confirm, Words
from desk import household_cards
from desk.front import Desk
from domain.household_cards import name_of
from domain.households import NoHousehold
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _


class _OfOnesHousehold(Flow):
    can_call = False

    @classmethod
    def may_open(cls, person: Person, desk: Desk) -> bool:
        return person.household_id is not None

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if person.household_id is None:
            raise NoHousehold
        if subject_id != person.household_id:
            raise NotFound
        return {}


class NewCard(_OfOnesHousehold):
    name = "newcard"
    title = _("Make a new one")

    sure = Confirm(_("The card you have now, and every print of it, will no longer work. Shall I make a new one?"))

    def finish(self, desk: Desk) -> Text | None:
        household_cards.renew(desk, self.person)
        household_cards.show(desk, self.person)
        return _("Done. This one counts from now on.")


class CardName(Words):
    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        return name_of(said.text)


class NameCard(_OfOnesHousehold):
    name = "namecard"
    title = _("Another name on it")

    called = CardName(_("What shall stand on your card instead of the address? At most 40 letters."))

    def finish(self, desk: Desk) -> Text | None:
        household_cards.rename(desk, self.person, self.called)
        household_cards.show(desk, self.person)
        return None

"""An officer opens a station: where points are redeemed.

ivy:  [➕ Add a station]
desk: For which place? Its households, and those of the places in it, collect there. [Ankang Community]
ivy:  [Haitang Community]
desk: What shall it be called?
ivy:  Haitang station
desk: And in 中文 (简体)? [Leave it out]
ivy:  海棠驿站
desk: Where is it?
ivy:  Building 2, ground floor
desk: When is it open? Write it as it should be read.
ivy:  Mon–Fri 9–17
desk: 🏪 Haitang station [➕ Invite a keeper]
"""

from __future__ import annotations

from bot.flows.add_item import Name
from bot.flows.add_team import every_unit
from bot.flows.amounts import Optional, in_languages, its_name, other_language
from bot.flows.flow import Choice, Flow
from bot.flows.steps import Choose, Words
from desk import merchants
from desk.front import Desk
from desk.roles import may_set_up
from domain.people import Person
from domain.words import Text, _


class AddStation(Flow):
    name = "addstation"
    title = _("➕ Add a station")
    can_call = False

    unit = Choose(_("For which place? Its households, and those of the places in it, collect there."), among=every_unit)
    called = Name(_("What shall it be called?"))
    other = Optional(
        _("And in {language}?"),
        language=its_name,
        when=lambda flow, desk: other_language(flow, desk) is not None,
    )
    place = Words(_("Where is it?"))
    hours = Words(_("When is it open? Write it as it should be read."))

    @classmethod
    def may_open(cls, person: Person, desk: Desk) -> bool:
        return may_set_up(desk, person)

    def finish(self, desk: Desk) -> Text | None:
        name = in_languages(self, desk, self.called, self.other if self.has("other") else "")
        merchants.add_station(desk, self.person, self.unit, name, self.place, self.hours)
        return None


def yes_or_no(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice("yes", _("Yes, they said so")), Choice("no", _("No"))]


class AddMerchant(Flow):
    name = "addmerchant"
    title = _("➕ Add a merchant")
    can_call = False

    unit = Choose(_("In which place?"), among=every_unit)
    called = Name(_("What are they called?"))
    other = Optional(
        _("And in {language}?"),
        language=its_name,
        when=lambda flow, desk: other_language(flow, desk) is not None,
    )
    thanked = Choose(_("Do they agree to be thanked by name, for everybody to read?"), among=yes_or_no)

    @classmethod
    def may_open(cls, person: Person, desk: Desk) -> bool:
        return may_set_up(desk, person)

    def finish(self, desk: Desk) -> Text | None:
        name = in_languages(self, desk, self.called, self.other if self.has("other") else "")
        merchants.add_merchant(desk, self.person, self.unit, name, self.thanked == "yes")
        return _("They are there. Items can now be given by them.")

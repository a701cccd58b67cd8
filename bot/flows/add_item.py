"""A keeper or an officer puts something on the shelf.

ivy:  [➕ Add something]
desk: What is it? [Something to take home] [A service]
ivy:  [Something to take home]
desk: What is it called? In at most 60 letters.
ivy:  Soap
desk: And in 中文 (简体)? [Leave it out]
ivy:  肥皂
desk: Describe it in a sentence or two. [Leave it out]
ivy:  [Leave it out]
desk: A picture of it? [Leave it out]
ivy:  [Leave it out]
desk: How many points does it cost?
ivy:  3
desk: How many are there?
ivy:  12
desk: How many may one household have? [As many as they like]
ivy:  [As many as they like]
desk: Who gives it? [The station itself]
ivy:  [The station itself]
desk: It would stand on the shelf like this: [Put it there]
ivy:  [Put it there]
desk: It can be redeemed from now on.
"""

from __future__ import annotations

from typing import Any

from bot.flows.amounts import LEAVE_IT, NONE, Number, Optional, in_languages, its_name, other_language
from bot.flows.flow import Choice, Flow, Said, Step
from bot.flows.steps import Choose, Summary, Words, the_only
from desk import items
from desk.front import Desk
from desk.items import NewItem
from domain.market import GOODS, PERIODS, SERVICE
from domain.market_refusals import NoName
from domain.people import Person
from domain.words import Text, _, plain

OWN = "0"
PER: dict[str, Text] = {
    "day": _("in a day"),
    "week": _("in a week"),
    "month": _("in a month"),
    "year": _("in a year"),
}


def kinds(flow: Any, desk: Desk) -> list[Choice]:
    return [Choice(GOODS, _("Something to take home")), Choice(SERVICE, _("A service"))]


def places(flow: Any, desk: Desk) -> list[Choice]:
    return [Choice(str(each.id), plain(each.name)) for each in items.stations_of(desk, flow.person)]


def givers(flow: Any, desk: Desk) -> list[Choice]:
    gives = [Choice(str(each.id), plain(each.name)) for each in items.merchants_of(desk, flow.person)]
    return [*gives, Choice(OWN, _("The station itself"))]


def periods(flow: Any, desk: Desk) -> list[Choice]:
    return [*(Choice(key, PER[key]) for key in PERIODS), Choice(NONE, _("Ever"))]


class Photo(Step[str]):
    """A photo, or none."""

    accepts = frozenset({"photo"})
    wanted = _("Please send a photo, or leave it out.")

    def choices(self, flow: Flow, desk: Desk) -> list[Choice]:
        return [Choice(NONE, LEAVE_IT)]

    def understand_pressed(self, value: str, flow: Flow, desk: Desk) -> Any:
        super().understand_pressed(value, flow, desk)
        return ""

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        return said.file_id

    def shown(self, stored: Any, flow: Flow, desk: Desk) -> Text | None:
        return _("🖼 a picture") if stored else None


class Name(Words):
    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        words = said.text.strip()
        if not words or len(words) > 60:
            raise NoName
        return words


def limited(flow: Any, desk: Desk) -> bool:
    return bool(flow.most != NONE)


class AddItem(Flow):
    name = "additem"
    title = _("➕ Add something")
    can_call = False

    kind = Choose(_("What is it?"), among=kinds, label=_("Kind"))
    station = Choose(_("At which station?"), among=places, known=the_only(places), label=_("Station"))
    called = Name(_("What is it called? In at most 60 letters."), label=_("Name"))
    other = Optional(
        _("And in {language}?"),
        language=its_name,
        label=_("In the other language"),
        when=lambda flow, desk: other_language(flow, desk) is not None,
    )
    described = Optional(_("Describe it in a sentence or two."), label=_("About it"))
    picture = Photo(_("A picture of it?"), label=_("Picture"))
    price = Number(_("How many points does it cost?"), label=_("Points"))
    stock = Number(
        _("How many are there?"), least=0, label=_("On the shelf"), when=lambda flow, desk: flow.kind == GOODS
    )
    weekly = Number(
        _("How many places a week?"), label=_("Places a week"), when=lambda flow, desk: flow.kind == SERVICE
    )
    most = Number(_("How many may one household have?"), nothing=_("As many as they like"), label=_("For a household"))
    per = Choose(_("In which time?"), among=periods, when=limited, label=_("In which time"))
    giver = Choose(_("Who gives it?"), among=givers, label=_("Given by"))
    sure = Summary(_("It would stand on the shelf like this:"), go=_("Put it there"))

    @classmethod
    def may_open(cls, person: Person, desk: Desk) -> bool:
        return bool(items.stations_of(desk, person))

    def finish(self, desk: Desk) -> Text | None:
        new = NewItem(
            kind=self.kind,
            station_id=int(self.station),
            name=in_languages(self, desk, self.called, self.other if self.has("other") else ""),
            about=in_languages(self, desk, self.described, "") if self.described else {},
            price=int(self.price),
            stock=int(self.stock) if self.has("stock") else 0,
            weekly=int(self.weekly) if self.has("weekly") else None,
            most=int(self.most) if self.most != NONE else None,
            per=self.per if self.has("per") and self.per != NONE else None,
            merchant_id=int(self.giver) or None,
            picture=self.picture or None,
        )
        items.show(desk, self.person, items.add(desk, self.person, new))
        return _("It can be redeemed from now on.")

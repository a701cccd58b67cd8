"""Something on the shelf is restocked, or its words, its picture, its price or its limit change.

ivy:  [More on the shelf]
desk: How many come to it? Write −2 if two are gone.
ivy:  10
desk: Noted: there are 34 on the shelf now.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.flows.add_item import Photo
from bot.flows.amounts import NONE, Number, in_languages, its_name, number_in, other_language
from bot.flows.flow import Choice, Flow, Said
from bot.flows.steps import Choose, Words
from desk import items
from desk.front import Desk
from domain.market import Item
from domain.market_refusals import NotAnAmount
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _


class AnyNumber(Words):
    wanted = NotAnAmount.text

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        return str(number_in(said.text))


def one_of_theirs(person: Person, desk: Desk, item_id: int | None) -> dict[str, Any]:
    if item_id is None:
        raise NotFound
    return {"item": items.get_kept(desk, person, item_id).id}


class Restock(Flow):
    name = "restock"
    title = _("More on the shelf")
    can_call = False

    amount = AnyNumber(_("How many come to it? Write −2 if two are gone."))

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        return one_of_theirs(person, desk, subject_id)

    def finish(self, desk: Desk) -> Text | None:
        return items.restock(desk, self.person, self.answers["item"], int(self.amount))


NAME, OTHER, ABOUT, PICTURE, PRICE, MOST, BACK = "name", "other", "about", "picture", "price", "most", "back"


def parts(flow: Any, desk: Desk) -> list[Choice]:
    other = _("Its name in {language}")(language=its_name(flow, desk))
    return [
        Choice(NAME, _("Its name")),
        *([Choice(OTHER, other)] if other_language(flow, desk) is not None else []),
        Choice(ABOUT, _("What is said about it")),
        Choice(PICTURE, _("Its picture")),
        Choice(PRICE, _("How many points it costs")),
        Choice(MOST, _("How many a household may have")),
        Choice(BACK, _("When more of it comes")),
    ]


def is_(*what: str) -> Any:
    return lambda flow, desk: flow.what in what


class ChangeItem(Flow):
    name = "changeitem"
    title = _("Change…")
    can_call = False

    what = Choose(_("What shall be different?"), among=parts)
    picture = Photo(_("A picture of it?"), when=is_(PICTURE))
    price = Number(_("How many points does it cost?"), when=is_(PRICE))
    most = Number(_("How many may one household have?"), nothing=_("As many as they like"), when=is_(MOST))
    days = Number(_("In how many days will there be more?"), nothing=_("I don't know"), when=is_(BACK))
    words = Words(_("How shall it read?"), when=is_(NAME, OTHER, ABOUT))

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        return one_of_theirs(person, desk, subject_id)

    def finish(self, desk: Desk) -> Text | None:
        item = items.get_kept(desk, self.person, self.answers["item"])
        if self.what == BACK:
            days = None if self.days == NONE else min(int(self.days), 366)
            at = None if days is None else desk.now + timedelta(days=days)
            items.expect(desk, self.person, item.id, at)
        else:
            items.change(desk, self.person, item.id, **self.changed(desk, item))
        return _("Changed.")

    def changed(self, desk: Desk, item: Item) -> dict[str, Any]:
        match self.what:
            case "name":
                return {"name": {**item.name, **in_languages(self, desk, self.words, "")}}
            case "other":
                return {"name": {**item.name, str(other_language(self, desk)): self.words}}
            case "about":
                return {"about": {**item.about, **in_languages(self, desk, self.words, "")}}
            case "picture":
                return {"picture": self.picture or None}
            case "price":
                return {"price": int(self.price)}
            case _:
                return {"most": None if self.most == NONE else int(self.most)}

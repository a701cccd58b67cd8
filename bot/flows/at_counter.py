"""A household without a telephone chooses at the counter: its card was scanned, and its PIN says that it is them.

eli:  [They choose here, with their PIN]
desk: What would they like? [Rice · 20 points]
eli:  [Rice · 20 points]
desk: How many? [1] [2] [3]
eli:  [2]
desk: Rice × 2 costs their household 40 points. If they want it, what is their PIN?
eli:  0000
desk: That is not their PIN. You can try 4 more times.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.flows.amounts import Number
from bot.flows.flow import Choice, Flow, Said
from bot.flows.redeem import note_price
from bot.flows.steps import Choose, Words
from desk import counter, household_cards
from desk.front import Call, Desk
from desk.market import Offer
from domain.household_cards import PinLocked
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _, plain

SHOWN = 30


def offers(flow: Any, desk: Desk) -> list[Offer]:
    household = household_cards.find_for_keeper(desk, flow.person, flow.answers["token"])
    return household_cards.offers_at_counter(desk, flow.person, household) if household is not None else []


def what_there_is(flow: Any, desk: Desk) -> list[Choice]:
    label = _("{item} · {count} point", "{item} · {count} points")
    listed = offers(flow, desk)[:SHOWN]
    return [Choice(str(each.item.id), label(item=each.item.name, count=each.item.price)) for each in listed]


def offer_of(flow: Any, desk: Desk) -> Offer | None:
    return next((each for each in offers(flow, desk) if str(each.item.id) == flow.item), None)


def numbers(flow: Any, desk: Desk) -> range:
    offer = offer_of(flow, desk)
    return range(1, min(offer.affordable if offer is not None else 1, 3) + 1)


def what_it_costs(flow: Any, desk: Desk) -> Text:
    offer = offer_of(flow, desk)
    if offer is None:
        return _("That is no longer offered.")
    sentence = _(
        "{item} × {number} costs their household {count} point. If they want it, what is their PIN?",
        "{item} × {number} costs their household {count} points. If they want it, what is their PIN?",
    )
    cost = int(flow.count) * int(flow.answers.get("price", offer.item.price))
    return sentence(item=offer.item.name, number=int(flow.count), count=cost)


class Pin(Words):
    """Four digits, taken out of the chat at once and never kept: what is stored is whether they were right."""

    wanted = _("Please type the four digits.")

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        if said.message_id and flow.person.telegram_id is not None:
            desk.say(Call(flow.person.telegram_id, "deleteMessage", {"message_id": said.message_id}))
        household = household_cards.get_for_keeper(desk, flow.person, flow.answers["token"])
        try:
            household_cards.check_pin(desk, flow.person, household, said.text)
        except PinLocked:
            return False
        return True

    def shown(self, stored: Any, flow: Flow, desk: Desk) -> Text | None:
        return plain("····")


class AtCounter(Flow):
    name = "atcounter"
    title = _("They choose here, with their PIN")
    lasts = timedelta(minutes=15)  # whoever stands at the counter has not gone home meanwhile
    can_call = False

    item = Choose(_("What would they like?"), among=what_there_is)
    count = Number(_("How many?"), among=numbers)
    pin = Pin(Text("{costs}"), costs=what_it_costs)

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        raise NotFound  # a number alone says nothing: their card has to be scanned

    def arrive(self, desk: Desk) -> None:
        note_price(self, offer_of(self, desk) if self.has("item") else None)

    def finish(self, desk: Desk) -> Text | None:
        if not self.pin:
            return PinLocked.text
        household = household_cards.get_for_keeper(desk, self.person, self.answers["token"])
        price = self.answers.get("price")
        counter.redeem_for(desk, self.person, household.id, int(self.item), int(self.count), self.id, price=price)
        return None

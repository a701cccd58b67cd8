"""Redeem something from the market: how many, what it costs, and a code to collect it with.

ama:  [Have it]
desk: How many? [1] [2] [3]
ama:  [2]
desk: Rice × 2 costs 40 points. Your household can use 100 now, and 60 after that. Shall I? [Yes, redeem it]
ama:  [Yes, redeem it]
desk: Rice × 2 is kept for you at Ankang Station
"""

from __future__ import annotations

from typing import Any

from bot.flows.amounts import Number
from bot.flows.flow import Flow
from bot.flows.steps import Confirm, Words
from desk import market
from desk.front import Desk
from domain.market import MOST_AT_ONCE
from domain.market_refusals import SoldOut
from domain.people import Person
from domain.points import NotEnoughPoints
from domain.refusals import NotFound, Refusal
from domain.words import Text, _, plain

OFFERED = 3
"""Numbers with a button of their own."""


def offer_of(flow: Any, desk: Desk) -> market.Offer | None:
    try:
        return market.get_offer(desk, flow.person, flow.answers["item"])
    except Refusal:  # gone meanwhile: the end says so
        return None


def numbers(flow: Any, desk: Desk) -> range:
    offer = offer_of(flow, desk)
    return range(1, min(offer.affordable if offer is not None else 1, OFFERED) + 1)


def what_it_costs(flow: Any, desk: Desk) -> Text:
    """Points before and after."""
    offer = offer_of(flow, desk)
    if offer is None:
        return _("That is no longer offered.")
    count, before = int(flow.count), market.available_to(desk, flow.person)
    cost = count * int(flow.answers.get("price", offer.item.price))
    sentence = _(
        "{item} × {number} costs {count} point. Your household can use {before} now, and {after} after that. Shall I?",
        "{item} × {number} costs {count} points. Your household can use {before} now, and {after} after that. Shall I?",
    )
    return sentence(item=offer.item.name, number=count, count=cost, before=before, after=before - cost)


def is_service(flow: Any, desk: Desk) -> bool:
    offer = offer_of(flow, desk)
    return offer is not None and offer.item.is_service


def note_price(flow: Flow, offer: market.Offer | None) -> None:
    """What they are told it costs, so that nothing dearer is redeemed for them."""
    if offer is not None:
        flow.answers["price"] = offer.item.price


class HowMany(Number):
    def still_true(self, stored: Any, flow: Flow, desk: Desk) -> bool:
        return 1 <= int(stored) <= MOST_AT_ONCE


class Redeem(Flow):
    name = "redeem"
    title = _("🛍 Redeem")

    count = HowMany(_("How many?"), among=numbers)
    when = Words(_("When would suit you? Write it as you would say it."), when=is_service)
    sure = Confirm(Text("{costs}"), go=_("Yes, redeem it"), costs=what_it_costs)

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        if subject_id is None:
            raise NotFound
        offer = market.get_offer(desk, person, subject_id)
        if offer.left == 0:
            raise SoldOut
        if offer.affordable == 0:
            raise NotEnoughPoints(available=market.available_to(desk, person))
        return {"item": subject_id}

    def arrive(self, desk: Desk) -> None:
        note_price(self, offer_of(self, desk))

    def finish(self, desk: Desk) -> Text | None:
        wanted, price = plain(self.when) if self.has("when") else None, self.answers.get("price")
        market.redeem(desk, self.person, self.answers["item"], int(self.count), self.id, wanted=wanted, price=price)
        return None

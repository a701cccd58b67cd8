"""Commands, cards and membership: what the desk listens to, in this order, and every card it shows."""

from __future__ import annotations

from aiogram import Router

from bot.cards import CARDS
from bot.flows import router as flows
from bot.handlers import (
    at_counter,
    boards,
    by_hand,
    cases,
    co_volunteers,
    diary,
    edits,
    evening,
    good_deeds,
    honours,
    household_cards,
    households,
    import_file,
    invitations,
    judging,
    market,
    membership,
    mine,
    orders,
    places,
    posters,
    problems,
    relay,
    reports,
    setup,
    shelves,
    standard,
    start,
    statements,
    supervisor,
)
from bot.handlers.payloads import PAYLOADS

ROUTERS: list[Router] = [
    cases.router,  # the word she chose comes before anything else that listens for words
    membership.router,  # commands in a group end here, before anybody asks Telegram whose they are
    relay.router,  # a reply to a card is meant for the other side, whatever else is going on
    start.router,
    setup.router,
    invitations.router,
    orders.router,
    reports.router,
    judging.router,
    co_volunteers.router,
    mine.router,
    statements.router,
    standard.router,
    boards.router,
    honours.router,
    by_hand.router,
    supervisor.router,
    at_counter.router,  # what a keeper types or photographs is somebody's code before it is anything else
    households.router,
    market.router,
    shelves.router,
    places.router,
    household_cards.router,
    import_file.router,
    posters.router,
    evening.router,
    good_deeds.router,
    diary.router,
    problems.router,
    edits.router,
    flows.router,
    relay.loose,
    start.last,
]

for room in (
    start,
    setup,
    invitations,
    orders,
    reports,
    mine,
    statements,
    boards,
    honours,
    by_hand,
    supervisor,
    cases,
    co_volunteers,
    households,
    import_file,
    evening,
    good_deeds,
    diary,
    problems,
    household_cards,
    market,
    at_counter,
    shelves,
    places,
    posters,
):
    CARDS.update(room.CARDS)

for opens in (
    invitations.PAYLOADS,
    households.PAYLOADS,
    household_cards.PAYLOADS,
    orders.PAYLOADS,
    at_counter.PAYLOADS,
    posters.PAYLOADS,
):
    PAYLOADS.update(opens)

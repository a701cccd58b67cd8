"""Commands, cards and membership: what the desk listens to, in this order, and every card it shows."""

from __future__ import annotations

from aiogram import Router

from bot.cards import CARDS
from bot.flows import router as flows
from bot.handlers import invitations, membership, mine, orders, setup, start
from bot.handlers.payloads import PAYLOADS

ROUTERS: list[Router] = [
    start.router,
    setup.router,
    invitations.router,
    membership.router,
    orders.router,
    mine.router,
    flows.router,
    start.last,
]

for faces in (start.CARDS, setup.CARDS, invitations.CARDS, orders.CARDS, mine.CARDS):
    CARDS.update(faces)

PAYLOADS.update({**invitations.PAYLOADS, **orders.PAYLOADS})

"""Commands, cards and membership: what the desk listens to, in this order, and every card it shows."""

from __future__ import annotations

from aiogram import Router

from bot.cards import CARDS
from bot.flows import router as flows
from bot.handlers import start

ROUTERS: list[Router] = [
    start.router,
    flows.router,
    start.last,
]

for faces in (start.CARDS,):
    CARDS.update(faces)

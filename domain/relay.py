"""Requester and holder talk through the desk: until when, who hears whom, and how it is refused."""

from __future__ import annotations

from datetime import timedelta

from domain.orders import HELD, Order
from domain.refusals import Refusal
from domain.words import _

TALKING = (*HELD, "resolved")
"""From the moment somebody has it until it is closed."""
TALK_LASTS = timedelta(minutes=15)
"""After so long it is said once more that what was written has been passed on."""
PHRASE_HOLDS = timedelta(minutes=2)
MOST_NOTES = 12
MOST_TOLD = 32
"""Pieces of what was told about a report, with what its reporter added later."""
NOTES_HOLD = 1000
"""Characters of all notes together: they stand on one card with the story, and the word for the door after them."""

PHRASES = {
    "at_door": _("{name} is at the door, and says this word first: <b>{word}</b>."),
    "late": _("{name} is coming a little later."),
}
"""What the holder says in one tap, and whoever asked reads in their own language."""


def is_talking(order: Order) -> bool:
    """Is there somebody on both sides?"""
    return order.state in TALKING and order.holder_id is not None and not order.provisional


def is_party(order: Order, person_id: int) -> bool:
    """Who needs it, who asked, and who has it: nobody else."""
    holds = order.holder_id == person_id and not order.provisional
    return holds or person_id in order.askers


def heard_by(order: Order, person_id: int) -> list[int]:
    """Whom this person's words go to: the holder, or, from the holder, whoever asked."""
    if not is_talking(order) or order.holder_id is None:
        return []
    if order.holder_id == person_id:
        return [each for each in order.askers if each != person_id]
    return [order.holder_id] if person_id in order.askers else []


class TalkOver(Refusal):
    text = _("This request is over, so I can't pass on words about it any more. /help begins a new one.")


class NobodyToTell(Refusal):
    text = _("There is nobody I can pass this on to in writing. Please telephone them.")


class NotDelivered(Refusal):
    text = _("I could not deliver it: {name} can't be reached through me at the moment. I'm sorry.")


class CannotCarry(Refusal):
    text = _("I can pass on words, voice, pictures and a place. Please send it as one of these.")


class Full(Refusal):
    text = _("That is more than fits on this request. Could you say it in fewer words?")

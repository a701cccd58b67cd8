"""The card that asks whether somebody lives where they say, and the link on a household's own card."""

from __future__ import annotations

from typing import Any

from aiogram import Router
from aiogram.filters import Filter
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.cards import Face, View
from bot.flows import talking
from bot.handlers.payloads import Opens
from bot.sorting import WORDS
from desk import households, people
from desk.front import Button, Desk
from desk.household_asks import answer, find_question, may_see
from domain.households import InHousehold, where
from domain.people import Person
from domain.words import Text, _, lines

router = Router(name="households")


class AskTap(CallbackData, prefix="ha"):
    """Yes or no to somebody who says that they live there."""

    verb: str
    id: int


@router.callback_query(AskTap.filter())
async def answered(query: CallbackQuery, callback_data: AskTap, desk: Desk, person: Person) -> Text | None:
    return answer(desk, person, callback_data.id, callback_data.verb == "yes")


def paint_ask(view: View, application_id: int, chat_id: int) -> Face | None:
    """Who says that they live where; once it is answered, who answered."""
    question, reader = find_question(view, application_id), people.find_person(view, chat_id)
    if question is not None and (reader is None or not may_see(view, reader, question)):
        return Face(_("Others look after this now. Thank you!"))
    if question is None:
        return Face(_("Somebody had asked to join a household and has taken it back."))
    place = question.household.at
    address = where(place, view.file.units[place.unit].name) if place.unit in view.file.units else None
    blanks: dict[str, Any] = {"name": question.person.called, "address": address or question.household.address}
    if question.asked.state != "asked":
        sentence = (
            _("<b>{name}</b> lives at {address}: confirmed by {who}.")
            if question.asked.state == "accepted"
            else _("<b>{name}</b> asked to join the household at {address}: not confirmed by {who}.")
        )
        return Face(sentence(**blanks, who=question.decided_by.called if question.decided_by else "—"))
    known = _("{count} person belongs to it already.", "{count} people belong to it already.")
    text = lines(
        _("<b>{name}</b> says they live at {address}. Is that so?")(**blanks),
        known(count=question.members) if question.members else _("Nobody belongs to it yet."),
    )
    yes = Button(_("Yes, they live there"), data=f"ha:yes:{application_id}")
    return Face(text, (yes, Button(_("No, they don't"), data=f"ha:no:{application_id}")))


class IsCode(Filter):
    """The code of a card, written without being asked for."""

    where = frozenset({WORDS})

    async def __call__(self, message: Message, desk: Desk, person: Person | None = None) -> bool:
        if message.chat.type != "private" or person is None or not message.text or message.text.startswith("/"):
            return False
        return talking.current(desk, person) is None and households.is_code(desk, person, message.text)


@router.message(IsCode())
async def wrote_code(message: Message, desk: Desk, person: Person) -> Text | None:
    return await open_card(desk, person, message.text or "")


async def open_card(desk: Desk, person: Person, code: str) -> Text | None:
    """The code of a household's card was scanned or written. A half-finished conversation goes on afterwards."""
    home = households.home_of(desk, person)
    household = households.check_code(desk, person, code)
    if home is not None and home.id == household.id:
        return _("You belong to this household already.")
    if home is not None:
        raise InHousehold(address=home.address)
    found = talking.current(desk, person)
    suspended = None
    if found is not None and not found[0].sealed and found[1].answers and found[1].name not in ("start", "household"):
        talk = found[0]
        suspended = {"flow": talk.flow, "id": talk.id, "turn": talk.turn, "progress": talk.progress}
    kind = talking.FLOWS["household"]
    talking.open_flow(desk, person, kind, suspended=suspended, what="code", code=code)
    return None


PAYLOADS: dict[str, Opens] = {"h": open_card}
CARDS = {households.CARD: paint_ask}

"""Words on their way to the other side: replies, loose words of somebody who is talking, notes in a group."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aiogram import Router
from aiogram.filters import Filter
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.cards import View
from bot.flows import talking
from bot.flows.flow import Said
from bot.flows.router import SENT, Private, open_data, said_in
from bot.flows.write_to import CARRIED, piece_of
from bot.sorting import COMMAND, IN_GROUP, WORDS
from desk import people, relay
from desk.front import Button, Call, Desk
from desk.order_views import get_order, team_of
from domain.people import ANONYMOUS, Person
from domain.teams import GROUP
from domain.words import Text, _

router = Router(name="relay")
loose = Router(name="loose")  # stands behind the conversations

FINER = ("audio", "video_note", "animation")


def said_exactly(message: Message) -> Said:
    """Telegram carries each kind of recording by a method of its own, and takes no other."""
    finer = next((kind for kind in FINER if getattr(message, kind)), None)
    said = said_in(message)
    return replace(said, kind=finer) if finer else said


# ── in private ──────────────────────────────────────────────────────────────────────────────────────────────────────


class RepliesToOrder(Filter):
    """A reply to a card of an order, or to words that were passed on. Never while something confidential is told."""

    where = frozenset({COMMAND, WORDS})

    async def __call__(self, message: Message, desk: Desk, person: Person | None = None) -> bool | dict[str, Any]:
        reply = message.reply_to_message
        if message.chat.type != "private" or reply is None or person is None or (message.text or "").startswith("/"):
            return False
        found = talking.current(desk, person)
        if found is not None and found[0].sealed:
            return False
        order_id = relay.order_at(desk, message.chat.id, reply.message_id)
        return {"order_id": order_id} if order_id is not None else False


@router.message(RepliesToOrder())
async def replied(message: Message, order_id: int, desk: Desk, person: Person) -> Text | None:
    return relay.relay_words(desk, person, order_id, [piece_of(said_exactly(message))])


class WritesTo(Filter):
    """Words for a conversation of ours."""

    where = frozenset({COMMAND, WORDS})

    async def __call__(self, message: Message, desk: Desk, person: Person | None = None) -> bool:
        if message.chat.type != "private" or person is None or (message.text or "").startswith("/"):
            return False
        if message.content_type not in SENT:
            return False
        found = talking.current(desk, person)
        return found is not None and found[1].name in ("write", "whose")


@router.message(WritesTo())
async def wrote(message: Message, desk: Desk, person: Person) -> None:
    talking.hear(desk, person, said_exactly(message))


class MayBeForSomebody(Filter):
    """Words outside any conversation, of somebody who could mean whoever is on the other side."""

    async def __call__(self, message: Message, desk: Desk, person: Person | None = None) -> bool:
        if person is None or (message.text or "").startswith("/") or said_exactly(message).kind not in CARRIED:
            return False
        return bool(relay.talks_of(desk, person))


@loose.message(Private(), MayBeForSomebody())
async def asked_whose(message: Message, desk: Desk, person: Person) -> None:
    pieces = [piece_of(said_exactly(message))]
    talking.open_flow(desk, person, talking.FLOWS["whose"], pieces=pieces)


# ── in a group ──────────────────────────────────────────────────────────────────────────────────────────────────────


class RepliesToCard(Filter):
    """A reply to the card of an order in its group; everything else that is said there is nobody's business."""

    where = frozenset({IN_GROUP})

    async def __call__(self, message: Message, desk: Desk) -> bool | dict[str, Any]:
        reply = message.reply_to_message
        if message.chat.type not in ("group", "supergroup") or reply is None or (message.text or "").startswith("/"):
            return False
        order_id = relay.order_of_card(desk, message.chat.id, reply.message_id)
        return {"order_id": order_id} if order_id is not None else False


@router.message(RepliesToCard())
async def noted(message: Message, order_id: int, desk: Desk, person: Person | None = None) -> None:
    """Nothing is said in the group: a thumb under the words shows that they stand on the order now."""
    user, said = message.from_user, said_exactly(message)
    if user is None or user.is_bot or user.id in ANONYMOUS or message.sender_chat is not None or said.kind == "place":
        return
    if person is None:
        team = team_of(desk, get_order(desk, order_id))
        if team is None or team.joining != GROUP:
            return
        person = people.meet(desk, user.id, user.full_name, user.language_code, started=False)
    if said.kind in CARRIED and relay.note_from_group(desk, person, message.chat.id, order_id, piece_of(said)):
        thumb = [{"type": "emoji", "emoji": "👍"}]
        fields = {"message_id": message.message_id, "reaction": thumb}
        desk.say(Call(message.chat.id, "setMessageReaction", fields, lane=2))


# ── buttons on the cards of both sides ──────────────────────────────────────────────────────────────────────────────


class PhraseTap(CallbackData, prefix="say"):
    phrase: str
    id: int


@router.callback_query(PhraseTap.filter())
async def said_phrase(query: CallbackQuery, callback_data: PhraseTap, desk: Desk, person: Person) -> Text | None:
    return relay.say_phrase(desk, person, callback_data.id, callback_data.phrase)


def phrase_buttons(order_id: int) -> tuple[Button, ...]:
    """Set phrases of the holder's."""
    labels = {"at_door": _("At the door"), "late": _("A little late")}
    return tuple(Button(label, data=f"say:{key}:{order_id}") for key, label in labels.items())


def write_button(view: View, order_id: int, chat_id: int) -> tuple[Button, ...]:
    """*Write to …*, as long as there is somebody on the other side."""
    name = relay.name_of_other(view, people.find_person(view, chat_id), order_id)
    return (Button(_("Write to {name}")(name=name), data=open_data("write", order_id)),) if name is not None else ()

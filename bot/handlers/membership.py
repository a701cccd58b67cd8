"""What happens around the groups: the bot is added or removed, people come and go, somebody calls it there."""

from __future__ import annotations

from typing import Any

from aiogram import Router
from aiogram.filters import Filter
from aiogram.types import ChatMemberUpdated, Message

from bot.flows import talking
from bot.sorting import COMMAND, IN_GROUP
from desk import groups, moving
from desk.front import Desk, Line
from domain.people import ANONYMOUS, Person
from domain.teams import Group
from domain.words import _

router = Router(name="membership")

KNOWN = frozenset(
    {
        "start",
        "menu",
        "setup",
        "orders",
        "mine",
        "points",
        "queue",
        "duty",
        "nottonight",
        "cancel",
        "language",
        "forget",
    }
)
"""Commands that are ours even where nobody said so; another bot's are none of our business."""

ANONYMITY = _("I can't see who you are. Please switch off anonymity, or use the buttons: those I can tell apart.")


class Says(Filter):
    """A command addressed to this bot. (aiogram's own would ask Telegram for the bot's name.)"""

    where = frozenset({COMMAND, IN_GROUP})

    def __init__(self, command: str) -> None:
        self.command = command

    async def __call__(self, message: Message, desk: Desk) -> bool | dict[str, Any]:
        said = command_in(message, desk)
        return {"payload": said[1]} if said is not None and said[0] == self.command else False


class InGroup(Filter):
    where = frozenset({IN_GROUP})

    async def __call__(self, message: Message) -> bool:
        return message.chat.type in ("group", "supergroup")


class CallsUs(Filter):
    """A command in a group that is ours to answer: addressed to the bot, or one of its own."""

    async def __call__(self, message: Message, desk: Desk) -> bool:
        said = command_in(message, desk)
        if said is None or message.text is None:
            return False
        return "@" in message.text.split()[0] or said[0] in KNOWN or said[0] in talking.FLOWS


def command_in(message: Message, desk: Desk) -> tuple[str, str] | None:
    """The command and what stands behind it; None for other words, and for another bot's command."""
    first, _space, rest = (message.text or "").partition(" ")
    name, _at, address = first[1:].partition("@")
    if not first.startswith("/") or not name or (address and address.lower() != desk.bot_name.lower()):
        return None
    return name.lower(), rest.strip()


@router.message(InGroup(), Says("start"))
async def started_in_group(message: Message, payload: str, desk: Desk, person: Person | None = None) -> None:
    kind, _sign, token = payload.partition("_")
    if kind == "g":
        groups.open_in_group(desk, person, token, message.chat.id, message.chat.title or "", topic_of(message))
        return
    await called_in_group(message, desk, person)


def topic_of(message: Message) -> int | None:
    """The topic it stands in. A reply in the general one carries a number too, which is none of a topic."""
    return message.message_thread_id if message.is_topic_message else None


@router.message(InGroup(), CallsUs())
async def called_in_group(message: Message, desk: Desk, person: Person | None = None) -> None:
    speaker = message.from_user.id if message.from_user else None
    if message.sender_chat is not None or speaker in ANONYMOUS:
        desk.say(Line(message.chat.id, ANONYMITY, silent=True, rule="bulk"))
        return
    said = command_in(message, desk)
    arranges = person is not None and said is not None and said[0] == "setup"
    if arranges and groups.speak_here(desk, person, message.chat.id, topic_of(message)):
        return
    groups.answer_in_group(desk, person, message.chat.id)


class HasMoved(Filter):
    """The service message in the old chat, or its twin in the new one. Either may come first, or alone."""

    where = frozenset({IN_GROUP})

    async def __call__(self, message: Message) -> bool | dict[str, int]:
        if message.chat.type == "private":
            return False
        if message.migrate_to_chat_id is not None:
            return {"old": message.chat.id, "new": message.migrate_to_chat_id}
        if message.migrate_from_chat_id is not None:
            return {"old": message.migrate_from_chat_id, "new": message.chat.id}
        return False


@router.message(HasMoved())
async def group_moved(message: Message, old: int, new: int, desk: Desk) -> None:
    moving.move_group(desk, old, new)


@router.my_chat_member()
async def own_standing(event: ChatMemberUpdated, desk: Desk, person: Person | None = None) -> None:
    status = event.new_chat_member.status
    if event.chat.type == "private":
        groups.hear_blocked(desk, event.chat.id, status == "kicked")
        return
    groups.hear_standing(desk, person, group_of(event))


def group_of(event: ChatMemberUpdated) -> Group:
    """Where the bot stands now. Muted in a group is as good as gone: nothing could be shown there."""
    now, title = event.new_chat_member, event.chat.title or ""
    if now.status == "administrator":
        pins, deletes = bool(getattr(now, "can_pin_messages", False)), bool(getattr(now, "can_delete_messages", False))
        return Group(event.chat.id, title, "administrator", pins, deletes)
    speaks = now.status == "member" or (now.status == "restricted" and bool(getattr(now, "can_send_messages", False)))
    return Group(event.chat.id, title, "member" if speaks else "left")


@router.chat_member()
async def member_changed(event: ChatMemberUpdated, desk: Desk) -> None:
    now = event.new_chat_member
    if now.user.is_bot:
        return
    inside = now.status in ("creator", "administrator", "member")
    inside = inside or (now.status == "restricted" and bool(getattr(now, "is_member", False)))
    groups.hear_member(desk, event.chat.id, now.user.id, inside, event.date)

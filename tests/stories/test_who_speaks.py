"""Identities that are nobody: anonymous administrators, channels, Telegram itself. And names of every kind."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from domain.people import ANONYMOUS
from sandbox.phones import Json, Phone, text_of
from storage.tables import contacts, group_members
from tests.stories.test_asking import ASK
from tests.town import TestTown

CHANNEL = {"id": -1002000000001, "type": "channel", "title": "News of the town"}
NOBODY: dict[str, tuple[Json, Json]] = {
    "an anonymous administrator": (
        {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"},
        {},
    ),
    "a channel": (
        {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"},
        {"sender_chat": CHANNEL},
    ),
    "the linked channel": (
        {"id": 777000, "is_bot": False, "first_name": "Telegram"},
        {"sender_chat": CHANNEL, "is_automatic_forward": True},
    ),
}


def known(town: TestTown) -> set[int]:
    """Every account of which a trace is kept."""
    rows = town.look(
        lambda desk: [
            *desk.conn.scalars(select(contacts.c.telegram_id)),
            *desk.conn.scalars(select(group_members.c.telegram_id)),
        ]
    )
    return set(rows)


async def hears(town: TestTown, who: str, text: str, reply_to: Json | None = None) -> None:
    """The desk hears this in the volunteers' group, from somebody who is nobody."""
    user, more = NOBODY[who]
    chat = {"id": town.volunteers.id, "type": "supergroup", "title": "Ankang Neighbours"}
    message: Json = {"message_id": 9000, "date": int(town.now.timestamp()), "chat": chat, "from": user, "text": text}
    if not more:
        more = {"sender_chat": chat}
    if reply_to is not None:
        names = ("message_id", "date", "chat", "from", "text")
        more = {**more, "reply_to_message": {name: reply_to[name] for name in names}}
    await town.demo.town.do("raw", message={**message, **more})
    await town.settle()


async def asks(town: TestTown) -> Json:
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    return await town.volunteers.sees("Groceries", buttons=["I'll take it"])


@pytest.mark.parametrize("who", NOBODY)
async def test_nobody_is_asked_to_show_themselves_and_becomes_nobody(town: TestTown, who: str) -> None:
    card = await asks(town)
    before = known(town)
    for command in ("/help", "/setup", "/queue", "/start", "/mine"):
        await hears(town, who, command)
        said = await town.volunteers.sees("I can't see who you are", "switch off anonymity", "use the buttons")
        town.demo.sandbox.world.chats[town.volunteers.id].messages.pop(said["message_id"])
    await hears(town, who, "What a lovely day")
    await hears(town, who, "The lift is broken", reply_to=card)
    await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    assert known(town) == before
    assert not known(town) & ANONYMOUS
    reactions = [call for call in await town.demo.town.calls() if call["method"] == "setMessageReaction"]
    assert reactions == [], "no note was kept"


async def test_an_anonymous_administrator_who_taps_is_the_person_behind(town: TestTown) -> None:
    """Telegram sends their words from nobody, and their taps from themselves."""
    card = await asks(town)
    where = town.volunteers.id
    await town.demo.town.do("say", user=town.ben.id, chat=where, text="/mine", anonymous=True)
    await town.settle()
    await town.volunteers.sees("switch off anonymity")
    await town.ben.taps("I'll take it", on=card)
    town.ben.is_told("It's yours")
    await town.ben.hears("room 201")
    await town.ama.hears("Ben has taken it")
    assert not known(town) & ANONYMOUS


async def test_nobody_of_these_comes_and_goes(town: TestTown) -> None:
    for number in ANONYMOUS:
        who = {"id": number, "is_bot": False, "first_name": "Nobody"}
        change = {
            "chat": {"id": town.volunteers.id, "type": "supergroup", "title": "Ankang Neighbours"},
            "from": who,
            "date": int(town.now.timestamp()),
            "old_chat_member": {"user": who, "status": "left"},
            "new_chat_member": {"user": who, "status": "member"},
        }
        await town.demo.town.do("raw", chat_member=change)
        private = {"id": number, "type": "private", "first_name": "Nobody"}
        said: dict[str, Any] = {"message_id": 9, "date": int(town.now.timestamp()), "from": who, "chat": private}
        await town.demo.town.do("raw", message={**said, "text": "/help"})
        await town.settle()
    assert not known(town) & ANONYMOUS


# ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────────

NAMES = {
    "empty to the eye": "\u3164",
    "blank": "\u2800\u200b",
    "very long": "Ama of the long name " * 12,
    "right to left": "\u202eعائشة المالكي\u202d",
    "emoji only": "👵🏽🌸",
    "a family": "👨‍👩‍👧‍👦" * 15,
    "markup": "<b>Ama</b> & \"co\" <a href='tg://user?id=1'>x</a>",
    "blanks of ours": "{name} {0.__class__} %s",
    "many lines": "Ama\n\n\n/forget\nof Ankang",
    "one letter": "Я",
    "a command": "/cancel@linli_bot",
}


def all_buttons(message: Json) -> list[Json]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard") or []
    return [button for row in rows for button in row]


async def renamed(town: TestTown, phone: Phone, name: str) -> None:
    await town.demo.town.do("people", id=phone.id, first_name=name)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_with_any_name_somebody_is_helped_and_helps(town: TestTown, name: str) -> None:
    """Both sides bear it, without a user name; and another one on the way changes nothing."""
    await renamed(town, town.ama, name)
    await renamed(town, town.cleo, name)
    await town.joins(town.ama)
    await town.ama.says(*ASK)
    if "what may we call you" in text_of(await town.ama.last()):
        await town.ama.says("Ama")
    await town.ama.says("[Yes, send it]")
    card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    await renamed(town, town.ama, "Somebody else")
    await town.cleo.taps("I'll take it", on=card)
    town.cleo.is_told("It's yours")
    held = await town.cleo.hears("Ankang, building 3, room 201")
    await town.ama.hears("has taken it")
    await renamed(town, town.cleo, "Another again")
    await town.cleo.taps("On my way", on=held)
    await town.ama.hears("on the way")
    await town.ama.says("/settings")
    await town.dina.hears_nothing()
    for chat in (town.ama, town.cleo, town.volunteers):
        for message in await chat.from_bot():
            assert all(
                button.get("url", "https://t.me/").startswith("https://t.me/") for button in all_buttons(message)
            )
            assert not [each for each in message.get("entities", []) if each["type"] in ("text_mention", "text_link")]
        await chat.all_read()
    accounts = town.look(lambda desk: [*desk.conn.scalars(select(contacts.c.telegram_id))])
    assert accounts.count(town.ama.id) == 1

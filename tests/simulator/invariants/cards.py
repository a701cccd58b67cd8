"""Quiet for a minute: every card that stands says what is true now."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from bot.cards import CARDS, Face
from bot.post.outgoing import keyboard
from bot.post.pieces import pieces
from bot.words import Reader
from sandbox.text import format_text
from sandbox.world import Record
from storage.tables import cards
from tests.simulator.play import Play
from tests.simulator.step import Invariant

FORESEES = re.compile("^If nobody has|还没人接，我就|I wake nobody|我不叫醒大家")
LIVE = ("order", "held", "request", "alert", "still_on_it", "case_alert", "case")
"""Cards that follow what they are about. The others are an answer of their moment: a menu, a list, a setting."""


def cards_are_true(play: Play) -> list[str]:
    """In any of the desk's languages, and with its days counted from when it was put there (*today*, *yesterday*)."""
    town = play.town
    wrong: list[str] = []
    with town.reading.connect() as conn:
        for row in conn.execute(
            select(cards).where(cards.c.message_id.is_not(None), cards.c.subject.in_(LIVE)).order_by(cards.c.id)
        ).all():
            chat = town.world.chats.get(row.chat_id)
            record = chat.messages.get(row.message_id) if chat is not None else None
            if chat is None or record is None or record.deleted or record.frozen or not reaches(play, row.chat_id):
                continue
            face = CARDS[row.subject](town.desk(conn), row.subject_id, row.chat_id)
            if face is None or face.media:
                continue
            faults = [
                differs(record, face, Reader(language, town.file.zone, moment))
                for language in town.file.languages
                for moment in (town.now, row.at)
            ]
            if None not in faults:
                wrong.append(f"{row.subject} {row.subject_id} for {town.name(row.chat_id)}: {nearest(record, faults)}")
    return wrong


def reaches(play: Play, chat_id: int) -> bool:
    """Whoever has blocked the bot, and a group it is not in, keep what stood there."""
    world = play.town.world
    chat = world.chats[chat_id]
    if chat.person is not None:
        return chat.person.started and not chat.person.blocked
    return chat.became is None and chat.status(world.bot.id) in ("administrator", "member")


def differs(record: Record, face: Face, reader: Reader) -> str | None:
    text, _entities = format_text(pieces(reader.say(face.text))[0], "HTML", None)
    stands: Any = record.body.get("text")
    if known(stands) != known(text):
        return f"says {stands!r}, should say {text!r}"
    buttons = labels((record.markup or {}).get("inline_keyboard"))
    should = labels((keyboard(reader, face.buttons) or {}).get("inline_keyboard"))
    return None if buttons == should else f"{text[:30]!r} has {buttons}, should have {should}"


def nearest(record: Record, faults: list[str | None]) -> str | None:
    """The fault in the language in which it stands."""
    first = str(record.body.get("text")).splitlines()[0]
    return next((fault for fault in faults if fault and fault.count(first) > 1), faults[0])


def labels(rows: Any) -> list[str]:
    """What can be tapped, but for *Write to …*: it goes by whether the other side can be reached this minute."""
    buttons = [button for row in rows or [] for button in row]
    return [each["text"] for each in buttons if not each.get("callback_data", "").startswith("open:write:")]


def known(text: Any) -> list[str]:
    """The lines but for the promise whom the desk calls next, which goes by who can be reached this minute."""
    return [line for line in str(text).splitlines() if not FORESEES.search(line)]


INVARIANTS = [Invariant("I8 cards are true", cards_are_true, every=False)]

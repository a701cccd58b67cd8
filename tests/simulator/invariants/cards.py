"""Quiet for a minute: every card that stands says what is true now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from bot.cards import CARDS, Face
from bot.post.outgoing import keyboard
from bot.post.pieces import pieces
from bot.words import Reader
from desk.alerts import kept_from
from desk.front import Desk
from sandbox.text import format_text
from sandbox.world import Record
from storage.orders import find_order
from storage.people import find_person
from storage.prepared import Prepared
from storage.tables import cards, outbox, people
from tests.simulator.play import Play
from tests.simulator.step import Invariant

FORESEES = re.compile(
    "^If nobody has|还没人(接|看|答应)，我就"
    "|I wake nobody|我不叫醒大家|^Called at|找过：|^Telephone|^电话|^Where|^地址|^地点"
)
LIVE = ("order", "held", "request", "alert", "still_on_it", "case_alert", "case")
"""Cards that follow what they are about. The others are an answer of their moment: a menu, a list, a setting."""


def cards_are_true(play: Play) -> list[str]:
    """In any of the desk's languages, and with its days counted from when it was shown (*today*, *yesterday*).

    When that was is noted only if nobody was killed in between: so the day of it may be any of the last two weeks.
    """
    town = play.town
    wrong: list[str] = []
    names: set[str] = play.kept.setdefault("names", set())
    with town.reading.connect() as conn:
        names |= {name for name in conn.scalars(select(people.c.name)) if name}
        for row in conn.execute(
            select(cards).where(cards.c.message_id.is_not(None), cards.c.subject.in_(LIVE)).order_by(cards.c.id)
        ).all():
            chat = town.world.chats.get(row.chat_id)
            record = chat.messages.get(row.message_id) if chat is not None else None
            if not has_arrived(conn, row) or is_kept_from(town.desk(conn), row):
                continue
            if chat is None or record is None or record.deleted or record.frozen or not reaches(play, row.chat_id):
                continue
            face = CARDS[row.subject](town.desk(conn), row.subject_id, row.chat_id)
            if face is None or face.media:
                continue
            read = partial(faults_of, record, face, town.file.languages, town.file.zone, names)
            lately = (town.now, row.at)
            if None in read(lately) or None in read([town.now - timedelta(days=day) for day in range(1, 15)]):
                continue
            fault = nearest(record, list(read(lately)))
            wrong.append(f"{row.subject} {row.subject_id} for {town.name(row.chat_id)}: {fault}")
    return wrong


def faults_of(
    record: Record, face: Face, languages: Sequence[str], zone: ZoneInfo, names: set[str], moments: Sequence[datetime]
) -> Iterator[str | None]:
    for language in languages:
        for moment in moments:
            yield differs(record, face, Reader(language, zone, moment), names)


SENT = (outbox.c.subject, outbox.c.subject_id, outbox.c.chat_id)
LAST = Prepared(
    select(outbox.c.state)
    .where(*(column == bindparam(column.name) for column in SENT), outbox.c.kind == "card")
    .order_by(outbox.c.id.desc())
    .limit(1)
)


def has_arrived(conn: Connection, card: Any) -> bool:
    """What was sent last for it has: of one that is uncertain nobody knows what stands where."""
    return LAST.scalar(conn, {column.name: getattr(card, column.name) for column in SENT}) in ("sent", None)


def is_kept_from(desk: Desk, card: Any) -> bool:
    """Told an address since that makes them one of the home: refused at the next tap, while the alert still stands."""
    reader, order = find_person(desk.conn, card.chat_id), find_order(desk.conn, card.subject_id)
    alerted = card.subject == "alert" and reader is not None and order is not None
    return alerted and reader.id in kept_from(desk, order)


def reaches(play: Play, chat_id: int) -> bool:
    """Whoever has blocked the bot, and a group it is not in, keep what stood there."""
    world = play.town.world
    chat = world.chats[chat_id]
    if chat.person is not None:
        return chat.person.started and not chat.person.blocked
    return chat.became is None and chat.status(world.bot.id) == "administrator"


def differs(record: Record, face: Face, reader: Reader, names: set[str]) -> str | None:
    text, _entities = format_text(pieces(reader.say(face.text))[0], "HTML", None)
    stands: Any = record.body.get("text")
    if known(stands, names) != known(text, names):
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
    tapped = [button.get("callback_data", "") for row in rows or [] for button in row]
    return [data for data in tapped if not data.startswith("open:write:")]


def known(text: Any, names: set[str]) -> list[str]:
    """The lines but for the promise whom the desk calls next, which goes by who can be reached this minute.

    What people are called is left out as well, their number and address: told anew, they are on the next card.
    """
    words = str(text)
    for name in sorted(names, key=lambda each: (-len(each), each)):
        words = words.replace(name, "somebody")
    return [line for line in words.splitlines() if not FORESEES.search(line)]


INVARIANTS = [Invariant("I8 cards are true", cards_are_true, every=False)]

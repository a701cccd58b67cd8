"""What somebody sends as evidence is kept by the desk itself: wanted with the deed, fetched after it, gone with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from desk.front import PERSONAL, Copy, Desk, Lane, Line
from domain.desk_file import Category
from domain.orders import Order, Part
from domain.people import Person
from domain.pictures import (
    DAY,
    GONE,
    KEPT_FOR,
    KINDS,
    MOST_AT_ONCE,
    ONE_TRY,
    SAID_AGAIN,
    WANTED,
    Picture,
    check_room,
    next_try,
    why_not,
)
from domain.words import Text
from storage import orders
from storage import pictures as rows
from storage.people import get_person
from storage.pictures import PART

__all__ = ["PART", "Picture", "drop", "find_picture", "pictures_of", "show", "want", "want_evidence"]

SENT_AS = {"photo": "sendPhoto", "voice": "sendVoice", "video": "sendVideo", "document": "sendDocument"}
UPLOAD = "picture"
"""What a copy names that is looked up when it is sent."""
AT_ONCE = 200
ONE_OF_OURS = 128
"""Bits of a file's name."""


# ── wanted ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def want(desk: Desk, person: Person, kind: str, file_id: str, subject: str, subject_id: int) -> int | None:
    """Keep a copy of this; its id, or None if it was wanted before. It is fetched once this is committed.

    Whoever sends more in a day than the desk keeps is told so, and the rest is not fetched.
    """
    return _want(desk, person, kind, file_id, subject, subject_id, too_many=False)


def _want(
    desk: Desk, person: Person, kind: str, file_id: str, subject: str, subject_id: int, *, too_many: bool
) -> int | None:
    room = not too_many and check_room(*rows.sent_since(desk.conn, person.id, desk.now - DAY))
    why = None if room else "too_many"
    of = {"person_id": person.id, "subject": subject, "subject_id": subject_id, "kind": kind, "file_id": file_id}
    made = rows.add(desk.conn, desk.now, f"{desk.chance.getrandbits(ONE_OF_OURS):032x}", why=why, **of)
    if made is not None and why is not None:
        _tell(desk, made, why)
    return made


def keeps(category: Category) -> bool:
    """Is what is sent about such an order evidence? What is discreet or confidential leaves no file anywhere."""
    if category.discreet or category.confidential:
        return False
    return category.report or "photo" in category.done_needs


def want_evidence(desk: Desk, order: Order, person: Person, stage: str) -> None:
    """Of this stage of an order: everything that was told with a file."""
    category = desk.file.categories.get(order.category)
    if category is None or not keeps(category) or order.discreet:
        return
    told = [part for part in orders.parts_of(desk.conn, order.id, stage) if part.file_id and part.kind in KINDS]
    for number, part in enumerate(told):
        assert part.file_id is not None
        _want(desk, person, part.kind, part.file_id, PART, part.id, too_many=number >= MOST_AT_ONCE)


# ── looked at ───────────────────────────────────────────────────────────────────────────────────────────────────────


def find_picture(desk: Desk, picture_id: int) -> Picture | None:
    """None also for one that is on its way out."""
    found = rows.find_picture(desk.conn, picture_id)
    return None if found is None or found.state == GONE else found


def find_known(desk: Desk, file_id: str) -> Picture | None:
    """What Telegram knows, or knew, by this name: kept, if there is one that is."""
    return rows.find_known(desk.conn, file_id)


def pictures_of(desk: Desk, subject: str, *subject_ids: int) -> list[Picture]:
    """What was sent with it, in that order: kept, still wanted, or refused."""
    return rows.pictures_of(desk.conn, subject, subject_ids)


def show(
    picture: Picture, chat_id: int, caption: Text | None = None, *, lane: Lane = PERSONAL, **about: Any
) -> Copy | None:
    """The picture for one chat, as it is when it is sent; None for what nobody is handed.

    What came as a file is shown from our copy, which tells nobody where it was taken.
    """
    if picture.is_withheld:
        return None
    return Copy(
        chat_id,
        SENT_AS[picture.shown_as],
        {"protect_content": True},
        caption,
        lane,
        upload=(UPLOAD, picture.id),
        **about,
    )


def show_parts(
    desk: Desk,
    parts: Sequence[Part],
    chat_id: int,
    subject: str,
    order_id: int,
    *,
    caption: Text | None = None,
    language: str | None = None,
) -> None:
    """Pictures and voices of a story, or of how it was done. Nobody is handed what was looked at and refused."""
    for part in parts:
        if not part.file_id or part.kind not in SENT_AS:
            continue
        ours = pictures_of(desk, PART, part.id)
        about: dict[str, Any] = {"subject": subject, "subject_id": order_id, "language": language}
        if not ours:
            fields = {part.kind: part.file_id, "protect_content": True}
            desk.say(Copy(chat_id, SENT_AS[part.kind], fields, caption, **about))
        for picture in ours:
            if copy := show(picture, chat_id, caption, **about):
                desk.say(copy)


# ── fetched ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def claim(desk: Desk) -> Picture | None:
    """The next that is due, for whoever asks first: to be fetched, or its file to be deleted."""
    picture = rows.find_due(desk.conn, desk.now)
    if picture is None:
        return None
    delay = next_try(picture.tries + 1)
    if picture.state == WANTED and delay is None:
        refuse(desk, picture.id, "not_there")
        return None
    return picture if rows.claim(desk.conn, picture, desk.now + (delay or DAY)) else None


def keep(desk: Desk, picture_id: int, **facts: Any) -> bool:
    """Its file is written. False: nobody wants it any more, and the file is to go again."""
    return rows.keep(desk.conn, picture_id, desk.now, **facts)


def refuse(desk: Desk, picture_id: int, why: str) -> None:
    """It is not kept; whoever sent it hears why."""
    if rows.refuse(desk.conn, picture_id, desk.now, why):
        _tell(desk, picture_id, why)


def _tell(desk: Desk, picture_id: int, why: str) -> None:
    """Once for all that arrived together."""
    picture = rows.find_picture(desk.conn, picture_id)
    if picture is None or picture.person_id is None:
        return
    if rows.was_said(desk.conn, picture, why, desk.now - SAID_AGAIN):
        return
    person = get_person(desk.conn, picture.person_id)
    if person.telegram_id is not None:
        desk.say(Line(person.telegram_id, why_not(why), language=person.language))


# ── gone ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def note_shown(desk: Desk, picture_id: int, shown_id: str) -> None:
    """By this name Telegram shows our copy from now on."""
    rows.note_shown(desk.conn, picture_id, shown_id)


def drop(desk: Desk, subject: str, *subject_ids: int) -> None:
    """What they belong to is no more, and neither are they."""
    rows.drop(desk.conn, rows.of_subject(subject, subject_ids), desk.now, desk.now + ONE_TRY)


def forget_pictures(desk: Desk, person: Person, own: Sequence[int]) -> None:
    """Somebody is forgotten: what they sent, and what others sent about their own orders. Before its parts are gone."""
    done_by = desk.now + ONE_TRY
    rows.drop(desk.conn, rows.of_orders(own), desk.now, done_by)
    rows.without_owner(desk.conn, person.id)
    rows.drop(desk.conn, rows.of_person(person.id), desk.now, done_by)


def let_go(desk: Desk) -> int:
    """The first few of those that have been kept long enough."""
    old = rows.sent_before(PART, desk.now - KEPT_FOR, AT_ONCE)
    return rows.drop(desk.conn, old, desk.now, desk.now + ONE_TRY)


def file_gone(desk: Desk, picture_id: int) -> None:
    rows.forget(desk.conn, picture_id)


def strangers(desk: Desk, names: Sequence[str]) -> list[str]:
    """Those of these files that belong to nothing."""
    known = rows.names_among(desk.conn, names)
    return [name for name in names if name not in known]

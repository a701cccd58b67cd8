"""What was told of a good deed: kept with copies of its pictures, shown to whoever confirms it, and let go in time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from desk import pictures
from desk.front import Copy, Desk
from domain.orders import Part
from domain.people import Person
from domain.pictures import KINDS
from storage import good_deeds as rows

PART = "good_deed_part"
"""What a picture of a good deed belongs to."""
CARD = "good_deed"
AT_ONCE = 200


def keep_parts(desk: Desk, person: Person, deed_id: int, parts: Sequence[dict[str, Any]]) -> None:
    """The words as they are, and copies of the pictures once this is committed."""
    rows.add_parts(desk.conn, deed_id, parts, desk.now)
    for part in rows.parts_of(desk.conn, deed_id):
        if part.file_id and part.kind in KINDS:
            pictures.want(desk, person, part.kind, part.file_id, PART, part.id)


def show_parts(desk: Desk, parts: Sequence[Part], chat_id: int, deed_id: int) -> None:
    """Pictures and voices; what was looked at and refused is handed to nobody."""
    for part in parts:
        if not part.file_id or part.kind not in pictures.SENT_AS:
            continue
        ours = pictures.pictures_of(desk, PART, part.id)
        for picture in ours:
            if copy := pictures.show(picture, chat_id, subject=CARD, subject_id=deed_id):
                desk.say(copy)
        if not ours:
            fields = {part.kind: part.file_id, "protect_content": True}
            desk.say(Copy(chat_id, pictures.SENT_AS[part.kind], fields, subject=CARD, subject_id=deed_id))


def drop_parts_of(desk: Desk, person: Person) -> None:
    """Of everything they told, and of everything that was told of them."""
    pictures.drop(desk, PART, *rows.part_ids_of(desk.conn, person.id))
    rows.forget(desk.conn, person.id)


def let_go(desk: Desk) -> int:
    """The first few of what has been kept long enough: a year, or a month where it was not confirmed."""
    old = rows.old_parts(desk.conn, desk.now, AT_ONCE)
    if old:
        pictures.drop(desk, PART, *old)
    return rows.delete_parts(desk.conn, old)

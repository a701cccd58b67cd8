"""In which language a chat is written to: its person's own, a group's, or the desk's first."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from desk.front import Desk
from storage.people import find_person
from storage.prepared import Prepared
from storage.tables import groups

_GROUP = Prepared(select(groups.c.language).where(groups.c.chat_id == bindparam("chat_id")))


def language_in(desk: Desk, chat_id: int) -> str:
    """Private chats have the id of their person, groups an id below zero."""
    person = find_person(desk.conn, chat_id) if chat_id > 0 else None
    chosen: str | None = person.language if person else _GROUP.scalar(desk.conn, {"chat_id": chat_id})
    return chosen or desk.file.default_language

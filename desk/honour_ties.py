"""A household has changed, or has changed its mind: every honour board it is on shows so."""

from __future__ import annotations

from desk.front import BULK, CardRefresh, Desk
from storage.honours import boards_with
from storage.households import chats_with

REVIEW, ASKED, SHOWN = "honour_review", "honour_ask", "honours"
"""The card of whoever is in charge, the question to a household, and the board itself."""


def changed(desk: Desk, household_id: int) -> None:
    """What is shown of it is looked up anew, wherever it stands: a name goes with whoever allowed it."""
    for board_id, honour_id in boards_with(desk.conn, household_id):
        refresh(desk, REVIEW, board_id)
        refresh(desk, SHOWN, board_id)
        refresh(desk, ASKED, honour_id)


def refresh(desk: Desk, subject: str, subject_id: int) -> None:
    """Wherever such a card stands; nobody is sent one who has none."""
    chats = chats_with(desk.conn, subject, subject_id)
    desk.say(*(CardRefresh(chat, subject, subject_id, BULK, silent=True) for chat in chats))

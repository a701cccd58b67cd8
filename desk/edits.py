"""Somebody edits what they wrote: the words of their request change with it, as long as nobody has acted on them."""

from __future__ import annotations

from datetime import timedelta

from desk.alerts import refresh_alerts
from desk.front import Button, CardRefresh, Desk, Line
from desk.order_views import get_order
from desk.relay import name_of_other
from domain.orders import ALIVE, OPEN, Order
from domain.people import Person
from domain.relay import NOTES_HOLD, Full
from domain.words import Text, _
from storage import edits, orders
from storage.relay import has_happened

EDITABLE = timedelta(minutes=15)
"""So long an edit is a slip of the finger; afterwards somebody may have read it, and a change is to be said aloud."""
HINTED = "edited too late"


def change_words(desk: Desk, person: Person, message_id: int, words: str) -> None:
    """1. Is it part of a request of theirs, and are the words new? 2. Nobody has it: they change. 3. Else a hint."""
    told = edits.find_told(desk.conn, person.id, message_id)
    if told is None or words == (told.words or ""):
        return
    order = get_order(desk, told.order_id)
    waits = order.state in (*OPEN, "new") and desk.now - told.at <= EDITABLE
    if not waits or not orders.change(desk.conn, order):
        _hint(desk, person, order)
        return
    if told.stage == "note":
        notes = [note.words or "" for note in orders.parts_of(desk.conn, order.id, "note") if note.id != told.id]
        if sum(map(len, notes)) + len(words) > NOTES_HOLD:
            raise Full
    edits.reword(desk.conn, told.id, words)
    orders.remember(desk.conn, order.id, "edited", desk.now, person.id)
    refresh_alerts(desk, order.id)  # whoever was called reads the beginning of it


def _hint(desk: Desk, person: Person, order: Order) -> None:
    """Said once in a while: what can be done instead, with the way to do it. Of what is over nothing is said."""
    if person.telegram_id is None or order.state not in (*ALIVE, "resolved"):
        return
    if has_happened(desk.conn, order.id, HINTED, desk.now - EDITABLE, person.id):
        return
    orders.remember(desk.conn, order.id, HINTED, desk.now, person.id)
    name = name_of_other(desk, person, order.id)
    buttons: tuple[Button, ...] = ()
    text: Text = _(
        "Your request stays as you first wrote it: people have been asked by now. If something has changed, reply to it"
        " here, and whoever comes will read it."
    )
    if name is not None:
        text = _("{name} has read your request as you first wrote it. Please tell {name} what has changed.")(name=name)
        buttons = (Button(_("Write to {name}")(name=name), data=f"open:write:{order.id}"),)
    desk.say(Line(person.telegram_id, text, buttons, language=person.language, subject="request", subject_id=order.id))
    if name is None:
        desk.say(CardRefresh(person.telegram_id, "request", order.id, anew=True))

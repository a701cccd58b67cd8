"""What was said hours ago is heard only now: what of it still holds, and a word of regret, once for each person."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.front import Desk, Line
from desk.talks import is_confiding
from domain.people import Person
from domain.words import _
from storage.messages import get_fact, set_fact
from storage.retention import SORRY

LATE = timedelta(minutes=10)
"""What was meant for a screen of then means nothing now: a command, a tap. Words do."""
ONCE_IN = timedelta(hours=1)


def is_late(desk: Desk, said_at: datetime) -> bool:
    return desk.now - said_at > LATE


def say_sorry(desk: Desk, person: Person, said_at: datetime) -> None:
    """Not to somebody in the middle of something confidential: nothing comes to them unasked."""
    name = f"{SORRY}{person.id}"
    told = get_fact(desk.conn, name)
    lately = told is not None and desk.now - datetime.fromisoformat(told) < ONCE_IN
    if person.telegram_id is None or lately or is_confiding(desk, person.id):
        return
    set_fact(desk.conn, name, desk.now.isoformat())
    sorry = _("I'm sorry: I was away, and only now do I read what you have written since {at}. Nothing of it is lost.")
    desk.say(Line(person.telegram_id, sorry(at=said_at), language=person.language))

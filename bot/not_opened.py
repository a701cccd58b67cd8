"""Why a desk does not open, in a sentence for whoever runs it: what is in the way, and what to do about it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import OperationalError

from bot.app import NotAnswering
from bot.post.faults import is_held
from bot.words import Reader
from domain.words import Text, _
from storage.copies import NoCopy
from storage.keys import AnotherKey
from storage.lock import AnotherIsRunning
from storage.schema import WrongSchema
from web.serving import NoListener

NO_ANSWER = _("Telegram does not answer, or does not know this token. Look at LINLI_BOT_TOKEN and LINLI_BOT_API.")
NO_DATABASE = _("The database cannot be reached. Look at LINLI_DATABASE_URL and LINLI_DATA.")
HELD = _(
    "Another program is writing to the database and does not let go of it. Let it finish or end it, then try again."
)

NOT_OPENED = (NotAnswering, OperationalError, AnotherIsRunning, AnotherKey, NoCopy, NoListener, WrongSchema)
"""What a start may end with that is nobody's mistake in the code."""


def why_not(language: str, fault: BaseException) -> str:
    match fault:
        case NotAnswering():
            text = NO_ANSWER
        case OperationalError():
            text = HELD if is_held(fault) else NO_DATABASE
        case _:
            return str(fault)
    return in_words(language, text)


def in_words(language: str, text: Text) -> str:
    return Reader(language, ZoneInfo("UTC"), datetime.now(UTC)).label(text)

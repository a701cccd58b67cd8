"""What becomes of a message after an attempt: over, once more, or a chat that nothing reaches.

| outcome | becomes |
|---|---|
| sent | over |
| refused for good | the chat cannot be reached, or this message is dead with Telegram's words as the reason |
| too much at once | again after the time Telegram names |
| put there anew a moment ago, or not here yet | a little later, and the chat's other messages need not wait for it |
| nothing to be sent any more | over |
| surely not sent | again with growing delay; for everybody, if Telegram cannot be reached |
| uncertain | by its rule: urgent goes again, marked as a repeat; card and call go again; receipt and bulk do not |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog

from bot.post.circuit import is_revoked
from bot.post.outcomes import (
    Migrated,
    Nothing,
    NotSent,
    Outcome,
    Parked,
    PermanentlyRefused,
    Reach,
    Sent,
    TooSoon,
    Uncertain,
    is_gone,
    is_unchanged,
    is_without_file,
    is_without_topic,
    why_unreachable,
)
from bot.post.parcel import Parcel
from bot.post.pieces import bare
from bot.words import Reader
from domain.values import quick
from domain.words import _

log = structlog.get_logger()

REPEAT = _("This may be a repeat.")
NO_FILE = _("There was a picture or a recording here that I can't show any more. Please ask for it once more.")
NO_PREVIEW = {"is_disabled": True}
MOST_TRIES = 8
MOST_REPEATS = 3


@quick
@dataclass(frozen=True, slots=True)
class Over:
    """It has ended: sent, dead or uncertain."""

    state: str
    reason: str | None = None
    message_id: int | None = None
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """Once more after so many seconds; `parked`: nothing else to this chat before; `everybody`: nothing to anybody;
    `aside`: the rest of its chat goes on."""

    seconds: float
    aside: bool = False
    parked: bool = False
    everybody: bool = False
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Unreachable:
    reach: Reach


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat is another one from now on; or the same, and its general topic."""

    chat_id: int


Ending = Over | Again | Unreachable | Moved


def judge(parcel: Parcel, outcome: Outcome, *, outage: bool = False) -> Ending:
    """How the message goes on after this attempt; counts the attempt. In an outage it does not die of that."""
    parcel.tries += 1
    match outcome:
        case Sent():
            return Over("sent", message_id=outcome.message_id)
        case Parked(retry_after):
            parcel.tries -= 1  # it was our haste, not a fault of its own
            return Again(retry_after, parked=True)
        case Nothing():
            return Over("dead", "nothing to show")
        case TooSoon(seconds):
            parcel.tries -= 1
            return Again(seconds, aside=True)
        case NotSent(unreachable=True):
            return Again(_growing(parcel.tries), everybody=True)
        case NotSent(why):
            lives = outage or parcel.tries < MOST_TRIES
            return Again(_growing(parcel.tries)) if lives else Over("dead", why, code=500)
        case Uncertain(why):
            return _uncertain(parcel, why)
        case Migrated(chat_id):
            return Moved(chat_id)
        case PermanentlyRefused():
            return _refused(parcel, outcome)


def _growing(tries: int) -> float:
    return float(min(60.0, 2.0 ** min(tries - 1, 6)))


def _uncertain(parcel: Parcel, why: str) -> Ending:
    if parcel.rule in ("receipt", "bulk") or parcel.tries > MOST_REPEATS:
        return Over("uncertain", why)
    return Again(_growing(parcel.tries), repeat=parcel.rule == "urgent")


def _refused(parcel: Parcel, refused: PermanentlyRefused) -> Ending:
    if is_revoked(refused):
        return Again(1.0)
    if is_without_topic(refused) and parcel.body.pop("topic", None):
        return Moved(parcel.chat_id)
    if reach := why_unreachable(refused):
        if parcel.chat_id < 0:
            return Unreachable("left")
        return Unreachable("blocked" if reach == "left" else reach)
    if is_unchanged(refused) or (parcel.kind == "call" and is_gone(refused)):
        return Over("sent")  # it is as it should be, or there is nothing left to do it to
    if parcel.kind == "copy" and is_without_file(refused) and parcel.body["method"] != "sendMessage":
        log.warning("a file cannot be shown, its words go without it", subject=parcel.subject)
        parcel.body = _without_file(parcel.body)
        return Again(0, repeat=True)
    if "can't parse entities" in refused.words.lower() and (plainer := _plainer(parcel)):
        log.error("Telegram cannot read the markup, it goes out plain", kind=parcel.kind, subject=parcel.subject)
        parcel.body = plainer  # better without its bold words than not at all
        return Again(0)
    return Over("dead", refused.words[:200], code=refused.code)


def repeated(body: dict[str, Any], reader: Reader) -> dict[str, Any]:
    """What may stand there already says so when it comes again; and what comes without its file, that it does."""
    fields = body.get("fields", {})
    if "text" not in fields or body.get("repeat"):
        return body
    why = reader.say(NO_FILE if body.get("without_file") else REPEAT)
    return {**body, "repeat": True, "fields": {**fields, "text": f"{fields['text']}\n\n{why}".strip()}}


def _without_file(body: dict[str, Any]) -> dict[str, Any]:
    fields = body["fields"]
    words = {"text": fields.get("caption", ""), "parse_mode": "HTML", "link_preview_options": NO_PREVIEW}
    return {**body, "method": "sendMessage", "upload": None, "without_file": True, "fields": words}


def _plainer(parcel: Parcel) -> dict[str, Any] | None:
    """The same without markup; None: it has none. Of a card, the next rendering leaves it out."""
    if parcel.kind == "card":
        return None if parcel.body.get("plain") else {**parcel.body, "plain": True}
    fields = parcel.body.get("fields", {})
    if not fields.get("parse_mode"):
        return None
    words = {name: bare(str(fields[name])) for name in ("text", "caption") if name in fields}
    kept = {name: value for name, value in fields.items() if name != "parse_mode"}
    return {**parcel.body, "fields": kept | words}

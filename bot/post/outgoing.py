"""Puts what the desk said into each reader's language, and writes it to the outbox in the same transaction.

Cards are written down as a subject only: what stands on them is looked up when they are sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.post.clock import Clock
from bot.post.parcel import Parcel
from bot.post.pieces import CAPTION, MESSAGE, POPUP, pieces, shortened, units
from bot.words import Reader
from desk.front import BULK, Answer, Button, Call, CardRefresh, Copy, Line, Saying
from storage.messages import Standing, find_standings, put, put_dead

LABEL = 100
"""Units on a button: more than any phone shows, and a keyboard of long names stays within what Telegram takes."""
NO_PREVIEW = {"is_disabled": True}
UNCAPTIONED = frozenset({"sendVideoNote", "sendSticker", "sendLocation", "sendVenue", "sendContact", "sendDice"})
"""Nothing can be written under these: the words follow in a message of their own."""


@dataclass(frozen=True, slots=True)
class Post:
    """What a transaction said, ready to go once it has committed."""

    parcels: list[Parcel] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)  # of taps, in words: sent at once


def keyboard(reader: Reader, buttons: Sequence[Button]) -> dict[str, Any] | None:
    """One button a row: long words stay readable on a narrow phone."""
    if not buttons:
        return None
    return {"inline_keyboard": [[_button(reader, button)] for button in buttons]}


def _button(reader: Reader, button: Button) -> dict[str, str]:
    text = shortened(reader.label(button.label).strip(), LABEL) or "…"
    return {"text": text, "url": button.url} if button.url else {"text": text, "callback_data": button.data}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The desk's writing table: its time zone and its own language, for whoever has not chosen one."""

    clock: Clock
    zone: ZoneInfo
    language: str

    def reader(self, language: str | None) -> Reader:
        return Reader(language or self.language, self.zone, self.clock.now())

    def write(self, conn: Connection, said: Iterable[Saying]) -> Post:
        """Write the outbox rows of everything that was said; taps' answers are kept apart."""
        sayings = list(said)
        post = Post()
        if not sayings:
            return post
        chats = {saying.chat_id for saying in sayings if not isinstance(saying, Answer)}
        standings = find_standings(conn, sorted(chats)) if chats else {}
        dead: list[tuple[Parcel, str]] = []
        for saying in sayings:
            if isinstance(saying, Answer):
                post.answers.append(self._answer(saying))
                continue
            standing = standings.get(saying.chat_id)
            reachable = standing is None or standing.reach == "open"
            for parcel in self._parcels(saying, standing):
                if standing and standing.topic_id and parcel.kind != "call":
                    parcel.body["topic"] = standing.topic_id
                if reachable or parcel.kind == "call":
                    post.parcels.append(parcel)
                elif standing is not None:
                    dead.append((parcel, standing.reach))
        now = self.clock.now()
        for parcel, row_id in zip(post.parcels, put(conn, [each.row(now) for each in post.parcels]), strict=True):
            parcel.id = row_id
        put_dead(conn, [(parcel.row(now), reason) for parcel, reason in dead], now)
        return post

    def _parcels(self, saying: Line | CardRefresh | Copy | Call, standing: Standing | None) -> list[Parcel]:
        stored = standing.language if standing else None
        match saying:
            case Line():
                return self._line(saying, saying.language or stored)
            case Copy():
                return self._copy(saying, saying.language or stored)
            case CardRefresh(chat_id, subject, subject_id, lane, silent, anew, once):
                card = {"anew": anew, "silent": silent}
                if once:
                    return [Parcel(chat_id, lane, "card", "bulk", card, subject, subject_id)]
                # Committed as `sending` at once: rendering it again is harmless, and saves a commit of its own.
                return [Parcel(chat_id, lane, "card", "card", card, subject, subject_id, state="sending")]
            case Call(chat_id, method, fields, lane):
                return [Parcel(chat_id, lane, "call", "card", {"method": method, "fields": fields})]

    def _line(self, line: Line, language: str | None) -> list[Parcel]:
        reader = self.reader(language)
        found = [
            Parcel(
                line.chat_id,
                line.lane,
                "line",
                line.rule,
                message(html, silent=line.silent, language=reader.language),
                line.subject,
                line.subject_id,
                line.not_before,
                line.expires_at,
            )
            for html in pieces(reader.say(line.text), MESSAGE)
        ]
        if found and (markup := keyboard(reader, line.buttons)):
            found[-1].body["fields"]["reply_markup"] = markup
        return found

    def _copy(self, copy: Copy, language: str | None) -> list[Parcel]:
        reader = self.reader(language)
        caption = reader.say(copy.caption) if copy.caption else ""
        rule = "bulk" if copy.lane == BULK else "receipt"

        def make(body: dict[str, Any]) -> Parcel:
            return Parcel(copy.chat_id, copy.lane, "copy", rule, body, copy.subject, copy.subject_id)

        fields = dict(copy.fields)
        if copy.method == "sendMessage" and caption:
            whole = f"{caption}\n{escape(str(fields.pop('text', '')), quote=False)}".rstrip()
            return [make(message(html, language=reader.language, **fields)) for html in pieces(whole, MESSAGE)]
        carried = make({"method": copy.method, "fields": fields, "language": reader.language})
        if copy.upload:
            carried.body["upload"] = list(copy.upload)
        if not caption:
            return [carried]
        if copy.method in UNCAPTIONED or units(caption) > CAPTION:
            return [carried, *(make(message(html, language=reader.language)) for html in pieces(caption, MESSAGE))]
        fields |= {"caption": caption, "parse_mode": "HTML"}
        return [carried]

    def _answer(self, answer: Answer) -> dict[str, Any]:
        fields: dict[str, Any] = {"callback_query_id": answer.callback_query_id}
        if answer.text:
            fields |= {
                "text": shortened(self.reader(answer.language).label(answer.text), POPUP),
                "show_alert": answer.alert,
            }
        return fields | ({"url": answer.url} if answer.url else {})


def message(html: str, *, silent: bool = False, language: str | None = None, **more: Any) -> dict[str, Any]:
    """The body of a plain message."""
    fields: dict[str, Any] = {"text": html, "parse_mode": "HTML", "link_preview_options": NO_PREVIEW, **more}
    if silent:
        fields["disable_notification"] = True
    return {"method": "sendMessage", "fields": fields, "language": language}

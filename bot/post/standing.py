"""Cards as they stand in chats: rendered from the present state when sent, edited in place, replaced when lost."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.post.budget import Budget
from bot.post.clock import Clock
from bot.post.faults import house_trouble, place
from bot.post.outcomes import (
    Nothing,
    Outcome,
    Parked,
    PermanentlyRefused,
    Sent,
    TooSoon,
    is_gone,
    is_unchanged,
    is_without_file,
)
from bot.post.outgoing import NO_PREVIEW
from bot.post.parcel import Parcel
from bot.post.pieces import CAPTION, MESSAGE, bare, pieces
from bot.post.reading import glance
from bot.post.wire import Enclosed, Wire
from desk.front import PERSONAL
from domain.values import quick
from storage.messages import Subject, find_cards

log = structlog.get_logger()


ONCE_IN = 60.0  # seconds before a card that was lost again is replaced again
MEDIA, PICTURE = "m-", "p-"
"""Marks the face of a picture or a voice: it is never edited, and deleted when nothing should stand there. One that we
draw ourselves is edited, picture and words apart, and deleted as well."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What we draw ourselves: its file name, what tells it from another one, and its bytes, which take a while."""

    name: str
    key: str
    draw: Callable[[], bytes]

    @property
    def kind(self) -> str:
        return "photo" if self.name.endswith(".png") else "document"

    async def enclosed(self) -> Enclosed:
        return Enclosed(self.name, await asyncio.to_thread(self.draw))


_in_order = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


@quick
@dataclass(frozen=True, slots=True)
class Rendered:
    """What should stand there now: HTML, and an inline keyboard as Telegram wants it."""

    text: str
    keyboard: dict[str, Any] | None = None
    pinned: bool = False
    protected: bool = False
    media: tuple[str, str] | None = None  # what it is, and its file
    without: str = ""  # what stands there instead when Telegram does not show the file
    picture: Picture | None = None

    @property
    def face(self) -> str:
        whole = _in_order([self.text, self.keyboard, self.media])
        return self.marked + hashlib.sha256(whole.encode()).hexdigest()[:16]

    @property
    def marked(self) -> str:
        """How its face begins: the same as before, and the same picture stands there."""
        if self.picture:
            return f"{PICTURE}{self.picture.kind}-{self.picture.key}-"
        return MEDIA if self.media else ""


Render = Callable[[Connection, str, int, int], Rendered | None]
"""(conn, subject, subject_id, chat_id); None: nothing should stand there any more."""


@quick
@dataclass(frozen=True, slots=True)
class View:
    """What should stand there, and what does."""

    rendered: Rendered | None
    message_id: int | None = None
    face: str | None = None
    fault: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class Shown:
    """How showing a card went; `stands`: what stands there from now on, if that has changed."""

    outcome: Outcome
    stands: tuple[int | None, str | None] | None = None


async def no_copy(chat_id: int, kind: str, fields: dict[str, Any]) -> None:
    """For whoever keeps none."""


class Cards:
    def __init__(
        self,
        wire: Wire,
        readers: AsyncEngine,
        render: Render,
        fresh: Mapping[Subject, tuple[int | None, str | None]],
        budget: Budget,
        clock: Clock,
        short: Engine | None = None,
        instead: Callable[[int, str, dict[str, Any]], Awaitable[Outcome | None]] = no_copy,
    ) -> None:
        """`fresh`: what we have just put somewhere, as long as that is not committed. `instead`: our copy."""
        self._instead = instead
        self._wire, self._readers, self._short, self._render, self._fresh = wire, readers, short, render, fresh
        self._budget, self._clock = budget, clock
        self._replaced: dict[Subject, float] = {}  # lost cards of groups, and when they were put there anew

    async def look(self, keys: Sequence[Subject]) -> dict[Subject, View]:
        """All cards of a wave, rendered in one go."""
        before = {key: self._fresh[key] for key in keys if key in self._fresh}

        def views(conn: Connection) -> dict[Subject, View]:
            standing = find_cards(conn, [key for key in keys if key not in before]) | before
            return {key: self._view(conn, key, standing.get(key, (None, None))) for key in keys}

        return await glance(self._short, self._readers, views)

    def _view(self, conn: Connection, key: Subject, stands: tuple[int | None, str | None]) -> View:
        subject, subject_id, chat_id = key
        try:
            return View(self._render(conn, subject, subject_id, chat_id), *stands)
        except Exception as fault:
            if house_trouble(fault):
                raise  # no fault of this card's: all of the wave are read again
            if conn.in_transaction() and conn.dialect.name == "postgresql":
                conn.rollback()  # or the next card could not be read
            return View(None, *stands, fault=place(fault))

    async def show(self, parcel: Parcel, key: Subject, view: View) -> Shown:
        """Edit what stands there, or put it there."""
        card = view.rendered
        if card is None:
            return await self._take_away(parcel.chat_id, view.message_id, view.face)
        anew, lost = bool(parcel.body.get("anew")) or _is_of_another_kind(view.face, card), False
        face = card.face
        if view.message_id is not None and not anew:
            if view.face == face or card.media:
                return Shown(Sent({"message_id": view.message_id}))
            edited = await self._edit(parcel, view.message_id, card, view.face)
            if isinstance(edited, Sent) or (isinstance(edited, PermanentlyRefused) and is_unchanged(edited)):
                return Shown(Sent({"message_id": view.message_id}), (view.message_id, face))
            if not (isinstance(edited, PermanentlyRefused) and is_gone(edited)):
                return Shown(edited)
            lost = True
            self._spend(parcel.chat_id)
            if wait := self._wait(key):
                return Shown(TooSoon(wait))
        sent = await self._wire.call(*await self._sending(parcel, card))
        if card.media and isinstance(sent, PermanentlyRefused) and is_without_file(sent):
            words = {**parcel.where, "text": card.without}
            ours = await self._instead(parcel.chat_id, card.media[0], (await self._sending(parcel, card))[1])
            sent = ours or await self._wire.call("sendMessage", words)
        if not isinstance(sent, Sent):
            return Shown(sent)
        if lost and parcel.chat_id < 0:
            self._replaced[key] = self._clock.elapsed()
        if card.pinned:
            await self._quietly(
                "pinChatMessage", chat_id=parcel.chat_id, message_id=sent.message_id, disable_notification=True
            )
        if anew and view.message_id is not None:
            await self._leave_behind(parcel.chat_id, view.message_id, view.face)
        return Shown(sent, (sent.message_id, face))

    async def _sending(self, parcel: Parcel, card: Rendered) -> tuple[str, dict[str, Any]]:
        fields = parcel.where
        if parcel.body.get("silent"):
            fields["disable_notification"] = True
        if card.protected:
            fields["protect_content"] = True
        if card.media:
            kind, file_id = card.media
            return f"send{kind.capitalize()}", fields | {kind: file_id}
        if card.picture:
            enclosed = {card.picture.kind: await card.picture.enclosed()}
            return f"send{card.picture.kind.capitalize()}", fields | enclosed | _caption(parcel, card)
        return "sendMessage", fields | _words(parcel, card)

    async def _edit(self, parcel: Parcel, message_id: int, card: Rendered, face: str | None) -> Outcome:
        there: dict[str, Any] = {"chat_id": parcel.chat_id, "message_id": message_id}
        if not card.picture:
            return await self._wire.call("editMessageText", there | _words(parcel, card))
        caption = _caption(parcel, card)
        if face and face.startswith(card.marked):
            return await self._wire.call("editMessageCaption", there | caption)
        markup = {name: caption.pop(name) for name in ("reply_markup",) if name in caption}
        media = {"type": card.picture.kind, "media": "attach://enclosed", **caption}
        new = {"media": media, "enclosed": await card.picture.enclosed()}
        return await self._wire.call("editMessageMedia", there | new | markup)

    def _wait(self, key: Subject) -> float:
        """A card that is taken out of a group again and again comes back once a minute, and not to quarrel."""
        since = self._clock.elapsed() - ONCE_IN
        self._replaced = {each: at for each, at in self._replaced.items() if at > since}
        return self._replaced.get(key, since) - since

    async def _take_away(self, chat_id: int, message_id: int | None, face: str | None) -> Shown:
        """The words stay where they are, and nothing can be tapped there any more; a picture or a voice goes."""
        if message_id is None:
            return Shown(Nothing())
        there = {"chat_id": chat_id, "message_id": message_id}
        method = "deleteMessage" if face and face.startswith((MEDIA, PICTURE)) else "editMessageReplyMarkup"
        outcome = await self._wire.call(method, there)
        if face and face.startswith(PICTURE) and isinstance(outcome, PermanentlyRefused) and not is_gone(outcome):
            outcome = await self._wire.call("editMessageReplyMarkup", there)  # too old to be deleted
        if isinstance(outcome, PermanentlyRefused) and (is_unchanged(outcome) or is_gone(outcome)):
            outcome = Sent(True)
        return Shown(outcome, (None, None) if isinstance(outcome, Sent) else None)

    async def _leave_behind(self, chat_id: int, message_id: int, face: str | None) -> None:
        """A person's chat keeps what was said; in a group an old card would go on saying what is no longer true, and a
        picture of ours wherever it stands."""
        drawn = bool(face and face.startswith(PICTURE))
        method = "deleteMessage" if chat_id < 0 or drawn else "editMessageReplyMarkup"
        self._spend(chat_id)
        await self._quietly(method, chat_id=chat_id, message_id=message_id)

    def _spend(self, chat_id: int) -> None:
        """Showing a card may take a second call; the messages after it wait the longer."""
        self._budget.spend(chat_id, PERSONAL, self._clock.elapsed())

    async def _quietly(self, method: str, **fields: Any) -> None:
        outcome = await self._wire.call(method, fields)
        if isinstance(outcome, Parked):
            self._budget.park(fields["chat_id"], outcome.retry_after, self._clock.elapsed())
        if isinstance(outcome, PermanentlyRefused | Parked):
            log.info("left undone", method=method, outcome=type(outcome).__name__)


def _is_of_another_kind(face: str | None, card: Rendered) -> bool:
    """Words cannot be edited into a picture, nor a picture into words."""
    if face is None or not (card.picture or face.startswith(PICTURE)):
        return False
    return not (card.picture and face.startswith(f"{PICTURE}{card.picture.kind}-"))


def _words(parcel: Parcel, card: Rendered) -> dict[str, Any]:
    return _said("text", MESSAGE, parcel, card) | {"link_preview_options": NO_PREVIEW}


def _caption(parcel: Parcel, card: Rendered) -> dict[str, Any]:
    return _said("caption", CAPTION, parcel, card)


def _said(name: str, limit: int, parcel: Parcel, card: Rendered) -> dict[str, Any]:
    words = pieces(card.text, limit)[0] if card.text else ""
    fields: dict[str, Any] = {name: words, "parse_mode": "HTML"}
    if parcel.body.get("plain"):
        fields = {name: bare(words)}
    return fields | ({"reply_markup": card.keyboard} if card.keyboard else {})

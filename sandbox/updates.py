"""What waits for the bot: updates are offered again and again until it says it has them, or until they are too old."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from sandbox.errors import Refused, conflict

if TYPE_CHECKING:
    from sandbox.webhook import Webhook

KEPT = timedelta(hours=24)
KEPT_BRIEFLY = {"callback_query": timedelta(seconds=150), "inline_query": timedelta(seconds=30)}
# These come only to a bot that asked for them by name.
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
KINDS = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
    ]
)

OF_A_USER = frozenset({"callback_query", "inline_query", "chosen_inline_result"})
OF_A_CHAT = frozenset({"message", "edited_message", "channel_post", "edited_channel_post"})

Lane = tuple[str, Any]


def lane_of(kind: str, thing: Any) -> Lane:
    """What must come in order by webhook: a chat's messages, a user's taps; other kinds each by their chat."""
    by_user = kind in OF_A_USER
    whose = thing.get("from" if by_user else "chat") if isinstance(thing, dict) else None
    number = whose.get("id") if isinstance(whose, dict) else None
    lane = "user" if by_user else "chat" if kind in OF_A_CHAT else kind
    return (lane, number if isinstance(number, int) else None)


@dataclass(slots=True, eq=False)
class Update:
    id: int
    body: str  # written down when it happened: a later edit does not change what was said
    until: datetime
    lane: Lane


class Updates:
    """The queue. One poller at a time: the newer one ends the older one's wait, as in Telegram."""

    def __init__(self, now: Callable[[], datetime], first_id: int = 700_000_001) -> None:
        self.now = now
        self.next_id = first_id
        self.waiting: deque[Update] = deque()
        self.allowed: frozenset[str] | None = None  # None: everything but what comes on request
        self.hook: Webhook | None = None  # while it is set, nobody may poll
        self.heard: Callable[[int, str, dict[str, Any]], None] = lambda number, kind, thing: None
        self._poller: asyncio.Future[None] | None = None
        self._soonest: datetime | None = None  # nothing expires before this

    def wants(self, kind: str) -> bool:
        return kind not in ON_REQUEST if self.allowed is None else kind in self.allowed

    def allow(self, kinds: list[Any]) -> None:
        """Remembered until told otherwise; unknown words are ignored; an empty list means the default."""
        self.allowed = frozenset(k for k in kinds if k in KINDS) or None

    def add(self, kind: str, thing: dict[str, Any]) -> int | None:
        if not self.wants(kind):
            return None
        body = json.dumps(thing, ensure_ascii=False)
        number = self._put(f'"{kind}":{body}', KEPT_BRIEFLY.get(kind, KEPT), lane_of(kind, thing))
        self.heard(number, kind, thing)
        return number

    def add_raw(self, update: dict[str, Any]) -> int:
        """Any update as it is, however malformed; only its number is given here."""
        fields = {k: v for k, v in update.items() if k != "update_id"}
        kind, thing = next(iter(fields.items()), ("", None))
        return self._put(json.dumps(fields, ensure_ascii=False)[1:-1], KEPT, lane_of(kind, thing))

    def _put(self, fields: str, kept: timedelta, lane: Lane) -> int:
        number = self.next_id
        self.next_id += 1
        body = f'{{"update_id":{number},{fields}}}' if fields else f'{{"update_id":{number}}}'
        until = self.now() + kept
        update = Update(number, body, until, lane)
        self.waiting.append(update)
        self._soonest = until if self._soonest is None else min(self._soonest, until)
        if self.hook is not None:
            self.hook.bring(update)
        elif self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
        return number

    def forget(self, update: Update) -> None:
        """One update is delivered or too old."""
        with suppress(ValueError):
            self.waiting.remove(update)

    def drop(self) -> None:
        """Nothing of what waits is wanted any more."""
        self.waiting.clear()
        if self.hook is not None:
            self.hook.drop()

    def confirm(self, offset: int) -> None:
        """An offset forgets everything before it; a negative one forgets all but the last so many."""
        if offset < 0:
            while len(self.waiting) > -offset:
                self.waiting.popleft()
        else:
            while self.waiting and self.waiting[0].id < offset:
                self.waiting.popleft()

    def expire(self) -> None:
        now = self.now()
        if self._soonest is not None and self._soonest <= now:
            self.waiting = deque(update for update in self.waiting if update.until > now)
            self._soonest = min((update.until for update in self.waiting), default=None)

    async def poll(self, offset: int, limit: int, timeout: float) -> str:
        """The JSON list of what waits, after at most `timeout` real seconds."""
        self.confirm(offset)
        self.expire()
        if not self.waiting and timeout > 0:
            # Whoever comes to wait ends the wait of the one before; a short look does not.
            self.interrupt(conflict())
            mine = self._poller = asyncio.get_running_loop().create_future()
            try:
                await asyncio.wait_for(mine, timeout)
            except TimeoutError:
                pass
            finally:
                if self._poller is mine:
                    self._poller = None
            self.expire()
        return "[" + ",".join(update.body for update in islice(self.waiting, limit)) + "]"

    def interrupt(self, why: Refused) -> None:
        """Whoever polls is sent away."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(why)

    async def unhook(self) -> None:
        """No webhook any more; what was not confirmed waits on."""
        hook, self.hook = self.hook, None
        if hook is not None:
            await hook.close()

    def close(self) -> None:
        """The server stops: whoever waits goes home with what there is."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)

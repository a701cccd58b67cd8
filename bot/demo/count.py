"""After the plug was pulled: what people sent meanwhile beside what the desk has done, and what arrived how often."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from domain.words import Text, _, lines
from sandbox.phones import labels_of
from sandbox.world import World
from storage.tables import cards, inbox, orders, outbox, talks

SEND_IT = _("Yes, send it")
TAG = 6  # letters of a conversation's id on its buttons


@dataclass(frozen=True, slots=True)
class Count:
    """Numbers of a power cut."""

    came: int  # messages and taps that Telegram kept for the desk, or would have
    too_old: int  # which it no longer had when the desk came back
    unhandled: int  # which it had, and of which the desk knows nothing
    sent: int  # requests that people sent, since the town began
    orders: int  # those that are on the desk
    doubled: int  # those that are there twice
    twice: int  # messages of the desk's that stand in a chat twice
    missing: int  # and those that may never have arrived

    def told(self) -> Text:
        """In a few plain sentences."""
        came = _(
            "While the bot was dead, {count} message or tap came from the phones.",
            "While the bot was dead, {count} messages and taps came from the phones.",
        )(count=self.came)
        if not self.came:
            came = _("While the bot was dead, nothing came from the phones.")
        requests = _(
            "So far people have sent {count} request, and on the desk there is {orders}.",
            "So far people have sent {count} requests, and on the desk there are {orders}.",
        )(count=self.sent, orders=self.orders)
        if self == Count(self.came, self.too_old, 0, self.sent, self.sent, 0, 0, 0):
            nothing = _("Nothing was lost and nothing was doubled.")
            rest: list[Text | None] = [
                _("Nothing else was lost, and nothing was doubled.") if self.too_old else nothing
            ]
        else:
            rest = [
                self._some(self.unhandled, UNHANDLED),
                self._some(self.sent - self.orders, LOST),
                self._some(self.doubled, DOUBLED),
                self._some(self.twice, TWICE),
                self._some(self.missing, MISSING),
            ]
        return lines(came, self._some(self.too_old, TOO_OLD), requests, *rest)

    @staticmethod
    def _some(count: int, sentence: Text) -> Text | None:
        return sentence(count=count) if count > 0 else None


TOO_OLD = _(
    "{count} of them was too old by then: Telegram keeps a tap for two and a half minutes, a message for a day.",
    "{count} of them were too old by then: Telegram keeps a tap for two and a half minutes, a message for a day.",
)
UNHANDLED = _("{count} of them was lost.", "{count} of them were lost.")
LOST = _("{count} request was lost.", "{count} requests were lost.")
DOUBLED = _("{count} request is there twice.", "{count} requests are there twice.")
TWICE = _(
    "{count} message of the bot's stands there twice: when it died, nobody could know whether it had arrived.",
    "{count} messages of the bot's stand there twice: when it died, nobody could know whether they had arrived.",
)
MISSING = _(
    "{count} message of the bot's may be missing: it is not repeated when nobody can know whether it arrived.",
    "{count} messages of the bot's may be missing: they are not repeated when nobody can know whether they arrived.",
)


@dataclass(slots=True)
class Ear:
    """Hears what the phones send, from the beginning; `pulled` and `put_back` say between which a power cut lies."""

    world: World
    labels: tuple[str, ...]  # what stands on the button that sends a request, in every language
    requests: dict[tuple[int, str], set[int]] = field(default_factory=dict)  # person and tag -> updates
    waiting: set[int] = field(default_factory=set)
    too_old: set[int] = field(default_factory=set)
    came: set[int] = field(default_factory=set)
    first: int = 0

    def listen(self) -> None:
        self.world.updates.heard = self.hear

    def hear(self, number: int, kind: str, thing: dict[str, Any]) -> None:
        data = str(thing.get("data", "")).split(":")
        sends = kind == "callback_query" and data[0] == "f" and data[-1] == "yes"
        if sends and set(labels_of(thing["message"])) & set(self.labels):
            self.requests.setdefault((thing["from"]["id"], data[1]), set()).add(number)

    def pulled(self) -> None:
        self.first = self.world.updates.next_id
        self.waiting = {update.id for update in self.world.updates.waiting}

    def put_back(self) -> None:
        updates = self.world.updates
        updates.expire()
        kept = {update.id for update in updates.waiting}
        self.came = self.waiting | set(range(self.first, updates.next_id))
        self.too_old |= self.came - kept

    def count(self, conn: Connection) -> Count:
        handled = select(inbox.c.update_id).where(
            inbox.c.update_id.in_(self.came), inbox.c.state.in_(("done", "ignored"))
        )
        done = set(conn.scalars(handled))
        unfinished = {once[:TAG] for once in conn.scalars(select(talks.c.id))}
        sent = {tag for (_person, tag), taps in self.requests.items() if taps - self.too_old and tag not in unfinished}
        made = [once[:TAG] for once in conn.scalars(select(orders.c.once))]
        kept = [tag for tag in made if tag in sent]
        twice, missing = self._messages(conn)
        too_old = self.came & self.too_old
        return Count(
            came=len(self.came),
            too_old=len(too_old),
            unhandled=len(self.came - too_old - done),
            sent=len(sent),
            orders=len(set(kept)),
            doubled=len(kept) - len(set(kept)),
            twice=twice,
            missing=missing,
        )

    def _messages(self, conn: Connection) -> tuple[int, int]:
        """How many stand there twice, and how many may be missing.

        What stands in a chat and was never noted had just arrived when the bot died. Either the desk has left it at
        that, uncertain, or it was said again.
        """
        noted: set[tuple[int, int]] = set()
        for table in (outbox, cards):
            query = select(table.c.chat_id, table.c.message_id).where(table.c.message_id.is_not(None))
            noted |= {(chat, message) for chat, message in conn.execute(query)}
        uncertain = Counter(conn.scalars(select(outbox.c.chat_id).where(outbox.c.state == "uncertain")))
        unnoted = Counter(
            chat.id
            for chat in self.world.chats.values()
            for each in chat.messages.values()
            if each.from_bot and not each.service and "media_group_id" not in each.body
            if (chat.id, each.id) not in noted
        )
        return (unnoted - uncertain).total(), (uncertain - unnoted).total()

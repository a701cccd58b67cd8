"""The people of the figures: what they write and tap, and when each of their updates was first answered.

Whoever acts waits until the button they are going to tap stands in their chat, as a person would. So that two bots are
under the same load, somebody new begins whenever fewer than `waiting` updates are unanswered.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

Update = dict[str, Any]
Shown = tuple[int, str, list[str]]
"""A message of the bot's: its id, its words, and the data of its buttons."""

JUST_NOW = 2_000_000_000
"""When everything is said: later than any clock of the desk's, so that nothing is answered as something of long ago."""
BOT = {"id": 42, "is_bot": True, "first_name": "Desk", "username": "figures_bot"}


@dataclass(frozen=True, slots=True)
class Step:
    """Write `say`, or tap the button whose data match `tap`; but only once a button matching `after` stands there."""

    say: str = ""
    tap: str = ""
    after: str = ""


@dataclass(slots=True, eq=False)
class Actor:
    """One person and their phone."""

    id: int
    name: str
    language: str
    script: Sequence[Step]
    place: int = 0
    over: Callable[[Actor], None] = lambda actor: None

    @property
    def user(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": self.language}

    @property
    def chat(self) -> dict[str, Any]:
        return {"id": self.id, "first_name": self.name, "type": "private"}


@dataclass(slots=True, eq=False)
class Group:
    """A team's group: whoever is free takes the next order that is shown there."""

    id: int
    free: list[Actor]
    cards: deque[tuple[str, Shown]] = field(default_factory=deque)
    seen: set[str] = field(default_factory=set)


class Crowd:
    """Everybody, and what of theirs is on its way."""

    def __init__(
        self, newcomers: list[Actor], groups: Sequence[Group] = (), waiting: int = 100, chatter: Sequence[Update] = ()
    ) -> None:
        """`chatter`: what is said in groups, and meant for nobody, whenever somebody new begins."""
        self.newcomers, self.waiting = deque(newcomers), waiting
        self.groups = {group.id: group for group in groups}
        self.actors: dict[int, Actor] = {}
        self.ready: deque[Update] = deque()
        self.wake: Callable[[], None] = lambda: None
        self.open: dict[str, float] = {}  # unanswered: chat or tap, and since when
        self.took: list[float] = []  # seconds from update to first answer
        self.active = self.update_id = 0
        self.chatter = chatter

    @property
    def over(self) -> bool:
        return not self.newcomers and not self.active

    def begin(self) -> None:
        """Somebody new begins, as long as too little is waiting."""
        while self.newcomers and len(self.open) < self.waiting:
            self._start(self.newcomers.popleft(), self._ended)
            self.active += 1
            for said in self.chatter:
                self.hears({**said})

    def _start(self, actor: Actor, over: Callable[[Actor], None], card: Shown | None = None) -> None:
        self.actors[actor.id] = actor
        actor.place, actor.over = 0, over
        self._act(actor, card)

    def _ended(self, actor: Actor) -> None:
        self.active -= 1

    # ── what the bot shows ──────────────────────────────────────────────────────────────────────────────────────────

    def sees(self, chat_id: int, shown: Shown) -> None:
        if group := self.groups.get(chat_id):
            for data in shown[2]:
                if data.startswith("o:claim:") and data not in group.seen:
                    group.seen.add(data)
                    group.cards.append((data, shown))
            self._take(group)
        elif actor := self.actors.get(chat_id):
            self._answered(f"chat {chat_id}")
            if actor.place < len(actor.script):
                step = actor.script[actor.place]
                wanted = step.tap or step.after
                if not wanted or any(re.search(wanted, data) for data in shown[2]):
                    self._act(actor, shown)
            elif actor.place == len(actor.script):
                self._close(actor)
        self.begin()

    def _take(self, group: Group) -> None:
        while group.cards and group.free:
            data, card = group.cards.popleft()
            actor, order = group.free.pop(), data.split(":")[2]
            actor.script = (Step(tap=f"^{data}$"), Step(tap=f"open:resolve:{order}$"), Step(tap=":done$"))
            self._start(actor, partial(self._freed, group), (*card[:2], [data]))

    def _freed(self, group: Group, actor: Actor) -> None:
        group.free.append(actor)
        self._take(group)

    def told(self, query_id: str) -> None:
        """A tap is answered."""
        self._answered(query_id)
        actor = self.actors.get(int(query_id.split("-")[0]))
        if actor is not None and actor.place == len(actor.script):
            self._close(actor)
        self.begin()

    def _close(self, actor: Actor) -> None:
        actor.place += 1
        actor.over(actor)

    def _answered(self, key: str) -> None:
        since = self.open.pop(key, None)
        if since is not None:
            self.took.append(time.perf_counter() - since)

    def restamp(self, update: Update) -> None:
        """It happens only now: the one who keeps the pace says when."""
        tap = update.get("callback_query")
        self.open[tap["id"] if tap else f"chat {update['message']['chat']['id']}"] = time.perf_counter()

    def hears(self, update: Update) -> None:
        """Something that nobody waits for the answer of."""
        self.update_id += 1
        self.ready.append(update | {"update_id": self.update_id})
        self.wake()

    # ── what people do ──────────────────────────────────────────────────────────────────────────────────────────────

    def acts(self, actor: Actor, card: Shown) -> None:
        """Somebody does the first of what they came for."""
        self.actors[actor.id] = actor
        self._act(actor, card)

    def _act(self, actor: Actor, shown: Shown | None) -> None:
        step = actor.script[actor.place]
        actor.place += 1
        self.update_id += 1
        update: Update = {"update_id": self.update_id}
        if step.say:
            key = f"chat {actor.id}"
            message = {"message_id": self.update_id, "date": JUST_NOW, "from": actor.user, "chat": actor.chat}
            update["message"] = {**message, "text": step.say}
            if step.say.startswith("/"):
                update["message"]["entities"] = [{"type": "bot_command", "offset": 0, "length": len(step.say)}]
        else:
            assert shown is not None
            message_id, words, buttons = shown
            data = next(data for data in buttons if re.search(step.tap, data))
            chat = actor.chat
            if data.startswith("o:claim:"):
                at = next(group.id for group in self.groups.values() if data in group.seen)
                chat = {"id": at, "title": "Neighbours", "type": "supergroup"}
            key = f"{actor.id}-{self.update_id}"
            keys = [[{"text": "a button", "callback_data": each}] for each in buttons]
            message = {"message_id": message_id, "date": JUST_NOW, "from": BOT, "chat": chat, "text": words}
            message["reply_markup"] = {"inline_keyboard": keys}
            update["callback_query"] = {"id": key, "from": actor.user, "chat_instance": "1", "data": data}
            update["callback_query"]["message"] = message
        self.open[key] = time.perf_counter()
        self.ready.append(update)
        self.wake()

"""The town as Telegram sees it: people, groups, messages, and what waits for the bot."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.budgets import Budgets
from sandbox.clock import Clock
from sandbox.errors import Unclear
from sandbox.events import Events
from sandbox.faults import Faults
from sandbox.files import Files
from sandbox.updates import Updates

Json = dict[str, Any]

ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
MOST_CALLS = 20_000
IN_GROUP = frozenset({"creator", "administrator", "member", "restricted"})
IN_CHARGE = frozenset({"creator", "administrator"})


@dataclass(slots=True)
class Person:
    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str = "en"
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    subtitle: str | None = None  # for whoever looks at the phones; Telegram knows nothing of it

    def user(self) -> Json:
        """As `from` in a message."""
        return {"id": self.id, "is_bot": False, **self._name(), "language_code": self.language_code}

    def brief(self) -> Json:
        """As `chat` in a message."""
        return {"id": self.id, **self._name(), "type": "private"}

    def card(self) -> Json:
        """As the control API shows it."""
        return {
            "id": self.id,
            **self._name(),
            "language_code": self.language_code,
            "started": self.started,
            "blocked": self.blocked,
            "deactivated": self.deactivated,
            **({"subtitle": self.subtitle} if self.subtitle else {}),
        }

    def _name(self) -> Json:
        name: Json = {"first_name": self.first_name}
        if self.last_name:
            name["last_name"] = self.last_name
        if self.username:
            name["username"] = self.username
        return name


@dataclass(slots=True)
class Record:
    """One message: its body as the Bot API shows it, and what only the sandbox knows."""

    body: Json
    sender: int
    from_bot: bool
    silent: bool = False
    markup: Json | None = None  # any kind of keyboard; the body shows inline ones alone
    protected: bool = False
    service: bool = False
    edited: bool = False
    deleted: bool = False
    frozen: bool = False  # nobody may edit it any more

    @property
    def id(self) -> int:
        number: int = self.body["message_id"]
        return number

    @property
    def topic(self) -> int | None:
        return self.body["message_thread_id"] if self.body.get("is_topic_message") else None

    def view(self) -> Json:
        """As the phones see it."""
        seen = {
            **self.body,
            "from_bot": self.from_bot,
            "silent": self.silent,
            "edited": self.edited,
            "deleted": self.deleted,
        }
        if self.markup:
            seen["reply_markup"] = self.markup
        return seen

    def plain(self) -> Json:
        """As it is shown inside another message: without the one it replied to."""
        return {k: v for k, v in self.body.items() if k not in ("reply_to_message", "pinned_message")}


@dataclass(slots=True)
class Topic:
    """A part of a forum with a name of its own; its id is that of the message that opened it."""

    id: int
    name: str
    icon_color: int
    closed: bool = False


@dataclass(slots=True)
class Chat:
    id: int
    type: str
    title: str = ""
    person: Person | None = None
    members: dict[int, str] = field(default_factory=dict)  # user id -> status, in order of joining
    messages: dict[int, Record] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    username: str | None = None
    invite_link: str | None = None
    last_id: int = 0
    forum: bool = False
    topics: dict[int, Topic] = field(default_factory=dict)
    became: int | None = None  # the supergroup that this group was upgraded to

    def brief(self) -> Json:
        """As `chat` in a message."""
        if self.person is not None:
            return self.person.brief()
        shown: Json = {"id": self.id, "title": self.title, "type": self.type}
        if self.username:
            shown["username"] = self.username
        if self.type == "group":
            shown["all_members_are_administrators"] = False
        if self.forum:
            shown["is_forum"] = True
        return shown

    def card(self) -> Json:
        """As the control API shows it."""
        shown: Json = {
            "id": self.id,
            "title": self.title,
            "type": self.type,
            "members": [{"user_id": user, "status": status} for user, status in self.members.items()],
            "pinned": self.pinned[-1] if self.pinned else None,
        }
        if self.forum:
            shown["topics"] = [
                {"id": topic.id, "name": topic.name, "closed": topic.closed} for topic in self.topics.values()
            ]
        if self.became is not None:
            shown["became"] = self.became
        return shown

    def status(self, user: int) -> str:
        return self.members.get(user, "left")

    def has(self, user: int) -> bool:
        return self.status(user) in IN_GROUP

    def standing(self, message_id: int) -> Record | None:
        """A message that is there and not deleted."""
        record = self.messages.get(message_id)
        return None if record is None or record.deleted else record


@dataclass(slots=True)
class Tap:
    """A callback query: answered once, and only while it is fresh."""

    id: str
    user: int
    at: datetime
    answer: asyncio.Future[Json]


class World:
    """All of it, in memory. The Bot API and the control API are two doors to the same town."""

    def __init__(self, token: str, clock: Clock, budgets: bool, name: str, username: str) -> None:
        self.token = token
        self.bot = Person(int(token.split(":")[0]), name, username=username)
        self.clock = clock
        self.events = Events()
        self.updates = Updates(clock.now)
        self.budgets = Budgets(clock.now, budgets)
        self.faults = Faults(clock.now)
        self.files = Files()
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.taps: dict[str, Tap] = {}
        self.calls: deque[Json] = deque(maxlen=MOST_CALLS)
        self.call_count = 0
        self.profile: dict[str, Any] = {}  # what the bot says of itself: commands, name, descriptions
        self.hears_everything = False  # privacy mode switched off
        self.caption: str | None = None
        self._next_person = 1001
        self._private_ids = 0  # private chats and small groups share one count of messages, as in Telegram
        self._next_tap = 4_200_000_000_000_000_001
        self._next_album = 13_000_000_000_000_001

    def bot_user(self) -> Json:
        return {
            "id": self.bot.id,
            "is_bot": True,
            "first_name": self.bot.first_name,
            "username": self.bot.username,
        }

    def now(self) -> datetime:
        return self.clock.now()

    def stamp(self) -> int:
        """Now, as messages carry it."""
        return int(self.clock.now().timestamp())

    @property
    def groups(self) -> list[Chat]:
        return [chat for chat in self.chats.values() if chat.id < 0]

    def person(self, user: Any) -> Person:
        found = self.people.get(user) if isinstance(user, int) else None
        if found is None:
            raise Unclear(f"Nobody has the id {user!r}.")
        return found

    def chat(self, chat: Any) -> Chat:
        found = self.chats.get(chat) if isinstance(chat, int) else None
        if found is None:
            raise Unclear(f"There is no chat {chat!r}.")
        return found

    def user(self, user: int) -> Json:
        return self.bot_user() if user == self.bot.id else self.people[user].user()

    def add_person(self, first_name: str, user: int | None = None, **details: Any) -> Person:
        if user is None:
            user = self._next_person
            while user in self.people or user == self.bot.id:
                user += 1
            self._next_person = user + 1
        if user <= 0 or user == self.bot.id:
            raise Unclear("A person's id is a positive number that is not the bot's.")
        person = self.people[user] = Person(user, first_name, **details)
        self.chats[user] = Chat(user, "private", person=person)
        return person

    def add_group(self, title: str, chat: int | None = None, kind: str = "supergroup") -> Chat:
        if chat is None:
            first = -1001000000000 if kind == "supergroup" else -4000
            chat = min([first, *(c.id for c in self.groups if c.type == kind)]) - 1
        if chat >= 0 or chat in self.chats:
            raise Unclear("A group's id is a negative number that is still free.")
        if kind not in ("group", "supergroup"):
            raise Unclear("A group is of type group or supergroup.")
        group = self.chats[chat] = Chat(chat, kind, title)
        return group

    def next_message_id(self, chat: Chat) -> int:
        if chat.type == "supergroup":
            chat.last_id += 1
            return chat.last_id
        self._private_ids += 1
        return self._private_ids

    def next_album(self) -> str:
        self._next_album += 1
        return str(self._next_album)

    def next_tap(self) -> str:
        self._next_tap += 1
        return str(self._next_tap)

    def bot_is_in_charge(self, chat: Chat) -> bool:
        return chat.status(self.bot.id) in IN_CHARGE

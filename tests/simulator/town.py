"""The neighbourhood a seed plays in: people with phones, their groups, and what is known of them from outside."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Table, func, select

from bot.demo.cast import CAST, TEAMS
from bot.flows import talking
from bot.flows.flow import Flow, Step
from bot.flows.steps import Confirm
from bot.words import Reader
from desk import people
from desk.front import Desk
from desk.talks import Talk
from domain.desk_file import DeskFile
from sandbox.arguments import Arguments
from sandbox.control import DO
from sandbox.errors import Refused, Unclear
from sandbox.server import Sandbox
from sandbox.world import Chat, Json, Record, World
from storage.tables import cases, good_deed_parts, good_deeds, inbox, order_parts, orders
from storage.vault import Keys
from tests.simulator.database import OneLook

T = TypeVar("T")
MADE: dict[str, tuple[Table, Table | None]] = {
    "help": (orders, order_parts),
    "report": (orders, order_parts),
    "praise": (good_deeds, good_deed_parts),
    "diary": (good_deeds, good_deed_parts),
    "private": (cases, None),
}
"""What a conversation ends in, and where its words stand then."""
EXTRAS = ("Jo", "Kim", "Lena", "Milo", "Nour", "Omar")
RECENT = 12  # messages of a chat that a person still looks at


class Clocked(Protocol):
    def now(self) -> datetime: ...

    def move(self, by: Any) -> None: ...


@dataclass(frozen=True)
class Canary:
    """A word told in confidence: by whom, in which conversation or about which case."""

    by: int
    talk: str
    case_id: int | None = None


@dataclass(frozen=True)
class Sent:
    """Somebody tapped *send it*: the conversation, what it ends in, and the update that says so.

    `heard`: the last of theirs that the desk had done with when these words stood there.
    """

    user: int
    flow: str
    talk: str
    update_id: int
    words: tuple[str, ...]
    heard: int


@dataclass
class Town:
    """Everything a step may look at and act on."""

    box: Sandbox
    file: DeskFile
    clock: Clocked
    reading: OneLook
    keys: Keys
    chance: random.Random
    people: dict[str, int] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    canaries: dict[str, Canary] = field(default_factory=dict)
    secrets: dict[int, str] = field(default_factory=dict)  # the word somebody asks with
    sent: list[Sent] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)  # words of the log that a step has brought about
    _words: int = 0

    # ── hands ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def world(self) -> World:
        return self.box.world

    async def do(self, deed: str, **fields: Any) -> Any:
        """Somebody does something; None if that cannot be done (muted, blocked, not there)."""
        self.counted[deed] += 1
        try:
            return await DO[deed](self.box, Arguments(fields, {}, []))
        except (Unclear, Refused):
            return None

    async def says(self, user: int, text: str, **more: Any) -> Any:
        return await self.do("say", user=user, text=text, **more)

    async def taps(self, user: int, record: Record, data: str) -> Any:
        """If that is the last tap of a conversation, what has been said must come of it, once."""
        where, number = record.body["chat"]["id"], self.world.updates.next_id
        sent = self._sends(user, data, number) if data.startswith("f:") and data.endswith(":yes") else None
        done = await self.do("tap", user=user, chat=where, message_id=record.id, data=data, wait=0)
        if sent is not None and done is not None and self.world.updates.next_id == number + 1:
            self.sent.append(sent)
        return done

    def _sends(self, user: int, data: str, number: int) -> Sent | None:
        heard, here = self.heard(user), self.here(user)
        if here is None or here.flow.name not in MADE or not isinstance(here.step, Confirm):
            return None
        if data != f"f:{here.talk.tag}:{here.talk.turn}:yes":
            return None
        told = [
            part
            for answer in here.flow.answers.values()
            if isinstance(answer, dict)
            for part in answer.get("parts", [])
        ]
        words = tuple(part["words"] for part in told if part.get("words"))
        return Sent(user, here.flow.name, here.talk.id, number, words, heard)

    # ── eyes ────────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def group(self, key: str) -> Chat:
        """As it is now: a group may have become a supergroup."""
        chat = self.world.chats[self.groups[key]]
        while chat.became is not None:
            chat = self.world.chats[chat.became]
        self.groups[key] = chat.id
        return chat

    def standing(self, chat_id: int, most: int = RECENT) -> list[Record]:
        """What the bot has put there lately and still stands, newest first."""
        found: list[Record] = []
        for record in reversed(self.world.chats[chat_id].messages.values()):
            if record.from_bot and not record.deleted:
                found.append(record)
                if len(found) >= most:
                    break
        return found

    def look(self, reading: Callable[[Desk], T]) -> T:
        """Read the database as the desk would."""
        with self.reading.connect() as conn:
            return reading(self.desk(conn))

    def desk(self, conn: Connection) -> Desk:
        return Desk(conn, self.file, self.now, self.keys, random.Random(0), self.world.bot.username or "")

    def here(self, user: int) -> Here | None:
        """The conversation this person is in, and what is asked."""

        def reading(desk: Desk) -> Here | None:
            person = people.find_person(desk, user)
            found = talking.current(desk, person) if person else None
            if found is None:
                return None
            talk, flow = found
            step = flow.here(desk)
            if step is None:
                return None
            return Here(talk, flow, step, [choice.value for choice in step.choices(flow, desk)])

        return self.look(reading)

    def heard(self, user: int) -> int:
        """The last update of theirs that the desk has done with."""
        theirs = select(func.max(inbox.c.update_id)).where(inbox.c.sender == user, inbox.c.state != "new")
        with self.reading.connect() as conn:
            return int(conn.scalar(theirs) or 0)

    # ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def word(self, kind: str = "w") -> str:
        """One that nobody has said before."""
        self._words += 1
        return f"{kind}{self._words:05d}x"

    def confide(self, by: int, talk: str, case_id: int | None = None) -> str:
        word = self.word("canary")
        self.canaries[word] = Canary(by, talk, case_id)
        return word

    def said_as(self, text: Any) -> str:
        return Reader(self.file.default_language, self.file.zone, self.now).label(text)

    def anybody(self, *among: str) -> int:
        return self.people[self.chance.choice(among or tuple(self.people))]

    def name(self, user: int) -> str:
        return next((key for key, each in self.people.items() if each == user), str(user))


@dataclass(frozen=True)
class Here:
    talk: Talk
    flow: Flow
    step: Step[Any]
    values: list[str]


def buttons_of(record: Record) -> list[str]:
    """What can be tapped there."""
    rows = (record.markup or {}).get("inline_keyboard") or []
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]


WORD = re.compile(r"\bw\d{5}x\b")
CANARY = re.compile(r"canary\d{5}x")


async def settle_there(town: Town, language: str) -> None:
    """Phones and groups as Telegram knows them. One team's group is a small one, that can still be upgraded."""
    for part in CAST:
        made = await town.do("people", first_name=part.name[language], language_code="en")
        town.people[part.key] = made["id"]
        town.world.people[made["id"]].started = part.key != "ama"
    for name in EXTRAS:
        made = await town.do("people", first_name=name, language_code=town.chance.choice(["en", "zh-hans"]))
        town.people[name.lower()] = made["id"]
    for key, _unit, title in TEAMS:
        members = [town.people[part.key] for part in CAST if key in part.teams]
        kind = "group" if key == "handy" else "supergroup"
        listed = [town.people["ivy"], *members]
        made = await town.do("groups", title=title[language], type=kind, members=listed)
        town.groups[key] = made["id"]


def calls_since(world: World, count: int) -> list[Json]:
    """What the desk has asked of Telegram since then."""
    fresh = world.call_count - count
    calls = world.calls
    return [calls[index] for index in range(max(0, len(calls) - fresh), len(calls))]

"""People with phones, for stories and tests: they say, tap, send, and read what stands in their chats.

    ama = await town.person("Ama")
    await ama.says("/help", "[Groceries]", "Two bags of rice", "[That's all]")
    card = await town.group("Volunteers").sees("Groceries", buttons=["I'll take it"])
    await ben.taps("I'll take it", on=card)
    ben.is_told("Thank you")

Everything goes over the control API. After each deed `settle` waits until the desk has nothing left to do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp

Json = dict[str, Any]
Settle = Callable[[], Awaitable[None]]


class NotAsPromised(AssertionError):
    """The town did not do what the story says."""


@dataclass(slots=True)
class Town:
    """The control API from the outside."""

    url: str
    session: aiohttp.ClientSession
    settle: Settle
    narrate: Callable[[str, str], None] = lambda who, words: None
    phones: dict[int, Phone] = field(default_factory=dict)
    groups: dict[int, Chat] = field(default_factory=dict)

    async def ask(self, path: str, **query: Any) -> Any:
        async with self.session.get(f"{self.url}/control/{path}", params=query) as answer:
            return await self._read(answer)

    async def do(self, path: str, **fields: Any) -> Any:
        async with self.session.post(f"{self.url}/control/{path}", json=fields) as answer:
            return await self._read(answer)

    @staticmethod
    async def _read(answer: aiohttp.ClientResponse) -> Any:
        body = await answer.json()
        if answer.status != 200:
            raise NotAsPromised(body.get("error", body))
        return body

    async def picture(self, message: Json) -> bytes:
        """The photo of a message, as large as it is."""
        if not message.get("photo"):
            raise NotAsPromised(f"there is no picture on it:\n{shown(message)}")
        async with self.session.get(f"{self.url}/control/file/{message['photo'][-1]['file_id']}") as answer:
            return await answer.read()

    async def person(self, first_name: str, **fields: Any) -> Phone:
        """A new phone in the town."""
        person = await self.do("people", first_name=first_name, **fields)
        return self.phone(person["id"], first_name)

    def phone(self, user_id: int, name: str) -> Phone:
        self.phones[user_id] = Phone(self, user_id, name)
        return self.phones[user_id]

    async def group(self, title: str, *members: Phone, **fields: Any) -> Chat:
        """A new group, with the bot as an administrator unless said otherwise."""
        made = await self.do("groups", title=title, members=[member.id for member in members], **fields)
        await self.settle()
        self.groups[made["id"]] = Chat(self, made["id"], title)
        return self.groups[made["id"]]

    async def now(self) -> datetime:
        return datetime.fromisoformat((await self.ask("clock"))["now"])

    async def wait(self, **span: float) -> None:
        """The clock moves: minutes=30, seconds=5, hours=1."""
        minutes = span.get("minutes", 0) + 60 * span.get("hours", 0) + span.get("seconds", 0) / 60
        self.narrate("⏱", f"+{minutes:g} min")
        await self.do("clock", minutes=minutes)
        await self.settle()

    async def calls(self, since: int = 0) -> list[Json]:
        """What the bot asked of Telegram."""
        answer: Json = await self.ask("calls", since=since)
        return list(answer["calls"])


@dataclass(slots=True)
class Chat:
    """A group, or the private chat behind a phone, as its readers see it."""

    town: Town
    id: int
    name: str
    seen: set[int] = field(default_factory=set)  # messages that somebody has expected

    async def messages(self) -> list[Json]:
        chat = await self.town.ask("chat", chat=self.id)
        return [message for message in chat["messages"] if not message.get("deleted")]

    async def from_bot(self) -> list[Json]:
        return [message for message in await self.messages() if message["from_bot"]]

    async def sees(self, *words: str, buttons: list[str] | None = None) -> Json:
        """The newest message of the bot with all these words, and these buttons on it."""
        messages = await self.from_bot()
        for message in reversed(messages):
            labels = labels_of(message)
            if all(word.casefold() in text_of(message).casefold() for word in words) and all(
                any(wanted in label for label in labels) for wanted in buttons or []
            ):
                self.seen.add(message["message_id"])
                self.town.narrate(f"→ {self.name}", shown(message))
                return message
        stands = "\n---\n".join(shown(message) for message in messages[-6:]) or "nothing"
        raise NotAsPromised(f"{self.name} sees no {words} {buttons or ''}; there stands:\n{stands}")

    async def does_not_see(self, *words: str) -> None:
        for message in await self.from_bot():
            if any(word.casefold() in text_of(message).casefold() for word in words):
                raise NotAsPromised(f"{self.name} should not see {words}:\n{shown(message)}")

    async def unexpected(self) -> list[Json]:
        """What the bot sent here that nobody has expected yet."""
        return [message for message in await self.from_bot() if message["message_id"] not in self.seen]

    async def all_read(self) -> None:
        self.seen |= {message["message_id"] for message in await self.from_bot()}


@dataclass(slots=True)
class Phone(Chat):
    """One person's phone: the private chat with the bot, and a finger for any chat they are in."""

    answer: Json | None = None  # what the last tap was told

    async def says(self, *talk: str, chat: int | None = None) -> None:
        """Words, or [a button] on the newest message that has it; each waits for what comes of it."""
        for words in talk:
            if words.startswith("[") and words.endswith("]"):
                await self.taps(words[1:-1], chat=chat)
            else:
                self.town.narrate(self.name, words)
                await self.town.do("say", user=self.id, chat=chat or self.id, text=words)
                await self._settled(chat)

    async def replies(self, words: str, *, to: Json, chat: int | None = None) -> None:
        self.town.narrate(self.name, words)
        where = chat or to["chat"]["id"]
        await self.town.do("say", user=self.id, chat=where, text=words, reply_to=to["message_id"])
        await self._settled(chat)

    async def sends(self, kind: str, chat: int | None = None, **fields: Any) -> None:
        """photo, album, voice, video, location, contact, sticker …"""
        self.town.narrate(self.name, f"({kind})")
        await self.town.do("send", user=self.id, chat=chat or self.id, kind=kind, **fields)
        await self._settled(chat)

    async def shows(self, picture: bytes) -> None:
        """A photo of something, as a telephone takes it."""
        self.town.narrate(self.name, "(photo)")
        form = aiohttp.FormData({"user": str(self.id), "chat": str(self.id), "kind": "photo"})
        form.add_field("file", picture, filename="photo.png", content_type="image/png")
        async with self.town.session.post(f"{self.town.url}/control/send", data=form) as answer:
            await self.town._read(answer)
        await self._settled(None)

    async def starts(self, payload: str | None = None, group: int | None = None) -> None:
        """Opens a link of the bot's."""
        fields = {name: value for name, value in (("payload", payload), ("group", group)) if value is not None}
        self.town.narrate(self.name, f"/start {payload or ''}".strip())
        await self.town.do("start", user=self.id, **fields)
        await self._settled(None)

    async def taps(
        self, label: str, *, on: Json | None = None, chat: int | None = None, read: bool = True
    ) -> Json | None:
        """The button whose words hold `label`: on this message as it was seen, or on the newest one that has it."""
        message = on or await self._with_button(label, chat or self.id)
        found = next((each for each in labels_of(message) if label in each), None)
        if found is None:
            raise NotAsPromised(f"no button {label!r} on:\n{shown(message)}")
        self.town.narrate(self.name, f"[{found}]")
        where = message["chat"]["id"]
        finger = {"data": data_of(message, found)} if on and data_of(message, found) else {"label": found}
        tapped = await self.town.do("tap", user=self.id, chat=where, message_id=message["message_id"], **finger)
        self.answer = tapped.get("answer")
        if self.answer and self.answer.get("text"):
            self.town.narrate(f"→ {self.name}", self.answer["text"])
        if read:
            await self._settled(chat)
        return self.answer

    async def forges(self, data: str, *, on: Json) -> Json | None:
        """A modified client taps with data of its own."""
        where = on["chat"]["id"]
        tapped = await self.town.do("tap", user=self.id, chat=where, message_id=on["message_id"], data=data)
        self.answer = tapped.get("answer")
        await self._settled(None)
        return self.answer

    async def blocks(self, blocked: bool = True) -> None:
        await self.town.do("block", user=self.id, blocked=blocked)
        await self._settled(None)

    def is_told(self, *words: str) -> None:
        """The pop-up of the last tap."""
        said = ((self.answer or {}).get("text") or "").casefold()
        if not all(word.casefold() in said for word in words):
            raise NotAsPromised(f"{self.name} was told {said!r}, not {words}")

    async def hears(self, *words: str, buttons: list[str] | None = None) -> Json:
        return await self.sees(*words, buttons=buttons)

    async def hears_nothing(self) -> None:
        if heard := await self.unexpected():
            raise NotAsPromised(f"{self.name} should hear nothing, and hears:\n{shown(heard[-1])}")

    async def last(self) -> Json:
        messages = await self.from_bot()
        if not messages:
            raise NotAsPromised(f"{self.name} has heard nothing at all")
        return messages[-1]

    async def _with_button(self, label: str, chat: int) -> Json:
        there = self if chat == self.id else Chat(self.town, chat, str(chat))
        for message in reversed(await there.from_bot()):
            if any(label in each for each in labels_of(message)):
                return message
        raise NotAsPromised(f"{self.name} finds no button {label!r}; last: {shown(await self.last())}")

    async def _settled(self, chat: int | None) -> None:
        """Whoever acts in their own chat reads what comes back."""
        await self.town.settle()
        if chat is None:
            await self.all_read()


def text_of(message: Json) -> str:
    return str(message.get("text") or message.get("caption") or "")


def labels_of(message: Json) -> list[str]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard") or []
    return [button["text"] for row in rows for button in row]


def data_of(message: Json, label: str) -> str | None:
    """What the button with these words sends, as it stood when the message was read."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard") or []
    return next((button.get("callback_data") for row in rows for button in row if button["text"] == label), None)


def shown(message: Json) -> str:
    """A message as a line of a transcript."""
    kind = next((kind for kind in ("photo", "voice", "video", "document", "location") if message.get(kind)), "")
    return " ".join(
        [f"({kind})" if kind else "", text_of(message), *(f"[{label}]" for label in labels_of(message))]
    ).strip()

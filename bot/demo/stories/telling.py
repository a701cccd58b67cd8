"""How a story is told: in one language, with captions, at the pace of whoever watches."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.demo.town import DemoTown
from bot.words import Reader
from domain.words import Text
from sandbox.phones import Chat, NotAsPromised, Phone

T = TypeVar("T")


@dataclass(slots=True)
class Telling:
    """A story in progress. `pause`: seconds of reading between two deeds; 0 when nobody watches."""

    demo: DemoTown
    pause: float = 0.0
    patience: float = 0.0  # how long what is promised may take to arrive, with Telegram's budgets on

    def phone(self, key: str) -> Phone:
        return self.demo.phones[key]

    def group(self, key: str) -> Chat:
        return self.demo.groups[key]

    def said(self, text: Text) -> str:
        """The words as they stand on a button or in a message, in this town's language."""
        return Reader(self.demo.language, self.demo.app.file.zone, self.demo.clock.now()).label(text)

    async def caption(self, text: Text) -> None:
        words = self.said(text)
        self.demo.town.narrate("—", words)
        await self.demo.town.do("caption", text=words)
        await asyncio.sleep(2 * self.pause)

    async def beat(self) -> None:
        await asyncio.sleep(self.pause)

    async def promised(self, look: Callable[[], Awaitable[T]]) -> T:
        """Look until it is there, as a person would who was promised it."""
        until = asyncio.get_running_loop().time() + self.patience
        while True:
            try:
                return await look()
            except NotAsPromised:
                if self.demo.dead:  # somebody has pulled its plug: nobody promised anything meanwhile
                    await self.demo.settle()
                    until = asyncio.get_running_loop().time() + self.patience
                    continue
                if asyncio.get_running_loop().time() >= until:
                    raise
                await asyncio.sleep(0.2)

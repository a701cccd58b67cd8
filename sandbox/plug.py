"""The bot's plug: pulled, it is dead as in a power cut; put back, one is told what became of what came meanwhile."""

from __future__ import annotations

import asyncio
import logging
from typing import Literal, Protocol

from sandbox.errors import Unclear
from sandbox.events import Events
from sandbox.world import Json

log = logging.getLogger("sandbox")


class Plug(Protocol):
    """Whoever runs the bot hands this in."""

    async def pull(self) -> None:
        """The bot dies at once, whatever it is doing."""

    async def put_back(self) -> dict[str, str]:
        """It runs again, and has caught up; in each language of the page, what was lost and what was doubled."""


class Socket:
    """Where the plug is, as the page shows it. While it is out, Telegram keeps what people write and tap."""

    def __init__(self, plug: Plug, events: Events) -> None:
        self.plug, self.events = plug, events
        self.state: Literal["in", "out", "starting"] = "in"
        self.told: dict[str, str] | None = None
        self._starting: asyncio.Task[None] | None = None

    def card(self) -> Json:
        return {"state": self.state, "told": self.told}

    def _is(self, state: Literal["in", "out", "starting"], told: dict[str, str] | None = None) -> None:
        self.state, self.told = state, told
        self.events.tell("plug", **self.card())

    async def pull(self) -> None:
        if self.state != "in":
            raise Unclear("The plug is out already.", 409)
        self.state = "out"
        await self.plug.pull()
        self._is("out")

    def put_back(self) -> None:
        """Returns at once; starting takes some seconds, and the page hears of it."""
        if self.state != "out":
            raise Unclear("The plug is in already.", 409)
        self._is("starting")
        self._starting = asyncio.get_running_loop().create_task(self._start())

    async def _start(self) -> None:
        try:
            told = await self.plug.put_back()
        except Exception:
            log.exception("the bot does not start again")
            self._is("out")
        else:
            self._is("in", told)

    async def close(self) -> None:
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)

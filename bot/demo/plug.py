"""The plug of the demo's desk: a real process is killed and started again, and the town counts what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.app import App
from bot.demo.apart import Apart
from bot.demo.count import SEND_IT, Ear
from bot.post.reading import read
from bot.words import Reader
from sandbox.world import World

LANGUAGES = ("zh_Hans", "en")
"""Those of the phones page."""


def reader(app: App, language: str) -> Reader:
    return Reader(language, app.file.zone, app.clock.now())


def labels(app: App) -> tuple[str, ...]:
    """What stands on the button that sends a request."""
    return tuple(reader(app, language).label(SEND_IT) for language in LANGUAGES)


@dataclass(slots=True)
class DemoPlug:
    """Handed to the sandbox before there is a desk to kill; `fits` says which."""

    _fits: tuple[Apart, App, Ear, Callable[[], Awaitable[None]]] | None = field(default=None, init=False)

    def fits(self, apart: Apart, world: World, app: App, settle: Callable[[], Awaitable[None]]) -> None:
        ear = Ear(world, labels(app))
        ear.listen()
        self._fits = apart, app, ear, settle

    async def pull(self) -> None:
        assert self._fits is not None
        apart, _app, ear, _settle = self._fits
        await apart.kill()
        ear.pulled()
        await apart.begin()  # it reads its modules while it waits to be told to run

    async def put_back(self) -> dict[str, str]:
        assert self._fits is not None
        apart, app, ear, settle = self._fits
        ear.put_back()
        await apart.open()
        await settle()
        told = (await read(app.readers, ear.count)).told()
        joined = {"zh_Hans": "", "en": " "}
        return {each: joined[each].join(reader(app, each).label(told).splitlines()) for each in LANGUAGES}

"""`linli demo`: the town in a browser, or a story acted and proved on the spot."""

from __future__ import annotations

import asyncio
import errno
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from bot.demo.file import morning
from bot.demo.folder import PORT_TAKEN, CannotBegin, emptied
from bot.demo.stories import STORIES, Telling
from bot.demo.town import DemoTown, open_town
from sandbox.phones import NotAsPromised
from sandbox.server import Sandbox, Story


def list_stories() -> None:
    for name, (title, _play) in STORIES.items():
        sys.stdout.write(f"{name}: {title['zh_Hans']} · {title['en']}\n")


async def show(language: str, port: int, data: Path) -> None:
    """The phones page, until Ctrl-C."""
    with emptied(data):
        await _show(language, port, data)


async def _show(language: str, port: int, data: Path) -> None:
    demos: list[DemoTown] = []
    stories: dict[str, Story] = {
        name: (title[language], _shown(demos, name)) for name, (title, _play) in STORIES.items()
    }
    try:
        demo = await open_town(language, data, port=port, stories=stories, apart=True)
    except OSError as fault:
        if fault.errno != errno.EADDRINUSE:
            raise
        raise CannotBegin(PORT_TAKEN(port=str(port))) from None
    demos.append(demo)
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    sys.stdout.write(f"Ready: {demo.sandbox.url}\n")
    sys.stdout.flush()
    try:
        await stop.wait()
    finally:
        await demo.close()


def _shown(demos: list[DemoTown], name: str) -> Callable[[Sandbox], Awaitable[None]]:
    async def play(_sandbox: Sandbox) -> None:
        """At a time of day at which the town is awake until the story ends."""
        demo = demos[0]
        quiet, later = demo.app.file.quiet, demo.clock.now() + timedelta(hours=2)
        if quiet is not None and quiet.is_quiet(later, demo.app.file.zone):
            tomorrow = morning(later, demo.app.file)
            await demo.town.do("clock", seconds=(later + tomorrow - demo.clock.now()).total_seconds())
        await STORIES[name][1](Telling(demo, pause=2.8, patience=20))

    return play


async def act(name: str, language: str, data: Path) -> bool:
    """The story as a transcript. True: everything was as promised."""

    told: set[tuple[str, str]] = set()

    def narrate(who: str, words: str) -> None:
        if who.startswith("→") and (who, words) in told:
            return  # it stands there still
        told.add((who, words))
        first, *more = words.splitlines()
        sys.stdout.write("".join([f"{who}: {first}\n", *(f"    {line}\n" for line in more)]))

    with emptied(data):
        demo = await open_town(language, data, budgets=False, narrate=narrate)
        try:
            await STORIES[name][1](Telling(demo))
        except NotAsPromised as broken:
            sys.stdout.write(f"NOT AS PROMISED: {broken}\n")
            return False
        finally:
            await demo.close()
    return True

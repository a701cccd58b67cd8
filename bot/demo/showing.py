"""`linli demo`: the town in a browser, or a story acted and proved on the spot."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from bot.demo.stories import STORIES, Telling
from bot.demo.town import DemoTown, empty, open_town
from sandbox.phones import NotAsPromised
from sandbox.server import Sandbox, Story


def list_stories() -> None:
    for name, (title, _play) in STORIES.items():
        sys.stdout.write(f"{name}: {title['zh_Hans']} · {title['en']}\n")


async def show(language: str, port: int, data: Path) -> None:
    """The phones page, until Ctrl-C."""
    demos: list[DemoTown] = []
    stories: dict[str, Story] = {
        name: (title[language], _shown(demos, name)) for name, (title, _play) in STORIES.items()
    }
    demo = await open_town(language, empty(data), port=port, stories=stories)
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


def _shown(demos: list[DemoTown], name: str):  # type: ignore[no-untyped-def]
    async def play(_sandbox: Sandbox) -> None:
        await STORIES[name][1](Telling(demos[0], pause=2.0, patience=20))

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

    demo = await open_town(language, empty(data), budgets=False, narrate=narrate)
    try:
        await STORIES[name][1](Telling(demo))
    except NotAsPromised as broken:
        sys.stdout.write(f"NOT AS PROMISED: {broken}\n")
        return False
    finally:
        await demo.close()
    return True

"""The town, running: sandbox and desk over real HTTP on loopback, with one clock for both.

Both are in one process; or the desk is `apart`, so that its plug can be pulled, and `app` only reads its database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from bot.app import App
from bot.demo.apart import Apart
from bot.demo.cast import CAST, TEAMS, what_they_are
from bot.demo.file import morning, town_file
from bot.demo.plug import DemoPlug
from bot.demo.seed import seed
from bot.post.budget import Budget
from bot.post.clock import MovableClock
from bot.settings import Settings
from domain.desk_file import DeskFile
from sandbox.phones import Chat, Phone, Town
from sandbox.server import Sandbox, Story
from storage import schema

TOKEN = "42:DEMO"


@dataclass(slots=True)
class DemoTown:
    """Everything that runs, and the cast with their phones."""

    language: str
    data: Path
    clock: MovableClock
    sandbox: Sandbox
    app: App
    town: Town
    phones: dict[str, Phone] = field(default_factory=dict)
    groups: dict[str, Chat] = field(default_factory=dict)
    apart: Apart | None = None

    async def settle(self) -> None:
        """Nothing is on its way to the desk or from it any more. While its plug is out, that is not so."""
        while True:
            nothing = not self.sandbox.world.updates.waiting
            if self.apart is not None:
                await self.apart.settled()
            else:
                await self.app.office.drained()
                nothing = not self.app.office.busy
            if nothing and not self.sandbox.world.updates.waiting:
                return
            await asyncio.sleep(0.005)

    @property
    def dead(self) -> bool:
        """Its plug is out, or it is starting again."""
        return self.apart is not None and not self.apart.running

    async def close(self) -> None:
        if self.apart is not None:
            await self.apart.close()
            await self.app.close_databases()
        else:
            await self.app.close()
        await self.sandbox.stop()
        await self.town.session.close()


async def open_town(
    language: str,
    data: Path,
    *,
    port: int = 0,
    budgets: bool = True,
    clock: MovableClock | None = None,
    database_url: str = "",
    stories: dict[str, Story] | None = None,
    file: DeskFile | None = None,
    given: Mapping[str, Any] | None = None,
    narrate: Callable[[str, str], None] = lambda who, words: None,
    apart: bool = False,
    **options: Any,
) -> DemoTown:
    """1. the clock 2. the sandbox 3. its people and groups 4. the cast takes its places 5. the desk opens.

    `apart`: it runs in a process of its own, in which it knows no options.
    """
    file = file or town_file(language)
    if clock is None:
        clock = MovableClock()
        clock.move(morning(datetime.now(UTC), file))
    plug = DemoPlug() if apart else None
    sandbox = Sandbox(
        TOKEN, clock=clock, stories=stories, budgets=budgets, port=port, name=file.name[language], plug=plug
    )
    await sandbox.start()
    settings = Settings.model_validate(
        {
            "bot_token": TOKEN,
            "bot_api": sandbox.url,
            "data": data,
            "database_url": database_url,
            "key": "the invented town keeps no secrets",
            **(given or {}),
        }
    )
    budget = Budget() if budgets else Budget.none()
    app = App(settings, file, clock=clock, budget=budget, **options)
    session = aiohttp.ClientSession()
    demo = DemoTown(language, data, clock, sandbox, app, Town(sandbox.url, session, lambda: demo.settle(), narrate))
    if plug is not None:
        demo.apart = Apart(settings, language, clock, budgets=budgets)
        await demo.apart.begin()
    await people_the_town(demo)
    schema.upgrade(app.writer)
    ids = {key: phone.id for key, phone in demo.phones.items()}
    chats = {key: group.id for key, group in demo.groups.items()}
    with app.writer.begin() as conn:
        seed(app.desk_for(conn), ids, chats, language)
    if plug is not None and demo.apart is not None:
        await demo.apart.open()
        plug.fits(demo.apart, sandbox.world, app, demo.settle)
    else:
        await app.open()
    await demo.settle()
    return demo


async def people_the_town(demo: DemoTown) -> None:
    """Phones and groups as Telegram knows them. Whoever has a part at the desk has started the bot before."""
    code = {"zh_Hans": "zh-hans"}.get(demo.language, demo.language)
    for part in CAST:
        place = demo.app.file.units[part.unit].name[demo.language] if part.unit else ""
        note = what_they_are(part, demo.language, place)
        phone = await demo.town.person(part.name[demo.language], language_code=code, subtitle=note)
        demo.phones[part.key] = phone
        person = demo.sandbox.world.people[phone.id]
        person.started = not (part.role == "resident" and part.home is None)
    for key, _unit, title in TEAMS:
        members = [demo.phones[part.key].id for part in CAST if key in part.teams]
        world = demo.sandbox.world
        made = await demo.town.do("groups", title=title[demo.language], members=[demo.phones["ivy"].id, *members])
        demo.groups[key] = Chat(demo.town, made["id"], title[demo.language])
        demo.town.groups[made["id"]] = demo.groups[key]
        assert made["id"] in world.chats

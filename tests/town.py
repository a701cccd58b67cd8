"""The whole town for a test: sandbox, desk, people with phones, and a clock that stands still until it is moved."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from bot.demo.file import town_file
from bot.demo.town import DemoTown, open_town
from bot.post.clock import FrozenClock
from bot.words import Reader
from desk.front import Desk
from domain.words import Text
from sandbox.phones import Chat, Phone, shown
from tests.conftest import migrated

its_file = cache(town_file)


@dataclass
class TestTown:
    """`town.ama.says(…)`, `town.volunteers.sees(…)`, `town.wait(minutes=30)`."""

    __test__ = False
    demo: DemoTown
    logs: list[Any]

    def __getattr__(self, name: str) -> Phone:
        return self.demo.phones[name]

    @property
    def volunteers(self) -> Chat:
        return self.demo.groups["neighbours"]

    @property
    def handy(self) -> Chat:
        return self.demo.groups["handy"]

    @property
    def care(self) -> Chat:
        return self.demo.groups["care"]

    async def wait(self, **span: float) -> None:
        await self.demo.town.wait(**span)

    async def settle(self) -> None:
        await self.demo.settle()

    @property
    def now(self) -> datetime:
        return self.demo.clock.now()

    def said(self, text: Text) -> str:
        """The words as a button or a message has them, in the town's language."""
        return Reader(self.demo.language, self.demo.app.file.zone, self.now).label(text)

    async def at_desk(self, deed: Any) -> Any:
        """A deed in a transaction of its own, as the ticker does them."""
        result = await self.demo.app.office.pump.do(deed)
        await self.settle()
        return result

    def look(self, reading: Any) -> Any:
        """Read the database: `reading(desk)` in a transaction that writes nothing."""
        with self.demo.app.writer.begin() as conn:
            desk: Desk = self.demo.app.desk_for(conn)
            return reading(desk)

    async def joins(self, phone: Phone) -> None:
        """Through the first hello, up to the menu."""
        await phone.starts()
        await phone.taps((await phone.last())["reply_markup"]["inline_keyboard"][0][0]["text"])


def put_empty_desk(data: Path) -> None:
    data.mkdir(parents=True, exist_ok=True)
    (data / "linli.db").write_bytes(migrated())


@asynccontextmanager
async def a_town(
    data: Path, now: datetime, *, language: str = "en", database_url: str = "", strict: bool = True, **options: Any
) -> AsyncIterator[TestTown]:
    """At the end: no error was logged, and with `strict` nobody was sent anything that the test did not expect."""
    faults: list[logging.LogRecord] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            faults.append(record)

    listener = Listener(logging.ERROR)
    logging.getLogger().addHandler(listener)
    if not database_url:
        put_empty_desk(data)
    options.setdefault("file", its_file(language))
    with capture_logs() as logs:
        clock = FrozenClock(now)
        demo = await open_town(
            language, data, budgets=False, clock=clock, database_url=database_url, tick=3600, **options
        )
        town = TestTown(demo, logs)
        for phone in demo.phones.values():
            await phone.all_read()
        try:
            yield town
            await town.settle()
            surprises = [
                f"{chat.name}: {shown(message)}"
                for chat in (*demo.phones.values(), *demo.groups.values())
                for message in (await chat.unexpected() if strict else [])
            ]
            assert not surprises, "nobody expected this:\n" + "\n".join(surprises)
            errors = [entry for entry in logs if entry["log_level"] in ("error", "critical")]
            assert not errors, errors
            assert not faults, [record.getMessage() for record in faults]
        finally:
            logging.getLogger().removeHandler(listener)
            await demo.close()

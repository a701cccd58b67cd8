"""Hears what other workers ring in PostgreSQL, and says so at once when it may have missed something."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.post.faults import place

log = structlog.get_logger()

Heard = Callable[[str], None]
"""Told what was rung; nothing in it: look at everything."""


class Bells:
    def __init__(self, engine: AsyncEngine, heard: Mapping[str, Heard]) -> None:
        self._engine, self._heard = engine, heard
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="bells")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._engine.dispose()

    async def _run(self) -> None:
        """For as long as the connection stands; whoever waits looks by itself now and then."""
        while True:
            try:
                await self._listen()
            except Exception as fault:
                log.warning("the bells are not heard", fault=place(fault))
            await asyncio.sleep(0.5)

    async def _listen(self) -> None:
        async with self._engine.connect() as conn:
            driver: Any = (await conn.get_raw_connection()).driver_connection
            try:
                for bell in self._heard:
                    await driver.execute(f"LISTEN {bell}")
                for heard in self._heard.values():
                    heard("")  # whatever was rung while nobody listened
                async for rung in driver.notifies():
                    self._heard[rung.channel](rung.payload)
            finally:
                await driver.close()  # nobody else could use it any more

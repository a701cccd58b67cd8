"""What can be reached of the desk by HTTP: Telegram's webhook, and a listener for whoever watches over it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from bot.post.lookout import Lookout
from bot.post.office import PostOffice
from bot.post.reading import read
from bot.settings import Settings
from storage.messages import set_fact
from storage.work import open_readers
from web.app import build
from web.health import Health, Limits, Line, Sources
from web.lateness import Lateness
from web.metrics import Metrics
from web.proxies import read_networks
from web.serving import Serving
from web.webhook import Webhook

T = TypeVar("T")

LOOKED = "somebody looked"
"""Written when somebody asks whether we are ready: proof that something can be."""


class Surface:
    """The listeners that the settings name. The webhook's closes before the post office, the watch's after it."""

    def __init__(self, settings: Settings, office: PostOffice, limits: Limits | None = None) -> None:
        self.settings, self.office, self._limits = settings, office, limits
        self.metrics, self.lateness = Metrics(), Lateness()
        self.webhook: Webhook | None = None
        self.door: Serving | None = None
        self.health: Health | None = None
        self.watch: Serving | None = None
        self.lookout: Lookout | None = None

    @property
    def by_webhook(self) -> bool:
        """Are updates brought? Otherwise they are fetched."""
        return bool(self.settings.webhook_url)

    async def open(self) -> None:
        """Called when the post office is open: what is brought can be taken."""
        if self.settings.listen:
            self.readings = open_readers(self.settings.database)
            now, health = self.office.clock.now, self.office.health
            line = lambda: Line(health.dark_since, health.polled_at, health.pending)  # noqa: E731
            duties = lambda: self.office.duties  # noqa: E731
            sources = Sources(now, lambda: health.flags, self._write, self._read, self._free, duties, line)
            self.health = Health(sources, self.metrics, self._limits)
            self.lateness.start()
            self.metrics.watch_loop(self.lateness.worst)
            self.watch = Serving(build(health=self.health), self.settings.listen)
            await self.watch.start()
        self.lookout = Lookout(self.office.wire, self.office.health, self.office.clock)
        if self.by_webhook:
            secret = self.settings.webhook_secret.get_secret_value()
            self.webhook = Webhook(
                secret, self.office.pump.take, sound=self._sound, proxies=read_networks(self.settings.proxies)
            )
            self.door = Serving(build(webhook=self.webhook), self.settings.webhook_listen)
            await self.door.start()
            address = f"{self.settings.webhook_url}/{self.webhook.door}"
            self.lookout = Lookout(self.office.wire, self.office.health, self.office.clock, address, secret)
        self.office.jobs.start("webhook", self.lookout.begin())

    async def close_door(self, seconds: float = 9) -> None:
        """Whatever was brought is committed and acknowledged; Telegram keeps the rest until we are back."""
        if self.lookout is not None:
            await self.lookout.stop()
        if self.door is not None and self.webhook is not None:
            await self.door.stop(seconds)
            await self.webhook.close()

    async def close(self, seconds: float = 9) -> None:
        if self.watch is not None and self.health is not None:
            await self.watch.stop(seconds)
            await self.health.close()
            await self.lateness.stop()
            await self.readings.dispose()

    def _sound(self) -> bool:
        return "database" not in self.office.health.flags

    async def _write(self) -> None:
        at = self.office.clock.now().isoformat()
        await self.office.pump.ride(lambda conn: set_fact(conn, LOOKED, at))

    async def _read(self, question: Callable[[Connection], T]) -> T:
        """On a connection of its own: counting many rows must not hold up the desk."""
        return await read(self.readings, question)

    def _free(self) -> int:
        """Where the data is, or will be."""
        data = self.settings.data.absolute()
        return shutil.disk_usage(next(each for each in (data, *data.parents) if each.exists())).free

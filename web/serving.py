"""A listener of the desk: uvicorn in the desk's own loop, opened and closed by it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

GRACE = 9  # seconds for requests that are being answered when it closes


class NoListener(Exception):
    """This address cannot be listened at: it is taken, or not of this machine."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Signals belong to the desk, which closes its listeners itself."""
        yield


class Serving:
    """`host:port`; port 0 is any free one, known after `start`."""

    def __init__(self, app: Starlette, listen: str) -> None:
        host, _sign, port = listen.rpartition(":")
        self.host, self.port = host.strip("[]"), int(port)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            http="h11",
            server_header=False,
            proxy_headers=False,  # `proxies.py` reads them, and believes only the proxies we are told of
            timeout_graceful_shutdown=GRACE,
            limit_concurrency=1000,
        )
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Whoever connects after this is answered."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            bound = socket.create_server((self.host, self.port), family=family, backlog=512)
        except OSError as fault:
            raise NoListener(f"{self.host}:{self.port} cannot be listened at ({fault.strerror})") from None
        self.port = bound.getsockname()[1]
        self._task = asyncio.create_task(self._server.serve(sockets=[bound]), name=f"listener {self.port}")

    async def stop(self, seconds: float = GRACE) -> None:
        """Nobody new is let in; whoever is inside is answered, if that does not take too long."""
        if self._task is not None:
            self._server.config.timeout_graceful_shutdown = min(GRACE, seconds)  # type: ignore[assignment] # any number
            self._server.should_exit = True
            await self._task
            self._task = None

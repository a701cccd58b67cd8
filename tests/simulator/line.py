"""The wire inside one process: the same calls, answers and ways of failing, without a socket."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

from telegram.request import RequestData

from bot.post.carriage import Carriage, Unknown, Unsent, _refusal
from sandbox.arguments import Arguments, unfold
from sandbox.files import Upload
from sandbox.server import Sandbox

if TYPE_CHECKING:
    from tests.simulator.machine import Machine

SLOW = 0.02  # seconds there and back, at most, on a good day


class Line(Carriage):
    """One end is the desk's, and dead with it: what it still says is heard by nobody."""

    def __init__(self, box: Sandbox, machine: Machine, chance: random.Random) -> None:
        super().__init__(1, 20)
        self._box, self._machine, self._chance = box, machine, chance
        self._born = machine.lives

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *patience: Any, **more: Any
    ) -> tuple[int, bytes]:
        """1. it travels there 2. it is done, or not 3. the answer travels back, or is lost."""
        await self._travel()
        if self._machine.cut_off:
            raise Unsent("ClientConnectorError")
        if "/file/bot" in url:
            return await self._fetch(url)
        code, payload, fault = await self._box.call(url.rpartition("/")[2], given(request_data))
        kind = fault.kind if fault is not None else None
        if kind == "slow" and fault is not None:
            await asyncio.sleep(fault.seconds)
        await self._travel()
        if kind in ("reset_before", "reset_after"):
            raise Unknown("ServerDisconnectedError")
        if kind == "502_html":
            raise Unknown("HTTP 502 without words of Telegram's")
        if kind == "invalid_json":
            return 200, payload[: len(payload) // 2]
        if code == 200:
            return code, payload
        raise _refusal(code, payload)

    async def _fetch(self, url: str) -> tuple[int, bytes]:
        stored = self._box.world.files.by_path.get("/".join(url.split("/")[-2:]))
        await self._travel()
        if stored is None:
            raise _refusal(404, b'{"ok": false, "error_code": 404, "description": "Not Found"}')
        return 200, stored.data

    async def _travel(self) -> None:
        await asyncio.sleep(self._chance.random() * SLOW)
        if self._machine.dead or self._machine.lives != self._born:
            await asyncio.get_running_loop().create_future()  # for ever


def given(data: RequestData | None) -> Arguments:
    """As the sandbox reads a form."""
    files: dict[str, Upload] = {}
    values: dict[str, Any] = dict(data.json_parameters) if data else {}
    if data and data.contains_files:
        for name, (filename, content, kind) in data.multipart_data.items():
            files[name] = Upload(filename or name, bytes(content), kind)
    return Arguments(unfold(values), files, list(files.items()))

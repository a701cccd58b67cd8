"""A Telegram of our own on loopback: one port with the Bot API, the control API and the phones page."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox.arguments import Arguments, read_arguments
from sandbox.clock import Clock, MovingClock
from sandbox.control import DO, READ, Deed, reading
from sandbox.errors import Refused, Unclear
from sandbox.faults import Fault
from sandbox.files import MOST_UPLOAD
from sandbox.methods import BY_LOWER_NAME, Method
from sandbox.methods.updates import Written
from sandbox.plug import Plug, Socket
from sandbox.world import Json, World

PAGE = Path(__file__).parent / "page"
TOKEN = re.compile(r"\d+:[\w-]+$")
log = logging.getLogger("sandbox")

Story = tuple[str, Callable[["Sandbox"], Awaitable[Any]]]


class Sandbox:
    """Start it, point any Bot API client at `url`, and steer the people over `/control/…`."""

    def __init__(
        self,
        token: str = "42:TEST",
        clock: Clock | None = None,
        stories: dict[str, Story] | None = None,
        budgets: bool = True,
        host: str = "127.0.0.1",
        port: int = 0,
        name: str = "Linli",
        username: str = "linli_bot",
        zone: str | None = None,
        plug: Plug | None = None,
    ) -> None:
        if not TOKEN.match(token):
            raise ValueError("a bot's token is a number, a colon and letters")
        self.world = World(token, clock or MovingClock(), budgets, name, username)
        self.stories = stories or {}
        self.playing: str | None = None
        self.socket = Socket(plug, self.world.events) if plug else None  # without one nobody can pull the plug
        self.zone = zone  # whose wall clock the phones show; None leaves it to the page
        self.host = host
        self.port = port
        self._story: asyncio.Task[None] | None = None
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    async def start(self) -> None:
        app = web.Application(client_max_size=MOST_UPLOAD + (10 << 20))
        app.router.add_route("*", "/bot{token}/{method}", self._bot)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        app.router.add_get("/control/events", self._events)
        app.router.add_get("/control/file/{file_id}", self._control_file)
        for name, deed in READ.items():
            app.router.add_get(f"/control/{name}", self._controlled(deed))
        for name, deed in DO.items():
            app.router.add_post(f"/control/{name}", self._controlled(deed))
        app.router.add_get("/", self._page)
        app.router.add_get("/page/{file:.+}", self._page)
        app.router.add_route("*", "/{rest:.*}", self._nowhere)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await self.listen()
        self.port = self._runner.addresses[0][1]

    async def listen(self) -> None:
        """Be there (again)."""
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, self.host, self.port, backlog=512)
        await self._site.start()

    async def go_dark(self) -> None:
        """Nobody gets through to this port until it listens again, as behind a blocked network; the town goes on."""
        assert self._runner is not None and self._runner.server is not None and self._site is not None
        await self._site.stop()
        for line in list(self._runner.server.connections):
            line.force_close()
        self._site = None

    async def stop(self) -> None:
        await self.take_over()
        if self.socket is not None:
            await self.socket.close()
        self.world.events.close()
        self.world.updates.close()
        await self.world.updates.unhook()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # Stories

    def show(self, name: str) -> None:
        if name not in self.stories:
            raise Unclear(f"There is no story {name!r}.")
        if self.playing is not None:
            raise Unclear("A story is being shown already.", 409)
        self.playing = name
        self.world.events.tell("story", running=name)
        self._story = asyncio.get_running_loop().create_task(self._play(name))

    async def _play(self, name: str) -> None:
        try:
            await self.stories[name][1](self)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("the story %s broke off", name)
        finally:
            self.playing = None
            self.world.events.tell("story", running=None)

    async def take_over(self) -> None:
        """Whatever story runs stops where it is; the town stays as it is."""
        if self._story is not None:
            self._story.cancel()
            await asyncio.gather(self._story, return_exceptions=True)
            self._story = None
            self.caption(None)

    def caption(self, text: str | None) -> None:
        self.world.caption = text
        self.world.events.tell("caption", text=text)

    # The Bot API

    async def _bot(self, request: web.Request) -> web.Response:
        """1. the token  2. the method  3. its arguments  4. the call is noted  5. the answer, or a fault."""
        token = request.match_info["token"]
        if token != self.world.token:
            return _refuse(Refused(401, "Unauthorized") if TOKEN.match(token) else Refused(404, "Not Found"))
        found = BY_LOWER_NAME.get(request.match_info["method"].lower())
        if found is None:
            return _refuse(Refused(404, "Not Found: method not found"))
        name, method = found
        code, body, fault = await self.perform(name, method, lambda: read_arguments(request))
        answer = web.Response(body=body, status=code, content_type="application/json")
        return answer if fault is None else await fault.bend(request, answer)

    async def call(self, name: str, args: Arguments) -> tuple[int, bytes, Fault | None]:
        """A call from inside this process: its code and its answer, and the fault that shall become of them."""
        name, method = BY_LOWER_NAME[name.lower()]

        async def given() -> Arguments:
            return args

        return await self.perform(name, method, given)

    async def perform(
        self, name: str, method: Method, read: Callable[[], Awaitable[Arguments]]
    ) -> tuple[int, bytes, Fault | None]:
        call = self._note(name)
        fault: Fault | None = None
        try:
            args = await read()
            call["params"] = args.logged()
            fault = self.world.faults.strike(name, call["params"])
            if fault is not None:
                call["fault"] = fault.kind
                fault.refuse(self.world.now())
            result = method(self.world, args)
            if inspect.isawaitable(result):
                result = await result
            call["ok"] = True
            body = result.text if isinstance(result, Written) else json.dumps(result, ensure_ascii=False)
            return 200, f'{{"ok":true,"result":{body}}}'.encode(), fault
        except Refused as no:
            call.update(ok=False, error_code=no.code, description=no.description)
            refused = no
        except web.HTTPRequestEntityTooLarge:
            call.update(ok=False, error_code=413)
            refused = Refused(413, "Request Entity Too Large")
        except Exception:
            call.update(ok=False, error_code=500)
            log.exception("%s failed", name)
            refused = Refused(500, "Internal Server Error")
        return refused.code, json.dumps(refused.body(), ensure_ascii=False).encode(), fault

    def _note(self, name: str) -> Json:
        self.world.call_count += 1
        call = {
            "n": self.world.call_count,
            "method": name,
            "params": {},
            "ok": None,  # not yet answered
            "at": self.world.now().isoformat(),
        }
        self.world.calls.append(call)
        return call

    async def _file(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self.world.token:
            return _refuse(Refused(401, "Unauthorized"))
        stored = self.world.files.by_path.get(request.match_info["path"])
        if stored is None:
            return _refuse(Refused(404, "Not Found"))
        return web.Response(body=stored.data, content_type="application/octet-stream")

    # The control API and the page

    def _controlled(self, deed: Deed) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                result = await deed(self, await read_arguments(request))
            except Unclear as unclear:
                return _json({"error": unclear.sentence}, unclear.code)
            except Refused as no:
                return _json({"error": no.description}, 400)
            except (KeyError, TypeError, ValueError) as wrong:
                return _json({"error": f"That request does not make sense: {wrong!r}."}, 400)
            return _json(result)

        return handle

    async def _events(self, request: web.Request) -> web.StreamResponse:
        return await reading.events(self, request)

    async def _control_file(self, request: web.Request) -> web.StreamResponse:
        try:
            return await reading.file(self, request)
        except Unclear as unclear:
            return _json({"error": unclear.sentence}, unclear.code)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        path = (PAGE / request.match_info.get("file", "index.html")).resolve()
        if not path.is_relative_to(PAGE) or not path.is_file():
            return web.Response(status=404, text="There is no such page.\n")
        return web.FileResponse(path, headers={"Cache-Control": "no-cache"})

    async def _nowhere(self, request: web.Request) -> web.Response:
        return _refuse(Refused(404, "Not Found"))


def _refuse(no: Refused) -> web.Response:
    return _json(no.body(), no.code)


def _json(body: Any, status: int = 200) -> web.Response:
    return web.Response(
        body=json.dumps(body, ensure_ascii=False).encode(), status=status, content_type="application/json"
    )

"""What anybody may look at: the town, a chat, the bot's calls, a file, and everything live."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.arguments import Arguments
from sandbox.errors import Unclear
from sandbox.methods.profile import shown_commands
from sandbox.world import Json

if TYPE_CHECKING:
    from sandbox.server import Sandbox

HEARTBEAT = 15.0


async def state(box: Sandbox, args: Arguments) -> Json:
    world = box.world
    return {
        "bot": {"id": world.bot.id, "username": world.bot.username, "first_name": world.bot.first_name},
        "now": world.now().isoformat(),
        "zone": box.zone,
        "people": [person.card() for person in world.people.values()],
        "groups": [group.card() for group in world.groups],
        "stories": [{"name": name, "title": title} for name, (title, _) in box.stories.items()],
        "running": box.playing,
        "caption": world.caption,
        "plug": box.socket.card() if box.socket else None,
        "commands": shown_commands(world),
        "budgets": world.budgets.on,
        "privacy": not world.hears_everything,
    }


async def chat(box: Sandbox, args: Arguments) -> Json:
    """A chat from its beginning, as the phones see it; with `as` only what that person can see."""
    found = box.world.chat(args.integer("chat"))
    seen = [record.view() for record in found.messages.values()]
    viewer = args.integer("as")
    if viewer:
        box.world.person(viewer)
        seen = [message for message in seen if message.get("only_for", viewer) == viewer]
    return {"messages": seen}


async def calls(box: Sandbox, args: Arguments) -> Json:
    since = args.integer("since")
    return {"calls": [call for call in box.world.calls if call["n"] > since]}


async def clock(box: Sandbox, args: Arguments) -> Json:
    return {"now": box.world.now().isoformat()}


async def faults(box: Sandbox, args: Arguments) -> Json:
    """What is still going to go wrong."""
    box.world.faults.expire()
    return {"faults": [fault.card() for fault in box.world.faults.waiting]}


async def file(box: Sandbox, request: web.Request) -> web.Response:
    stored = box.world.files.by_id.get(request.match_info["file_id"])
    if stored is None:
        raise Unclear("There is no such file.", 404)
    return web.Response(body=stored.data, content_type=stored.mime)


async def events(box: Sandbox, request: web.Request) -> web.StreamResponse:
    """Server-sent events until the page or the sandbox closes."""
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    listener = box.world.events.listen()
    try:
        await response.write(b": hello\n\n")
        while True:
            try:
                line = await asyncio.wait_for(listener.get(), HEARTBEAT)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if line is None:
                break
            await response.write(f"data: {line}\n\n".encode())
    except (ConnectionError, asyncio.CancelledError):
        pass  # the page was closed
    finally:
        box.world.events.leave(listener)
    return response

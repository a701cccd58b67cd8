"""The hand on the town: its clock, its stories, its captions, what goes wrong, and updates that no phone would send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.arguments import Arguments
from sandbox.errors import Unclear
from sandbox.world import Json

if TYPE_CHECKING:
    from sandbox.server import Sandbox


def distance(box: Sandbox, args: Arguments) -> timedelta:
    """How far the clock shall go."""
    if args.text("to"):
        try:
            to = datetime.fromisoformat(args.text("to"))
        except ValueError:
            raise Unclear("`to` is an instant such as 2026-05-01T09:30:00+00:00.") from None
        return (to if to.tzinfo else to.replace(tzinfo=UTC)) - box.world.now()
    if "minutes" not in args and "seconds" not in args:
        raise Unclear("Say minutes, seconds or to.")
    minutes = args.number("minutes") if "minutes" in args else 0.0
    seconds = args.number("seconds") if "seconds" in args else 0.0
    return timedelta(minutes=minutes, seconds=seconds)


async def move_clock(box: Sandbox, args: Arguments) -> Json:
    """Forward only: what was said cannot be unsaid."""
    world = box.world
    try:
        by = distance(box, args)
        if by < timedelta():
            raise Unclear("The clock only goes forward.")
        world.clock.move(by)
    except OverflowError:
        raise Unclear("That is further than any calendar goes.") from None
    now = world.now().isoformat()
    world.events.tell("clock", now=now)
    return {"now": now}


async def raw(box: Sandbox, args: Arguments) -> Json:
    return {"update_id": box.world.updates.add_raw(args.values)}


async def settings(box: Sandbox, args: Arguments) -> Json:
    """Budgets on or off; privacy mode on or off (takes effect at once here)."""
    world = box.world
    if "budgets" in args:
        world.budgets.on = args.flag("budgets")
    if "privacy" in args:
        world.hears_everything = not args.flag("privacy")
    return {"budgets": world.budgets.on, "privacy": not world.hears_everything}


async def faults(box: Sandbox, args: Arguments) -> Json:
    """Something shall go wrong; or, with `clear`, nothing more."""
    faults = box.world.faults
    if args.flag("clear"):
        faults.clear()
        return {"faults": []}
    return faults.add(
        args.text("kind"),
        method=args.text("method") or None,
        chat=args.integer("chat") or None,
        count=args.integer("count") if "count" in args else None,
        retry_after=args.integer("retry_after", 3),
        seconds=args.number("seconds") if "seconds" in args else 1.0,
    ).card()


async def plug(box: Sandbox, args: Arguments) -> Json:
    """Pull the bot's plug, or put it back; the event `plug` says how that goes on."""
    if box.socket is None:
        raise Unclear("This bot has no plug.")
    if args.flag("in"):
        box.socket.put_back()
    else:
        await box.socket.pull()
    return box.socket.card()


async def show(box: Sandbox, args: Arguments) -> Json:
    box.show(args.text("story"))
    return {}


async def take_over(box: Sandbox, args: Arguments) -> Json:
    await box.take_over()
    return {}


async def caption(box: Sandbox, args: Arguments) -> Json:
    box.caption(args.text("text") or None)
    return {}

"""How the bot hears: long polling for now; a webhook has its place here and says that it is not yet built."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.arguments import Arguments
from sandbox.errors import bad
from sandbox.world import Json, World


@dataclass(frozen=True, slots=True)
class Written:
    """An answer that is JSON already."""

    text: str


async def get_updates(world: World, args: Arguments) -> Written:
    if "allowed_updates" in args:
        world.updates.allow(args.things("allowed_updates"))
    limit = min(max(args.integer("limit", 100), 1), 100)
    timeout = min(max(args.integer("timeout"), 0), 50)
    return Written(await world.updates.poll(args.integer("offset"), limit, timeout))


def set_webhook(world: World, args: Arguments) -> bool:
    if args.text("url"):
        raise bad("webhooks are not yet here in this sandbox; use getUpdates")
    return delete_webhook(world, args)


def delete_webhook(world: World, args: Arguments) -> bool:
    if args.flag("drop_pending_updates"):
        world.updates.waiting.clear()
    return True


def get_webhook_info(world: World, args: Arguments) -> Json:
    world.updates.expire()
    info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(world.updates.waiting)}
    if world.updates.allowed is not None:
        info["allowed_updates"] = sorted(world.updates.allowed)
    return info


def log_out(world: World, args: Arguments) -> bool:
    return True

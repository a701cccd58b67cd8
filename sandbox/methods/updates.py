"""How the bot hears: by long polling, or at a door of its own that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from sandbox.arguments import Arguments
from sandbox.errors import HOOKED, Refused, bad
from sandbox.webhook import Webhook
from sandbox.world import Json, World

SECRET = re.compile(r"[\w-]*$", re.ASCII)
LONGEST_SECRET = 256
USUAL_CONNECTIONS, MOST_CONNECTIONS = 40, 100
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Written:
    """An answer that is JSON already."""

    text: str


async def get_updates(world: World, args: Arguments) -> Written:
    if world.updates.hook is not None:
        raise Refused(409, HOOKED)
    if "allowed_updates" in args:
        world.updates.allow(args.things("allowed_updates"))
    limit = min(max(args.integer("limit", 100), 1), 100)
    timeout = min(max(args.integer("timeout"), 0), 50)
    return Written(await world.updates.poll(args.integer("offset"), limit, timeout))


def door(url: str) -> str:
    """Telegram wants https; on loopback plain http will do, and nothing leaves this machine."""
    try:
        host, scheme = urlsplit(url).hostname, urlsplit(url).scheme
    except ValueError:
        raise bad("bad webhook: invalid webhook URL specified") from None
    if host in LOOPBACK and scheme in ("http", "https"):
        return url
    if not host or scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    raise bad("webhooks are not yet here in this sandbox; use getUpdates")


async def set_webhook(world: World, args: Arguments) -> bool:
    """1. what is asked makes sense  2. whoever polls is sent away  3. what waits is brought to the new door."""
    if not args.text("url"):
        return await delete_webhook(world, args)
    url, secret = door(args.text("url")), args.text("secret_token")
    if len(secret) > LONGEST_SECRET:
        raise bad("secret token is too long")
    if not SECRET.match(secret):
        raise bad("secret token contains unallowed characters")
    connections = min(max(args.integer("max_connections") or USUAL_CONNECTIONS, 1), MOST_CONNECTIONS)
    updates = world.updates
    if "allowed_updates" in args:
        updates.allow(args.things("allowed_updates"))
    if args.flag("drop_pending_updates"):
        updates.drop()
    old = updates.hook
    # The same door named again changes nothing: what is on its way there is not sent twice.
    if old is not None and (old.url, old.secret, old.connections) == (url, secret, connections):
        return True
    await updates.unhook()
    updates.interrupt(Refused(409, "Conflict: terminated by setWebhook request"))
    updates.hook = Webhook(updates, world.clock, url, secret, connections)
    return True


async def delete_webhook(world: World, args: Arguments) -> bool:
    if args.flag("drop_pending_updates"):
        world.updates.drop()
    await world.updates.unhook()
    return True


def get_webhook_info(world: World, args: Arguments) -> Json:
    world.updates.expire()
    hook = world.updates.hook
    info: Json = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.waiting),
    }
    if hook is not None:
        info |= {"ip_address": "127.0.0.1", "max_connections": hook.connections}
        if hook.last_error is not None:
            at, why = hook.last_error
            info |= {"last_error_date": int(at.timestamp()), "last_error_message": why}
    if world.updates.allowed is not None:
        info["allowed_updates"] = sorted(world.updates.allowed)
    return info


def log_out(world: World, args: Arguments) -> bool:
    return True

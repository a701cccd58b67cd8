"""A group becomes a supergroup: a new id, new numbers for messages, and the bot learns of it in one way or another."""

from __future__ import annotations

from sandbox.errors import Unclear
from sandbox.posting import hear, put
from sandbox.world import ANONYMOUS, IN_CHARGE, Chat, World

# Which of the two lines the bot is told of, and in which order.
ORDERS: dict[str, tuple[str, ...]] = {
    "both": ("old", "new"),
    "old_first": ("old", "new"),
    "new_first": ("new", "old"),
    "old_only": ("old",),
    "new_only": ("new",),
    "error_only": (),
}


def migrate(world: World, old: Chat, order: str) -> Chat:
    """1. the new chat, with the same people  2. a line in each  3. what the bot is told  4. the old chat is dead."""
    if old.type != "group" or old.became is not None:
        raise Unclear("Only a group can become a supergroup, and only once.")
    if order not in ORDERS:
        raise Unclear(f"The order is one of {', '.join(ORDERS)}, not {order!r}.")
    new = world.add_group(old.title)
    new.members = dict(old.members)
    by = next((user for user, status in old.members.items() if status in IN_CHARGE), world.bot.id)
    went = put(world, old, world.user(by), {"migrate_to_chat_id": new.id}, service=True)
    came_as = {"migrate_from_chat_id": old.id, "sender_chat": new.brief()}
    came = put(world, new, ANONYMOUS, came_as, service=True)
    lines = {"old": (old, went), "new": (new, came)}
    for which in ORDERS[order]:
        hear(world, *lines[which])
    old.members = {}
    old.pinned = []
    old.became = new.id
    for group in (old, new):
        world.events.tell("groups", group=group.card())
    return new

"""What becomes of a group: it is upgraded, and a forum gets topics and loses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox import topics
from sandbox.arguments import Arguments
from sandbox.control.speaking import enter
from sandbox.errors import Unclear
from sandbox.migration import migrate as upgrade
from sandbox.world import IN_CHARGE, Chat, Json

if TYPE_CHECKING:
    from sandbox.server import Sandbox


def group_of(box: Sandbox, args: Arguments) -> Chat:
    group = box.world.chat(args.integer("group"))
    if group.person is not None:
        raise Unclear("That is a person, not a group.")
    return group


async def migrate(box: Sandbox, args: Arguments) -> Json:
    new = upgrade(box.world, group_of(box, args), args.text("order", "both"))
    return {"id": new.id, "group": new.card()}


async def topic(box: Sandbox, args: Arguments) -> Json:
    """A person opens a topic by its name, or changes the one with that number."""
    world, group = box.world, group_of(box, args)
    if not group.forum:
        raise Unclear(f"{group.title} is not a forum.")
    person = world.person(args.integer("user"))
    enter(world, person, group)
    if "topic" not in args:
        if not args.text("name").strip():
            raise Unclear("A topic needs a name.")
        opened = topics.open_topic(world, group, person.user(), args.text("name").strip())
        return {"id": opened.id, "name": opened.name, "closed": opened.closed}
    found = group.topics.get(args.integer("topic"))
    if found is None:
        raise Unclear("There is no such topic in that group.")
    if group.status(person.id) not in IN_CHARGE:
        raise Unclear(f"{person.first_name} is no administrator of {group.title}.")
    status = args.text("status")
    if status in ("closed", "open"):
        if found.closed != (status == "closed"):
            topics.set_closed(world, group, person.user(), found, status == "closed")
    elif status == "deleted":
        topics.drop_topic(world, group, found)
    else:
        raise Unclear("A topic's status is open, closed or deleted.")
    return {"id": found.id, "name": found.name, "closed": found.closed}

"""Who lives in the town: people and groups come to be, join, leave, block, and open the bot's links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.arguments import Arguments
from sandbox.control.speaking import speak
from sandbox.errors import Unclear
from sandbox.membership import change_block, change_status
from sandbox.world import Json

if TYPE_CHECKING:
    from sandbox.server import Sandbox

DETAILS = ("last_name", "username", "language_code", "subtitle")


async def people(box: Sandbox, args: Arguments) -> Json:
    """A new person; or, with an id that is known, the same person told anew."""
    world = box.world
    details = {name: args.text(name) for name in DETAILS if args.text(name)}
    user = args.integer("id") or None
    known = world.people.get(user) if user is not None else None
    if known is None:
        if not args.text("first_name").strip():
            raise Unclear("A person needs a first_name.")
        known = world.add_person(args.text("first_name"), user, **details)
    else:
        known.first_name = args.text("first_name") or known.first_name
        for name, value in details.items():
            setattr(known, name, value)
    if "deactivated" in args:
        known.deactivated = args.flag("deactivated")
    world.events.tell("people", person=known.card())
    return known.card()


async def groups(box: Sandbox, args: Arguments) -> Json:
    """The first member founds the group and brings the bot; the others join after, so the bot hears of them."""
    world = box.world
    if not args.text("title").strip():
        raise Unclear("A group needs a title.")
    members = [int(user) for user in args.things("members")]
    for user in members:
        world.person(user)
    if len(set(members)) < len(members):
        raise Unclear("Somebody is in that group twice.")
    bot = args.values.get("bot", "administrator")
    if bot not in ("administrator", "member", None):
        raise Unclear("The bot is administrator, member, or null for not there.")
    kind = args.text("type", "supergroup")
    if args.flag("forum") and kind != "supergroup":
        raise Unclear("Only a supergroup can be a forum.")
    group = world.add_group(args.text("title"), args.integer("id") or None, kind)
    group.forum = args.flag("forum")
    if members:
        group.members[members[0]] = "creator"
    if bot:
        change_status(world, group, world.bot.id, bot, announced=False)
    for user in members[1:]:
        change_status(world, group, user, "member", announced=False)
    world.events.tell("groups", group=group.card())
    return group.card()


async def members(box: Sandbox, args: Arguments) -> Json:
    group = box.world.chat(args.integer("group"))
    if group.person is not None:
        raise Unclear("That is a person, not a group.")
    by = args.integer("by") or None
    if by is not None and by != box.world.bot.id:
        box.world.person(by)
    change_status(box.world, group, args.integer("user"), args.text("status"), by=by)
    return group.card()


async def block(box: Sandbox, args: Arguments) -> Json:
    person = box.world.person(args.integer("user"))
    change_block(box.world, person, args.flag("blocked"))
    return person.card()


async def start(box: Sandbox, args: Arguments) -> Json:
    """A t.me link of the bot is opened: in private with Start, or by putting the bot into a group."""
    world = box.world
    person = world.person(args.integer("user"))
    payload = args.text("payload").strip()
    tail = f" {payload}" if payload else ""
    if "group" not in args:
        change_block(world, person, False)
        return speak(world, person, world.chats[person.id], f"/start{tail}")
    group = world.chat(args.integer("group"))
    if not group.has(person.id):
        raise Unclear("Only a member can bring the bot into that group.")
    change_status(world, group, world.bot.id, "administrator", by=person.id)
    return speak(world, person, group, f"/start@{world.bot.username}{tail}")

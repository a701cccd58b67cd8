"""What the bot does with the topics of a forum."""

from __future__ import annotations

from sandbox import topics
from sandbox.arguments import Arguments
from sandbox.errors import bad
from sandbox.posting import reachable
from sandbox.text import units
from sandbox.world import Chat, Json, Topic, World

NAME_LIMIT = 128


def forum_of(world: World, args: Arguments, deed: str) -> Chat:
    chat = reachable(world, args)
    if not chat.forum:
        raise bad("the chat is not a forum")
    if not world.bot_is_in_charge(chat):
        raise bad(f"not enough rights to {deed}")
    return chat


def topic_of(world: World, args: Arguments, deed: str) -> tuple[Chat, Topic]:
    chat = forum_of(world, args, deed)
    topic = chat.topics.get(args.integer("message_thread_id"))
    if topic is None:
        raise bad("TOPIC_ID_INVALID")
    return chat, topic


def create_topic(world: World, args: Arguments) -> Json:
    name = args.text("name").strip()
    if not name or units(name) > NAME_LIMIT:
        raise bad("TOPIC_TITLE_INVALID" if name else "TOPIC_TITLE_EMPTY")
    color = args.integer("icon_color", topics.COLORS[0])
    if color not in topics.COLORS:
        raise bad("invalid forum topic icon color specified")
    chat = forum_of(world, args, "create a topic")
    topic = topics.open_topic(world, chat, world.bot_user(), name, color)
    return {"message_thread_id": topic.id, "name": topic.name, "icon_color": topic.icon_color}


def set_closed(world: World, args: Arguments, closed: bool) -> bool:
    chat, topic = topic_of(world, args, "close or open a topic")
    if topic.closed == closed:
        raise bad("TOPIC_NOT_MODIFIED")
    topics.set_closed(world, chat, world.bot_user(), topic, closed)
    return True


def close_topic(world: World, args: Arguments) -> bool:
    return set_closed(world, args, True)


def reopen_topic(world: World, args: Arguments) -> bool:
    return set_closed(world, args, False)


def delete_topic(world: World, args: Arguments) -> bool:
    chat, topic = topic_of(world, args, "delete a topic")
    topics.drop_topic(world, chat, topic)
    return True

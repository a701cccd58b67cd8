"""The topics of a forum come to be, are closed and opened again, and go with everything that was said in them."""

from __future__ import annotations

from sandbox.posting import hear, put, remove
from sandbox.world import Chat, Json, Topic, World

COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)


def open_topic(world: World, chat: Chat, by: Json, name: str, icon_color: int = COLORS[0]) -> Topic:
    record = put(world, chat, by, {"forum_topic_created": {"name": name, "icon_color": icon_color}}, service=True)
    # The line that opens a topic stands in it, and lends it its number.
    record.body |= {"message_thread_id": record.id, "is_topic_message": True}
    topic = chat.topics[record.id] = Topic(record.id, name, icon_color)
    hear(world, chat, record)
    world.events.tell("groups", group=chat.card())
    return topic


def set_closed(world: World, chat: Chat, by: Json, topic: Topic, closed: bool) -> None:
    topic.closed = closed
    line: Json = {"forum_topic_closed": {}} if closed else {"forum_topic_reopened": {}}
    hear(world, chat, put(world, chat, by, line, topic=topic.id, service=True))
    world.events.tell("groups", group=chat.card())


def drop_topic(world: World, chat: Chat, topic: Topic) -> None:
    """The bot hears nothing of it, as of every deletion."""
    del chat.topics[topic.id]
    for record in chat.messages.values():
        if record.topic == topic.id and not record.deleted:
            remove(world, chat, record)
    world.events.tell("groups", group=chat.card())

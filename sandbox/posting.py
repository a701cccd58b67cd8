"""A message comes to stand in a chat: who may put it there, how it looks, and whether the bot hears it."""

from __future__ import annotations

import re
from typing import Any

from sandbox.arguments import Arguments
from sandbox.errors import bad, forbidden, upgraded
from sandbox.keyboards import check_markup
from sandbox.text import CAPTION_LIMIT, format_text, units
from sandbox.world import Chat, Json, Record, World

COMMAND = re.compile(r"/[A-Za-z0-9_]+(?:@([A-Za-z0-9_]+))?")


def find_chat(world: World, args: Arguments, name: str = "chat_id") -> Chat:
    """The chat a bot names: it must be one it could know."""
    given = args.values.get(name)
    if given is None or given == "":
        raise bad(f"{name} is empty")
    chat: Chat | None = None
    if isinstance(given, str) and given.startswith("@"):
        chat = next((c for c in world.groups if c.username and c.username.lower() == given[1:].lower()), None)
    else:
        try:
            chat = world.chats.get(int(given))
        except (TypeError, ValueError):
            chat = None
    if chat is None:
        raise bad("chat not found")
    if chat.became is not None:
        raise upgraded(chat.became)
    return chat


def check_present(world: World, chat: Chat) -> Chat:
    """Is the bot there at all?"""
    person = chat.person
    if person is not None:
        if person.deactivated:
            raise forbidden("user is deactivated")
        if person.blocked:
            raise forbidden("bot was blocked by the user")
        if not person.started:
            raise forbidden("bot can't initiate conversation with a user")
    elif not chat.has(world.bot.id):
        if chat.status(world.bot.id) == "kicked":
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        raise forbidden(f"bot is not a member of the {chat.type} chat")
    return chat


def check_reachable(world: World, chat: Chat) -> Chat:
    """May the bot speak there? One that is muted may look but not speak."""
    check_present(world, chat)
    if chat.status(world.bot.id) == "restricted":
        raise bad("not enough rights to send text messages to the chat")
    return chat


def present(world: World, args: Arguments, name: str = "chat_id") -> Chat:
    return check_present(world, find_chat(world, args, name))


def reachable(world: World, args: Arguments, name: str = "chat_id") -> Chat:
    return check_reachable(world, find_chat(world, args, name))


def find_reply(chat: Chat, args: Arguments) -> Record | None:
    """The message that is answered, if one is named."""
    wish = args.object("reply_parameters")
    number = wish.get("message_id", args.values.get("reply_to_message_id"))
    if not number:
        return None
    try:
        found = chat.standing(int(number))
    except (TypeError, ValueError):
        raise bad("can't parse reply parameters: message identifier must be of type Number") from None
    if found is None and not (wish.get("allow_sending_without_reply") or args.flag("allow_sending_without_reply")):
        raise bad("message to be replied not found")
    return found


def find_topic(world: World, chat: Chat, args: Arguments, reply: Record | None = None) -> int | None:
    """The topic to speak in: the one that is named, or that of the message answered; None is the General one."""
    named = args.integer("message_thread_id")
    topic = chat.topics.get(named or (reply.topic if reply is not None else None) or 0)
    if topic is None:
        # General has no number here, and the thread of a reply in it is none that could be spoken in.
        if named:
            raise bad("message thread not found")
        return None
    if topic.closed and not world.bot_is_in_charge(chat):
        raise bad("TOPIC_CLOSED")
    return topic.id


def caption_of(world: World, source: dict[str, Any], entities: list[Any], parse_mode: str) -> Json:
    """Caption and its entities as the message carries them; empty if there is none."""
    written = source.get("caption")
    if not written:
        return {}
    text, found = format_text(str(written), parse_mode, entities)
    found = known_mentions(world, found)
    if units(text) > CAPTION_LIMIT:
        raise bad("message caption is too long")
    if not text:
        return {}
    return {"caption": text, "caption_entities": found} if found else {"caption": text}


def known_mentions(world: World, entities: list[Json]) -> list[Json]:
    """A mention by id shows the user it means; one that nobody has is plain text."""
    kept = []
    for entity in entities:
        if entity["type"] == "text_mention":
            user = int(entity.get("user", {}).get("id", 0))
            if user != world.bot.id and user not in world.people:
                continue
            entity = {**entity, "user": world.user(user)}
        kept.append(entity)
    return kept


def put(
    world: World,
    chat: Chat,
    sender: Json,
    content: Json,
    *,
    reply: Record | None = None,
    topic: int | None = None,
    markup: Json | None = None,
    silent: bool = False,
    protected: bool = False,
    service: bool = False,
) -> Record:
    """The message stands in the chat and on the phones."""
    body: Json = {
        "message_id": world.next_message_id(chat),
        "from": sender,
        "chat": chat.brief(),
        "date": world.stamp(),
    }
    if reply is not None:
        body["reply_to_message"] = reply.plain()
        if chat.forum and topic is None:  # as in Telegram: a thread that is no topic
            body["message_thread_id"] = reply.body.get("message_thread_id", reply.id)
    if topic is not None:
        body |= {"message_thread_id": topic, "is_topic_message": True}
    body.update(content)
    if protected:
        body["has_protected_content"] = True
    if markup and "inline_keyboard" in markup:
        body["reply_markup"] = markup
    bots = sender["id"] == world.bot.id
    record = Record(body, sender["id"], bots, silent, markup, protected, service)
    chat.messages[record.id] = record
    if world.events.heard:
        world.events.tell("message", chat=chat.id, message=record.view())
    return record


def post(world: World, args: Arguments, content: Json, *, cost: int = 1) -> Json:
    """The bot says something in one message, with everything a send may carry."""
    markup = check_markup(args.thing("reply_markup"))
    chat = reachable(world, args)
    reply = find_reply(chat, args)
    topic = find_topic(world, chat, args, reply)
    world.budgets.spend(chat.id, cost)
    record = put(
        world,
        chat,
        world.bot_user(),
        content,
        reply=reply,
        topic=topic,
        markup=markup,
        silent=args.flag("disable_notification"),
        protected=args.flag("protect_content"),
    )
    return record.body


def changed(world: World, chat: Chat, record: Record) -> None:
    """The phones see a message in its new words."""
    if world.events.heard:
        world.events.tell("edit", chat=chat.id, message=record.view())


def remove(world: World, chat: Chat, record: Record) -> None:
    record.deleted = True
    if record.id in chat.pinned:
        chat.pinned.remove(record.id)
    world.events.tell("delete", chat=chat.id, message_id=record.id)


def hear(world: World, chat: Chat, record: Record, kind: str = "message") -> None:
    """The bot is told of a message, if Telegram would tell it."""
    if may_hear(world, chat, record):
        world.updates.add(kind, record.body)


def may_hear(world: World, chat: Chat, record: Record) -> bool:
    """In private everything; in a group what privacy mode leaves, unless the bot is an administrator."""
    if chat.person is not None:
        return not chat.person.blocked
    if not chat.has(world.bot.id):
        return False
    if record.service or world.hears_everything or world.bot_is_in_charge(chat):
        return True
    reply = record.body.get("reply_to_message")
    # Whatever is said in a topic shows the line that opened it; that alone is no answer to the bot.
    if reply and "forum_topic_created" not in reply and reply.get("from", {}).get("id") == world.bot.id:
        return True
    command = COMMAND.match(record.body.get("text") or record.body.get("caption") or "")
    if command is None:
        return False
    addressed = command.group(1)
    if addressed:
        return addressed.lower() == (world.bot.username or "").lower()
    # A bare command goes to the bot that spoke there last, and this town has only the one.
    return True

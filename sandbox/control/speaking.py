"""What people do in a chat: speak, tap, edit, forward and delete."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sandbox.arguments import Arguments
from sandbox.errors import Unclear
from sandbox.keyboards import find_button
from sandbox.methods.messages import forward_content, forward_markup
from sandbox.posting import changed, hear, put, remove
from sandbox.text import CAPTION_LIMIT, TEXT_LIMIT, format_text, units
from sandbox.updates import KEPT_BRIEFLY
from sandbox.world import ANONYMOUS, IN_CHARGE, Chat, Json, Person, Record, Tap, World

if TYPE_CHECKING:
    from sandbox.server import Sandbox

PATIENCE = 5.0  # real seconds a finger waits for the bot's answer
MOST_TAPS = 5000


def where(world: World, args: Arguments) -> tuple[Person, Chat]:
    """Who acts, and in which chat: their private one unless another is named."""
    person = world.person(args.integer("user"))
    chat = world.chat(args.integer("chat", person.id))
    if chat.person is not None and chat.person is not person:
        raise Unclear("That is somebody else's private chat.")
    return person, chat


def enter(world: World, person: Person, chat: Chat) -> None:
    """May this person write there? Writing to the bot in private starts it."""
    if person.deactivated:
        raise Unclear(f"{person.first_name}'s account is deactivated.")
    if chat.person is None:
        if not chat.has(person.id):
            raise Unclear(f"{person.first_name} is not in {chat.title}.")
        if chat.status(person.id) == "restricted":
            raise Unclear(f"{person.first_name} is muted in {chat.title}.")
    elif person.blocked:
        raise Unclear(f"{person.first_name} has blocked the bot; unblock it first.")
    elif not person.started:
        person.started = True
        world.events.tell("people", person=person.card())


def words(text: str, limit: int = TEXT_LIMIT) -> tuple[str, list[Json]]:
    said, entities = format_text(text, "", None)
    if not said and limit == TEXT_LIMIT:
        raise Unclear("There is nothing to say in that text.")
    if units(said) > limit:
        raise Unclear(f"That is too long: {units(said)} units, {limit} at most.")
    return said, entities


def caption(args: Arguments) -> Json:
    said, entities = words(args.text("caption"), CAPTION_LIMIT)
    return ({"caption": said} if said else {}) | ({"caption_entities": entities} if entities else {})


def answered(chat: Chat, args: Arguments) -> Record | None:
    if not args.integer("reply_to"):
        return None
    record = chat.standing(args.integer("reply_to"))
    if record is None:
        raise Unclear("The message to reply to is not there.")
    return record


def topic_for(person: Person, chat: Chat, named: int, reply: Record | None) -> int | None:
    """The topic somebody speaks in: the one named, or that of the message answered; None is the General one."""
    number = named or (reply.topic if reply is not None else None)
    if not number:
        return None
    topic = chat.topics.get(number)
    if topic is None:
        raise Unclear("There is no such topic in that chat.")
    if topic.closed and chat.status(person.id) not in IN_CHARGE:
        raise Unclear("That topic is closed.")
    return topic.id


def deliver(
    world: World,
    person: Person,
    chat: Chat,
    content: Json,
    reply: Record | None = None,
    markup: Json | None = None,
    anonymous: bool = False,
    topic: int = 0,
) -> Json:
    """A message from a person stands in the chat, and the bot hears it if it may."""
    enter(world, person, chat)
    sender = person.user()
    if anonymous:
        if chat.person is not None:
            raise Unclear("Nobody is anonymous in private.")
        sender, content = ANONYMOUS, {"sender_chat": chat.brief(), **content}
    place = topic_for(person, chat, topic, reply)
    if place is not None and reply is None:
        reply = chat.messages[place]  # in a topic everything answers the line that opened it, as in Telegram
    record = put(world, chat, sender, content, reply=reply, topic=place, markup=markup)
    record.sender = person.id
    hear(world, chat, record)
    return record.body


def speak(world: World, person: Person, chat: Chat, text: str, reply: Record | None = None, **how: Any) -> Json:
    said, entities = words(text)
    content: Json = {"text": said, "entities": entities} if entities else {"text": said}
    return deliver(world, person, chat, content, reply, **how)


async def say(box: Sandbox, args: Arguments) -> Json:
    person, chat = where(box.world, args)
    reply = answered(chat, args)
    return speak(
        box.world,
        person,
        chat,
        args.text("text"),
        reply,
        anonymous=args.flag("anonymous"),
        topic=args.integer("topic"),
    )


async def tap(box: Sandbox, args: Arguments) -> Json:
    """1. the button that stands there, or data of one's own  2. the query  3. wait for the bot's answer."""
    world = box.world
    person, chat = where(world, args)
    record = chat.messages.get(args.integer("message_id"))
    if record is None:
        raise Unclear("There is no such message in that chat.")
    data = args.values.get("data")
    if data is None:
        if record.deleted:
            raise Unclear("That message was deleted.")
        button = find_button(record.markup, args.values)
        if "url" in button:
            return {"callback_id": None, "answer": None, "url": button["url"]}
        if record.markup and "keyboard" in record.markup:
            return await press_reply_button(world, person, chat, button)
        if "callback_data" not in button:
            raise Unclear("That button does something this sandbox cannot play.")
        data = button["callback_data"]
    elif not record.from_bot:
        raise Unclear("Taps go to messages of the bot.")
    if person.deactivated:
        raise Unclear(f"{person.first_name}'s account is deactivated.")
    if chat.person is not None and person.blocked:
        raise Unclear(f"{person.first_name} has blocked the bot; unblock it first.")
    query = begin_tap(world, person, chat, record, str(data), args.flag("inaccessible"))
    # `wait` may be fractional; it is real time, since a finger does not follow the moved clock.
    wait = args.number("wait") if "wait" in args else PATIENCE
    if wait > 0:
        await asyncio.wait([query.answer], timeout=wait)
    return {"callback_id": query.id, "answer": query.answer.result() if query.answer.done() else None}


def begin_tap(world: World, person: Person, chat: Chat, record: Record, data: str, inaccessible: bool = False) -> Tap:
    """The bot hears of the tap; of a message that is gone or too old it sees nothing but the number."""
    query = Tap(world.next_tap(), person.id, world.now(), asyncio.get_running_loop().create_future())
    if len(world.taps) >= MOST_TAPS:
        fresh = KEPT_BRIEFLY["callback_query"]
        world.taps = {key: old for key, old in world.taps.items() if query.at - old.at <= fresh}
    world.taps[query.id] = query
    gone = {"chat": chat.brief(), "message_id": record.id, "date": 0}
    world.updates.add(
        "callback_query",
        {
            "id": query.id,
            "from": person.user(),
            "message": gone if record.deleted or inaccessible else record.body,
            "chat_instance": str(abs(chat.id) * 7_919 + 4_611_686_018_427),
            "data": data,
        },
    )
    return query


async def press_reply_button(world: World, person: Person, chat: Chat, button: Json) -> Json:
    """A button of a reply keyboard speaks for the person: its words, their number, or their place."""
    if button.get("request_contact"):
        own = {"phone_number": f"+1555{person.id:07}", "first_name": person.first_name, "user_id": person.id}
        message = deliver(world, person, chat, {"contact": own})
    elif button.get("request_location"):
        message = deliver(world, person, chat, {"location": {"latitude": 31.2304, "longitude": 121.4737}})
    else:
        message = speak(world, person, chat, button["text"])
    return {"callback_id": None, "answer": None, "message": message}


def own(world: World, args: Arguments) -> tuple[Person, Chat, Record]:
    person, chat = where(world, args)
    record = chat.standing(args.integer("message_id"))
    if record is None:
        raise Unclear("There is no such message in that chat.")
    return person, chat, record


async def edit(box: Sandbox, args: Arguments) -> Json:
    """Somebody changes their own words; the bot hears of an edited message."""
    person, chat, record = own(box.world, args)
    if record.from_bot or record.sender != person.id:
        raise Unclear("People can only edit what they wrote themselves.")
    field = "text" if "text" in record.body else "caption"
    said, entities = words(args.text("text"), TEXT_LIMIT if field == "text" else CAPTION_LIMIT)
    marks = "entities" if field == "text" else "caption_entities"
    body = {name: value for name, value in record.body.items() if name not in (field, marks)}
    body |= {"edit_date": box.world.stamp(), field: said}
    if entities:
        body[marks] = entities
    record.body, record.edited = body, True
    changed(box.world, chat, record)
    hear(box.world, chat, record, "edited_message")
    return body


async def forward(box: Sandbox, args: Arguments) -> Json:
    """Somebody passes a message on; with `hidden` its author's account is not shown."""
    world = box.world
    person, chat = where(world, args)
    source = world.chat(args.integer("from_chat", person.id)).standing(args.integer("message_id"))
    if source is None or source.service:
        raise Unclear("There is no message to forward.")
    if source.protected:
        raise Unclear("That message is protected: it cannot be forwarded.")
    content = forward_content(source)
    if args.flag("hidden"):
        name = source.body["from"]["first_name"]
        content["forward_origin"] = {"type": "hidden_user", "date": source.body["date"], "sender_user_name": name}
    return deliver(world, person, chat, content, markup=forward_markup(source), topic=args.integer("topic"))


async def delete(box: Sandbox, args: Arguments) -> Json:
    """A message goes away, or with `all` a private chat's whole history; the bot hears nothing, as in Telegram."""
    if args.flag("all"):
        return clear(box.world, *where(box.world, args))
    person, chat, record = own(box.world, args)
    if (
        chat.person is None
        and record.sender != person.id
        and chat.status(person.id) not in ("creator", "administrator")
    ):
        raise Unclear("Only its author or an administrator can delete that message.")
    remove(box.world, chat, record)
    return {}


def clear(world: World, person: Person, chat: Chat) -> Json:
    if chat.person is not person:
        raise Unclear("Only a private chat can be cleared.")
    for record in chat.messages.values():
        if not record.deleted:
            remove(world, chat, record)
    return {}


async def freeze(box: Sandbox, args: Arguments) -> Json:
    """From now on Telegram lets nobody edit this message; or, with `frozen` false, it does again."""
    record = box.world.chat(args.integer("chat")).standing(args.integer("message_id"))
    if record is None:
        raise Unclear("There is no such message in that chat.")
    record.frozen = "frozen" not in args or args.flag("frozen")
    return {"frozen": record.frozen}

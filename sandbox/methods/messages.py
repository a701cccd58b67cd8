"""What the bot says in words, places, numbers and questions; what it copies, forwards and takes back."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from sandbox.arguments import Arguments
from sandbox.errors import bad
from sandbox.posting import caption_of, find_chat, find_topic, known_mentions, post, put, reachable, remove
from sandbox.text import TEXT_LIMIT, format_text, units
from sandbox.world import Chat, Json, Record, World

DELETABLE = timedelta(hours=48)
DICE = {"🎲": 6, "🎯": 6, "🏀": 5, "⚽": 5, "🎳": 6, "🎰": 64}
ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "record_audio",
        "upload_audio",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
CAPTIONED = ("photo", "video", "animation", "audio", "document", "voice")
# What a message is about, as opposed to where it stands and what hangs on it.
ENVELOPE = frozenset(
    [
        "message_id",
        "from",
        "chat",
        "date",
        "message_thread_id",
        "is_topic_message",
        "reply_to_message",
        "reply_markup",
        "edit_date",
        "forward_origin",
        "media_group_id",
        "has_protected_content",
        "sender_chat",
        "pinned_message",
    ]
)


def text_content(world: World, args: Arguments) -> Json:
    """Text, entities and preview wishes, or the reason why not."""
    text, entities = format_text(args.text("text"), args.text("parse_mode"), args.things("entities"))
    if not text:
        raise bad("message text is empty")
    if units(text) > TEXT_LIMIT:
        raise bad("message is too long")
    content: Json = {"text": text}
    entities = known_mentions(world, entities)
    if entities:
        content["entities"] = entities
    preview = args.object("link_preview_options")
    if args.flag("disable_web_page_preview"):
        preview = {"is_disabled": True}
    if preview:
        content["link_preview_options"] = preview
    return content


def send_message(world: World, args: Arguments) -> Json:
    return post(world, args, text_content(world, args))


def send_location(world: World, args: Arguments) -> Json:
    return post(world, args, {"location": place(args)})


def place(args: Arguments) -> Json:
    latitude, longitude = args.number("latitude"), args.number("longitude")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad("wrong geo point specified")
    found: Json = {"latitude": latitude, "longitude": longitude}
    for name in ("horizontal_accuracy", "live_period", "heading", "proximity_alert_radius"):
        if name in args:
            found[name] = args.number(name)
    return found


def send_venue(world: World, args: Arguments) -> Json:
    if not args.text("title"):
        raise bad("title is empty")
    venue = {"location": place(args), "title": args.text("title"), "address": args.text("address")}
    return post(world, args, {"venue": venue, "location": venue["location"]})


def send_contact(world: World, args: Arguments) -> Json:
    contact = {"phone_number": args.text("phone_number"), "first_name": args.text("first_name")}
    if not contact["phone_number"]:
        raise bad("phone number is empty")
    if not contact["first_name"]:
        raise bad("first name is empty")
    for name in ("last_name", "vcard"):
        if args.text(name):
            contact[name] = args.text(name)
    return post(world, args, {"contact": contact})


def poll_of(question: str, options: list[Any], poll_id: str, args: Arguments | None = None) -> Json:
    texts = [str(o.get("text", "") if isinstance(o, dict) else o).strip() for o in options]
    if not question.strip():
        raise bad("poll question must be non-empty")
    if units(question) > 300:
        raise bad("poll question length must not exceed 300")
    if not 1 <= len(texts) <= 12:
        raise bad("poll must have at least 2 option" if not texts else "poll can't have more than 12 options")
    if any(not text for text in texts):
        raise bad("poll options must be non-empty")
    if any(units(text) > 100 for text in texts):
        raise bad("poll options length must not exceed 100")
    return {
        "id": poll_id,
        "question": question,
        "options": [{"persistent_id": str(n), "text": text, "voter_count": 0} for n, text in enumerate(texts)],
        "total_voter_count": 0,
        "is_closed": args is not None and args.flag("is_closed"),
        "is_anonymous": args is None or "is_anonymous" not in args or args.flag("is_anonymous"),
        "type": args.text("type", "regular") if args is not None else "regular",
        "allows_multiple_answers": args is not None and args.flag("allows_multiple_answers"),
        "allows_revoting": True,
        "members_only": False,
    }


def send_poll(world: World, args: Arguments) -> Json:
    return post(world, args, {"poll": poll_of(args.text("question"), args.things("options"), world.next_tap(), args)})


def send_dice(world: World, args: Arguments) -> Json:
    emoji = args.text("emoji", "🎲")
    if emoji not in DICE:
        raise bad("DICE_EMOJI_INVALID")
    return post(world, args, {"dice": {"emoji": emoji, "value": random.randint(1, DICE[emoji])}})


def send_chat_action(world: World, args: Arguments) -> bool:
    action = args.text("action")
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat = reachable(world, args)
    find_topic(world, chat, args)
    world.events.tell("action", chat=chat.id, action=action)
    return True


def source_of(world: World, args: Arguments, verb: str) -> Record:
    """The message that shall be copied or forwarded."""
    chat = find_chat(world, args, "from_chat_id")
    record = chat.standing(args.integer("message_id"))
    if record is None:
        raise bad(f"message to {verb} not found")
    if record.service or record.protected:
        raise bad(f"message can't be {'copied' if verb == 'copy' else 'forwarded'}")
    return record


def copy_message(world: World, args: Arguments) -> Json:
    source = source_of(world, args, "copy")
    content = {name: value for name, value in source.body.items() if name not in ENVELOPE}
    if "caption" in args and any(kind in content for kind in CAPTIONED):
        content = {name: value for name, value in content.items() if name not in ("caption", "caption_entities")}
        content |= caption_of(world, args.values, args.things("caption_entities"), args.text("parse_mode"))
    return {"message_id": post(world, args, content)["message_id"]}


def forward_content(source: Record) -> Json:
    """A forward says where it comes from, and keeps only the buttons that are links."""
    content = {name: value for name, value in source.body.items() if name not in ENVELOPE}
    content["forward_origin"] = source.body.get("forward_origin") or {
        "type": "user",
        "date": source.body["date"],
        "sender_user": source.body["from"],
    }
    return content


def forward_markup(source: Record) -> Json | None:
    rows = (source.body.get("reply_markup") or {}).get("inline_keyboard", [])
    links = [kept for row in rows if (kept := [button for button in row if "url" in button])]
    return {"inline_keyboard": links} if links else None


def forward_message(world: World, args: Arguments) -> Json:
    source = source_of(world, args, "forward")
    chat = reachable(world, args)
    topic = find_topic(world, chat, args)
    world.budgets.spend(chat.id)
    return put(
        world,
        chat,
        world.bot_user(),
        forward_content(source),
        topic=topic,
        markup=forward_markup(source),
        silent=args.flag("disable_notification"),
        protected=args.flag("protect_content"),
    ).body


def check_deletable(world: World, chat: Chat, record: Record) -> None:
    """Within two days: its own words, anything in private, anything where it is in charge."""
    young = world.stamp() - record.body["date"] < DELETABLE.total_seconds()
    if chat.person is not None:
        if not young:
            raise bad("message can't be deleted for everyone")
    elif not young or not (record.from_bot or world.bot_is_in_charge(chat)):
        raise bad("message can't be deleted")


def delete_message(world: World, args: Arguments) -> bool:
    chat = find_chat(world, args)
    number = args.integer("message_id")
    if not number:
        raise bad("message identifier is not specified")
    record = chat.standing(number)
    if record is None:
        raise bad("message to delete not found")
    check_deletable(world, chat, record)
    remove(world, chat, record)
    return True


def delete_messages(world: World, args: Arguments) -> bool:
    """What is not there is skipped; what may not be deleted stops nothing that came before it."""
    chat = find_chat(world, args)
    numbers = args.things("message_ids")
    if not numbers:
        raise bad("message identifiers are not specified")
    if len(numbers) > 100:
        raise bad("too many message identifiers specified")
    if any(not isinstance(number, int) for number in numbers):
        raise bad("message identifiers must be of type Number")
    records = [record for number in numbers if (record := chat.standing(number))]
    for record in records:
        check_deletable(world, chat, record)
    for record in records:
        remove(world, chat, record)
    return True


def set_reaction(world: World, args: Arguments) -> bool:
    chat = reachable(world, args)
    if chat.standing(args.integer("message_id")) is None:
        raise bad("message to react not found")
    world.events.tell("reaction", chat=chat.id, message_id=args.integer("message_id"), reaction=args.things("reaction"))
    return True

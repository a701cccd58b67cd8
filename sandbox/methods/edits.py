"""What the bot changes: the words, pictures and buttons of its own messages, and its answers to taps."""

from __future__ import annotations

from typing import Any

from sandbox.arguments import Arguments
from sandbox.errors import NOT_MODIFIED, TOO_OLD, bad
from sandbox.keyboards import check_inline
from sandbox.methods.media import media_content
from sandbox.methods.messages import CAPTIONED, text_content
from sandbox.posting import caption_of, changed, reachable
from sandbox.text import units
from sandbox.updates import KEPT_BRIEFLY
from sandbox.world import Chat, Json, Record, World

FRESH = KEPT_BRIEFLY["callback_query"]
MEDIA = (*CAPTIONED, "video_note", "sticker")
ANSWER_LIMIT = 200


def own_message(world: World, args: Arguments) -> tuple[Chat, Record]:
    """The message to edit: it must be there, and the bot's own, without a reply keyboard."""
    if args.text("inline_message_id"):
        raise bad("MESSAGE_ID_INVALID")
    chat = reachable(world, args)
    number = args.integer("message_id")
    if not number:
        raise bad("message identifier is not specified")
    record = chat.standing(number)
    if record is None:
        raise bad("message to edit not found")
    reply_keyboard = record.markup is not None and "inline_keyboard" not in record.markup
    foreign = not record.from_bot or record.service or "forward_origin" in record.body
    if foreign or reply_keyboard or record.frozen:
        raise bad("message can't be edited")
    return chat, record


def edit(
    world: World, chat: Chat, record: Record, new: Json, old: tuple[str, ...], markup: Json | None, words: bool = True
) -> Json:
    """1. the budget  2. is anything different?  3. a new body, since the old one may be on its way somewhere."""
    world.budgets.spend(chat.id)
    if {name: record.body[name] for name in old if name in record.body} == new and markup == record.markup:
        raise bad(NOT_MODIFIED)
    body = {name: value for name, value in record.body.items() if name not in old and name != "reply_markup"}
    body |= {"edit_date": world.stamp(), **new}
    if markup:
        body["reply_markup"] = markup
    record.body, record.markup = body, markup
    record.edited = record.edited or words
    changed(world, chat, record)
    return body


def edit_text(world: World, args: Arguments) -> Json:
    new = text_content(world, args)
    markup = check_inline(args.thing("reply_markup"))
    chat, record = own_message(world, args)
    if "text" not in record.body:
        raise bad("there is no text in the message to edit")
    return edit(world, chat, record, new, ("text", "entities", "link_preview_options"), markup)


def edit_caption(world: World, args: Arguments) -> Json:
    new = caption_of(world, args.values, args.things("caption_entities"), args.text("parse_mode"))
    markup = check_inline(args.thing("reply_markup"))
    chat, record = own_message(world, args)
    if not any(kind in record.body for kind in CAPTIONED):
        raise bad("there is no caption in the message to edit")
    return edit(world, chat, record, new, ("caption", "caption_entities"), markup)


def edit_media(world: World, args: Arguments) -> Json:
    wish = args.object("media")
    if not wish:
        raise bad("media is empty")
    markup = check_inline(args.thing("reply_markup"))
    chat, record = own_message(world, args)
    if "text" not in record.body and not any(kind in record.body for kind in MEDIA):
        raise bad("message can't be edited")
    new = media_content(world, wish, args)
    old = ("text", "entities", "link_preview_options", "caption", "caption_entities", *MEDIA)
    return edit(world, chat, record, new, old, markup)


def edit_markup(world: World, args: Arguments) -> Json:
    markup = check_inline(args.thing("reply_markup"))
    chat, record = own_message(world, args)
    return edit(world, chat, record, {}, (), markup, words=False)


def answer_tap(world: World, args: Arguments) -> bool:
    """Once per tap and only while it is fresh; free of every budget."""
    text = args.text("text")
    if units(text) > ANSWER_LIMIT:
        raise bad("MESSAGE_TOO_LONG")
    tap = world.taps.get(args.text("callback_query_id"))
    if tap is None or tap.answer.done() or world.now() - tap.at > FRESH:
        raise bad(TOO_OLD)
    url = args.text("url")
    if url and not url.lower().startswith(
        (f"https://t.me/{world.bot.username}?".lower(), f"t.me/{world.bot.username}?".lower())
    ):
        raise bad("URL_INVALID")
    answer: dict[str, Any] = {"text": text or None, "show_alert": args.flag("show_alert"), "url": url or None}
    tap.answer.set_result(answer)
    del world.taps[tap.id]
    world.events.tell("answer", user=tap.user, **answer)
    return True

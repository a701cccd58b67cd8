"""What the bot shows: photos, voices, films, papers and albums, new or known by their file_id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.arguments import Arguments
from sandbox.errors import bad
from sandbox.files import Stored, Upload
from sandbox.keyboards import check_markup
from sandbox.posting import caption_of, find_reply, find_topic, post, put, reachable
from sandbox.world import Json, World

# What each kind says of itself beside its file; the bot may name these when it sends.
DETAILS: dict[str, dict[str, Any]] = {
    "video": {"width": 0, "height": 0, "duration": 0},
    "animation": {"width": 0, "height": 0, "duration": 0},
    "audio": {"duration": 0, "performer": None, "title": None},
    "voice": {"duration": 0},
    "video_note": {"length": 240, "duration": 0},
    "sticker": {"width": 512, "height": 512, "emoji": None},
    "document": {},
}
MIMES = {"video": "video/mp4", "animation": "video/mp4", "audio": "audio/mpeg", "voice": "audio/ogg"}
NAMED = frozenset({"document", "video", "audio", "animation"})
UNCAPTIONED = frozenset({"sticker", "video_note"})
ALBUM = {"photo": "visual", "video": "visual", "document": "document", "audio": "audio"}


def given_file(args: Arguments, value: Any, name: str) -> Upload | str:
    """An upload or the file_id that was named; nothing is fetched from the network here."""
    if name in args.files and value is None:
        return args.files[name]
    if value is None or value == "":
        raise bad(f"there is no {name} in the request")
    wanted = str(value)
    if wanted.startswith("attach://"):
        upload = args.files.get(wanted[9:])
        if upload is None:
            raise bad("wrong file identifier/HTTP URL specified")
        return upload
    if wanted.lower().startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    return wanted


def keep(world: World, kind: str, given: Upload | str, details: dict[str, Any]) -> Any:
    """The file as a message shows it: a list of sizes for a photo, one object for the rest."""
    files = world.files
    if kind == "photo":
        if isinstance(given, Upload):
            return files.keep_photo(given)
        return files.photos[files.find(given, "photo").file_id]
    if isinstance(given, str):
        stored = files.find(given, kind)
        return stored.shown
    return describe(files.keep(kind, given), given, details)


def describe(stored: Stored, upload: Upload, details: dict[str, Any]) -> Json:
    kind = stored.kind
    shown: Json = stored.fact()
    for name, default in DETAILS[kind].items():
        value = details.get(name, default)
        if value is not None:
            shown[name] = int(value) if isinstance(default, int) else value
    if kind in NAMED and upload.name:
        shown["file_name"] = upload.name
    if kind == "sticker":
        shown |= {"type": "regular", "is_animated": False, "is_video": False}
    elif kind in MIMES:
        shown["mime_type"] = MIMES[kind]
    elif kind == "document":
        shown["mime_type"] = upload.mime
    stored.shown = shown
    return shown


def content_of(world: World, kind: str, given: Upload | str, source: dict[str, Any], entities: list[Any]) -> Json:
    """The part of a message that is the file, with its caption."""
    caption = {} if kind in UNCAPTIONED else caption_of(world, source, entities, str(source.get("parse_mode") or ""))
    shown = keep(world, kind, given, source)
    content: Json = {kind: shown}
    if kind == "animation":  # an animation is also shown as a document, for clients that know no better
        content["document"] = {k: v for k, v in shown.items() if k not in ("width", "height", "duration")}
    if kind != "sticker" and source.get("has_spoiler") in (True, "true"):
        content["has_media_spoiler"] = True
    return content | caption


def sender(kind: str) -> Callable[[World, Arguments], Json]:
    def send(world: World, args: Arguments) -> Json:
        given = given_file(args, args.values.get(kind), kind)
        return post(world, args, content_of(world, kind, given, args.values, args.things("caption_entities")))

    return send


def media_content(world: World, wish: dict[str, Any], args: Arguments) -> Json:
    """One InputMedia of an album or an edit."""
    kind = str(wish.get("type"))
    if kind not in ALBUM and kind != "animation":
        raise bad("can't parse InputMedia: invalid media type specified")
    given = given_file(args, wish.get("media"), "media")
    return content_of(world, kind, given, wish, wish.get("caption_entities") or [])


def send_media_group(world: World, args: Arguments) -> list[Json]:
    """2 to 10 files in as many messages that share one media_group_id."""
    wishes = args.things("media")
    if not 2 <= len(wishes) <= 10:
        raise bad("group of media must have 2-10 items" if wishes else "there are no media in the request")
    if any(not isinstance(wish, dict) for wish in wishes):
        raise bad("can't parse InputMedia: expected an Object")
    if len({ALBUM.get(str(wish.get("type")), "") for wish in wishes}) != 1:
        raise bad("DOCUMENT/AUDIO media can't be mixed with other media types")
    if check_markup(args.thing("reply_markup")):
        raise bad("reply markup can't be used with albums")
    contents = [media_content(world, wish, args) for wish in wishes]
    chat = reachable(world, args)
    reply = find_reply(chat, args)
    topic = find_topic(world, chat, args, reply)
    world.budgets.spend(chat.id, len(contents))
    album = world.next_album()
    return [
        put(
            world,
            chat,
            world.bot_user(),
            {"media_group_id": album, **content},
            reply=reply,
            topic=topic,
            silent=args.flag("disable_notification"),
            protected=args.flag("protect_content"),
        ).body
        for content in contents
    ]

"""What people send besides words: photos, albums, voices, places, numbers, papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.arguments import Arguments
from sandbox.control.speaking import answered, caption, deliver, where
from sandbox.errors import Unclear
from sandbox.files import Upload
from sandbox.methods.media import content_of
from sandbox.methods.messages import poll_of
from sandbox.samples import sample
from sandbox.world import Json, Person, World

if TYPE_CHECKING:
    from sandbox.server import Sandbox

FILES = frozenset({"photo", "voice", "video", "video_note", "document", "sticker", "audio", "animation"})
HERE = (31.2304, 121.4737)  # where a person stands who names no place
MOST_IN_ALBUM = 10


async def send(box: Sandbox, args: Arguments) -> Any:
    world = box.world
    person, chat = where(world, args)
    reply = answered(chat, args)
    contents = album(world, args) if args.text("kind") == "album" else [one(world, person, args)]
    topic = args.integer("topic")
    sent = [deliver(world, person, chat, content, reply, topic=topic) for content in contents]
    return sent if args.text("kind") == "album" else sent[0]


def one(world: World, person: Person, args: Arguments) -> Json:
    kind = args.text("kind")
    if kind in FILES:
        upload = args.files.get("file") or sample(kind)
        words = {} if kind in ("sticker", "video_note") else caption(args)
        return content_of(world, kind, upload, details(kind, args), []) | words
    if kind == "location":
        return {"location": place(args)}
    if kind == "venue":
        title, address = args.text("title", "The station"), args.text("address", "1 Main Street")
        return {"venue": {"location": place(args), "title": title, "address": address}, "location": place(args)}
    if kind == "contact":
        return {"contact": contact(person, args)}
    if kind == "poll":
        return {
            "poll": poll_of(
                args.text("question", "Tea or coffee?"), args.things("options") or ["Tea", "Coffee"], world.next_tap()
            )
        }
    raise Unclear(f"Nobody knows how to send a {kind!r}.")


def details(kind: str, args: Arguments) -> Json:
    """How long a voice is and the like; a sample says it for itself."""
    told: Json = {name: args.integer(name) for name in ("duration", "width", "height", "length") if name in args}
    if kind in ("voice", "video", "video_note", "audio", "animation"):
        told.setdefault("duration", 2)
    if kind == "sticker":
        told["emoji"] = args.text("emoji", "🙂")
    return told


def place(args: Arguments) -> Json:
    latitude = args.number("latitude") if "latitude" in args else HERE[0]
    longitude = args.number("longitude") if "longitude" in args else HERE[1]
    return {"latitude": latitude, "longitude": longitude}


def contact(person: Person, args: Arguments) -> Json:
    """One's own number carries the sender's user id; somebody else's does not."""
    mine = "own" not in args or args.flag("own")
    shown: Json = {
        "phone_number": args.text("phone_number", f"+1555{person.id:07}"),
        "first_name": args.text("first_name") or person.first_name,
    }
    return shown | ({"user_id": person.id} if mine else {})


def album(world: World, args: Arguments) -> list[Json]:
    """Several files, one media_group_id, the caption on the first."""
    uploads: list[Upload] = args.uploads("file") or [sample("photo", n) for n in range(args.integer("count", 3))]
    if not 2 <= len(uploads) <= MOST_IN_ALBUM:
        raise Unclear("An album has 2 to 10 files.")
    group = world.next_album()
    contents = []
    for upload in uploads:
        kind = "video" if upload.mime.startswith("video/") else "photo"
        contents.append({"media_group_id": group} | content_of(world, kind, upload, {}, []))
    contents[0] |= caption(args)
    return contents

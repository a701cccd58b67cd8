"""What the desk uploads itself when it is sent: copies of pictures it has kept, and papers it prints.

A new kind is one function `(view, folder, id, chat_id) -> Found` and one line in `UPLOADS`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from bot.cards import View
from bot.post.uploads import Found, NotYet, Upload, Withheld
from desk import pictures
from domain.pictures import Picture
from storage import files

NAMES = {"photo": "picture.jpg", "video": "video.mp4", "voice": "voice.ogg"}

Finds = Callable[[View, Path, int, int], Found]


def find_picture(view: View, folder: Path, picture_id: int, chat_id: int) -> Found:
    picture = pictures.find_picture(view, picture_id)
    return _of(folder, picture) if picture is not None else Withheld()


def known(view: View, folder: Path, file_id: str) -> Found | None:
    """What the desk has of that which Telegram knows, or knew, by this name; None: it never wanted it."""
    picture = pictures.find_known(view, file_id)
    return _of(folder, picture) if picture is not None else None


def _of(folder: Path, picture: Picture) -> Found:
    """While it is fetched, what Telegram shows of it is shown; of a file nothing is, before it is looked at."""
    kind = picture.shown_as
    if picture.is_kept:
        return Upload(kind, NAMES[kind], partial(files.read, folder, picture.name), picture.known_as, picture.id)
    if picture.is_withheld:
        return Withheld()
    return Upload(kind, NAMES[kind], None, picture.known_as) if picture.known_as else NotYet()


UPLOADS: dict[str, Finds] = {pictures.UPLOAD: find_picture}

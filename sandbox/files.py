"""Pictures, voices and papers: kept in memory, known by file_id, and measured as Telegram measures them."""

from __future__ import annotations

import base64
import hashlib
import struct
from dataclasses import dataclass, field
from typing import Any

from sandbox.errors import bad

MOST_DOWNLOAD = 20 * 1024 * 1024
MOST_UPLOAD = 50 * 1024 * 1024
MOST_PHOTO = 10 * 1024 * 1024
PHOTO_SIDES = ((90, "s"), (320, "m"), (800, "x"), (1280, "y"))
# How a file_id of each kind begins, as the real ones do.
LETTERS = {
    "photo": "AgACAgI",
    "video": "BAACAgI",
    "document": "BQACAgI",
    "audio": "CQACAgI",
    "voice": "AwACAgI",
    "sticker": "CAACAgI",
    "animation": "CgACAgI",
    "video_note": "DQACAgI",
}
FOLDERS = {"photo": "photos", "video": "videos", "audio": "music", "voice": "voice", "sticker": "stickers"}
SUFFIXES = {"photo": "jpg", "video": "mp4", "voice": "oga", "video_note": "mp4", "animation": "mp4", "sticker": "webp"}


@dataclass(slots=True)
class Upload:
    """A file as it came over the wire."""

    name: str
    data: bytes
    mime: str = "application/octet-stream"


@dataclass(slots=True)
class Stored:
    file_id: str
    unique_id: str
    kind: str
    data: bytes
    path: str
    mime: str
    shown: dict[str, Any] = field(default_factory=dict)  # as a message shows it, with sizes and names

    def fact(self) -> dict[str, Any]:
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.data)}


class Files:
    def __init__(self) -> None:
        self.by_id: dict[str, Stored] = {}
        self.by_path: dict[str, Stored] = {}
        self.photos: dict[str, list[dict[str, Any]]] = {}  # file_id of any size -> all the sizes
        self._count = 0

    def find(self, file_id: str, kind: str) -> Stored:
        """A file the bot names again; the wrong kind and the unknown are refused."""
        stored = self.by_id.get(file_id)
        if stored is None:
            raise bad("wrong file identifier/HTTP URL specified")
        if stored.kind != kind:
            raise bad(f"can't use file of type {stored.kind.title()} as {kind.title()}")
        return stored

    def keep(self, kind: str, upload: Upload, salt: str = "") -> Stored:
        if not upload.data:
            raise bad("file must be non-empty")
        if len(upload.data) > MOST_UPLOAD:
            raise bad("file is too big")
        self._count += 1
        digest = hashlib.sha256(upload.data + kind.encode() + salt.encode()).digest()
        unique = "AQAD" + base64.urlsafe_b64encode(digest[:9]).decode()
        tail = base64.urlsafe_b64encode(digest[:24] + self._count.to_bytes(6, "big")).decode()
        suffix = upload.name.rpartition(".")[2] if "." in upload.name and kind in ("document", "audio") else ""
        if kind == "photo" and upload.data.startswith(b"\x89PNG"):
            suffix = "png"
        folder = FOLDERS.get(kind, f"{kind}s")
        path = f"{folder}/file_{self._count}.{suffix or SUFFIXES.get(kind, 'bin')}"
        stored = Stored(LETTERS[kind] + tail, unique, kind, upload.data, path, upload.mime)
        self.by_id[stored.file_id] = self.by_path[path] = stored
        return stored

    def keep_photo(self, upload: Upload) -> list[dict[str, Any]]:
        """A photo in its several sizes; the smaller ones keep the same bytes, only their numbers shrink."""
        if len(upload.data) > MOST_PHOTO:
            raise bad("file is too big")
        size = picture_size(upload.data)
        if upload.data and size is None:
            raise bad("IMAGE_PROCESS_FAILED")
        width, height = size or (0, 0)
        if width + height > 10_000 or max(width, height) > 20 * max(1, min(width, height)):
            raise bad("PHOTO_INVALID_DIMENSIONS")
        longest = max(width, height)
        sides = [(side, letter) for side, letter in PHOTO_SIDES if side < longest]
        last = PHOTO_SIDES[min(len(sides), len(PHOTO_SIDES) - 1)]
        if len(sides) < len(PHOTO_SIDES):
            sides.append((longest, last[1]))
        sizes = []
        for side, letter in sides:
            stored = self.keep("photo", upload, salt=letter)
            share = min(1.0, side / longest) if longest else 1.0
            sizes.append(
                {**stored.fact(), "width": max(1, round(width * share)), "height": max(1, round(height * share))}
            )
        for one in sizes:
            self.photos[one["file_id"]] = sizes
        return sizes


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height out of the first bytes of a PNG, GIF, WebP or JPEG; None if it is none of them."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return width, height
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp_size(data)
    if data.startswith(b"\xff\xd8"):
        return _jpeg_size(data)
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    if data[12:16] == b"VP8X" and len(data) >= 30:
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if data[12:16] == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if data[12:16] == b"VP8 " and len(data) >= 30:
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF or 0xD0 <= marker <= 0xD9:
            at += 1 if marker == 0xFF else 2
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None

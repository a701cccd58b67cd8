"""Develops a picture anew: what is not one is refused, and nothing but what can be seen is left of what is.

Run as a program it is a process of its own, bounded in memory and time, that holds no secret and ends with the picture:
whatever a picture does to whoever unpacks it, it does there. It reads the bytes, and answers with one line of JSON and
a JPEG. It imports nothing of ours, so that it begins quickly.
"""

from __future__ import annotations

import io
import json
import sys
import warnings
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
BEGINS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"GIF87a", b"GIF89a")
QUALITY = 85
MEMORY = 1 << 30
SECONDS = 20


class Undevelopable(Exception):
    """`why`: no_picture, damaged, too_wide."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Developed:
    jpeg: bytes
    width: int
    height: int


def develop(data: bytes, most_pixels: int, longest_edge: int) -> Developed:
    """1. its first bytes 2. the size it says it has 3. unpacked 4. upright, smaller, on white 5. written anew."""
    if not data.startswith(BEGINS):
        raise Undevelopable("no_picture")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            picture = _opened(data, most_pixels)
            picture = _upright(picture, longest_edge)
        except Undevelopable:
            raise
        except (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError):
            raise Undevelopable("too_wide") from None
        except (UnidentifiedImageError, NotImplementedError):
            raise Undevelopable("no_picture") from None
        except Exception:  # whatever a damaged file brings a decoder to say
            raise Undevelopable("damaged") from None
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=QUALITY)
    return Developed(written.getvalue(), *picture.size)


def _opened(data: bytes, most_pixels: int) -> Image.Image:
    picture = Image.open(io.BytesIO(data), formats=FORMATS)
    width, height = picture.size
    if width * height > most_pixels:
        raise Undevelopable("too_wide")
    return picture


def _upright(picture: Image.Image, longest_edge: int) -> Image.Image:
    """A new picture that has the points of the first one and nothing else of it."""
    if picture.format == "JPEG":  # unpacked smaller where it will be smaller anyway
        picture.draft(None, (longest_edge, longest_edge))
    picture.load()
    turn = TURNS.get(_orientation(picture))
    if picture.mode.startswith("I"):  # sixteen bits a point
        picture = picture.convert("I").point([value // 257 for value in range(65536)], "L")
    see_through = "A" in picture.getbands() or "transparency" in picture.info
    picture = picture.convert("RGBA" if see_through else "RGB")
    picture.thumbnail((longest_edge, longest_edge), Image.Resampling.LANCZOS)
    plain = Image.new("RGB", picture.size, "white")
    plain.paste(picture, mask=picture.getchannel("A") if see_through else None)
    return plain if turn is None else plain.transpose(turn)


TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How a camera says it was held."""


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(0x0112, 1))
    except Exception:  # what is written beside a picture may be broken; the picture need not be
        return 1


def main() -> None:
    """`most_pixels longest_edge` as arguments."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        done = develop(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2]))
        said, jpeg = json.dumps({"width": done.width, "height": done.height}), done.jpeg
    except Undevelopable as fault:
        said, jpeg = json.dumps({"why": fault.why}), b""
    except MemoryError:
        said, jpeg = json.dumps({"why": "too_wide"}), b""
    sys.stdout.buffer.write(said.encode() + b"\n" + jpeg)


if __name__ == "__main__":
    main()

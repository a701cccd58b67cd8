"""What a QR code in somebody's photo says. Pictures from people are measured before they are unpacked."""

from __future__ import annotations

import io
import warnings

import zxingcpp
from PIL import Image

LARGEST = 20 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2400
"""A photo of a phone's screen needs no more, and reading it takes no longer than it must."""
KINDS = ("JPEG", "PNG", "WEBP")


def read_qr(image: bytes) -> str | None:
    """The words of the first QR code in it; None: there is none, or it is no picture. Slow: never on the loop."""
    if len(image) > LARGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(image), formats=KINDS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    return None
                opened.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
                grey = opened.convert("L")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    grey.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return next((each.text for each in found if each.valid and each.text), None)

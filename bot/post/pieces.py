"""Cuts what is too long for one message at a place where nothing is torn: no word, no tag, no character.

Telegram counts UTF-16 units after reading the markup; a tag that is open at a cut is closed there and opened again.
"""

from __future__ import annotations

import re
from html import unescape

MESSAGE, CAPTION, POPUP = 4096, 1024, 200
TAG = re.compile(r"<[^>]*>")
TOKEN = re.compile(r"(<[^>]*>)|(&[#\w]+;)|(\s+)|([^<&\s]+|[<&])")


def units(words: str) -> int:
    """Length in UTF-16 units."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def fits(words: str, limit: int) -> bool:
    """Are these at most so many units? No character has more than two, so mostly counting them is enough."""
    return len(words) * 2 <= limit or units(words) <= limit


def bare(html: str) -> str:
    """The words of a text without its markup."""
    return unescape(TAG.sub("", html))


def shortened(words: str, limit: int) -> str:
    """Plain words, cut to the limit with an ellipsis."""
    if fits(words, limit):
        return words
    while units(words) > limit - 1:
        words = words[: -max(1, (units(words) - limit + 1) // 2)]
    return words.rstrip("\u200d\ufe0f ") + "…"


def pieces(html: str, limit: int = MESSAGE) -> list[str]:
    """The text as messages of at most `limit` units each; nearly always just one."""
    if fits(html, limit):
        return [html]
    cut = _Cutting(limit)
    for tag, entity, space, word in TOKEN.findall(html):
        if tag:
            cut.tag(tag)
        elif entity:
            cut.add(entity, 1 if entity in ("&lt;", "&gt;", "&amp;", "&quot;") else 2)
        elif space:
            cut.add(space, units(space))
        else:
            cut.word(word)
    return cut.done()


class _Cutting:
    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.finished: list[str] = []
        self.open: list[str] = []
        self.piece, self.length = "", 0

    def tag(self, tag: str) -> None:
        if tag.startswith("</"):
            if self.open:
                self.open.pop()
        else:
            self.open.append(tag)
        self.piece += tag

    def add(self, words: str, length: int) -> None:
        if self.length + length > self.limit:
            self._cut()
            if words.isspace():
                return
        self.piece += words
        self.length += length

    def word(self, word: str) -> None:
        """A word that is longer than a whole message is cut between its characters."""
        while units(word) > self.limit:
            room = max(1, (self.limit - self.length) // 2)
            self.add(word[:room], units(word[:room]))
            word = word[room:]
        self.add(word, units(word))

    def _cut(self) -> None:
        closing = "".join(f"</{tag[1:-1].split()[0]}>" for tag in reversed(self.open))
        self.finished.append(self.piece.rstrip() + closing)
        self.piece, self.length = "".join(self.open), 0

    def done(self) -> list[str]:
        if self.length:
            self.finished.append(self.piece)
        return self.finished

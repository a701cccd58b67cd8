"""HTML as bots write it, read exactly as Telegram reads it, with its words for every mistake."""

from __future__ import annotations

import re
from typing import Any

from sandbox.errors import Refused, bad

KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot)|#(?:[xX]([0-9A-Fa-f]{1,6})|([0-9]{1,7})))(;?)")
PLAIN = re.compile(r"[^<&]+")
TAG_NAME = re.compile(r"[^\s>]*")
ATTRIBUTE = re.compile(r"[^\s=>]*")
TOKEN = re.compile(r"[A-Za-z0-9.-]*")
USER_LINK = re.compile(r"tg://user\?id=(\d+)$", re.I)


def whole_link(url: str) -> str:
    """A link as Telegram shows it: with its scheme, and a slash after a bare host."""
    url = url if "://" in url else f"http://{url}"
    scheme, _, rest = url.partition("://")
    bare = scheme.lower() in ("http", "https") and not any(sign in rest for sign in "/?#")
    return f"{url}/" if bare else url


def decode_reference(match: re.Match[str]) -> str:
    """One `&…;`; what is not a known reference stays as it was written."""
    name, hexadecimal, decimal, _ = match.groups()
    if name:
        return NAMED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else match.group()


def parse_html(text: str) -> tuple[str, list[dict[str, Any]]]:
    """Returns the plain text and its entities, or refuses at the byte where it went wrong."""
    if "<" not in text and "&" not in text:
        return text, []
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.out: list[str] = []
        self.units = 0
        self.open: list[tuple[str, str, int, int]] = []  # tag, argument, offset in units, index into `out`
        self.entities: list[dict[str, Any]] = []

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        text = self.text
        while self.at < len(text):
            if plain := PLAIN.match(text, self.at):
                self.say(plain.group())
                self.at = plain.end()
            elif text[self.at] == "&":
                self.reference()
            elif text.startswith("</", self.at):
                self.close_tag()
            else:
                self.open_tag()
        if self.open:
            raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{self.open[-1][0]}\"")
        return "".join(self.out), self.entities

    def say(self, piece: str) -> None:
        self.out.append(piece)
        self.units += len(piece) if piece.isascii() else len(piece.encode("utf-16-le")) // 2

    def reference(self) -> None:
        match = REFERENCE.match(self.text, self.at)
        self.say(decode_reference(match) if match else "&")
        self.at = match.end() if match else self.at + 1

    def wrong(self, sentence: str, at: int, after: str = "") -> Refused:
        offset = len(self.text[:at].encode())
        return bad(f"can't parse entities: {sentence} at byte offset {offset}{after}")

    def skip_space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def here(self) -> str:
        return self.text[self.at : self.at + 1]

    def open_tag(self) -> None:
        begin = self.at
        name = TAG_NAME.match(self.text, begin + 1)
        assert name is not None
        self.at = name.end()
        tag = name.group().lower()
        if not self.here():
            raise self.wrong("Unclosed start tag", begin)
        if tag not in KINDS:
            raise self.wrong(f'Unsupported start tag "{tag}"', begin)
        argument = ""
        while True:
            self.skip_space()
            if not self.here():
                raise self.wrong(f'Unclosed start tag "{tag}"', begin)
            if self.here() == ">":
                break
            argument = self.attribute(tag, begin) or argument
        self.at += 1
        if tag == "span" and argument != "spoiler":
            raise self.wrong('Tag "span" must have class "tg-spoiler"', begin)
        self.open.append((tag, argument, self.units, len(self.out)))

    def attribute(self, tag: str, begin: int) -> str:
        """Reads one attribute and returns the part of it that this tag cares about."""
        match = ATTRIBUTE.match(self.text, self.at)
        assert match is not None
        name = match.group().lower()
        if not name:
            raise self.wrong(f'Empty attribute name in the tag "{tag}"', begin)
        self.at = match.end()
        self.skip_space()
        if self.here() != "=":
            if not self.here():
                raise self.wrong(f'Unclosed start tag "{tag}"', begin)
            return "1" if (tag, name) == ("blockquote", "expandable") else ""
        self.at += 1
        self.skip_space()
        value = self.value(tag, begin)
        match (tag, name):
            case ("a", "href") | ("tg-emoji", "emoji-id"):
                return value
            case ("code", "class") if value.startswith("language-"):
                return value[9:]
            case ("span", "class") if value.startswith("tg-"):
                return value[3:]
            case ("blockquote", "expandable"):
                return "1"
        return ""

    def value(self, tag: str, begin: int) -> str:
        quote = self.here()
        if quote in ("'", '"'):
            end = self.text.find(quote, self.at + 1)
            if end < 0:
                raise self.wrong(f'Unclosed start tag "{tag}"', begin)
            value = REFERENCE.sub(decode_reference, self.text[self.at + 1 : end])
            self.at = end + 1
            return value
        token = TOKEN.match(self.text, self.at)
        assert token is not None
        after = self.text[token.end() : token.end() + 1]
        if not after:
            raise self.wrong(f'Unclosed start tag "{tag}"', begin)
        if not after.isspace() and after != ">":
            raise self.wrong("Unexpected end of name token", self.at)
        self.at = token.end()
        return token.group().lower()

    def close_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise self.wrong("Unexpected end tag", begin)
        name = TAG_NAME.match(self.text, begin + 2)
        assert name is not None
        self.at = name.end()
        self.skip_space()
        if self.here() != ">":
            raise self.wrong("Unclosed end tag", begin)
        self.at += 1
        found = name.group().lower()
        tag, argument, offset, first = self.open.pop()
        if found and found != tag:
            raise self.wrong("Unmatched end tag", begin, f', expected "</{tag}>", found "</{found}>"')
        if self.units > offset:
            self.mark(tag, argument, offset, "".join(self.out[first:]))

    def mark(self, tag: str, argument: str, offset: int, inside: str) -> None:
        entity: dict[str, Any] = {"type": KINDS[tag], "offset": offset, "length": self.units - offset}
        if tag == "a":
            url = argument or inside
            if user := USER_LINK.match(url):
                entity |= {"type": "text_mention", "user": {"id": int(user.group(1))}}
            elif "." in url or "://" in url:
                entity["url"] = whole_link(url)
            else:
                return
        elif tag == "code" and argument and self.open and self.open[-1][0] == "pre":
            entity["language"] = argument
        elif tag == "pre":
            same = [e for e in self.entities if (e["offset"], e["length"]) == (offset, self.units - offset)]
            for inner in same:
                if "language" in inner:
                    entity["language"] = inner["language"]
            self.entities = [e for e in self.entities if e not in same or e["type"] != "code"]
        elif tag == "blockquote" and argument:
            entity["type"] = "expandable_blockquote"
        elif tag == "tg-emoji":
            if not argument.isdigit() or int(argument) == 0:
                raise bad("can't parse entities: Invalid custom emoji identifier specified")
            entity["custom_emoji_id"] = argument
        self.entities.append(entity)

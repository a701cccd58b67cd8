"""Sentences that are not yet in anybody's language: said once, translated late, for one reader.

A `Text` is an English msgid and what fills its blanks. Blanks are data, never markup: they are escaped where the
sentence is put into words (`bot/words.py`), and may be strings, numbers, instants, durations, further texts or names
that a deployment gave in several languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from domain.values import quick

Named = Mapping[str, str]
"""A name from the desk file: language -> words."""


@quick
@dataclass(frozen=True, slots=True)
class Text:
    """A sentence and its blanks; `plural` is the msgid for other counts, chosen by the blank `count`."""

    msgid: str
    blanks: dict[str, Any] = field(default_factory=dict)
    plural: str | None = None

    def __call__(self, **blanks: Any) -> Text:
        return Text(self.msgid, {**self.blanks, **blanks}, self.plural)


@cache
def _(msgid: str, plural: str | None = None) -> Text:
    """Mark a sentence for translation. The same sentence is the same text: nobody changes one."""
    return Text(msgid, {}, plural)


def plain(words: object) -> Text:
    """Somebody's own words, a number or a name, as a text that needs no translation."""
    return Text("{words}", {"words": words})


def lines(*texts: Text | None) -> Text:
    """Several sentences under one another; those that are None are left out."""
    return Text("{lines}", {"lines": [text for text in texts if text is not None]})


def in_language(named: Named, language: str) -> str:
    """The name in that language, or in the first that was given."""
    return named.get(language) or next(iter(named.values()))


def to_json(value: Any) -> Any:
    """A text and whatever fills it as plain JSON, so that a sentence can wait in a row."""
    match value:
        case Text():
            filled = {name: to_json(blank) for name, blank in value.blanks.items()}
            return {"text": value.msgid, "blanks": filled, **({"plural": value.plural} if value.plural else {})}
        case datetime():
            return {"at": value.astimezone(UTC).isoformat()}
        case timedelta():
            return {"lasts": value.total_seconds()}
        case Mapping():
            return {"named": dict(value)}
        case list() | tuple():
            return [to_json(each) for each in value]
        case _:
            return value


def from_json(value: Any) -> Any:
    """What `to_json` wrote."""
    match value:
        case {"text": str(msgid), "blanks": dict(blanks)}:
            return Text(msgid, {name: from_json(blank) for name, blank in blanks.items()}, value.get("plural"))
        case {"at": str(at)}:
            return datetime.fromisoformat(at)
        case {"lasts": float(seconds) | int(seconds)}:
            return timedelta(seconds=seconds)
        case {"named": dict(named)}:
            return named
        case list():
            return [from_json(each) for each in value]
        case _:
            return value

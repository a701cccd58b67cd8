"""Puts sentences into one reader's language: catalogues, plurals, times and durations, escaped by construction.

Catalogues are compiled in memory from `locales/` when the desk starts, so no build step can be forgotten.
`bot/catalogues.py` keeps them whole.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from domain.honours import MONTH, QUARTER, YEAR, Period
from domain.values import quick
from domain.words import Text, _, in_language

LOCALES = Path(__file__).parent.parent / "locales"
SOURCE = "en"  # msgids are English
BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f]")
"""Controls that can make somebody's words look like ours, or turn a line around."""

TAG = re.compile("</?[a-z]+>")

YESTERDAY, TOMORROW = _("yesterday {time}"), _("tomorrow {time}")


@cache
def catalogue(language: str) -> NullTranslations:
    """The sentences of one language, compiled in memory."""
    path = LOCALES / language / "LC_MESSAGES" / "desk.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as po:
        read = read_po(po, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return GNUTranslations(compiled)


class _Sentences(dict[str, str]):
    """Those that were said in one language before; msgids are the code's own, so there is an end to them."""

    def __init__(self, language: str) -> None:
        super().__init__({"": ""})
        self.catalogue = catalogue(language)

    def __missing__(self, msgid: str) -> str:
        said = self[msgid] = self.catalogue.gettext(msgid)
        return said


_sentences = cache(_Sentences)


@lru_cache(maxsize=4096)
def _clock(hour: int, minute: int, language: str) -> str:
    return format_time(time(hour, minute), "HH:mm", locale=language)


def known_languages() -> list[str]:
    """Languages that have a catalogue."""
    return sorted(path.parent.parent.name for path in LOCALES.glob("*/LC_MESSAGES/desk.po"))


def negotiate(code: str | None, languages: Sequence[str]) -> str | None:
    """The desk's language for a client's code: exact, then language and script, then language. Unknown codes: None."""
    wanted = _parsed(code or "")
    if wanted is None:
        return None
    likely = _likely(wanted)
    known = {language: _likely(Locale.parse(language)) for language in languages}
    for parts in (3, 2):  # language, script and place; language and script
        for language, there in known.items():
            if there[:parts] == likely[:parts]:
                return language
    same = [language for language in languages if Locale.parse(language).language == wanted.language]
    script_matters = likely[1] in ("Hans", "Hant")  # who reads one of them has not asked for the other
    return same[0] if same and not script_matters else None


def _parsed(code: str) -> Locale | None:
    """As much of a client's code as anybody has heard of: `zh-hans-raw` is read as `zh-hans`."""
    parts = code.replace("-", "_").split("_")
    for length in range(len(parts), 0, -1):
        try:
            return Locale.parse("_".join(parts[:length]))
        except (ValueError, UnknownLocaleError):
            continue
    return None


def _likely(locale: Locale) -> tuple[str, str | None, str | None]:
    if locale.language == "zh" and not locale.script:
        return "zh", "Hant" if locale.territory in ("TW", "HK", "MO") else "Hans", locale.territory
    return locale.language, locale.script, locale.territory


@quick
@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a sentence is put into words: language, the neighbourhood's time zone, and the present moment."""

    language: str
    zone: ZoneInfo
    now: datetime

    def say(self, text: Text) -> str:
        """The sentence as HTML, every blank escaped."""
        return self._put(text, escape=True)

    def label(self, text: Text) -> str:
        """The sentence without markup, for a button or a pop-up."""
        words = self._put(text, escape=False)
        return TAG.sub("", words) if "<" in words else words

    def _put(self, text: Text, *, escape: bool) -> str:
        if text.plural:
            sentence = catalogue(self.language).ngettext(text.msgid, text.plural, int(text.blanks["count"]))
        else:
            sentence = _sentences(self.language)[text.msgid]
        return sentence.format_map(_Blanks(self, text.blanks, escape)) if text.blanks else sentence

    def blank(self, value: Any, *, escape: bool) -> str:
        match value:
            case Text():
                return self._put(value, escape=escape)
            case str():
                cleaned = BIDI.sub("", value)
                return html.escape(cleaned, quote=False) if escape else cleaned
            case list():
                return "\n".join([self.blank(each, escape=escape) for each in value])
            case bool() | None:
                return ""
            case int() | float():
                return format_decimal(value, locale=self.language)
            case datetime():
                return self.instant(value)
            case timedelta():
                return self.duration(value)
            case Period():
                return self.period(value)
            case Mapping():
                return self.blank(in_language(value, self.language), escape=escape)
            case Iterable():
                return "\n".join(self.blank(each, escape=escape) for each in value)
            case _:
                raise TypeError(f"a blank cannot hold {type(value).__name__}")

    def instant(self, at: datetime) -> str:
        """18:30 today, tomorrow 08:00, otherwise the day as well."""
        there, today = at.astimezone(self.zone), self.now.astimezone(self.zone).date()
        time = _clock(there.hour, there.minute, self.language)
        days = (there.date() - today).days
        if days == 0:
            return time
        if days in (-1, 1):
            return self._put((YESTERDAY if days < 0 else TOMORROW)(time=time), escape=False)
        if -6 <= days <= 6:
            return f"{format_skeleton('MMMEd', there, locale=self.language)} {time}"
        return f"{format_date(there.date(), 'medium', locale=self.language)} {time}"

    def duration(self, lasts: timedelta) -> str:
        return format_timedelta(lasts, threshold=1.2, locale=self.language)

    def period(self, of: Period) -> str:
        """November 2026, the fourth quarter of it, or 2026."""
        skeleton = {MONTH: "yMMMM", QUARTER: "yQQQQ", YEAR: "y"}[of.span]
        return format_skeleton(skeleton, of.first, locale=self.language)


class _Blanks(dict[str, str]):
    """Puts each blank into words when the sentence asks for it."""

    __slots__ = ("blanks", "escape", "reader")

    def __init__(self, reader: Reader, blanks: Mapping[str, Any], escape: bool) -> None:
        self.reader, self.blanks, self.escape = reader, blanks, escape

    def __missing__(self, name: str) -> str:
        return self.reader.blank(self.blanks[name], escape=self.escape)

"""Reading one table of the desk file kindly: what cannot be read becomes a fault with its line, and reading goes on."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any, TypeVar

from domain.toml_lines import Path, line_of
from domain.words import Named, Text, _

LONGEST = timedelta(days=366)
KEY = re.compile(r"[a-z][a-z0-9_]{0,23}")  # keys travel in buttons, which hold 64 bytes
_DURATION = re.compile(r"(\d{1,5})\s*([mhd])")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    line: int
    text: Text


class Faults:
    """All that is wrong with a desk file, gathered while it is read."""

    def __init__(self, lines: dict[Path, int]) -> None:
        self.lines = lines
        self.found: list[Fault] = []

    def add(self, path: Path, text: Text) -> None:
        fault = Fault(line_of(self.lines, path), text)
        if fault not in self.found:
            self.found.append(fault)

    def unknown(self, path: Path, value: object, known: Iterable[str], otherwise: Text) -> None:
        """A name nobody knows: the nearest known one is offered, else `otherwise` says what to do."""
        guess = find_guess(str(value), known)
        if guess:
            otherwise = _("“{value}” is not known here. Did you mean “{guess}”?")(value=str(value), guess=guess)
        self.add(path, otherwise)


def find_guess(word: str, known: Iterable[str]) -> str | None:
    by_lower = {each.lower(): each for each in known}
    return next((by_lower[near] for near in get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)), None)


def unknown_name(faults: Faults, path: Path, value: object, known: Iterable[str], where: str) -> None:
    """A name that should stand elsewhere in the file, under `where`."""
    names = list(known)
    sentence = _("There is nothing called “{value}” under {where}. Write one of: {known}")
    if not names:
        sentence = _("There is nothing called “{value}”. Add {where} or take this out.")
    faults.unknown(path, value, names, sentence(value=str(value), where=where, known=", ".join(names)))


class Table:
    """One table: each key is asked for once, and `done` names those nobody asked for."""

    def __init__(self, faults: Faults, path: Path, raw: object, languages: tuple[str, ...]) -> None:
        self.faults, self.path, self.languages = faults, path, languages
        self.asked: dict[str, None] = {}
        self.raw: dict[str, Any] = raw if isinstance(raw, dict) else {}
        if not isinstance(raw, dict):
            self.not_understood(path, f"[{'.'.join(map(str, path))}]")

    def done(self) -> None:
        for key in self.raw.keys() - self.asked.keys():
            known = list(self.asked)
            otherwise = _("“{value}” is not known here. What may stand here: {known}.")(
                value=key, known=", ".join(known)
            )
            self.faults.unknown((*self.path, key), key, known, otherwise)

    def raw_value(self, key: str) -> Any:
        self.asked[key] = None
        return self.raw.get(key)

    def here(self, key: str) -> Path:
        return (*self.path, key)

    def fault(self, key: str, text: Text) -> None:
        self.faults.add(self.here(key), text)

    def missing(self, key: str, example: str) -> None:
        self.fault(key, _("“{key}” is missing. Write for example: {example}")(key=key, example=example))

    def not_understood(self, path: Path, example: str) -> None:
        sentence = _("“{key}” cannot be understood like this. Write for example: {example}")
        self.faults.add(path, sentence(key=str(path[-1]), example=example))

    def of_type(self, key: str, kind: type[T], example: str) -> T | None:
        value = self.raw_value(key)
        # To Python true is a number; to an officer it is not.
        if value is None or (isinstance(value, kind) and (kind is bool or not isinstance(value, bool))):
            return value
        self.not_understood(self.here(key), example)
        return None

    def word(self, key: str, example: str) -> str | None:
        value = self.of_type(key, str, f'{key} = "{example}"')
        if value is not None and not value.strip():
            self.not_understood(self.here(key), f'{key} = "{example}"')
            return None
        return value

    def flag(self, key: str) -> bool:
        return self.of_type(key, bool, f"{key} = true") or False

    def number(self, key: str, example: int, least: int = 0) -> int | None:
        value = self.of_type(key, int, f"{key} = {example}")
        if value is not None and not least <= value <= 1_000_000:
            self.not_understood(self.here(key), f"{key} = {example}")
            return None
        return value

    def words(self, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """A list of words out of a few."""
        example = f'{key} = ["{allowed[0]}"]'
        value = self.of_type(key, list, example) or []
        for place, each in enumerate(value):
            if each not in allowed:
                otherwise = _("“{value}” is not known here. What may stand here: {known}.")
                blanks = {"value": str(each), "known": ", ".join(allowed)}
                self.faults.unknown((*self.path, key, place), each, allowed, otherwise(**blanks))
        return tuple(each for each in value if each in allowed)

    def named(self, key: str = "name", *, required: bool = True) -> Named:
        """A name in every language of the desk; with one language alone a plain word will do."""
        value = self.raw_value(key)
        pairs = ", ".join(f'{language} = "…"' for language in self.languages)
        example = f"{key} = {{ {pairs} }}"
        if value is None:
            if required:
                self.missing(key, example)
            return {}
        if isinstance(value, str) and value.strip() and len(self.languages) == 1:
            return {self.languages[0]: value}
        if not isinstance(value, dict) or not all(isinstance(each, str) and each.strip() for each in value.values()):
            self.not_understood(self.here(key), example)
            return {}
        for language in self.languages:
            if language not in value:
                sentence = _("The words in “{language}” are missing. Write for example: {example}")
                self.fault(key, sentence(language=language, example=example))
        # The desk's default language comes first, since it stands in for languages that are not there.
        ordered = [*self.languages, *(each for each in value if each not in self.languages)]
        return {language: value[language].strip() for language in ordered if language in value}

    def duration(self, key: str, example: str, *, zero: bool = False) -> timedelta | None:
        value = self.raw_value(key)
        if value is None:
            return None
        found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
        length = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None
        if length is None:
            sentence = _("“{value}” is not a length of time. Write a number and m, h or d, for example: {example}")
            self.fault(key, sentence(value=str(value), example=f'{key} = "{example}"'))
        elif length > LONGEST or (not length and not zero):
            sentence = _("“{value}” is too long or too short a time here. Write for example: {example}")
            self.fault(key, sentence(value=str(value), example=f'{key} = "{example}"'))
            return None
        return length

    def clock(self, key: str, example: str) -> time | None:
        value = self.raw_value(key)
        if value is None:
            self.missing(key, f'{key} = "{example}"')
            return None
        return self.read_clock(self.here(key), value, f'{key} = "{example}"')

    def read_clock(self, path: Path, value: object, example: str) -> time | None:
        if isinstance(value, time):
            return value
        found = _CLOCK.fullmatch(value.strip().replace("：", ":")) if isinstance(value, str) else None
        if found and int(found[1]) * 60 + int(found[2]) <= 24 * 60 and int(found[2]) < 60:
            return time(int(found[1]) % 24, int(found[2]))  # 24:00 is the midnight that ends the day
        sentence = _("“{value}” is not a time of day. Write for example: {example}")
        self.faults.add(path, sentence(value=str(value), example=example))
        return None

    def dates(self, key: str) -> frozenset[date]:
        example = f"{key} = [2027-02-05, 2027-02-06]"
        value = self.of_type(key, list, example) or []
        if not all(isinstance(each, date) and not isinstance(each, datetime) for each in value):
            self.not_understood(self.here(key), example)
            return frozenset()
        return frozenset(value)

    def table(self, key: str) -> "Table | None":
        value = self.raw_value(key)
        return None if value is None else self.inner((*self.path, key), value)

    def tables(self, key: str, *, checked: bool = True) -> "Iterator[tuple[str, Table]]":
        """The tables in a table, by their keys: [units.ankang] is the table "ankang" of "units"."""
        value = self.raw_value(key)
        if value is not None and not isinstance(value, dict):
            self.not_understood(self.here(key), f"[{key}.…]")
            return
        for name, raw in (value or {}).items():
            path = (*self.path, key, name)
            if checked and not KEY.fullmatch(name):
                sentence = _(
                    "“{key}” is not a good key. Use small letters, digits and _, at most 24, for example: {example}"
                )
                self.faults.add(path, sentence(key=name, example="ankang_2"))
                continue
            yield name, self.inner(path, raw)

    def list_of_tables(self, key: str, example: str) -> "list[Table]":
        value = self.of_type(key, list, example) or []
        return [self.inner((*self.path, key, place), raw) for place, raw in enumerate(value)]

    def inner(self, path: Path, raw: object) -> "Table":
        return Table(self.faults, path, raw, self.languages)

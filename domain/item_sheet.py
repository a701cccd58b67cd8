"""The shelves as a spreadsheet: what its columns are called, how a row is read, and every fault with its line."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.desk_file import Fault
from domain.market import GOODS, LONGEST_ABOUT, LONGEST_NAME, PERIODS, SERVICE
from domain.refusals import Refusal
from domain.words import _

PLAIN = ("id", "kind", "station", "price", "stock", "weekly", "most", "per", "merchant", "state", "was")
IN_LANGUAGES = ("name", "about")
NEEDED = {"kind", "station", "price"}
OTHERWISE = {
    "编号": "id",
    "种类": "kind",
    "驿站": "station",
    "积分": "price",
    "库存": "stock",
    "每周名额": "weekly",
    "每户限额": "most",
    "限额时间": "per",
    "提供者": "merchant",
    "状态": "state",
    "名称": "name",
    "介绍": "about",
    "原样": "was",
}
KINDS = {"goods": GOODS, "service": SERVICE, "物品": GOODS, "服务": SERVICE}
PERS = {**{each: each for each in PERIODS}, "日": "day", "天": "day", "周": "week", "月": "month", "年": "year"}
STATES = {"": "offered", "offered": "offered", "withdrawn": "withdrawn", "上架": "offered", "下架": "withdrawn"}
HOT = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for a formula when a cell begins with it."""
HIGHEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One thing as the sheet describes it. `id` is None for what is new."""

    line: int
    id: int | None
    kind: str
    station: int
    merchant: int | None
    name: dict[str, str]
    about: dict[str, str]
    price: int
    stock: int
    weekly: int | None
    most: int | None
    per: str | None
    state: str
    was: Mapping[str, Any] | None = None  # how it stood when the sheet was made


class NotUnderstood(Refusal):
    text = _("“{words}” in {column} cannot be read.")


class AFormula(Refusal):
    text = _("There is a formula in {column}. Please write the words or the number itself.")


class Nameless(Refusal):
    text = _("It needs a name of at most 60 letters.")


class Unnamed(Refusal):
    text = _("I know no {column} called “{words}”.")


def defused(words: str) -> str:
    """As it may stand in a cell: words that begin like a formula begin with an apostrophe."""
    return f"'{words}" if words.startswith(HOT) else words


def undone(words: str) -> str:
    return words[1:] if words.startswith("'") and words[1:].startswith(HOT) else words


def heads(languages: Sequence[str]) -> list[str]:
    """The columns, in the order in which they are written."""
    named = [f"{what} {language}" for what in IN_LANGUAGES for language in languages]
    return [*PLAIN[:3], *named, *PLAIN[3:]]


def check_rows(
    table: Sequence[Sequence[str]],
    languages: Sequence[str],
    stations: Mapping[str, int],
    merchants: Mapping[str, int],
) -> tuple[list[Row], list[Fault]]:
    """The rows that can stand, and what is wrong with the others."""
    columns = _columns(table[0], languages) if table else {}
    if not columns.keys() >= NEEDED or not any(each.startswith("name ") for each in columns):
        sentence = _("The first line must name the columns: {columns}")
        return [], [Fault(1, sentence(columns=", ".join(heads(languages))))]
    rows: list[Row] = []
    faults: list[Fault] = []
    seen: dict[Any, int] = {}
    for line, cells in enumerate(table[1:], 2):
        said = {name: cells[place].strip() if place < len(cells) else "" for name, place in columns.items()}
        if not any(said.values()):
            continue
        try:
            row = _row(line, said, languages, stations, merchants)
        except Refusal as refusal:
            faults.append(Fault(line, refusal.said))
            continue
        key = row.id if row.id is not None else (row.station, tuple(sorted(row.name.items())))
        if key in seen:
            faults.append(Fault(line, _("The same thing stands on line {line} already.")(line=str(seen[key]))))
            continue
        seen[key] = line
        rows.append(row)
    return rows, faults


def _columns(first: Sequence[str], languages: Sequence[str]) -> dict[str, int]:
    known = {*PLAIN, *(f"{what} {language}" for what in IN_LANGUAGES for language in languages)}
    found: dict[str, int] = {}
    for place, cell in enumerate(first):
        word, _space, language = unicodedata.normalize("NFKC", cell).strip().partition(" ")
        name = OTHERWISE.get(word, word.lower())
        if name in IN_LANGUAGES:
            name = f"{name} {language.strip() or languages[0]}"
        if name in known:
            found.setdefault(name, place)
    return found


def _row(
    line: int,
    said: Mapping[str, str],
    languages: Sequence[str],
    stations: Mapping[str, int],
    merchants: Mapping[str, int],
) -> Row:
    for column, words in said.items():
        if words.startswith(("=", "＝")):
            raise AFormula(column=column)
    said = {column: undone(words) for column, words in said.items()}
    name = {each: said[f"name {each}"] for each in languages if said.get(f"name {each}")}
    about = {each: said[f"about {each}"] for each in languages if said.get(f"about {each}")}
    if not name or any(len(words) > LONGEST_NAME for words in name.values()):
        raise Nameless
    if any(len(words) > LONGEST_ABOUT for words in about.values()):
        raise NotUnderstood(column="about", words=next(iter(about.values()))[:40] + "…")
    kind = _one_of(said, "kind", KINDS)
    weekly = _number(said, "weekly", least=1)
    if kind == SERVICE and weekly is None and not said.get("stock"):
        raise NotUnderstood(column="weekly", words=said.get("weekly", ""))
    most = _number(said, "most", least=1)
    price = _number(said, "price", least=1)
    if price is None:
        raise NotUnderstood(column="price", words=said.get("price", ""))
    return Row(
        line,
        _number(said, "id", least=1),
        kind,
        _known(said, "station", stations),
        _known(said, "merchant", merchants) if said.get("merchant") else None,
        name,
        about,
        price,
        (_number(said, "stock", least=0) or 0) if weekly is None else 0,
        weekly,
        most,
        _one_of(said, "per", PERS) if said.get("per") and most is not None else None,
        _one_of(said, "state", STATES),
        _was(said.get("was", "")),
    )


def _was(words: str) -> Mapping[str, Any] | None:
    if not words:
        return None
    try:
        was = json.loads(words)
    except (ValueError, RecursionError):  # not JSON, or brackets within brackets without end
        was = None
    if not isinstance(was, dict):
        raise NotUnderstood(column="was", words=words[:40])
    return was


def _one_of(said: Mapping[str, str], column: str, known: Mapping[str, str]) -> str:
    words = said.get(column, "")
    if words.lower() not in known:
        raise NotUnderstood(column=column, words=words[:40])
    return known[words.lower()]


def _number(said: Mapping[str, str], column: str, *, least: int) -> int | None:
    words = unicodedata.normalize("NFKC", said.get(column, "")).removesuffix(".0")
    if not words:
        return None
    if len(words) > 9 or not words.isdecimal() or not words.isascii() or not least <= int(words) <= HIGHEST:
        raise NotUnderstood(column=column, words=words[:40])
    return int(words)


def _known(said: Mapping[str, str], column: str, known: Mapping[str, int]) -> int:
    words = said.get(column, "")
    if words not in known:
        raise Unnamed(column=column, words=words[:40])
    return known[words]


def names_of(things: Sequence[tuple[int, Mapping[str, str]]]) -> dict[str, int]:
    """Every way to name one of them, by number or in any language; a name that two have names none."""
    found: dict[str, set[int]] = {}
    for number, name in things:
        for words in (str(number), *name.values()):
            found.setdefault(words, set()).add(number)
    return {words: next(iter(those)) for words, those in found.items() if len(those) == 1}


KEPT = ("kind", "name", "about", "price", "weekly", "most", "per", "merchant_id", "state", "stock")


def as_it_stands(known: Mapping[str, Any]) -> str:
    """What the sheet carries of an item, so that it later changes only what somebody changed in it."""
    return json.dumps({column: known[column] for column in KEPT}, ensure_ascii=False, sort_keys=True)


def stale(of: Row, known: Mapping[str, Any]) -> list[str]:
    """What was changed in the sheet, and meanwhile at the desk as well, to something else."""
    if of.was is None:
        return []
    return sorted(each for each in changes(of, known) if each in of.was and of.was[each] != known[each])


def changes(of: Row, known: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What is different: column -> before and after. Of a sheet that says how it was, only what was changed in it."""
    wanted = {
        "kind": of.kind,
        "name": of.name,
        "about": of.about,
        "price": of.price,
        "weekly": of.weekly,
        "most": of.most,
        "per": of.per,
        "merchant_id": of.merchant,
        "state": of.state,
        **({"stock": of.stock} if of.weekly is None else {}),
    }
    if of.was is not None:
        wanted = {column: value for column, value in wanted.items() if column not in of.was or of.was[column] != value}
    return {column: (known[column], value) for column, value in wanted.items() if known[column] != value}

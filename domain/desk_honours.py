"""What the desk file says about the honour board: how often, of which places, and how many households."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from domain.desk_reading import Faults, Table
from domain.honours import MONTH, SPANS
from domain.places import LEVELS, Unit
from domain.words import _

MOST = 18
"""More do not fit on the picture in words that can be read."""


@dataclass(frozen=True, slots=True)
class HonourRules:
    every: str = MONTH
    households: int = 10
    level: str = LEVELS[-1]  # of the places that publish one
    answer_within: timedelta = timedelta(days=3)


def read_honours(table: Table | None) -> HonourRules | None:
    """None: this desk has no honour board."""
    if table is None:
        return None
    usual = HonourRules()
    read = HonourRules(
        every=_one_of(table, "every", SPANS, usual.every),
        households=table.number("households", usual.households, least=1) or usual.households,
        level=_one_of(table, "of", LEVELS, usual.level),
        answer_within=table.duration("answer_within", "3d") or usual.answer_within,
    )
    table.done()
    return read


def _one_of(table: Table, key: str, known: tuple[str, ...], usual: str) -> str:
    word = table.word(key, usual)
    if word is None or word in known:
        return word or usual
    otherwise = _("“{value}” is not known here. What may stand here: {known}.")
    table.faults.unknown(table.here(key), word, known, otherwise(value=word, known=", ".join(known)))
    return usual


def check_honours(rules: HonourRules | None, units: Mapping[str, Unit], faults: Faults) -> None:
    if rules is None:
        return
    if rules.households > MOST:
        sentence = _("At most {most} households fit on the picture. Write for example: {example}")
        faults.add(("honour_board", "households"), sentence(most=MOST, example="households = 10"))
    if rules.level not in {unit.level for unit in units.values()}:
        sentence = _("No unit is a {level}, so no board would ever be made. Write the level of one that is there.")
        faults.add(("honour_board", "of"), sentence(level=rules.level))

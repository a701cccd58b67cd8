"""The caps in a desk file, everybody's and those of one deed: how they are read, and what must hold for them."""

from __future__ import annotations

from itertools import pairwise

from domain.caps import NAMES, WHOM, Caps
from domain.desk_reading import Faults, Table
from domain.toml_lines import Path
from domain.words import _

EXAMPLES = {"person_day": 30, "household_month": 300, "pair_month": 60}


def read_caps(table: Table, least: int = 1) -> Caps:
    """`caps = { person_day = 10, household_month = 60 }`: any of persons, households and pairs, for any period."""
    limits = table.table("caps")
    if limits is None:
        return Caps()
    caps = Caps(**{name: limits.number(name, EXAMPLES.get(name, 30), least=least) for name in NAMES})
    limits.done()
    return caps


def check_caps(faults: Faults, path: Path, caps: Caps, points: int) -> None:
    """Of one deed that earns so many points: nothing is capped that earns nothing, and once it can be earned whole."""
    if caps != Caps() and not points:
        sentence = _("Nothing is earned here, so “caps” limits nothing. Take it out, or write an award.")
        faults.add((*path, "caps"), sentence)
        return
    for name, cap in caps.set:
        if cap < points:
            sentence = _("It earns {points}, but “{name}” is {cap}: not even once would all of it be earned.")
            faults.add((*path, "caps", name), sentence(points=points, name=name, cap=cap))
    check_order(faults, path, caps)


def check_order(faults: Faults, path: Path, caps: Caps) -> None:
    """A longer time has room for at least as much as a shorter one."""
    for whom in WHOM:
        theirs = [(name, cap) for name, cap in caps.set if name.startswith(f"{whom}_")]
        for (shorter, less), (longer, more) in pairwise(theirs):
            if more < less:
                sentence = _(
                    "“{longer}” is less than “{shorter}”, so that one is never reached. Write a larger number."
                )
                faults.add((*path, "caps", longer), sentence(longer=longer, shorter=shorter))

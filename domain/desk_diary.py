"""What the desk file says about diaries of good deeds: what an entry earns, at most in a week, and the best of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.caps import Caps
from domain.desk_caps import check_caps, read_caps
from domain.desk_reading import Faults, Table, unknown_name
from domain.words import _


@dataclass(frozen=True, slots=True)
class DiaryStandard:
    award: int = 0  # for an entry
    person_week: int | None = None  # the most that entries earn in a week; None is no cap
    best: int = 0  # for one that a supervisor marks
    dimension: str | None = None
    caps: Caps = field(default_factory=Caps)


def read_diary(table: Table | None) -> DiaryStandard:
    if table is None:
        return DiaryStandard()
    read = DiaryStandard(
        award=table.number("award", 1) or 0,
        person_week=table.number("person_week", 3),
        best=table.number("best", 5) or 0,
        dimension=table.word("dimension", "growth"),
        caps=read_caps(table),
    )
    table.done()
    return read


def check_diary(diary: DiaryStandard, dimensions: Mapping[str, object], faults: Faults) -> None:
    if diary.award and diary.person_week is None:
        sentence = _("Without a cap anybody could write all day for points. Write for example: {example}")
        faults.add(("diary",), sentence(example=f"person_week = {3 * diary.award}"))
    elif diary.person_week is not None and diary.award > diary.person_week:
        sentence = _("An entry earns {award}, but a week at most {week}: not even one entry would earn all of it.")
        faults.add(("diary", "person_week"), sentence(award=diary.award, week=diary.person_week))
    check_caps(faults, ("diary",), diary.caps, max(diary.award, diary.best))
    if diary.dimension is not None and diary.dimension not in dimensions:
        unknown_name(faults, ("diary", "dimension"), diary.dimension, dimensions, "[points.dimensions]")

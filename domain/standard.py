"""The points standard: what each deed earns and the most that can be, as the desk file says it today."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from domain.caps import Caps
from domain.desk_schema import DeskFile


@lru_cache(maxsize=8)
def standard_of(file: DeskFile) -> dict[str, Any]:
    """All of it, as it is kept with the first entry that is made under it: keys and numbers."""
    return {
        "helping": {key: each.award * each.difficulty for key, each in file.categories.items() if each.award},
        "reports": {
            key: [each.award.doer, each.award.reporter]
            for key, each in file.reports.items()
            if each.award.doer or each.award.reporter
        },
        "diary": file.diary.award,
        "together": [file.points.together.how, file.points.together.percent],
        "dimensions": list(file.points.dimensions),
        "caps": dict(file.points.caps.set),
        "caps_of": {key: dict(caps.set) for key, caps in _deeds(file) if caps != Caps()},
        "second_signature_above": file.points.second_signature_above,
    }


def _deeds(file: DeskFile) -> list[tuple[str, Caps]]:
    helping = [(key, each.caps) for key, each in file.categories.items()]
    return [*helping, *((key, each.caps) for key, each in file.reports.items()), ("diary", file.diary.caps)]

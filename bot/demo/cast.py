"""Who lives in the invented town. Nobody here exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.words import Named


@dataclass(frozen=True, slots=True)
class Part:
    """One person of the town, and what they are there."""

    key: str
    name: Named
    role: Literal["resident", "volunteer", "supervisor", "officer", "keeper"]
    unit: str = ""
    teams: tuple[str, ...] = ()
    home: tuple[str, str, str] | None = None  # unit, building, room


WHAT_THEY_ARE: dict[str, Named] = {
    "resident": {"zh_Hans": "居民", "en": "resident"},
    "volunteer": {"zh_Hans": "志愿者", "en": "volunteer"},
    "supervisor": {"zh_Hans": "值班干部", "en": "supervisor"},
    "officer": {"zh_Hans": "管理人员", "en": "officer of the desk"},
    "keeper": {"zh_Hans": "驿站管理员", "en": "keeper of the station"},
}

CAST: tuple[Part, ...] = (
    Part("ama", {"zh_Hans": "王阿婆", "en": "Ama"}, "resident"),
    Part(
        "ben", {"zh_Hans": "小陈", "en": "Ben"}, "volunteer", "ankang", ("neighbours", "handy"), ("ankang", "5", "302")
    ),
    Part("dina", {"zh_Hans": "李主任", "en": "Dina"}, "supervisor", "ankang"),
    Part(
        "cleo", {"zh_Hans": "小朱", "en": "Cleo"}, "volunteer", "ankang", ("neighbours", "care"), ("ankang", "2", "101")
    ),
    Part("faye", {"zh_Hans": "方姐", "en": "Faye"}, "resident", "haitang", (), ("haitang", "1", "404")),
    Part("hugo", {"zh_Hans": "何主任", "en": "Hugo"}, "supervisor", "haitang"),
    Part("gita", {"zh_Hans": "顾主任", "en": "Gita"}, "supervisor", "donggang"),
    Part("kofi", {"zh_Hans": "孔主席", "en": "Kofi"}, "supervisor", "putuo"),
    Part("ivy", {"zh_Hans": "尹干事", "en": "Ivy"}, "officer"),
    Part("eli", {"zh_Hans": "叶师傅", "en": "Eli"}, "keeper", "ankang"),
)

TEAMS: tuple[tuple[str, str, Named], ...] = (
    ("neighbours", "ankang", {"zh_Hans": "安康社区 邻里互助队", "en": "Ankang Neighbours"}),
    ("handy", "donggang", {"zh_Hans": "东港 能工巧匠队", "en": "Donggang Handy People"}),
    ("care", "donggang", {"zh_Hans": "东港 暖心队", "en": "Donggang Care Team"}),
)
"""Key, unit and name of each team; mediation has none on purpose: it goes to the supervisors at once."""

HOMES: tuple[tuple[str, str, str], ...] = tuple(
    (unit, building, room)
    for unit in ("ankang", "haitang")
    for building in ("1", "2", "3", "5")
    for room in ("101", "201", "302", "404")
)


def what_they_are(part: Part, language: str, place: str) -> str:
    """A line for whoever looks on: what this person is, and of which place."""
    what = WHAT_THEY_ARE[part.role][language]
    return f"{what} · {place}" if place else what


def named(key: str, language: str) -> str:
    """What this person is called in that language."""
    return next(part.name[language] for part in CAST if part.key == key)

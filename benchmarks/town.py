"""The town of the figures: a hundred communities with a team and a group each, and people of both languages."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from benchmarks.crowd import Actor, Group, Step
from domain.desk_file import DeskFile, read_desk_file
from domain.places import Unit
from domain.shipped import shipped_desk_file

COMMUNITIES, VOLUNTEERS = 100, 4
LANGUAGES = ("en", "zh-hans")
CANCEL = ":~cancel$"

STORY = (
    Step(say="/start"),
    Step(tap=r"^f:\w+:\d+:yes$"),
    Step(tap="^open:help:"),
    Step(tap=":errand$"),
    Step(say="No rice at home, and my leg hurts so much", after=CANCEL),
    Step(tap=":done$"),
    Step(say="Linden {place}, building 3, room 201", after=CANCEL),
    Step(tap=":today$"),
    Step(tap=r"^f:\w+:\d+:yes$"),
    Step(tap="^o:close:"),
    Step(tap="^r:speed:5:"),
    Step(tap="^r:quality:5:"),
)
"""Twelve of whoever asks; three more of whoever takes it: taken, done, that's all."""
UPDATES = len(STORY) + 3


def town_file() -> DeskFile:
    file = read_desk_file(shipped_desk_file("demo"))
    above = {key: unit for key, unit in file.units.items() if unit.level != "community"}
    communities = [_community(number) for number in range(COMMUNITIES)]
    return replace(file, units=above | {unit.key: unit for unit in communities})


def _community(number: int) -> Unit:
    name = f"Linden {number:02}"
    return Unit(f"c{number}", "community", {"en": f"{name} Community", "zh_Hans": f"{name}社区"}, "donggang")


def group_id(number: int) -> int:
    return -1_001_000_000_000 - number


def volunteer_id(community: int, number: int) -> int:
    return 1_000_000 + community * 100 + number


def chatter(count: int) -> list[dict[str, Any]]:
    """Neighbours talk in their groups: the most frequent update of all, and meant for nobody."""
    return [
        {
            "message": {
                "message_id": 1_000_000 + number,
                "date": 1_790_000_000,
                "from": {"id": 3_000_000 + number, "is_bot": False, "first_name": "Faye", "language_code": "en"},
                "chat": {"id": group_id(number % COMMUNITIES), "title": "Neighbours", "type": "supergroup"},
                "text": "Good morning everybody, the lift works again",
            }
        }
        for number in range(count)
    ]


def volunteers_in(community: int) -> int:
    """Four; but in the first community as many as `BENCH_IN_ONE` says."""
    return int(os.environ.get("BENCH_IN_ONE", VOLUNTEERS)) if community == 0 else VOLUNTEERS


def volunteers(community: int) -> list[Actor]:
    return [
        Actor(volunteer_id(community, number), f"Ben {number}", LANGUAGES[number % 2], ())
        for number in range(VOLUNTEERS)
    ]


def teams() -> list[Group]:
    return [Group(group_id(number), volunteers(number)) for number in range(COMMUNITIES)]


def askers(count: int) -> list[Actor]:
    return [_asker(number) for number in range(count)]


def _asker(number: int) -> Actor:
    script = tuple(replace(step, say=step.say.format(place=f"{number % COMMUNITIES:02}")) for step in STORY)
    return Actor(2_000_000 + number, f"Ama {number}", LANGUAGES[number % 2], script)


def talkers(count: int) -> list[Actor]:
    """The same number of updates for the echo bot."""
    script = tuple(Step(say="No rice at home, and my leg hurts so much") for _ in range(UPDATES))
    return [Actor(2_000_000 + number, f"Ama {number}", LANGUAGES[number % 2], script) for number in range(count)]

"""Reads the chat in a flow's docstring: who says what, and what the desk answers."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import dataclass

from bot.flows.flow import Flow

LINE = re.compile(r"^(\w+): +(.*)$")
BUTTON = re.compile(r"\[([^\]]+)\]")


@dataclass(frozen=True)
class Said:
    who: str
    words: str
    buttons: list[str]


def transcript(flow: type[Flow]) -> list[Said]:
    """The lines of the chat; a line without a speaker goes on from the one before."""
    source = inspect.getsource(inspect.getmodule(flow) or flow)
    doc = ast.get_docstring(ast.parse(source)) or ""
    spoken: list[list[str]] = []
    for line in doc.splitlines():
        if found := LINE.match(line):
            spoken.append([found[1], found[2]])
        elif line.startswith(" ") and spoken:
            spoken[-1][1] += " " + line.strip()
    return [
        Said(who, words, []) if who != "desk" else Said(who, BUTTON.sub("", words).strip(), BUTTON.findall(words))
        for who, words in spoken
    ]

"""Buttons that are written by hand, since there are many of them, say what `CallbackData.pack` would, and are read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiogram.filters.callback_data import CallbackData

import bot.handlers
from bot.flows.router import Open, open_data
from bot.flows.talking import FLOWS
from bot.handlers.orders import OrderTap, RateTap, rate_data, tap
from bot.handlers.relay import PhraseTap, phrase_buttons
from bot.handlers.requests import MARKS
from domain.words import plain


def test_a_verb_and_an_order() -> None:
    assert OrderTap.unpack(tap(plain("Done"), "close", 42).data) == OrderTap(verb="close", id=42)
    assert tap(plain("Done"), "close", 42).data == OrderTap(verb="close", id=42).pack()


def test_a_conversation_about_one_thing() -> None:
    assert open_data("write", 42) == Open(flow="write", id=42).pack()


def test_marks_and_phrases() -> None:
    for mark in MARKS:
        assert rate_data("speed", mark, 42) == RateTap(what="speed", given=mark, id=42).pack()
    for button in phrase_buttons(42):
        assert PhraseTap.unpack(button.data).pack() == button.data


# ── all that stand in the code as words ─────────────────────────────────────────────────────────────────────────────

TAPS = {each.__prefix__: each for each in CallbackData.__subclasses__() if each.__module__.startswith("bot.")}


def written() -> Iterator[tuple[str, str]]:
    """Where a button's data is written out, and what it says with a number in each blank."""
    folder = Path(bot.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.keyword)
                and node.arg == "data"
                and isinstance(node.value, ast.Constant | ast.JoinedStr)
            ):
                parts = node.value.values if isinstance(node.value, ast.JoinedStr) else [node.value]
                data = "".join(str(each.value) if isinstance(each, ast.Constant) else "1" for each in parts)
                yield f"{path.relative_to(folder)}:{node.value.lineno}", data


def read(data: str) -> CallbackData:
    """As its handler does. Raises KeyError, TypeError or ValueError where none would."""
    tapped = TAPS[data.partition(":")[0]].unpack(data)
    if isinstance(tapped, Open) and tapped.flow not in (*FLOWS, "1"):
        raise ValueError(f"nobody opens {tapped.flow}")
    return tapped


def test_each_of_them_is_read_by_a_handler() -> None:
    found = list(written())
    assert len(found) > 40
    for where, data in found:
        try:
            read(data)
        except (KeyError, TypeError, ValueError) as fault:
            pytest.fail(f"{where} says {data}, which nobody reads: {fault!r}")


@pytest.mark.parametrize("wrong", ["nobody:1", "dy:week:0:0", "open:no_such_flow:1", "o:close:one", "hc:paper"])
def test_what_nobody_reads_is_noticed(wrong: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        read(wrong)

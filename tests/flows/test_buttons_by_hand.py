"""Buttons that are written by hand, since there are many of them, say what `CallbackData.pack` would."""

from __future__ import annotations

from bot.flows.router import Open, open_data
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
